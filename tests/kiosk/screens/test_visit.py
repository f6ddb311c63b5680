import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec import json

from kiosk.languages import NAMES
from sync.case import CaseContent
from sync.records import CaseSubmitted, RatingGiven
from sync.reference import parse_reference
from sync.seal import open_sealed
from sync.store import Store
from sync.wire import decode_record
from tests.kiosk.screens.box import INTAKE_KEY, Box


def to_review(box: Box) -> None:
    for target in ("kind:complaint", "topic:street_light"):
        box.touch(target)
    box.type("ไฟดับที่ซอย")
    for target in ("next", "village:village-3", "next"):
        box.touch(target)


def kept_content(box: Box) -> CaseContent:
    [entry] = box.store.waiting(10)
    record = decode_record(entry.record)
    assert isinstance(record, CaseSubmitted)
    plain = open_sealed(record.sealed, INTAKE_KEY)
    return json.decode(plain, type=CaseContent)


def test_a_complaint_is_made_by_touches_alone(box: Box) -> None:
    to_review(box)
    assert box.glass.name == "review"
    box.touch("next")
    assert box.glass.name == "done"
    content = kept_content(box)
    assert content.words == "ไฟดับที่ซอย"
    assert (content.topic_code, content.village_code) == ("street_light", "village-3")
    receipt = box.clerk.scene.receipt
    assert receipt
    assert parse_reference(receipt.reference).number == 1


def test_a_double_tap_on_send_keeps_one_case(box: Box) -> None:
    to_review(box)
    x, y, width, height = box.targets()["next"].box
    for _ in range(2):
        box.touch_at(x + width / 2, y + height / 2)
    assert box.store.outbox_counts().waiting == 1


def test_a_rating_is_two_touches_where_the_division_is_asked(box: Box) -> None:
    for target in ("division:works", "face:4"):
        box.touch(target)
    assert box.glass.name == "thanks"
    [entry] = box.store.waiting(10)
    record = decode_record(entry.record)
    assert isinstance(record, RatingGiven)
    assert (record.division_code, record.score) == ("works", 4)


def test_back_keeps_every_answer(box: Box) -> None:
    to_review(box)
    for _ in range(4):
        box.touch("back")
    assert box.glass.name == "topic"
    box.touch("topic:road")
    assert box.glass.name == "words"
    for target in ("next", "village:elsewhere", "next", "next"):
        box.touch(target)
    content = kept_content(box)
    assert content.words == "ไฟดับที่ซอย"
    assert (content.topic_code, content.village_code) == ("road", "")


def test_a_line_changed_in_the_review_leads_back_to_it(box: Box) -> None:
    to_review(box)
    box.touch("change:place")
    assert box.glass.name == "place"
    box.touch("village:village-7")
    assert box.glass.name == "review"
    box.touch("next")
    assert kept_content(box).village_code == "village-7"


def test_the_language_changes_on_every_screen_and_nothing_is_lost(box: Box) -> None:
    seen = set()

    def there_and_back() -> None:
        seen.add(box.glass.name)
        box.touch("language:en")
        assert "language:th" in box.targets()
        box.touch("language:th")

    there_and_back()
    box.touch("kind:complaint")
    there_and_back()
    box.touch("topic:street_light")
    box.type("ไฟดับที่ซอย")
    there_and_back()
    for target in ("next", "village:village-3"):
        box.touch(target)
        there_and_back()
    box.touch("phone")
    box.type("0812345678")
    there_and_back()
    box.touch("done-typing")
    box.touch("next")
    there_and_back()
    box.touch("next")
    there_and_back()
    content = kept_content(box)
    assert content.words == "ไฟดับที่ซอย"
    assert content.contact.phone == "0812345678"
    assert seen == {"home", "topic", "words", "place", "contact", "review", "done"}


def test_the_language_changes_within_a_rating_too(box: Box) -> None:
    for target in ("division:health", "face:2"):
        before = box.glass.name
        box.touch("language:en")
        assert "English" not in {target.text for target in box.targets().values()}
        box.touch("language:th")
        assert box.glass.name == before
        box.touch(target)
    [entry] = box.store.waiting(10)
    record = decode_record(entry.record)
    assert (record.division_code, record.score, record.language) == ("health", 2, "th")


def test_a_case_says_in_which_language_it_was_made(box: Box) -> None:
    to_review(box)
    box.touch("language:en")
    box.touch("next")
    assert kept_content(box).language == "en"


