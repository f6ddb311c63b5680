from collections.abc import Iterator

import pytest

from kiosk.widgets.lettering import width_of
from kiosk.widgets.text import Text
from tests.kiosk.screens.box import Box

from kiosk.i18n import tr  # isort: skip  (the box sets Kivy's switches first)
from kivy.uix.boxlayout import BoxLayout  # isort: skip  (so it does for this)


@pytest.fixture
def thai_digits(box: Box) -> Iterator[Box]:
    tr.thai_digits = True
    yield box
    tr.thai_digits = False
    tr.use("th")


def shown(words: str, **properties: object) -> list[str]:
    text = Text(text=words, size=(600, 90), **properties)
    text.draw_now()
    return text.lines


def test_digits_are_thai_where_the_profile_wants_it(thai_digits: Box) -> None:
    assert shown("หมู่ที่ 12") == ["หมู่ที่ ๑๒"]


def test_what_is_copied_or_was_typed_keeps_its_digits(thai_digits: Box) -> None:
    assert shown("A1-0042-9", as_typed=True) == ["A1-0042-9"]


def test_other_languages_keep_their_digits(thai_digits: Box) -> None:
    tr.use("en")
    assert shown("Village 12") == ["Village 12"]


def test_digits_stay_where_the_profile_does_not_ask(box: Box) -> None:
    assert shown("หมู่ที่ 12") == ["หมู่ที่ 12"]


def test_a_number_to_call_keeps_its_digits(thai_digits: Box) -> None:
    thai_digits.touch("kind:complaint")
    thai_digits.touch("topic:flood")
    shown = [w for w in thai_digits.widgets() if isinstance(w, Text) and "1784" in w.text]
    assert shown
    assert all("1784" in "".join(text.lines) for text in shown)


def test_khmer_is_measured_as_it_is_drawn_after_a_hundred_other_sizes() -> None:
    back = "ត្រឡប់ក្រោយ"
    wide = width_of(back, 35)
    for em in range(20, 120):
        width_of("ก", em)
    assert width_of(back, 35) == wide


class Counted(Text):
    """A text that counts how often it is set."""

    times = 0

    def draw_now(self) -> None:
        self.times += 1
        super().draw_now()


def test_a_text_is_set_once_however_many_layouts_lie_around_it(box: Box) -> None:
    text = Counted(text="ยินดีรับฟังท่าน")
    around = text
    for orientation in ("horizontal", "vertical") * 3:
        outer = BoxLayout(orientation=orientation, padding=5)
        outer.add_widget(around)
        around = outer
    box.alone(around)
    assert text.times == 1
