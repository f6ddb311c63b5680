from itertools import product

import pytest
from kivy.clock import Clock

from kiosk.widgets import xkb
from kiosk.widgets.face import Face
from kiosk.widgets.field import Field
from kiosk.widgets.keyboard import Keyboard
from kiosk.widgets.layouts import LAYOUTS, THAI, layout_for, shown
from kiosk.widgets.lines import clusters
from tests.kiosk.screens.box import Box

CONSONANTS = [chr(code) for code in range(0x0E01, 0x0E2F) if chr(code) not in "ฦฤ"]
VOWELS_AND_MARKS = [*"ะัาำิีึืฺุูเแโใไๅๆ็่้๊๋์ํฯ฿ฤฦ", *"๐๑๒๓๔๕๖๗๘๙"]


def typed_by(layout: object) -> set[str]:
    keys = [key for row in layout.rows for key in row if not key.act]
    return {key.typed(is_shifted=shift) for key, shift in product(keys, (False, True))}


def test_every_letter_of_thai_is_on_the_keyboard() -> None:
    assert set(CONSONANTS) | set(VOWELS_AND_MARKS) <= typed_by(THAI)


def test_every_letter_and_digit_of_english_is_on_the_keyboard() -> None:
    letters = set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,?!@-/")
    assert letters <= typed_by(LAYOUTS["en"])


def test_no_key_types_what_another_types_on_the_same_level() -> None:
    for shift in (False, True):
        keys = [key for row in THAI.rows for key in row if not key.act]
        typed = [key.typed(is_shifted=shift) for key in keys]
        assert len(typed) == len(set(typed))


ALPHABETS = {
    "km": [chr(code) for code in range(0x1780, 0x17A3) if code not in (0x179D, 0x179E)]
    + [*"ាិីឹឺុូួើឿៀេែៃោៅំះ៉៊់៌្។៕១២៣៤៥៦៧៨៩០"],
    "my": [chr(code) for code in range(0x1000, 0x1022)] + [*"ါာိီုူေဲံ့း္်ျြွှ၊။၁၂၃၄၅၆၇၈၉၀"],
    "lo": [*"ກຂຄງຈຊຍດຕຖທນບປຜຝພຟມຢຣລວສຫອຮະັາຳິີຶືຸູົຼຽເແໂໃໄ່້໊໋໌ໍໆໜໝຯ໐໑໒໓໔໕໖໗໘໙"],
}
"""The letters that one writes a letter with; U+179D and U+179E are of Pali only."""


@pytest.mark.parametrize("language", list(ALPHABETS))
def test_every_letter_of_khmer_burmese_and_lao_is_on_the_keyboard(language: str) -> None:
    assert set(ALPHABETS[language]) <= typed_by(layout_for(language))


def test_khmer_vowels_of_two_characters_are_one_key() -> None:
    assert {"ាំ", "ុំ", "ោះ", "េះ", "ុះ"} <= typed_by(layout_for("km"))


def test_our_thai_is_the_systems() -> None:
    ours = [[(k.plain, k.shifted) for k in row if not k.act] for row in THAI.rows]
    system = [[(plain, shifted) for plain, shifted, *_ in row] for row in xkb.rows("th")]
    assert ours == system


@pytest.mark.parametrize("language", ["km", "my", "lo"])
def test_every_key_of_the_systems_layout_types_what_it_shows(box: Box, language: str) -> None:
    box.touch("kind:complaint")
    box.touch("topic:road")
    field, keyboard = box.glass._screen.ids.field, box.glass._screen.ids.keyboard
    for is_shifted in (False, True):
        keyboard.use(language)
        keyboard.is_shifted = keyboard.is_locked = is_shifted
        box.frames()
        for name in [name for name in box.targets() if name.startswith("key:")]:
            letter = name.removeprefix("key:")
            if letter in ("shift", "backspace", "enter", "digits", "letters", "space"):
                continue
            field.text = ""
            box.touch(name)
            assert field.text == letter


def test_the_letters_key_leads_from_ones_own_script_to_thai_and_english(typing: object) -> None:
    box, _, keyboard = typing
    keyboard.use("km")
    box.frames()
    seen = []
    for _ in range(3):
        seen.append(keyboard.layout)
        box.touch("key:letters")
    assert seen == ["km", "th", "en"]
    assert keyboard.layout == "km"


@pytest.mark.parametrize("mark", "ัิีึืฺุู็่้๊๋์ํำ")
def test_a_combining_mark_is_shown_on_a_dotted_circle(mark: str) -> None:
    assert shown(mark) == "◌" + mark


@pytest.fixture
def typing(box: Box):
    box.touch("kind:complaint")
    box.touch("topic:road")
    screen = box.glass._screen
    return box, screen.ids.field, screen.ids.keyboard


def test_shift_holds_for_one_letter_and_twice_until_touched_again(typing: object) -> None:
    box, field, keyboard = typing
    box.touch("key:shift")
    box.touch("key:ซ")
    assert not keyboard.is_shifted
    box.touch("key:shift")
    box.touch("key:shift")
    box.touch("key:ซ")
    box.touch("key:ศ")
    assert keyboard.is_shifted
    box.touch("key:shift")
    box.touch("key:ก")
    assert field.text == "ซซศก"


def test_the_gap_between_two_keys_types_the_nearer_one(typing: object) -> None:
    box, field, _ = typing
    left, right = box.targets()["key:ก"].box, box.targets()["key:ด"].box
    y = left[1] + left[3] / 2
    box.touch_at(left[0] + left[2] + 0.4, y)
    box.touch_at(right[0] - 0.4, y)
    assert field.text == "กด"


