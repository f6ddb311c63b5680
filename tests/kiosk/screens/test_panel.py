"""The panel beside the real window: one press, one rating; a sensor that wakes; a call."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from msgspec import structs

from hardware.fake.panel import VirtualPanel
from kiosk.front_desk import Counts, FrontDesk
from kiosk.panel.front import FrontPanel
from kiosk.profile import load_profile
from sync.profile import Text
from sync.records import RatingGiven
from sync.wire import decode_record
from tests.kiosk.panel.rig import BCM, Acting, Looping, closed_cabinet, config_of
from tests.kiosk.screens.box import PROFILE, Box
from tests.kiosk.screens.test_idle_show import Showing


class AtTheGlass(Acting):
    """Buttons that reach the real glass."""

    def __init__(self, box: Box) -> None:
        super().__init__()
        self._box = box

    def press(self, scores: list[int]) -> bool:
        for score in scores:
            self._box.glass.press(score)
        return super().press(scores)

    def call_staff(self) -> bool:
        return self._box.glass.call_staff()

    def wake(self) -> None:
        super().wake()
        self._box.glass.wake()


class Rig:
    def __init__(self, folder: Path, board: VirtualPanel) -> None:
        config = config_of(folder)
        desk = FrontDesk(config, Counts, lambda: None)
        profile = structs.replace(
            load_profile(PROFILE), staff_call=Text(th="เจ้าหน้าที่", en="an officer")
        )
        self.board = board
        self.box = Box(folder, division="works", desk=desk, profile=profile)
        self.front = FrontPanel(config, AtTheGlass(self.box))
        self.box.glass.shown = self.front.follow
        desk.buzz = self.front.buzz_for_call
        self.loop = Looping(self.front, folder)

    def press(self, part: str) -> None:
        """A worn contact goes down and up again."""
        self.board.bounce(BCM[part])
        self.until(lambda: self.front.panel.is_on(part))
        self.board.release(BCM[part])
        self.until(lambda: not self.front.panel.is_on(part))

    def until(self, is_so: Callable[[], bool]) -> None:
        def seen() -> bool:
            self.box.frames(1)
            return bool(is_so())

        self.loop.until(seen)

    def is_lit(self, part: str) -> bool:
        return self.board.level(BCM[part])

    def ratings(self) -> list[int]:
        records = [decode_record(entry.record) for entry in self.box.store.waiting(100)]
        return [record.score for record in records if isinstance(record, RatingGiven)]


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    with VirtualPanel(tmp_path / "board.sock") as board:
        closed_cabinet(board)
        rig = Rig(tmp_path, board)
        yield rig
        rig.front.close()
        rig.box.close()


def test_a_worn_button_is_one_rating_and_its_face_is_lit_while_the_thanks_stand(rig: Rig) -> None:
    rig.press("face_4")
    assert rig.ratings() == [4]
    assert rig.box.glass.name == "thanks"
    rig.until(lambda: rig.is_lit("light_4"))
    rig.box.touch("finish")
    rig.until(lambda: not rig.is_lit("light_4"))
    assert rig.box.glass.name == "home"


def test_a_stuck_button_is_one_rating_and_no_more(rig: Rig) -> None:
    rig.board.press(BCM["face_1"])
    rig.until(lambda: rig.front.panel.is_on("face_1"))
    clock = rig.front.panel._clock
    rig.front.panel._clock = lambda: clock() + 60
    rig.front.attend()
    assert rig.front.panel.faults == {"face_1": "stuck"}
    assert rig.ratings() == [1]
    rig.press("face_2")
    assert rig.ratings() == [1, 2]


def test_a_press_beside_a_form_is_kept_and_its_light_says_so(rig: Rig) -> None:
    rig.box.touch("kind:complaint")
    rig.press("face_3")
    assert (rig.box.glass.name, rig.ratings()) == ("topic", [3])
    assert rig.is_lit("light_3")
    rig.until(lambda: not rig.is_lit("light_3"))


def test_who_steps_before_the_idle_glass_wakes_it(rig: Rig) -> None:
    rig.box.glass.show_when_idle(Showing())
    rig.until(lambda: rig.box.glass.name == "idle")
    rig.board.press(BCM["presence"])
    rig.until(lambda: rig.box.glass.name == "home")
    assert rig.front._acts.done == ["wake"]


def test_the_button_calls_an_officer_without_asking_and_buzzes(rig: Rig) -> None:
    rig.box.touch("kind:complaint")
    before = rig.box.clerk.scene
    rig.press("call_staff")
    assert rig.box.glass.name == "call"
    assert rig.box.glass.is_called
    assert rig.box.clerk.scene == before, "what was typed stays"


def test_the_bell_on_the_glass_buzzes_too(rig: Rig) -> None:
    rig.box.glass.call_staff()
    rig.front.panel._pins.read("face_1")
    assert rig.is_lit("buzzer")


def test_a_glass_that_calls_nobody_shows_nothing(box: Box) -> None:
    assert not box.glass.call_staff()
    assert box.glass.name == "home"


def test_the_glass_knows_whether_somebody_is_at_it(rig: Rig) -> None:
    assert not rig.box.glass.is_in_use
    rig.box.touch("kind:complaint")
    assert rig.box.glass.is_in_use
