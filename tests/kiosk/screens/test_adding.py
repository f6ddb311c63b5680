"""More to say about a case: added beside its story, kept sealed, and told."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec import structs

from sync.adding import AddedWords
from sync.desk import Told
from sync.errors import StoreFull
from sync.records import WordsAdded
from sync.seal import open_sealed
from sync.wire import decode, decode_record
from tests.kiosk.screens import told
from tests.kiosk.screens.box import INTAKE_KEY, Box
from tests.kiosk.screens.test_kinds import texts
from tests.kiosk.screens.test_tracking import KEY, Centre, hear, type_slip

KEPT = "รับข้อความเพิ่มเติมของท่านแล้ว"


@pytest.fixture
def centre() -> Centre:
    return Centre()


@pytest.fixture
def asking(tmp_path: Path, centre: Centre) -> Iterator[Box]:
    box = Box(tmp_path, enquirer=centre)
    yield box
    box.close()


def see(box: Box, centre: Centre, what: Told = told.WORK) -> None:
    type_slip(box)
    box.touch("next")
    hear(box, centre, what)


def kept(box: Box) -> list[WordsAdded]:
    entries = box.store.waiting(10)
    records = [decode_record(entry.record) for entry in entries]
    return [record for record in records if isinstance(record, WordsAdded)]


def test_words_are_kept_sealed_and_the_story_stands_again(asking: Box, centre: Centre) -> None:
    see(asking, centre)
    asking.touch("add")
    asking.type("มืดมาก")
    asking.touch("next")
    assert asking.glass.name == "story"
    assert KEPT in texts(asking)
    assert "add" not in asking.targets()
    [record] = kept(asking)
    said = decode(open_sealed(record.sealed, INTAKE_KEY), AddedWords)
    assert (said.reference, said.tracking_key, said.words) == ("A1-0042-9", KEY, "มืดมาก")
    assert said.language == "th"


@pytest.mark.parametrize("what", [told.ON_ITS_WAY, told.SHUT, told.NOTHING, told.OFFLINE])
def test_nothing_is_added_to_what_did_not_open(asking: Box, centre: Centre, what: Told) -> None:
    see(asking, centre, what)
    assert "add" not in asking.targets()


def test_going_back_adds_nothing_and_keeps_the_story(asking: Box, centre: Centre) -> None:
    see(asking, centre)
    asking.touch("add")
    asking.type("มืด")
    asking.touch("back")
    assert asking.glass.name == "story"
    assert "กองช่าง" in texts(asking)
    asking.touch("add")
    assert asking.glass._screen.ids.field.text == "มืด"
    assert kept(asking) == []


def test_a_full_box_says_so_and_the_words_stay(tmp_path: Path, centre: Centre) -> None:
    class Full:
        def look(self) -> None:
            """Room, so far."""

        def keep_rating(self, *_: object) -> bool:
            raise StoreFull("full")

    box = Box(tmp_path, keeper=Full(), enquirer=centre)
    see(box, centre)
    box.touch("add")
    box.type("มืด")
    box.touch("next")
    assert box.glass.name == "add"
    assert box.glass._screen.ids.field.text == "มืด"
    assert "เต็ม" in texts(box)
    box.close()


def test_only_marks_are_refused_in_a_sentence(asking: Box, centre: Centre) -> None:
    see(asking, centre)
    asking.touch("add")
    asking.glass._screen.ids.field.insert("!!! ???")
    asking.frames()
    asking.touch("next")
    assert asking.glass.name == "add"
    assert "ตัวหนังสือหรือตัวเลข" in texts(asking)


def test_the_story_tells_when_words_were_added(asking: Box, centre: Centre) -> None:
    assert told.WORK.answer is not None
    story = structs.replace(told.WORKED_ON, added_at=[told._on(22)])
    see(asking, centre, Told(answer=structs.replace(told.WORK.answer, story=story)))
    assert "ท่านแจ้งเพิ่มเติม" in texts(asking)


def test_nothing_of_it_is_left_for_the_next_resident(asking: Box, centre: Centre) -> None:
    see(asking, centre)
    asking.touch("add")
    asking.type("มืด")
    asking.glass._leave()
    asking.frames()
    assert asking.clerk.scene.visit.lookup is None
    for screen in asking.glass._screens.values():
        assert all("มืด" not in str(getattr(each, "text", "")) for each in screen.walk())
