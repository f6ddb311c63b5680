"""Larger words, stronger colours, everything low: asked for on any screen, gone with the visit."""

import pytest
from kivy.uix.widget import Widget

from kiosk.i18n import tr
from kiosk.theme import HEX, HIGH_CONTRAST, PLAIN, Access, contrast, theme
from kiosk.widgets.text import Text
from tests.kiosk.screens.box import SIZE, Box


@pytest.fixture(autouse=True)
def _plain_again():
    yield
    theme.refit(PLAIN)


def ems(box: Box) -> dict[str, float]:
    return {
        widget.text: widget.em
        for widget in box.glass._screen.walk()
        if isinstance(widget, Text) and widget.text
    }


def ask_for(box: Box, *helps: str) -> None:
    box.touch("access")
    for each in helps:
        box.touch(f"access:{each}")
    box.touch("close-access")
    box.frames()


def test_larger_words_are_larger_and_what_was_typed_stays(box: Box) -> None:
    for target in ("kind:complaint", "topic:road"):
        box.touch(target)
    box.type("ถนน")
    before = ems(box)
    ask_for(box, "large_text")
    assert box.glass.name == "words"
    assert box.glass._screen.ids.field.text == "ถนน"
    after = ems(box)
    shared = before.keys() & after.keys()
    assert shared
    assert all(after[words] > before[words] * 1.15 for words in shared)
    box.type("พัง")
    assert box.clerk.scene.visit.draft.words == "ถนนพัง"


def test_stronger_colours_are_black_on_white(box: Box) -> None:
    ask_for(box, "high_contrast")
    assert contrast(theme.colour("muted"), theme.colour("paper")) == pytest.approx(21)
    picture = box.picture()
    colours = {colour: count for count, colour in picture.getcolors(1 << 24)}
    assert colours[(255, 255, 255)] > picture.width * picture.height / 4
    assert HIGH_CONTRAST["paper"] != HEX["paper"]


def test_a_help_is_seen_at_once_and_can_be_taken_back(box: Box) -> None:
    box.touch("access")
    box.touch("access:large_text")
    assert box.glass.name == "access"
    assert box.clerk.scene.access == Access(large_text=True)
    box.touch("access:large_text")
    assert box.clerk.scene.access == PLAIN
    box.touch("close-access")
    assert box.glass.name == "home"


def words_on(widget: Widget) -> set[str]:
    return {
        line for each in widget.walk(restrict=True) if isinstance(each, Text) for line in each.lines
    }


def test_only_the_sheet_is_drawn_in_the_frame_that_answers_and_the_rest_after_it(box: Box) -> None:
    box.touch("kind:complaint")
    box.touch("access")
    before = box.glass._screen
    box.glass._adapt(None, Access(large_text=True))
    assert theme.access.large_text
    assert box.glass._screen is before
    assert "เปิดอยู่" in {part.second for part in box.glass._covers["access"].ids.cards.children}
    box.frames(1)
    assert box.glass._screen is None, "one step a frame"
    box.frames(2)
    assert box.glass._screen is not before
    assert not words_on(box.glass._screen)
    assert len(box.glass.children) == 2, "the sheet over what is new; nothing old beneath"


def test_what_lies_beneath_the_sheet_is_lettered_while_it_is_read(box: Box) -> None:
    box.touch("kind:complaint")
    box.touch("access")
    box.glass._adapt(None, Access(large_text=True))
    box.frames(20)
    assert words_on(box.glass._screen)


def test_who_touches_before_the_rest_is_drawn_finds_it_drawn(box: Box) -> None:
    box.touch("kind:complaint")
    box.touch("access")
    before = box.glass._screen
    box.glass._adapt(None, Access(large_text=True))
    box.put_down(1, 1)
    assert box.glass._screen not in (None, before)
    box.touch("close-access")
    box.touch("topic:road")
    assert box.glass.name == "words"


def test_what_comes_from_beside_while_the_rest_is_drawn_is_shown_in_the_new_look(box: Box) -> None:
    box.touch("access")
    before = box.glass._screen
    box.glass._adapt(None, Access(high_contrast=True))
    box.frames(1)
    box.glass.press(2)
    box.frames()
    assert box.glass._screen not in (None, before)
    assert box.glass._screen.scene == box.clerk.scene
    assert box.glass._screen.parent is box.glass._frame.body, "and it is on the glass"


