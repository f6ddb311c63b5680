from hypothesis import given
from hypothesis import strategies as st
from icu4py.breakers import CharacterBreaker, LineBreaker

from kiosk.widgets.lines import cluster_border, clusters, runs, word_start, wrap

THAI = st.text(st.sampled_from("กขคงจชซญดตถทนบปผฝพฟมยรลวสหอฮะาิีึืุูเแโใไำ่้๊๋์ๆ 12abc\n"), max_size=60)
WORDS = ["ไฟ", "ดับ", "ที่", "ปากซอย", "หน้า", "วัด", "สาม", "วัน", "กลางคืน", "มืด", "น้ำ", "ท่วม", "road"]
PROSE = st.lists(st.sampled_from([*WORDS, " ", "\n"]), max_size=25).map("".join)
SENTENCE = "ไฟดับที่ปากซอยหน้าวัดท่าเกษมมาสามวันแล้ว กลางคืนมืดมาก กลัวผู้สูงอายุจะหกล้ม"


def borders(pieces: object) -> set[int]:
    found, at = {0}, 0
    for piece in pieces:
        at += len(str(piece))
        found.add(at)
    return found


@given(THAI, st.integers(1, 40))
def test_lines_joined_are_the_text_again(text: str, width: int) -> None:
    assert "".join(wrap(text, width, len)) == text


@given(THAI, st.integers(1, 40))
def test_no_line_ends_inside_a_cluster(text: str, width: int) -> None:
    allowed, at = borders(CharacterBreaker(text, "th")), 0
    for line in wrap(text, width, len):
        at += len(line)
        assert at in allowed


def test_thai_without_spaces_breaks_between_words_only() -> None:
    words, at = borders(LineBreaker(SENTENCE, "th")), 0
    for line in wrap(SENTENCE, 14, len):
        at += len(line)
        assert at in words
        assert len(line.rstrip()) <= 14


@given(st.one_of(PROSE, THAI), st.integers(1, 40))
def test_only_a_word_wider_than_a_line_breaks_elsewhere_than_between_words(
    text: str, width: int
) -> None:
    words, at = borders(LineBreaker(text, "th")) & set(clusters(text)), 0
    for line in wrap(text, width, len):
        at += len(line)
        if at not in words:
            start = max(border for border in words if border < at)
            end = min(border for border in words if border > at)
            assert len(text[start:end].rstrip()) > width


def test_only_a_word_wider_than_the_line_is_broken() -> None:
    lines = wrap("ab incomprehensibility", 10, len)
    assert lines[0].startswith("ab ")
    assert all(len(line.rstrip()) <= 10 for line in lines)
    assert wrap("ab incompre", 10, len) == ["ab ", "incompre"]


def test_a_newline_ends_its_line_and_an_empty_last_line_is_kept() -> None:
    assert wrap("ก\nข\n", 10, len) == ["ก\n", "ข\n", ""]


@given(THAI, st.integers(0, 60))
def test_a_border_is_never_inside_a_cluster(text: str, index: int) -> None:
    at = cluster_border(text, index)
    assert at in clusters(text)
    assert at <= max(index, 0)


def test_marks_stay_with_their_consonant() -> None:
    assert clusters("ที่นี่") == (0, 3, 6)
    assert cluster_border("ที่นี่", 2) == 0


def test_thai_is_shaped_as_thai_even_among_latin() -> None:
    assert runs("ABC ก") == [("Thai", "ABC ก")]
    assert runs("ABC 123") == [("Latn", "ABC 123")]


def test_each_script_is_a_run_of_its_own_and_latin_goes_with_its_neighbour() -> None:
    assert runs("1. ខ្មែរ ไทย ABC") == [("Khmr", "1. ខ្មែរ "), ("Thai", "ไทย ABC")]
    assert runs("ABC 12") == [("Latn", "ABC 12")]
    assert runs("") == []


@given(st.text(st.sampled_from("กខខ្មែရရိုລາວ ab1◌ំ"), max_size=40))
def test_runs_joined_are_the_text_again(text: str) -> None:
    assert "".join(piece for _, piece in runs(text)) == text


def test_what_stands_below_a_consonant_belongs_to_its_cluster() -> None:
    assert clusters("ខ្ញុំ") == (0, 5)
    assert clusters("သတ္တ") == (0, 1, 4)
    assert clusters("ន្") == (0, 2), "a stacker still without its consonant"


def test_burmese_khmer_and_lao_break_between_words() -> None:
    for words in ("ខ្ញុំស្រឡាញ់អ្នក", "ສະບາຍດີປະເທດລາວ", "ကျွန်တော်မြန်မာစာဖတ်တယ်"):
        lines = wrap(words, 8, len)
        assert "".join(lines) == words
        assert len(lines) > 1


def test_a_word_begins_where_the_dictionary_says() -> None:
    assert word_start("ไฟที่ปากซอยดับ", 14) == len("ไฟที่ปากซอย")
    assert word_start("road is  ", 9) == len("road ")
    assert word_start("ไฟดับ", 2) == 0
    assert word_start("", 0) == 0
