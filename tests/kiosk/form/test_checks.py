import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.errors import AnswerInvalid
from kiosk.form.checks import LONGEST_NAME, clean_name, clean_phone, clean_place, clean_words
from sync.case import LONGEST_PLACE, LONGEST_WORDS


def code_of(check, typed: str) -> str:
    with pytest.raises(AnswerInvalid) as caught:
        check(typed)
    if typed.strip():
        assert typed not in str(caught.value)
    return caught.value.code


@pytest.mark.parametrize("typed", ["", " ", "\n\n", "\u00a0\t", "\r\n"])
def test_words_that_say_nothing_are_empty(typed):
    assert code_of(clean_words, typed) == "empty"


@pytest.mark.parametrize("typed", ["่", "ิ้", "...", "?!", "๏", "่ ่ ่", "\u200b\u200b", "─"])
def test_marks_alone_are_not_words(typed):
    assert code_of(clean_words, typed) == "only_marks"


@pytest.mark.parametrize("typed", ["น้ำ", "a", "๑", "7", "ភ្លើង", "မီး", "ໄຟ", " ไฟดับ "])
def test_a_single_letter_or_digit_of_any_script_is_words(typed):
    assert clean_words(typed) == typed.strip()


@pytest.mark.parametrize("hidden", ["\x00", "\x07", "\x1b", "\x7f", "\u202e", "\u2066", "\ud800"])
def test_characters_that_nobody_sees_are_not_taken(hidden):
    assert code_of(clean_words, f"ไฟ{hidden}ดับ") == "control_characters"
    assert code_of(clean_name, f"สม{hidden}ชาย") == "control_characters"


def test_line_breaks_of_every_sort_become_one():
    assert clean_words("ก\r\nข\rค\u2028ง\vจ") == "ก\nข\nค\nง\nจ"


def test_words_stop_at_the_longest_a_case_holds():
    assert len(clean_words("ก" * LONGEST_WORDS)) == LONGEST_WORDS
    assert code_of(clean_words, "ก" * (LONGEST_WORDS + 1)) == "too_long"


def test_a_name_may_be_left_out_and_has_one_line():
    assert clean_name("  ") == ""
    assert clean_name(" สมชาย  ใจดี ") == "สมชาย ใจดี"
    assert clean_name("สมชาย\nใจดี") == "สมชาย ใจดี"
    assert code_of(clean_name, "ก" * (LONGEST_NAME + 1)) == "too_long"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("", ""),
        ("  ", ""),
        ("0812345678", "0812345678"),
        ("081-234-5678", "0812345678"),
        ("๐๘๑ ๒๓๔ ๕๖๗๘", "0812345678"),
        ("+66 81 234 5678", "0812345678"),
        ("037 123 456", "037123456"),
        ("02-123-4567", "021234567"),
        ("1567", "1567"),
        ("๑๑๑๑", "1111"),
    ],
)
def test_a_phone_is_kept_as_ascii_digits(typed, kept):
    assert clean_phone(typed) == kept


@pytest.mark.parametrize(
    "typed",
    ["12", "081234567890", "8123456789", "0812345", "abc", "0812345678x", "12345", "٠٨١٢٣٤٥٦٧٨"],
)
def test_what_no_thai_phone_looks_like_is_not_a_phone(typed):
    assert code_of(clean_phone, typed) == "not_a_phone"


@given(st.text())
def test_words_that_are_kept_are_kept_whole(typed):
    try:
        kept = clean_words(typed)
    except AnswerInvalid:
        return
    assert clean_words(kept) == kept
    assert kept.encode()
    assert kept.split() == unicodedata.normalize("NFC", typed).split()


@given(st.text(alphabet="0123456789๐๑๒๓๔๕๖๗๘๙ -().+"))
def test_a_phone_that_is_accepted_is_ascii_digits_and_stays_as_it_is(typed):
    try:
        kept = clean_phone(typed)
    except AnswerInvalid:
        return
    assert kept == "" or (kept.isascii() and kept.isdigit())
    assert clean_phone(kept) == kept


def test_a_place_in_words_is_one_line():
    assert clean_place("  หน้าวัด\n ข้างศาลา ") == "หน้าวัด ข้างศาลา"
    assert clean_place(" ") == ""
    assert code_of(clean_place, "ก" * (LONGEST_PLACE + 1)) == "too_long"
