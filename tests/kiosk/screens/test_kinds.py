"""Every kind of case on the real window: its own questions, and few touches."""

import pytest
from msgspec import json, structs

from kiosk.screens.home import HomeScreen
from sync.case import CaseContent, Kind
from sync.records import CaseSubmitted
from sync.seal import open_sealed
from sync.wire import decode_record
from tests.kiosk.screens.box import INTAKE_KEY, Box
from tests.kiosk.screens.test_visit import kept_content


def texts(box: Box) -> str:
    return " ".join(getattr(widget, "text", "") or "" for widget in box.widgets())


def test_a_topic_and_a_ready_phrase_are_six_touches_from_home_to_the_slip(box: Box) -> None:
    touches = ["kind:complaint", "topic:street_light", "phrase:1", "village:village-3"]
    touches += ["next", "next"]
    for target in touches:
        box.touch(target)
    assert box.glass.name == "done"
    assert len(touches) <= 6
    content = kept_content(box)
    assert (content.topic_code, content.words) == ("street_light", "ไฟทางดับ")


def test_phrases_go_as_soon_as_somebody_types(box: Box) -> None:
    for target in ("kind:complaint", "topic:street_light"):
        box.touch(target)
    assert "phrase:1" in box.targets()
    box.type("ไฟ")
    assert "phrase:1" not in box.targets()


@pytest.mark.parametrize("kind", [Kind.SUGGESTION, Kind.COMPLIMENT])
def test_suggestions_and_praise_are_asked_for_no_place_and_given_no_phrase(
    box: Box, kind: Kind
) -> None:
    for target in (f"kind:{kind}", "topic:road"):
        box.touch(target)
    assert "phrase:1" not in box.targets()
    box.type("ดี")
    for target in ("next", "next"):
        box.touch(target)
    assert box.glass.name == "review"
    assert "change:place" not in box.targets()
    box.touch("next")
    assert kept_content(box).kind is kind


def test_a_report_about_corruption_says_first_who_sees_it_and_whom_else_to_call(box: Box) -> None:
    box.touch("kind:corruption")
    assert box.glass.name == "confide"
    box.frames()
    shown = texts(box)
    assert box.profile.corruption.who_sees.th in shown
    for number in ("1205", "1206", "1567"):
        assert number in shown


def test_who_is_left_out_can_be_taken_in_again_and_is_read_back(box: Box) -> None:
    for target in ("kind:corruption", "exclude:mayor", "exclude:clerk", "exclude:mayor"):
        box.touch(target)
    assert box.clerk.scene.visit.draft.excluded == ("clerk",)
    for target in ("next", "phrase:1", "village:elsewhere", "next"):
        box.touch(target)
    assert "ปลัดเทศบาล" in box.glass._screen.ids.topic.answer
    box.touch("change:confide")
    assert box.glass.name == "confide"
    box.touch("next")
    box.touch("next")
    assert box.glass.name == "done"


def test_the_next_resident_finds_nobody_left_out(box: Box) -> None:
    for target in ("kind:corruption", "exclude:clerk"):
        box.touch(target)
    box.glass._leave()
    box.frames()
    box.touch("kind:corruption")
    box.frames()
    assert box.clerk.scene.visit.draft.excluded == ()
    assert [card.name for card in box.glass._screen.ids.pages.cards if card.chosen] == []


def test_without_a_confidential_path_in_the_profile_home_offers_none(box: Box) -> None:
    without = structs.replace(box.profile, corruption=None)
    home = box.alone(HomeScreen(profile=without))
    assert [entry.name for entry in home.ids.quiet.children] == ["kind:track"]
    assert "kind:corruption" in box.targets()


def test_a_central_without_a_corruption_key_still_gets_who_was_left_out(box: Box) -> None:
    for target in ("kind:corruption", "exclude:works-head", "next", "phrase:2"):
        box.touch(target)
    for target in ("village:elsewhere", "next", "next"):
        box.touch(target)
    [entry] = box.store.waiting(10)
    record = decode_record(entry.record)
    assert isinstance(record, CaseSubmitted)
    content = json.decode(open_sealed(record.sealed, INTAKE_KEY), type=CaseContent)
    assert (content.kind, content.excluded) == (Kind.CORRUPTION, ["works-head"])
    assert content.contact.name == ""


