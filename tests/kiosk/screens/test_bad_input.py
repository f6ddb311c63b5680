"""What nobody should type: shown as it is, cut where it is full, or refused in a sentence."""

import unicodedata

import pytest
from kivy.core.window import Window

from sync.case import LONGEST_WORDS, CaseContent
from sync.records import CaseSubmitted
from sync.seal import open_sealed
from sync.wire import decode, decode_record
from tests.kiosk.screens.box import INTAKE_KEY, Box
from tests.kiosk.screens.rules import unfit
from tests.kiosk.screens.test_kinds import texts

TO_WORDS = ("kind:complaint", "topic:road")
TO_THE_END = ("next", "village:village-1", "next", "next")


def at_the_words(box: Box) -> None:
    for target in TO_WORDS:
        box.touch(target)


def put(box: Box, words: str) -> None:
    box.glass._screen.ids.field.insert(words)
    box.frames()


def kept(box: Box) -> CaseContent:
    [entry] = box.store.waiting(10)
    record = decode_record(entry.record)
    assert isinstance(record, CaseSubmitted)
    return decode(open_sealed(record.sealed, INTAKE_KEY), CaseContent)


def test_of_twenty_thousand_characters_as_many_are_kept_as_one_case_holds(box: Box) -> None:
    at_the_words(box)
    put(box, "ไฟดับ " * 4_000)
    for target in TO_THE_END:
        box.touch(target)
    assert box.glass.name == "done"
    assert len(kept(box).words) in (LONGEST_WORDS, LONGEST_WORDS - 1)  # less a blank at the end


@pytest.mark.parametrize("words", ["ไฟดับ 😀🙏🏽", "ﷺ ไฟดับ 𐎠", "e\u0301\u0301\u0301 ไฟดับ"])
def test_letters_that_no_font_has_are_kept_as_they_came(box: Box, words: str) -> None:
    at_the_words(box)
    put(box, words)
    assert unfit(box.glass) == []
    for target in TO_THE_END:
        box.touch(target)
    assert kept(box).words == unicodedata.normalize("NFC", words)


@pytest.mark.parametrize("words", ["่้๊", "ิ", "🙂🙂", "   \n "])
def test_marks_without_a_consonant_go_no_further(box: Box, words: str) -> None:
    at_the_words(box)
    put(box, words)
    if "next" in box.targets():
        box.touch("next")
    assert box.glass.name == "words"
    assert box.store.outbox_counts().waiting == 0


def test_turned_reading_directions_are_refused_in_a_sentence(box: Box) -> None:
    at_the_words(box)
    put(box, "ไฟดับ\u202eกข")
    box.touch("next")
    assert box.glass.name == "words"
    assert "อ่านไม่ได้" in texts(box)


@pytest.mark.parametrize("key", ["v", "c", "x", "a"])
def test_a_keyboard_that_pastes_or_copies_does_nothing(box: Box, key: str) -> None:
    at_the_words(box)
    box.type("กก")
    before = box.glass._screen.ids.field.text
    Window.dispatch("on_key_down", ord(key), 0, key, ["ctrl"])
    Window.dispatch("on_textinput", "from outside")
    box.frames()
    assert box.glass._screen.ids.field.text == before


def test_what_was_not_translated_stands_in_thai(box: Box) -> None:
    topic = box.profile.topic("road")
    assert topic.name.in_language("xx") == topic.name.th
