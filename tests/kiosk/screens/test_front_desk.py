"""The front desk's page: behind a corner that is held and a PIN."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from kivy.clock import Clock

from hardware.errors import CoverOpen, DeviceBusy, DeviceMissing, Overheated, PaperOut
from kiosk.front_desk import Counts, Printed
from kiosk.pin import MOST_TRIES, Pin
from kiosk.screens import corner, desk
from kiosk.theme import theme
from tests.kiosk.screens.box import SIZE, Box, Finger
from tests.kiosk.screens.moments import moments, pass_time
from tests.kiosk.screens.test_kinds import texts

PIN = "482913"
HELD_S = corner.HOLD_S + 0.2


class Attendant:
    """Notes what is asked on the page."""

    def __init__(self, folder: Path) -> None:
        self.pin = Pin(folder)
        self.printed: Printed = ""
        self.done: list[str] = []
        self.printer = "ok"

    def counts(self) -> Counts:
        return Counts(waiting=7, parked=2, slips=1, printer=self.printer)

    def call_staff(self) -> None:
        self.done.append("call")

    def change_paper(self) -> None:
        self.done.append("paper")

    def print_test(self) -> None:
        self.done.append("test")
        self.printed = "asked"

    def print_record(self) -> None:
        self.done.append("record")
        self.printed = "asked"

    def switch_off(self) -> None:
        self.done.append("off")


@pytest.fixture
def attendant(tmp_path: Path) -> Attendant:
    attendant = Attendant(tmp_path)
    attendant.pin.set(PIN)
    return attendant


@pytest.fixture
def box(tmp_path: Path, attendant: Attendant, held: None) -> Iterator[Box]:
    box = Box(tmp_path, desk=attendant)
    yield box
    box.close()


def rest(box: Box, x: float = 20) -> Finger:
    """A finger on the upper left corner, for longer than it takes."""
    y = SIZE[1] - box.glass._header.center_y
    finger = box.hold(x, y)
    pass_time(box, HELD_S)
    return finger


def give(box: Box, pin: str = PIN) -> None:
    for digit in pin:
        box.touch(f"digit:{digit}")
    box.touch("enter-pin")


@pytest.fixture
def page(box: Box) -> Box:
    rest(box).lift()
    give(box)
    return box


def test_a_finger_that_rests_in_the_corner_and_the_pin_open_the_page(box: Box) -> None:
    rest(box).lift()
    assert box.glass.name == "pin"
    give(box)
    assert box.glass.name == "desk"
    box.touch("close-desk")
    assert box.glass.name == "home"


def test_a_touch_there_or_a_finger_that_slides_away_opens_nothing(box: Box) -> None:
    y = SIZE[1] - box.glass._header.center_y
    box.touch_at(20, y)
    pass_time(box, HELD_S)
    finger = box.hold(20, y)
    finger.move(SIZE[0] / 2, y)
    pass_time(box, HELD_S)
    finger.lift()
    assert box.glass.name == "home"


def test_elsewhere_and_within_a_visit_nothing_is_hidden(box: Box) -> None:
    rest(box, theme.target * 1.5 + 30).lift()
    assert box.glass.name == "home"
    box.touch("kind:complaint")
    rest(box).lift()
    assert box.glass.name == "topic"


def test_without_a_pin_there_is_no_page(tmp_path: Path, box: Box) -> None:
    (tmp_path / "front-desk.json").unlink()
    rest(box).lift()
    assert box.glass.name == "home"


def test_a_wrong_pin_is_said_and_never_shown(box: Box) -> None:
    rest(box).lift()
    for digit in "111111":
        box.touch(f"digit:{digit}")
    assert "111111" not in texts(box)
    box.touch("enter-pin")
    assert box.glass.name == "pin"
    assert "รหัสไม่ถูกต้อง" in texts(box)


def test_after_five_wrong_ones_the_page_stays_shut(box: Box) -> None:
    rest(box).lift()
    for _ in range(MOST_TRIES):
        give(box, "000000")
    assert "15 นาที" in texts(box)
    give(box)
    assert box.glass.name == "pin"


def test_the_page_tells_numbers_and_does_what_is_asked(page: Box, attendant: Attendant) -> None:
    assert "ยังไม่ได้ส่ง 7 ค้างอยู่ 2" in texts(page)
    page.touch("desk:paper")
    page.touch("desk:test")
    assert attendant.done == ["paper", "test"]
    assert "กำลังพิมพ์" in texts(page)
    attendant.printed = "not_printed"
    page.glass.show(page.clerk.look_up())
    page.frames()
    assert "พิมพ์ไม่ออก" in texts(page)
    page.touch("desk:record")
    assert attendant.done[-1] == "record"


CODES = [fault.code for fault in (PaperOut, CoverOpen, Overheated, DeviceMissing, DeviceBusy)]


def test_the_page_says_in_words_how_the_printer_is(page: Box, attendant: Attendant) -> None:
    said = set()
    for code in ("ok", *CODES, "device_fault"):
        attendant.printer = code
        page.glass.show(page.clerk.look_up())
        page.frames()
        [words] = [line for line in texts(page).split("\n") if "เครื่องพิมพ์" in line]
        assert code not in words
        said.add(words)
    assert len(said) == 7
    attendant.printer = "unknown"
    page.glass.show(page.clerk.look_up())
    page.frames()
    assert "เครื่องพิมพ์" not in texts(page)


def test_switching_off_takes_two_touches_in_a_row(page: Box, attendant: Attendant) -> None:
    page.touch("desk:off")
    page.touch("desk:paper")
    page.touch("desk:off")
    assert attendant.done == ["paper"]
    assert "แตะอีกครั้งเพื่อปิดเครื่อง" in texts(page)
    page.touch("desk:off")
    assert attendant.done == ["paper", "off"]


def test_while_somebody_cleans_no_touch_is_heard(
    page: Box, attendant: Attendant, monkeypatch: pytest.MonkeyPatch
) -> None:
    page.touch("desk:clean")
    page.touch("desk:off")
    page.touch("desk:off")
    page.touch("close-desk")
    assert (attendant.done, page.glass.name) == ([], "desk")
    for _ in range(desk.CLEANING_S):
        page.glass._covers["desk"]._tick()
    Clock.tick()
    page.touch("close-desk")
    assert page.glass.name == "home"


def test_a_page_that_is_left_open_closes_by_itself(box: Box) -> None:
    box.glass._vigil._idle_s, box.glass._vigil._clock = 30.0, moments
    rest(box).lift()
    assert box.glass.name == "pin"
    pass_time(box, 29.0)
    assert box.glass.name == "pin"
    pass_time(box, 2.0)
    assert box.glass.name == "home"
