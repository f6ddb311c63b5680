"""Somebody signs up for an activity that the idle glass told of."""

from uuid import UUID, uuid4

import pytest
from msgspec import json

from kiosk.showing import slides_of
from sync.bulletin import Item, Said
from sync.records import SignedUp
from sync.seal import open_sealed
from sync.signing_up import SignUp
from sync.wire import decode_record
from tests.kiosk.screens.box import INTAKE_KEY, Box
from tests.kiosk.screens.test_kinds import texts

PLANTING = Item(
    item_id=uuid4(), kind="activity", title=Said(th="ปลูกต้นไม้", en="Planting trees"), places=20
)
TAKE_IT = "โปรดรับใบที่พิมพ์ให้ท่านก่อนกลับ"
DANCING = Item(item_id=uuid4(), kind="activity", title=Said(th="รำวง"), places=5)


@pytest.fixture
def town(box: Box) -> Box:
    """A box in a town where something is going on."""
    box.activities = (PLANTING, DANCING)
    box.glass.show(box.clerk.look_up())
    box.frames()
    return box


def kept(box: Box) -> tuple[UUID, SignUp]:
    [entry] = box.store.waiting(10)
    record = decode_record(entry.record)
    assert isinstance(record, SignedUp)
    return record.item_id, json.decode(open_sealed(record.sealed, INTAKE_KEY), type=SignUp)


def test_a_name_and_a_number_sign_up_and_only_central_reads_them(town: Box) -> None:
    for target in ("kind:join", f"activity:{PLANTING.item_id}", "phone"):
        town.touch(target)
    assert town.glass.name == "join"
    town.type("0812345678")
    for target in ("done-typing", "next"):
        town.touch(target)
    assert town.glass.name == "joined"
    item_id, said = kept(town)
    assert (item_id, said.contact.phone, said.language) == (PLANTING.item_id, "0812345678", "th")
    [entry] = town.store.waiting(10)
    assert b"0812345678" not in entry.record
    [paper] = town.store.slip_jobs(10)
    assert paper.paper == "joined"
    assert "ปลูกต้นไม้".encode() in paper.slip
    assert b"0812345678" not in paper.slip
    assert TAKE_IT in texts(town)
    town.printer = "paper_out"
    town.glass.show(town.clerk.look_up())
    town.frames()
    assert TAKE_IT not in texts(town), "no paper is promised that does not come"
    town.touch("finish")
    assert town.glass.name == "home"


def test_nobody_signs_up_without_saying_who(town: Box) -> None:
    for target in ("kind:join", f"activity:{DANCING.item_id}"):
        town.touch(target)
    assert "next" not in town.targets()
    town.touch("name")
    town.type(" ")
    town.touch("done-typing")
    if "next" in town.targets():
        town.touch("next")
    assert town.glass.name == "join"
    assert town.store.waiting(10) == []


def test_a_wrong_number_is_said_and_not_kept(town: Box) -> None:
    for target in ("kind:join", f"activity:{DANCING.item_id}", "phone"):
        town.touch(target)
    town.type("123")
    for target in ("done-typing", "next"):
        town.touch(target)
    assert town.glass.name == "join"
    assert "9 หรือ 10" in texts(town)
    assert town.store.waiting(10) == []


def test_the_next_one_finds_nobodys_name(town: Box) -> None:
    for target in ("kind:join", f"activity:{DANCING.item_id}", "name"):
        town.touch(target)
    town.type("ดา")
    screen = town.glass._screen
    town.glass._leave()
    town.frames()
    assert screen.ids.name.text == ""
    for target in ("kind:join", f"activity:{DANCING.item_id}"):
        town.touch(target)
    assert not town.glass._screen.has_given


def test_where_nothing_is_going_on_nobody_is_asked(box: Box, town: Box) -> None:
    assert "kind:join" in town.targets()
    town.activities = ()
    town.glass.show(town.clerk.look_up())
    town.frames()
    assert "kind:join" not in box.targets()


def test_an_activity_that_was_not_translated_is_named_in_thai(town: Box) -> None:
    town.touch("language:en")
    town.touch("kind:join")
    assert "Planting trees" in texts(town)
    assert "รำวง" in texts(town)


def test_a_slide_says_where_one_may_sign_up() -> None:
    news = Item(item_id=uuid4(), kind="news", title=Said(th="x"))
    told = slides_of([PLANTING, news], ["th"], None)
    takes = {slide.title: slide.takes_people for slide in told if slide.title}
    assert takes == {"ปลูกต้นไม้": True, "x": False}