def test_two_fingers_on_two_keys_type_two_letters(typing: object) -> None:
    box, field, _ = typing
    places = [box.targets()[f"key:{letter}"].box for letter in "กด"]
    lifts = [
        box.put_down(x + wide / 2, y + tall / 2, finger)
        for finger, (x, y, wide, tall) in enumerate(places)
    ]
    for lift, (x, y, *_) in zip(lifts, places, strict=True):
        lift(x + 9, y + 9)
    assert field.text == "กด"


def test_a_finger_that_stays_on_backspace_takes_letter_after_letter(typing: object) -> None:
    box, field, _ = typing
    box.type("กกกกกกกก")
    x, y, wide, tall = box.targets()["key:backspace"].box
    lift = box.put_down(x + wide / 2, y + tall / 2)
    until = Clock.time() + 1.0
    while Clock.time() < until and field.text:
        box.frames(1)
    lift(x + 9, y + 9)
    left = len(field.text)
    assert left < 6
    box.frames(5)
    assert len(field.text) == left


def hold(box: Box, name: str, until: object) -> tuple[object, float, float]:
    """A finger that stays on a key until something is so; the answer lifts it."""
    x, y, wide, tall = box.targets()[name].box
    lift = box.put_down(x + wide / 2, y + tall / 2)
    given_up_at = Clock.time() + 60
    while not until() and Clock.time() < given_up_at:
        box.frames(1)
    assert until()
    return lift, x + wide / 2, y + tall / 2


def test_a_finger_that_stays_on_a_letter_gets_the_one_that_shift_would_give(
    typing: object,
) -> None:
    box, field, keyboard = typing
    box.type("ท")
    lift, x, y = hold(box, "key:ิ", lambda: keyboard._held)
    assert field.text == "ทิ", "the first letter is typed at once"
    lift(x, y)
    assert field.text == "ทฺ"
    box.type("ก")
    assert field.text == "ทฺก"


def test_a_finger_that_slides_over_the_strip_chooses_there(typing: object) -> None:
    box, field, keyboard = typing
    keyboard.use("km")
    box.frames()
    lift, _, y = hold(box, "key:រ", lambda: keyboard._held)
    [held] = keyboard._held.values()
    assert held.letters == ("ឬ", "ឫ")
    lift(held.boxes[1][0] + 5, y)
    assert field.text == "ឫ"


def test_a_held_key_takes_nothing_else_away_where_the_field_is_full(typing: object) -> None:
    box, field, keyboard = typing
    field.text = "ก" * int(field.most)
    lift, x, y = hold(box, "key:ด", lambda: keyboard._held)
    lift(x, y)
    assert field.text == "ก" * int(field.most)


def test_a_finger_that_stays_long_on_backspace_takes_word_after_word(typing: object) -> None:
    box, field, _ = typing
    field.insert("ไฟที่ปากซอยดับ " * 8)
    sizes = [len(field.text)]

    def takes_words() -> bool:
        if len(field.text) != sizes[-1]:
            sizes.append(len(field.text))
        return sizes[-1] + 1 < sizes[len(sizes) - 2]

    lift, x, y = hold(box, "key:backspace", takes_words)
    lift(x, y)
    assert field.text != "ไฟที่ปากซอยดับ " * 8
    assert field.caret in clusters(field.text)


def test_a_word_goes_whole_in_a_script_without_blanks() -> None:
    field = Field(size_hint=(None, None), size=(400, 80))
    field.insert("ไฟที่ปากซอยดับ")
    field.erase_word()
    assert field.text == "ไฟที่ปากซอย"
    field.text = ""
    field.erase_word()
    assert field.text == ""


def test_backspace_takes_the_last_mark_before_the_consonant(typing: object) -> None:
    box, field, _ = typing
    box.type("ที่")
    box.touch("key:backspace")
    assert field.text == "ที"
    box.touch("key:backspace")
    assert field.text == "ท"


def test_the_caret_stands_between_clusters_wherever_one_touches(typing: object) -> None:
    box, field, _ = typing
    box.type("ที่นี่มีน้ำ")
    x, y, *_ = box.targets()["words"].box
    for share in range(40):
        box.touch_at(x + 14 + share * 5, y + 30)
        assert field.caret in clusters(field.text)
    box.touch_at(x + 16, y + 30)
    box.type("ก")
    assert field.text == "กที่นี่มีน้ำ"


def test_no_more_is_taken_than_fits() -> None:
    field = Field(most=3, size_hint=(None, None), size=(400, 80))
    field.insert("กขคง")
    assert field.text == "กขค"


def test_a_field_of_one_line_takes_no_newline() -> None:
    field = Field(size_hint=(None, None), size=(400, 80))
    field.insert("ก\nข")
    assert field.text == "กข"


def test_a_language_without_a_layout_gets_english() -> None:
    keyboard = Keyboard(size_hint=(None, None), size=(1000, 300))
    keyboard.use("vi")
    assert keyboard.layout == "en"


def test_five_faces_differ_even_in_grey(box: Box) -> None:
    box.touch("division:works")
    shown_grey = box.picture().convert("L")
    heads = []
    for score in range(1, 6):
        x, y, _, tall = box.targets()[f"face:{score}"].box
        face = shown_grey.crop((round(x), round(y), round(x) + 150, round(y + tall * 0.75)))
        heads.append(face.point(lambda level: 255 * (level > 100)).tobytes())
    for one, other in product(heads, heads):
        if one is not other:
            differing = sum(a != b for a, b in zip(one, other, strict=True))
            assert differing > 150, "the lines alone must tell them apart"


def test_a_face_says_its_word() -> None:
    assert Face(score=3, text="พอใจปานกลาง", size=(200, 300)).fits
