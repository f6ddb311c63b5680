"""A slip held to the scanner instead of typed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hardware.scanner import TOO_LONG
from kiosk.scene import Scan
from sync.inquiry import Inquiry
from sync.reference import reference_for, tracking_url
from tests.kiosk.screens import told
from tests.kiosk.screens.box import Box
from tests.kiosk.screens.test_kinds import texts
from tests.kiosk.screens.test_tracking import KEY, Centre, hear, type_slip

SLIP = tracking_url("https://rapfang.example.go.th", "A1-0042-9", KEY)
FOREIGN = [
    "8850999220017",
    "HTTPS://EXAMPLE.COM/PROMOTION",
    "HTTPS://RAPFANG.EXAMPLE.GO.TH/T/A1-0042-8/K7QM2R9XK7QM2R9X",
    TOO_LONG,
]
REFUSED = "นี่ไม่ใช่รหัสของใบรับเรื่อง"


@pytest.fixture
def centre() -> Centre:
    return Centre()


@pytest.fixture
def asking(tmp_path: Path, centre: Centre) -> Iterator[Box]:
    box = Box(tmp_path, enquirer=centre)
    yield box
    box.close()


def scan(box: Box, code: str) -> None:
    box.glass.scan(code)
    box.frames()


def test_a_slip_is_asked_for_at_once_from_home(asking: Box, centre: Centre) -> None:
    scan(asking, SLIP)
    assert asking.glass.name == "story"
    assert centre.asked == [Inquiry(reference="A1-0042-9", key=KEY)]
    hear(asking, centre, told.WORK)
    assert "กองช่างกำลังดำเนินการเรื่องของท่าน" in texts(asking)


@pytest.mark.parametrize("code", FOREIGN)
def test_a_code_of_anything_else_is_refused_in_one_sentence(
    asking: Box, centre: Centre, code: str
) -> None:
    scan(asking, code)
    assert asking.glass.name == "track"
    assert REFUSED in texts(asking)
    assert centre.asked == []
    asking.type("A1")
    assert REFUSED not in texts(asking)


def test_the_next_slip_takes_the_place_of_the_one_before(asking: Box, centre: Centre) -> None:
    type_slip(asking)
    asking.touch("next")
    hear(asking, centre, told.WORK)
    centre.answer = None
    other = str(reference_for("A1", 43))
    scan(asking, SLIP.replace("A1-0042-9", other))
    assert [inquiry.reference for inquiry in centre.asked] == ["A1-0042-9", other]
    assert "กองช่างกำลังดำเนินการเรื่องของท่าน" not in texts(asking)


def test_a_form_that_is_being_filled_in_is_not_put_away(asking: Box, centre: Centre) -> None:
    asking.touch("kind:complaint")
    asking.touch("topic:road")
    scan(asking, SLIP)
    assert asking.glass.name == "words"
    assert centre.asked == []


def test_it_is_an_answer_to_whether_somebody_is_there(asking: Box) -> None:
    asking.touch("kind:track")
    asking.glass._count_down(9.0)
    scan(asking, SLIP)
    assert asking.glass.name == "story"


def test_a_sheet_in_front_goes_away(asking: Box) -> None:
    asking.touch("languages")
    scan(asking, SLIP)
    assert asking.glass.name == "story"


def test_the_page_says_that_there_is_a_scanner(asking: Box) -> None:
    asking.touch("kind:track")
    assert "ส่องรหัสสี่เหลี่ยม" not in texts(asking)
    asking.has_scanner = True
    asking.glass.show(asking.clerk.look_up())
    asking.frames()
    assert "ส่องรหัสสี่เหลี่ยม" in texts(asking)


def test_a_scan_does_not_tell_its_code() -> None:
    assert KEY not in repr(Scan(SLIP))