def test_a_wrong_phone_is_said_in_one_sentence_and_kept_for_mending(box: Box) -> None:
    to_review(box)
    box.touch("change:contact")
    box.touch("phone")
    box.type("12")
    box.touch("done-typing")
    box.touch("next")
    assert box.glass.name == "contact"
    assert box.clerk.scene.wrong == {"phone": "not_a_phone"}
    assert box.clerk.scene.visit.draft.phone == "12"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 4 MiB of its own."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)]
    if not shutil.which("mount") or subprocess.run(mount, check=False).returncode:
        pytest.skip("mounting is for root")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def shown(box: Box) -> str:
    return " ".join(getattr(widget, "text", "") or "" for widget in box.widgets())


def test_a_full_disk_is_said_on_the_glass_and_nothing_typed_is_lost(small_disk: Path) -> None:
    box = Box(small_disk)
    to_review(box)
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(shutil.disk_usage(small_disk).free))
    box.touch("next")
    assert box.glass.name == "review"
    assert "เครื่องเต็ม" in shown(box)
    assert box.store.outbox_counts().waiting == 0
    ballast.unlink()
    box.touch("next")
    assert box.glass.name == "done"
    assert kept_content(box).words == "ไฟดับที่ซอย"
    box.close()


def test_nobody_is_asked_what_a_full_disk_would_not_keep(small_disk: Path) -> None:
    box = Box(small_disk)
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(shutil.disk_usage(small_disk).free - 4096))
    box.touch("kind:complaint")
    assert box.glass.name == "home"
    assert "เครื่องนี้เต็มแล้ว" in shown(box)
    ballast.unlink()
    box.touch("kind:complaint")
    assert box.glass.name == "topic"
    box.close()


def test_pages_that_went_bad_are_said_and_the_words_stay(box: Box) -> None:
    """Another process writes meanwhile, so that the glass has to read the pages anew."""
    to_review(box)
    path = box.store._database.path
    with Store.open(path) as agents:
        agents.note_reached("A1", datetime.now(UTC))
        with path.open("r+b") as file:
            file.seek(4096)
            file.write(b"\xa5" * (path.stat().st_size - 4096))
        agents.note_reached("A1", datetime.now(UTC))
        box.touch("next")
    assert box.glass.name == "review"
    assert "ขณะนี้เครื่องขัดข้อง" in shown(box)
    assert box.clerk.scene.visit.draft.words == "ไฟดับที่ซอย"
    assert box.clerk.scene.receipt is None


def test_a_store_that_was_taken_away_is_said_at_the_next_touch(box: Box) -> None:
    path = box.store._database.path
    path.rename(path.with_name("taken.db"))
    box.touch("kind:complaint")
    assert box.glass.name == "home"
    assert "ขณะนี้เครื่องยังรับเรื่องไม่ได้" in shown(box)


@pytest.mark.parametrize(
    ("printer", "slip", "said"),
    [
        ("ok", "waiting", "กำลังพิมพ์"),
        ("ok", "printed", "โปรดรับใบรับเรื่อง"),
        ("paper_out", "waiting", "กระดาษหมด"),
        ("device_missing", "waiting", "ถ่ายรูปหน้าจอ"),
        ("ok", "unknown", "ถ่ายรูปหน้าจอ"),
        ("ok", "expired", "ถ่ายรูปหน้าจอ"),
    ],
)
def test_the_done_screen_says_how_far_the_slip_is(
    box: Box, printer: str, slip: str, said: str
) -> None:
    to_review(box)
    box.touch("next")
    box.printer, box.slip = printer, slip
    box.glass.show(box.clerk.look_up())
    box.frames()
    shown = " ".join(getattr(widget, "text", "") or "" for widget in box.widgets())
    assert said in shown


@pytest.mark.parametrize("language", list(NAMES))
def test_every_language_is_two_touches_away_and_what_was_typed_stays(
    box: Box, language: str
) -> None:
    box.touch("kind:complaint")
    box.touch("topic:road")
    box.type("น้ำ")
    box.touch("languages")
    assert box.glass.name == "languages"
    shown = {name: target.text for name, target in box.targets().items()}
    assert shown[f"language:{language}"] == NAMES[language]
    box.touch(f"language:{language}")
    assert box.glass.name == "words"
    assert box.clerk.scene.visit.language == language
    assert box.clerk.scene.visit.draft.words == "น้ำ"
    assert box.glass._screen.ids.keyboard.layout == language


def test_the_sheet_of_languages_closes_without_a_choice(box: Box) -> None:
    box.touch("languages")
    box.touch("close-languages")
    assert box.glass.name == "home"
    assert box.clerk.scene.visit.language == "th"


def test_nobody_in_front_of_the_sheet_of_languages_brings_home_back(box: Box) -> None:
    box.touch("kind:complaint")
    box.touch("languages")
    box.glass._leave()
    box.frames()
    assert box.glass.name == "home"
    assert "kind:complaint" in box.targets()
