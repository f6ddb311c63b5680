"""Screens out of sight: they keep up with language and visit without anybody waiting for it."""

from kivy.uix.widget import Widget

from kiosk.form.flow import Step
from kiosk.widgets.lettering import known_width_of
from kiosk.widgets.text import Text
from tests.kiosk.screens.box import Box

TYPED = "ฟหกด"


def make_ready(box: Box) -> None:
    """As it happens by itself while nobody touches."""
    while box.glass._make_one():
        box.frames()


def said(screen: Widget) -> str:
    """All that is drawn on it."""
    return " ".join(
        line for each in screen.walk(restrict=True) if isinstance(each, Text) for line in each.lines
    )


def speak(box: Box, language: str) -> None:
    box.touch("languages")
    box.touch(f"language:{language}")


def test_another_language_draws_what_is_in_sight_and_the_rest_once_it_is_wanted(box: Box) -> None:
    make_ready(box)
    topics = box.glass._screens[Step.TOPIC]
    assert "ถนน" in said(topics)
    speak(box, "km")
    assert topics.is_behind
    assert "ផ្លូវ" not in said(topics)
    box.touch("kind:complaint")
    assert not topics.is_behind
    assert "ផ្លូវ" in said(topics)
    assert "ถนน" not in said(topics)


def test_screens_out_of_sight_catch_up_while_nobody_touches(box: Box) -> None:
    make_ready(box)
    speak(box, "km")
    make_ready(box)
    topics = box.glass._screens[Step.TOPIC]
    assert topics.parent is None
    assert "ផ្លូវ" in said(topics)
    assert not any(screen.is_behind for screen in box.glass._screens.values())


def test_what_lies_beneath_a_sheet_is_lettered_when_it_is_seen_again(box: Box) -> None:
    box.touch("kind:complaint")
    box.touch("access")
    box.touch("access:large_text")
    assert box.glass.name == "access"
    assert not said(box.glass._screen)
    box.touch("close-access")
    assert "ถนน" in said(box.glass._screen)


def test_a_sheet_is_made_when_it_is_wanted_or_while_nobody_touches(box: Box) -> None:
    assert not list(box.glass._covers)
    box.touch("languages")
    assert len(list(box.glass._covers)) == 1
    make_ready(box)
    assert len(list(box.glass._covers)) == len(box.glass._covers.names)


def test_divisions_on_their_cards_only_change_their_names_with_the_language(box: Box) -> None:
    cards = box.glass._screen.ids.asked.children[0].ids.pages.cards
    thai = [card.text for card in cards]
    box.touch("language:en")
    assert box.glass._screen.ids.asked.children[0].ids.pages.cards == cards
    assert not {card.text for card in cards} & set(thai)


def test_what_somebody_typed_is_off_every_screen_the_moment_they_leave(box: Box) -> None:
    make_ready(box)
    for target in ("kind:complaint", "topic:road"):
        box.touch(target)
    box.type(TYPED)
    for target in ("next", "village:in_words"):
        box.touch(target)
    box.type(TYPED)
    for target in ("next", "next"):
        box.touch(target)
    assert said(box.glass._screen).count(TYPED) == 2
    box.glass._leave()
    box.frames(1)
    assert all(TYPED not in said(screen) for screen in box.glass._screens.values())


def test_how_wide_typed_words_are_is_not_kept(box: Box) -> None:
    known_width_of.cache_clear()  # full, it would grow no more
    for target in ("kind:complaint", "topic:road", "phrase:1", "village:village-3", "next"):
        box.touch(target)
    review = box.glass._screen
    kept = known_width_of.cache_info().currsize
    review.ids.words.answer = "ฟหกดฟหกด"
    review.ids.contact.answer = "0812345678"
    box.frames()
    assert known_width_of.cache_info().currsize == kept
    review.ids.topic.answer = "ฟหกดฟหกดก"
    box.frames()
    assert known_width_of.cache_info().currsize > kept


def test_thanks_that_were_ready_before_anybody_rated_offer_reasons_too(box: Box) -> None:
    make_ready(box)
    for target in ("division:health", "face:2", "reason:slow"):
        box.touch(target)
    assert box.glass.name == "thanks"
