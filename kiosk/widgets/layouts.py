"""What stands on the keys. Thai is Kedmanee (TIS 820-2538), English QWERTY."""

import msgspec

DOTTED_CIRCLE = "\N{DOTTED CIRCLE}"
_MARKS = "ำัิีึืฺุู็่้๊๋์ํ"


class Key(msgspec.Struct, frozen=True):
    """One key: what it types plain and shifted, or the `act` it does instead.

    `units` is its width, where a letter's key is 1.
    """

    plain: str
    shifted: str = ""
    act: str = ""
    units: float = 1.0

    def typed(self, *, is_shifted: bool) -> str:
        """What a touch types; a key without a second level types its first."""
        return (self.shifted or self.plain) if is_shifted else self.plain


class Layout(msgspec.Struct, frozen=True):
    """Rows of keys from the top; the keyboard adds the row with the space bar itself."""

    name: str
    rows: tuple[tuple[Key, ...], ...]


def shown(letter: str) -> str:
    """What is drawn on a key: a combining mark sits on a dotted circle."""
    return DOTTED_CIRCLE + letter if letter in _MARKS else letter


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
LAYOUTS = {layout.name: layout for layout in (THAI, ENGLISH, DIGITS)}