def test_a_help_that_is_on_shows_it_by_more_than_colour(box: Box) -> None:
    box.touch("access")
    off = sorted(getattr(widget, "text", "") for widget in box.glass._covers["access"].walk())
    box.touch("access:large_text")
    on = sorted(getattr(widget, "text", "") for widget in box.glass._covers["access"].walk())
    assert off != on
    assert "เปิดอยู่" in on


def test_the_next_resident_finds_the_glass_as_it_was(box: Box) -> None:
    ask_for(box, "large_text", "high_contrast")
    box.touch("division:works")
    box.glass._leave()
    box.frames()
    assert box.clerk.scene.access == PLAIN
    assert theme.access == PLAIN


def test_helps_at_home_end_when_nobody_touches_the_glass_any_more(box: Box) -> None:
    ask_for(box, "large_text")
    assert box.glass._vigil.is_watching


def test_a_sheet_left_open_at_home_closes_by_itself(box: Box) -> None:
    box.touch("access")
    assert box.glass._vigil.is_watching
    box.touch("close-access")
    assert not box.glass._vigil.is_watching


def too_high(box: Box) -> set[str]:
    box.frames()
    high = {target.name for target in box.targets().values() if target.box[1] < SIZE[1] / 2}
    return {name for name in high if not name.startswith("key:")}


def test_with_everything_low_nothing_but_keys_is_touched_in_the_upper_half(box: Box) -> None:
    assert too_high(box)
    ask_for(box, "low_reach")
    for target in ("kind:complaint", "topic:road"):
        assert not too_high(box)
        box.touch(target)
    assert too_high(box) == {"words"}  # what was typed: the keys move its caret
    box.touch("way:draw")
    assert not too_high(box)


def test_with_everything_low_the_caret_is_moved_by_keys(box: Box) -> None:
    assert "key:left" not in box.targets()
    ask_for(box, "low_reach")
    for target in ("kind:complaint", "topic:road"):
        box.touch(target)
    box.type("ที่ดน")
    box.touch("key:left")
    box.type("เ")
    box.touch("key:right")
    box.type("า")
    assert box.clerk.scene.visit.draft.words == "ที่ดเนา"


def test_with_everything_low_a_field_is_chosen_below_the_keys(box: Box) -> None:
    ask_for(box, "low_reach")
    box.touch("kind:track")
    box.type("A1")
    box.touch("turn:key")
    box.type("K7")
    lookup = box.clerk.scene.visit.lookup
    assert (lookup.reference, lookup.key) == ("A1", "K7")


def test_with_everything_low_back_and_on_stand_in_the_bar_once(box: Box) -> None:
    ask_for(box, "low_reach")
    for target in ("kind:complaint", "topic:road"):
        box.touch(target)
    box.type("ถนน")
    names = [target.name for target in box.glass.targets()]
    assert [names.count(name) for name in ("back", "next")] == [1, 1]
    box.touch("next")
    assert box.glass.name == "place"
    box.touch("back")
    assert box.glass._screen.ids.field.text == "ถนน"


def test_a_drawing_outlives_everything_becoming_low(box: Box) -> None:
    for target in ("kind:complaint", "topic:road", "way:draw"):
        box.touch(target)
    pad = box.glass._screen.ids.pad
    finger = box.hold(pad.center_x, SIZE[1] - pad.center_y)
    finger.move(pad.center_x + 40, SIZE[1] - pad.center_y)
    finger.lift()
    before = box.clerk.scene.visit.draft.enclosures
    ask_for(box, "low_reach")
    assert box.glass.name == "draw"
    assert box.clerk.scene.visit.draft.enclosures == before
    assert box.glass._screen.ids.pad.drawing.strokes


def test_what_was_drawn_before_listens_to_no_other_language(box: Box) -> None:
    sheet = box.glass._covers["call"]
    back = next(part for part in sheet.walk() if getattr(part, "text", "") == "ย้อนกลับ")
    box.glass._adapt(None, Access(large_text=True))
    box.glass._take_off(box.glass._covers["access"])
    box.frames()
    box.touch("language:en")
    assert tr.language == "en"
    assert back.text == "ย้อนกลับ", "its sheet may be gone already"
