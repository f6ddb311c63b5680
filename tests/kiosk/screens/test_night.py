"""The glass while the house is closed: dim, then dark, and lit at once for whoever comes."""

from pathlib import Path

import pytest

from hardware.fake.backlight import VirtualBacklight
from kiosk.config import BacklightSettings
from kiosk.lighting import Light, Lighting
from sync.case import Instant
from tests.kiosk.screens.box import Box
from tests.kiosk.screens.test_idle_show import Showing
from tests.sync.samples import INSTANT

DIM, LIT = 15, 100


class House(Lighting):
    """A panel's light, in a house whose hour is told."""

    hour: Light = "dark"

    def __init__(self, folder: Path) -> None:
        self.panel = VirtualBacklight(folder / "panel")
        settings = BacklightSettings(driver="virtual", device=str(folder / "panel"))
        super().__init__(settings, self._now)

    def _now(self) -> Instant:
        return INSTANT

    def wanted(self) -> Light:
        return self.hour


@pytest.fixture
def house(box: Box, tmp_path: Path) -> House:
    made = House(tmp_path)
    box.glass.show_when_idle(Showing(after_s=3600, item_s=3600), made)
    return made


def rest(box: Box) -> None:
    """Nobody has touched the glass for long enough."""
    box.glass._interlude._begin()
    box.frames()


def look(box: Box) -> None:
    """As a ring, and once a minute, does."""
    box.glass.show(box.clerk.look_up())
    box.frames()


def test_a_closed_house_is_dark_after_a_rest_and_a_touch_only_wakes(box: Box, house: House) -> None:
    x, y, width, height = box.targets()["kind:complaint"].box
    assert house.panel.percent == LIT
    rest(box)
    assert box.glass.name == "night"
    assert house.panel.percent == 0
    assert box.picture().getextrema() == ((0, 0), (0, 0), (0, 0))
    box.touch_at(x + width / 2, y + height / 2)
    assert (box.glass.name, house.panel.percent) == ("home", LIT)
    box.touch("kind:complaint")
    assert box.glass.name == "topic"


def test_it_is_dark_again_once_whoever_came_has_gone(box: Box, house: House) -> None:
    rest(box)
    assert box.glass.name == "night"
    assert box.glass.wake()
    assert (box.glass.name, house.panel.percent) == ("home", LIT)
    rest(box)
    assert box.glass.name == "night"
    assert house.panel.percent == 0


def test_after_closing_it_is_dim_and_shows_on_then_dark_then_lit_in_the_morning(
    box: Box, house: House
) -> None:
    house.hour = "dim"
    rest(box)
    assert box.glass.name == "idle"
    assert house.panel.percent == DIM
    for hour, name, percent in (("dark", "night", 0), ("lit", "idle", LIT), ("dim", "idle", DIM)):
        house.hour = hour
        look(box)
        assert (box.glass.name, house.panel.percent) == (name, percent)
    box.touch_at(5, 5)
    assert (box.glass.name, house.panel.percent) == ("home", LIT)


def test_it_never_goes_dark_before_somebody_who_is_there(box: Box, house: House) -> None:
    look(box)
    assert (box.glass.name, house.panel.percent) == ("home", LIT)
    assert box.glass._interlude._soon.is_triggered
    box.touch("kind:complaint")
    assert not box.glass._interlude._soon.is_triggered
    look(box)
    assert (box.glass.name, house.panel.percent) == ("topic", LIT)


def test_a_button_beside_the_dark_glass_counts_and_lights_it(box: Box, house: House) -> None:
    rest(box)
    assert box.glass.name == "night"
    box.glass.press(5)
    assert (box.glass.name, house.panel.percent) == ("division", LIT)


def test_nothing_wakes_in_the_dark(box: Box, house: House) -> None:
    from kivy.core.window import Window

    box.draws = True
    rest(box)
    assert box.glass.name == "night"
    box.frames()
    look(box)
    box.frames()
    assert not Window.canvas.needs_redraw
    assert not any(sheet.children for sheet in box.glass._interlude.sheets)


def test_a_panel_without_a_light_of_its_own_is_black(box: Box, tmp_path: Path) -> None:
    lighting = Lighting(BacklightSettings(), lambda: INSTANT)
    lighting.wanted = lambda: "dark"
    box.glass.show_when_idle(Showing(after_s=3600), lighting)
    rest(box)
    assert box.glass.name == "night"
    assert box.picture().getextrema() == ((0, 0), (0, 0), (0, 0))
