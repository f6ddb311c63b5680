"""What is amiss with the box is said in one sentence, the one that matters most."""

from datetime import date

import pytest
from msgspec import structs

from kiosk.languages import NAMES
from kiosk.screens.trouble import banner_for
from tests.kiosk.screens.box import Box

SINCE = date(2026, 11, 20)


def said(box: Box) -> str:
    box.glass.show(box.clerk.look_up())
    box.frames()
    return box.glass._frame.banner.text if box.glass._frame.banner.parent else ""


def test_where_all_is_well_nothing_is_said(box: Box) -> None:
    assert said(box) == ""


@pytest.mark.parametrize(
    ("amiss", "words", "icon"),
    [
        ({"printer": "paper_out"}, "กระดาษใบรับเรื่องหมด", "receipt-text-remove-outline"),
        ({"printer": "cover_open"}, "ถ่ายรูปหน้าจอ", "printer-off-outline"),
        ({"printer": "device_missing"}, "ถ่ายรูปหน้าจอ", "printer-off-outline"),
        ({"offline_since": SINCE}, "ตั้งแต่ 20 พฤศจิกายน 2569", "cloud-off-outline"),
        ({"knows_day": False}, "ยังไม่ทราบวันที่", "calendar-question"),
    ],
)
def test_each_thing_amiss_has_a_sentence_and_a_sign_of_its_own(
    box: Box, amiss: dict[str, object], words: str, icon: str
) -> None:
    for name, state in amiss.items():
        setattr(box, name, state)
    assert words in said(box)
    assert box.glass._frame.banner.icon == icon
    box.touch("kind:complaint")
    assert said(box) == "", "it is said at home and holds nobody up on the way"


def test_of_several_things_the_nearest_to_the_resident_is_said(box: Box) -> None:
    box.printer, box.offline_since, box.knows_day = "paper_out", SINCE, False
    assert "กระดาษ" in said(box)
    box.printer = "ok"
    assert "พฤศจิกายน" in said(box)
    box.offline_since = None
    assert "วันที่" in said(box)


@pytest.mark.parametrize("code", ["store_full", "store_damaged"])
def test_a_full_box_and_a_broken_one_are_told_apart_at_home(box: Box, code: str) -> None:
    scene = structs.replace(box.clerk.scene, trouble=code)
    assert ("เต็มแล้ว" in banner_for(scene).words) == (code == "store_full")


@pytest.mark.parametrize("language", NAMES)
def test_it_is_said_in_every_language_and_fits(box: Box, language: str) -> None:
    box.touch("languages")
    box.touch(f"language:{language}")
    for amiss in ("paper_out", "cover_open"):
        box.printer = amiss
        assert said(box)
        assert box.glass._frame.banner.ids.words.fits
    box.printer, box.offline_since = "ok", SINCE
    assert said(box)
    assert box.glass._frame.banner.ids.words.fits
