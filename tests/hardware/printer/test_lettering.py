import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.errors import HardwareError
from hardware.printer.lettering import cut, font, require_shaping, wrap

FACE = font(28, bold=False)
LONG = "ติดตามเรื่องได้โดยสแกนรหัสด้านบนแล้วพิมพ์เลขรับเรื่องและรหัสติดตามที่น้ำท่วมขังหน้าปู่ย่าตายาย"
MARKS = "ัิีึืฺุู็่้๊๋์ํ๎ำ"


@pytest.mark.parametrize(("missing", "remedy"), [("raqm", "pillow"), ("fribidi", "libfribidi0")])
def test_without_a_shaper_nothing_is_set_and_the_remedy_is_named(missing: str, remedy: str) -> None:
    with pytest.raises(HardwareError, match=remedy):
        require_shaping(lambda feature: feature != missing)


def test_this_machine_can_set_thai() -> None:
    require_shaping()


@settings(deadline=None)
@given(st.integers(90, 600))
def test_thai_breaks_between_words_and_nothing_is_lost(width: int) -> None:
    lines = wrap(LONG, FACE, width)
    assert "".join(lines) == LONG
    assert all(FACE.getlength(line) <= width for line in lines)
    assert not any(line[0] in MARKS for line in lines)


def test_a_word_stays_whole_where_it_fits() -> None:
    lines = wrap("ถนนสาธารณะชำรุด", FACE, FACE.getlength("สาธารณะ") + 2)
    assert lines == ["ถนน", "สาธารณะ", "ชำรุด"]


def test_a_line_rather_ends_with_a_phrase() -> None:
    text = "หมู่ที่ 3 บ้านท่าเกษม หน้าวัดท่าเกษม"
    width = FACE.getlength("หมู่ที่ 3 บ้านท่าเกษม หน้าวัด") + 2
    assert wrap(text, FACE, width) == ["หมู่ที่ 3 บ้านท่าเกษม", "หน้าวัดท่าเกษม"]


@pytest.mark.parametrize("tail", ["วันที่ 8", "วันที่ ๘", "อื่น ๆ"])
def test_numbers_and_repeat_marks_never_begin_a_line(tail: str) -> None:
    text = "เทศบาลจะตอบภายใน" + tail
    for width in range(int(FACE.getlength(tail)) + 1, int(FACE.getlength(text))):
        last = wrap(text, FACE, width)[-1]
        assert last.endswith(tail)


def test_a_bound_phrase_wider_than_the_line_breaks_at_its_blanks() -> None:
    bound = "23\N{NO-BREAK SPACE}พฤศจิกายน\N{NO-BREAK SPACE}2569"
    assert wrap(bound, FACE, FACE.getlength(bound) - 20) == ["23 พฤศจิกายน", "2569"]


def test_an_address_wider_than_the_line_breaks_between_letters() -> None:
    address = "rapfang.thakasem.go.th"
    lines = wrap(address, FACE, 100)
    assert len(lines) > 1
    assert "".join(lines) == address


def test_no_word_is_left_alone_on_the_last_line() -> None:
    text = "Public Health and Environment Division"
    width = FACE.getlength("Public Health and Environment") + 4
    lines = wrap(text, FACE, width)
    assert lines == ["Public Health and", "Environment Division"]


def test_what_has_no_room_ends_with_an_ellipsis_between_words() -> None:
    lines = wrap("หน้าวัดท่าเกษม ใกล้ศาลาริมทาง ตรงข้ามตลาดสด", FACE, 160)
    short = cut(lines, 2, FACE, 160)
    assert len(short) == 2
    assert short[0] == lines[0]
    assert short[1].endswith("…")
    assert FACE.getlength(short[1]) <= 160
    assert cut(lines, len(lines), FACE, 160) == lines


def test_one_long_word_is_cut_between_letters() -> None:
    [short] = cut(["rapfang.thakasem.go.th", "x"], 1, FACE, 120)
    assert short.startswith("rapf")
    assert short.endswith("…")
    assert FACE.getlength(short) <= 120
