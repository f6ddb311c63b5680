"""What a form accepts, and how an accepted answer is written down.

Each function returns the answer as it is kept or raises AnswerInvalid, whose `code`
keys the sentence on the glass. What was typed is never part of the error.
"""

import re
import unicodedata

from kiosk.errors import AnswerInvalid
from sync.case import LONGEST_PLACE, LONGEST_WORDS
from sync.errors import BadReference
from sync.reference import parse_key, parse_reference

LONGEST_NAME = 200
LONGEST_PHONE = 40

_THAI_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
_PHONE_SEPARATORS = re.compile(r"[\s.\-()\u2010-\u2015]+")
_PHONE = re.compile(r"0[2-7][0-9]{7}|0[1-9][0-9]{8}|1[0-9]{3}")
"""Fixed 0 + 8, mobile 0 + 9, short numbers such as 1567 and 1111 (Thai numbering plan)."""

_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Invisible characters that turn the reading direction: text that says one thing and
shows another."""
_BREAKS = re.compile(r"\r\n?|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")


def clean_words(typed: str) -> str:
    """What happened, in the reporter's words: at least one letter or digit.

    Raises:
        AnswerInvalid: `empty`, `only_marks`, `too_long` or `control_characters`.
    """
    words = _plain(_BREAKS.sub("\n", typed).replace("\t", " "), "words")
    if not words:
        raise AnswerInvalid("empty", "words")
    if not any(unicodedata.category(character)[0] in "LN" for character in words):
        raise AnswerInvalid("only_marks", "words")
    return _not_longer(words, LONGEST_WORDS, "words")


def clean_name(typed: str) -> str:
    """A name or what somebody wants to be called; empty is an answer.

    Raises:
        AnswerInvalid: `too_long` or `control_characters`.
    """
    return _not_longer(_one_line(typed, "name"), LONGEST_NAME, "name")


def clean_place(typed: str) -> str:
    """Where it is, in the reporter's words, as one line; empty is an answer.

    Raises:
        AnswerInvalid: `too_long` or `control_characters`.
    """
    return _not_longer(_one_line(typed, "place"), LONGEST_PLACE, "place")


def clean_phone(typed: str) -> str:
    """A Thai phone number as ASCII digits, `0812345678`; empty is an answer.

    Thai digits, spaces, dashes and a leading +66 are read as people mean them.

    Raises:
        AnswerInvalid: `not_a_phone`.
    """
    bare = _PHONE_SEPARATORS.sub("", typed.translate(_THAI_DIGITS))
    if bare.startswith("+66"):
        bare = "0" + bare.removeprefix("+66").removeprefix("0")
    if bare and not _PHONE.fullmatch(bare):
        raise AnswerInvalid("not_a_phone", "phone")
    return bare


def clean_reference(typed: str) -> str:
    """A slip's reference as `sync.reference` writes it, in spite of case, digits and dashes.

    Raises:
        AnswerInvalid: `not_a_reference`.
    """
    try:
        return str(parse_reference(typed))
    except BadReference as error:
        raise AnswerInvalid("not_a_reference", "reference") from error


def clean_key(typed: str) -> str:
    """A tracking key, ungrouped.

    Raises:
        AnswerInvalid: `not_a_key`.
    """
    try:
        return parse_key(typed)
    except BadReference as error:
        raise AnswerInvalid("not_a_key", "key") from error


def _one_line(typed: str, field: str) -> str:
    return " ".join(_plain(_BREAKS.sub(" ", typed).replace("\n", " "), field).split())


def _plain(typed: str, field: str) -> str:
    """Composed (NFC) and trimmed, or AnswerInvalid where invisible characters hide."""
    if any(_is_hidden(character) for character in typed):
        raise AnswerInvalid("control_characters", field)
    return unicodedata.normalize("NFC", typed).strip()


def _is_hidden(character: str) -> bool:
    if character == "\n":
        return False
    return character in _BIDI or unicodedata.category(character) in {"Cc", "Cs", "Cn"}


def _not_longer(answer: str, longest: int, field: str) -> str:
    if len(answer) > longest:
        raise AnswerInvalid("too_long", field)
    return answer