@pytest.mark.parametrize(
    ("topic", "number"), [("disease", "1669"), ("fire", "199"), ("flood", "1784")]
)
def test_an_emergency_names_whom_to_call_first_and_lets_go_on(
    box: Box, topic: str, number: str
) -> None:
    for target in ("kind:complaint", f"topic:{topic}"):
        box.touch(target)
    assert f"โปรดโทร {number}" in texts(box)
    box.touch("phrase:1")
    assert box.glass.name == "place"


def test_no_number_is_shown_where_nobody_has_to_be_called(box: Box) -> None:
    for target in ("kind:complaint", "topic:fire", "back", "topic:road"):
        box.touch(target)
    assert "โปรดโทร" not in texts(box)


def test_a_word_with_a_slip_leads_to_its_topic_and_is_forgotten(box: Box) -> None:
    for target in ("kind:complaint", "search"):
        box.touch(target)
    box.type("ไฟกิงเสีย")
    assert "topic:street_light" in box.targets()
    assert "topic:animals" not in box.targets()
    box.touch("topic:street_light")
    assert box.glass.name == "words"
    box.touch("back")
    box.glass._leave()
    box.touch("kind:complaint")
    assert box.glass._screen.ids.field.text == ""
    assert "topic:animals" in box.targets()


def test_a_word_that_finds_nothing_says_so_and_all_topics_are_one_touch_away(box: Box) -> None:
    for target in ("kind:complaint", "search"):
        box.touch(target)
    box.type("ฟฟฟ")
    box.frames()
    assert "ไม่พบ" in texts(box)
    box.touch("close-search")
    assert "topic:animals" in box.targets()


def test_communities_and_landmarks_stand_after_the_villages_each_with_its_sign(box: Box) -> None:
    for target in ("kind:complaint", "topic:road", "phrase:1"):
        box.touch(target)
    shown = [card.name for card in box.glass._screen.ids.pages.cards]
    assert shown[-4:-2] == ["village:market-community", "village:town-hall"]
    assert shown[-2:] == ["village:in_words", "village:elsewhere"]
    assert len({card.icon for card in box.glass._screen.ids.pages.cards}) == 5
    for target in ("village:town-hall", "next", "next"):
        box.touch(target)
    assert kept_content(box).village_code == "town-hall"


def test_where_it_is_can_be_said_in_words_beside_a_village_and_is_read_back(box: Box) -> None:
    for target in ("kind:complaint", "topic:road", "phrase:1", "village:in_words"):
        box.touch(target)
    assert box.glass.name == "where"
    assert "next" not in box.targets()
    box.type("หน้าวัด")
    for target in ("back", "village:village-3", "next"):
        box.touch(target)
    assert box.glass._screen.ids.place.answer.endswith(", หน้าวัด")
    box.touch("next")
    content = kept_content(box)
    assert (content.village_code, content.place) == ("village-3", "หน้าวัด")


def test_enter_after_the_words_about_the_place_goes_on(box: Box) -> None:
    for target in ("kind:complaint", "topic:road", "phrase:1", "village:in_words"):
        box.touch(target)
    box.type("วัด")
    box.touch("key:enter")
    assert box.glass.name == "contact"
    assert box.clerk.scene.visit.draft.village_code is None
    assert box.clerk.scene.visit.draft.place == "วัด"


def test_the_next_resident_finds_no_words_about_the_place(box: Box) -> None:
    for target in ("kind:complaint", "topic:road", "phrase:1", "village:in_words"):
        box.touch(target)
    box.type("วัด")
    box.glass._leave()
    box.frames()
    for target in ("kind:complaint", "topic:road", "phrase:1", "village:in_words"):
        box.touch(target)
    assert box.glass._screen.ids.field.text == ""
