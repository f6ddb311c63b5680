"""What stands on the keys. Thai is Kedmanee (TIS 820-2538), English QWERTY.

Khmer, Burmese and Lao are the system's own (`kiosk.widgets.xkb`).
"""

import logging
import unicodedata
from functools import cache

import msgspec

from kiosk.widgets import xkb

log = logging.getLogger(__name__)

DOTTED_CIRCLE = "\N{DOTTED CIRCLE}"
_SPACED_MARKS = "\N{THAI CHARACTER SARA AM}\N{LAO VOWEL SIGN AM}"
"""Letters to Unicode, but half of each stands over the consonant before it."""


class Key(msgspec.Struct, frozen=True):
    """One key: what it types plain and shifted, or the `act` it does instead.

    `units` is its width, where a letter's key is 1. `held` are further letters that
    only a finger that stays gets.
    """

    plain: str
    shifted: str = ""
    act: str = ""
    units: float = 1.0
    held: tuple[str, ...] = ()

    def typed(self, *, is_shifted: bool) -> str:
        """What a touch types; a key without a second level types its first."""
        return (self.shifted or self.plain) if is_shifted else self.plain


class Layout(msgspec.Struct, frozen=True):
    """Rows of keys from the top; the keyboard adds the row with the space bar itself.

    One that `is_whole` has no such row: nothing else can be typed.
    """

    name: str
    rows: tuple[tuple[Key, ...], ...]
    is_whole: bool = False


def shown(letter: str) -> str:
    """What is drawn on a key: a combining mark sits on a dotted circle."""
    if not letter:
        return ""
    is_mark = unicodedata.category(letter[0]).startswith("M") or letter in _SPACED_MARKS
    return DOTTED_CIRCLE + letter if is_mark else letter


def _letters(plain: str, shifted: str = "") -> tuple[Key, ...]:
    return tuple(map(Key, plain, shifted)) if shifted else tuple(map(Key, plain))


SHIFT = Key("", act="shift", units=1.5)
BACKSPACE = Key("", act="backspace", units=1.5)
ENTER = Key("", act="enter", units=2.0)

THAI = Layout(
    "th",
    (
        _letters("_ๅ/-ภถุึคตจขช", "%+๑๒๓๔ู฿๕๖๗๘๙"),
        _letters("ๆไำพะัีรนยบลฃ", '๐"ฎฑธํ๊ณฯญฐ,ฅ'),
        (*_letters("ฟหกดเ้่าสวง", "ฤฆฏโฌ็๋ษศซ."), ENTER),
        (SHIFT, *_letters("ผปแอิืทมใฝ", "()ฉฮฺ์?ฒฬฦ"), BACKSPACE),
    ),
)
ENGLISH = Layout(
    "en",
    (
        _letters("1234567890-/:", "!@#$%^&*()_?;"),
        _letters("qwertyuiop'\"+", "QWERTYUIOP'\"="),
        (*_letters("asdfghjkl", "ASDFGHJKL"), *_letters("@#"), ENTER),
        (SHIFT, *_letters("zxcvbnm,.?", "ZXCVBNM,.!"), BACKSPACE),
    ),
)
DIGITS = Layout(
    "digits",
    (
        _letters("1234567890+-="),
        _letters("๑๒๓๔๕๖๗๘๙๐ฯๆ฿"),
        (*_letters("()[]/:;\"'@#"), ENTER),
        (Key("", act="", units=1.5), *_letters(".,?!%&*_~°"), BACKSPACE),
    ),
)
CODE = Layout(
    "code",
    (
        (*_letters("1234567890"), BACKSPACE),
        _letters("ABCDEFGHJK-"),
        _letters("MNPQRSTVWXYZ"),
    ),
    is_whole=True,
)
"""What slips are written in (`sync.reference.ALPHABET`), in the order of the alphabet."""
LAYOUTS = {layout.name: layout for layout in (THAI, ENGLISH, DIGITS, CODE)}


@cache
def speaks(language: str) -> bool:
    """Whether there are keys for a language; the log says once where they are not installed."""
    try:
        layout_for(language)
    except KeyError:
        return False
    except OSError as error:
        log.warning("no keys for %s: %s", language, error)
        return False
    return True


@cache
def layout_for(name: str) -> Layout:
    """The layout of a language, `digits` or `code`.

    Raises:
        OSError: its keys are the system's, and those are not installed.
        KeyError: there is none.
    """
    if name in LAYOUTS:
        return LAYOUTS[name]
    first, second, third, fourth = (_system_keys(row) for row in xkb.rows(name))
    return Layout(name, (first, second, (*third, ENTER), (SHIFT, *fourth, BACKSPACE)))


def _system_keys(row: tuple[xkb.Levels, ...]) -> tuple[Key, ...]:
    """The keys of a row that type something; a level without a letter is left out."""
    keys = []
    for plain, shifted, *held in row:
        letters = [letter for letter in (plain, shifted) if letter]
        if letters:
            keys.append(Key(letters[0], letters[-1], held=_native(held)))
    return tuple(keys)


def _native(letters: list[str]) -> tuple[str, ...]:
    """Of what the right Alt key gives: no Latin (English has its own keys), no old signs."""
    return tuple(letter for letter in letters if letter and "\u1780" <= letter <= "\u17dd")
