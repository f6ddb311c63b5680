from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kiosk.widgets.field import Field
from kiosk.widgets.layouts import THAI
from kiosk.widgets.lines import clusters
from sync.case import LONGEST_WORDS
from tests.kiosk.screens.box import Box

LETTERS = st.sampled_from([*"กทนปอหยฟเแำะาิีึุู่้๊๋์ๆ ab1", *"កខញម្ុំាេះ", *"ကတန္်ျြွှိုေး", *"ກນຫໝ່້ຳິູ", "\n"])
TAPS = st.tuples(st.integers(8, 260), st.integers(10, 90))
BACKSPACE = None
DEEDS = st.lists(st.one_of(TAPS, LETTERS, st.just(BACKSPACE)), min_size=4, max_size=14)


@pytest.fixture(scope="module")
def typing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Box, Field]]:
    box = Box(Path(tmp_path_factory.mktemp("typing")))
    box.touch("kind:complaint")
    box.touch("topic:road")
    yield box, box.glass._screen.ids.field
    box.close()


@pytest.fixture
def written(typing: tuple[Box, Field]) -> tuple[Box, Field]:
    """The words screen's field, empty, with its keyboard on the first level."""
    box, field = typing
    field.text = ""
    box.glass._screen.ids.keyboard.use("th")
    box.frames()
    return box, field


def do(box: Box, field: Field, deed: object) -> None:
    if isinstance(deed, tuple):
        x, y, *_ = box.targets()["words"].box
        box.touch_at(x + deed[0], y + deed[1])
    elif deed is BACKSPACE:
        before, at = field.text, int(field.caret)
        field.backspace()
        assert field.text == before[: max(0, at - 1)] + before[at:], "one character, no more"
    else:
        before, at = field.text, int(field.caret)
        field.insert(str(deed))
        assert field.text == before[:at] + str(deed) + before[at:]


def test_the_caret_never_stands_in_a_cluster_whatever_one_does(
    written: tuple[Box, Field],
) -> None:
    box, field = written

    @settings(max_examples=25)
    @example([(127, 10), "ក", "្", (147, 10)])
    @example([(8, 25), "ิ", (8, 25), "ก"])
    @given(DEEDS)
    def check(deeds: list[object]) -> None:
        field.text = "ที่นี่มีน้ำท่วม กู้\nខ្ញុំ ကျွန်ုပ် ນ້ຳ"
        for deed in deeds:
            do(box, field, deed)
            assert field.caret in clusters(field.text)

    check()


def test_every_key_of_both_thai_levels_types_its_letter_when_touched(
    written: tuple[Box, Field],
) -> None:
    box, field = written
    keys = [key for row in THAI.rows for key in row if not key.act]
    letters = "".join(key.plain for key in keys) + "".join(key.shifted for key in keys)
    for start in range(0, len(letters), 12):
        field.text = ""
        box.type(letters[start : start + 12])
        assert field.text == letters[start : start + 12]


def test_digits_english_space_and_enter_are_typed_by_their_keys(
    written: tuple[Box, Field],
) -> None:
    box, field = written
    box.touch("key:digits")
    box.type("42?")
    for key in ("key:space", "key:digits", "key:letters"):
        box.touch(key)
    box.type("Ab")
    box.touch("key:enter")
    assert field.text == "42? Ab\n"


def test_typing_past_the_longest_text_is_refused_and_the_rest_kept(
    written: tuple[Box, Field],
) -> None:
    box, field = written
    field.text = "ก" * (LONGEST_WORDS - 1)
    box.type("ขค")
    assert field.text == "ก" * (LONGEST_WORDS - 1) + "ข"
    box.touch("key:backspace")
    box.type("ง")
    assert field.text.endswith("กง")


def test_the_caret_is_seen_at_the_end_of_a_long_text(written: tuple[Box, Field]) -> None:
    box, field = written
    field.insert("ไฟดับที่ปากซอยหน้าวัด " * 30)
    box.frames()
    assert field._first > 0, "it has moved up"
    last = len(field._lines) - 1
    shown = (field.height // field._step) + 1
    assert field._first <= last < field._first + shown


def test_a_caret_touched_into_the_middle_types_there(written: tuple[Box, Field]) -> None:
    box, field = written
    box.type("นำ้ไหล")
    x, y, *_ = box.targets()["words"].box
    box.touch_at(x + 15, y + 30)
    assert field.caret == 0
    box.type("กี่")
    assert field.text == "กี่นำ้ไหล"
    assert field.caret == 3
