"""The look, in one place: colours by name, sizes in millimetres.

The look was drawn for a panel of 10.1 inches; on a smaller or a larger one its millimetres
shrink or grow by that panel's scale, which keeps every target as large as a finger needs.

`theme` is the one in force; a window sets its panel with `theme.fit(width, height)`
before the first widget is made. Colours are RGBA, 0-1. Kivy is not needed here.
"""

import math
from typing import ClassVar

import msgspec

Colour = tuple[float, float, float, float]

MM_PER_INCH = 25.4
DIAGONALS = {(800, 480): 7.0, (1024, 600): 10.1, (1280, 800): 10.1, (1080, 1920): 21.5}
"""Inches of the panels we know; another size is taken for one of 10.1 inches."""
SCALES = {7.0: 0.78, 21.5: 1.4}
"""How large the look is on a panel of so many inches; 1 on any other. At 7 inches people
stand nearer, and no target is under 12 mm; at 21.5 they stand back, and none is under 20."""
MASTHEAD, MASTHEAD_LOW_REACH = 0.26, 2 / 3
"""The share of an upright panel that only shows whose box it is: nobody has to reach there."""
LOW_MM = 120.0
"""A panel lower than this (7 inches, lying down) has no room for words that may be left out."""
LARGE_TEXT, LARGE_TEXT_SMALL_PANEL, LARGE_TEXT_LOW_REACH = 1.25, 1.1, 1.05
"""How much larger words become; a panel of 7 inches has no room for more, and the lower
part of any has less."""
SMALL_PANEL = 8.0
LEAST_TARGET_MM = 15.6
"""72 pixels on a 10.1" panel of 1024x600, and a little."""

HEX = {
    "paper": "#FBF8F3",
    "card": "#FFFFFF",
    "ink": "#1B2430",
    "muted": "#4A5565",
    "klong": "#0B4A6F",
    "deep": "#06304A",
    "marigold": "#F2A516",
    "good": "#14603B",
    "warn": "#7A4100",
    "danger": "#8E1B16",
    "line": "#7C8696",
    "pressed": "#E9E2D5",
    "wash": "#EAF1F5",
}
HIGH_CONTRAST = {"paper": "#FFFFFF", "ink": "#000000", "muted": "#000000", "line": "#000000"}

PAIRS = [
    ("ink", "paper"),
    ("ink", "card"),
    ("muted", "paper"),
    ("muted", "card"),
    ("klong", "paper"),
    ("klong", "card"),
    ("card", "klong"),
    ("card", "deep"),
    ("ink", "marigold"),
    ("ink", "pressed"),
    ("klong", "wash"),
    ("ink", "wash"),
    ("good", "card"),
    ("warn", "card"),
    ("danger", "card"),
    ("danger", "paper"),
]
"""Text colour on ground, everywhere on the glass; each at least 7:1 (a test counts)."""


class Access(msgspec.Struct, frozen=True, kw_only=True):
    """What a resident asked for: larger words, stronger colours, everything low."""

    large_text: bool = False
    high_contrast: bool = False
    low_reach: bool = False


PLAIN = Access()


class TextSizes(msgspec.Struct, frozen=True):
    """Em sizes in pixels, five on one scale."""

    title: float
    question: float
    body: float
    key: float
    small: float


class Theme:
    """Sizes for one panel, in pixels, and the colours.

    Below a `masthead`, which only an upright panel has, `width` by `height` are there for
    all that can be touched; they are laid out as of a panel that `is_upright`, lies or lies
    and `is_low`. `keys` is the height of the keyboard, `card` that of two lines on a card.

    With everything low on a panel that lies, one `bar` at the foot has all that else stands in
    header and footer, and `reach` pixels above it are left for what can be touched; higher
    stands what is only read, and keys. Anywhere else `reach` is 0.
    """

    _EM_MM: ClassVar = {"title": 7.2, "question": 6.0, "body": 4.8, "key": 6.2, "small": 4.0}

    def __init__(self) -> None:
        self.fit(1280, 800)

    def fit(self, width: int, height: int, access: Access = PLAIN) -> None:
        """Take the sizes of a panel of `width` x `height` pixels, for who needs `access`."""
        inches = DIAGONALS.get((width, height), 10.1)
        self.px_per_mm = math.hypot(width, height) / inches / MM_PER_INCH
        self._unit = self.px_per_mm * SCALES.get(inches, 1.0)
        self.access = access
        self.masthead = _masthead(width, height, access)
        self.width, self.height = width, height - self.masthead
        large = LARGE_TEXT_SMALL_PANEL if inches < SMALL_PANEL else LARGE_TEXT
        if access.low_reach:
            large = LARGE_TEXT_LOW_REACH
        self._larger = large if access.large_text else 1.0
        self.text = TextSizes(**{role: self.row(em) for role, em in self._EM_MM.items()})
        self.grid, self.margin = self.mm(4), self.mm(6)
        self.gap, self.radius = self.mm(3), self.mm(2.5)
        self.target = math.ceil(self.mm(LEAST_TARGET_MM))
        self.card = max(float(self.target), self.row(15.0))
        self.is_upright = self.height > width
        self.is_low = not self.is_upright and self.height < self.mm(LOW_MM)
        self.bar = self.target + self.mm(3)
        is_reached = access.low_reach and not self.masthead
        self.reach = height // 2 - self.bar - self.mm(2) if is_reached else 0.0
        keys_mm = 56 if is_reached else 62 if access.large_text else 66
        lying = min(self.mm(keys_mm), float(round(self.height * 0.48)))
        self.keys = self.mm(80) if self.is_upright else lying
        self.border = 3.0 if access.high_contrast else max(1.0, round(self.mm(0.3)))
        self._colours = {name: _rgba(value) for name, value in HEX.items()}
        if access.high_contrast:
            self._colours |= {name: _rgba(value) for name, value in HIGH_CONTRAST.items()}

    def refit(self, access: Access) -> None:
        """The same panel for other needs."""
        self.fit(self.width, self.height + self.masthead, access)

    def mm(self, length_mm: float) -> float:
        """Pixels of a length of the look, whole ones."""
        return float(round(length_mm * self._unit))

    def row(self, length_mm: float) -> float:
        """Pixels of a row of words: as `mm`, and larger where the words are."""
        return self.mm(length_mm * self._larger)

    def wide(self, targets: float) -> float:
        """The width of a button with words: so many targets, more where the words are larger."""
        return float(math.ceil(self.target * targets * self._larger))

    def colour(self, name: str) -> Colour:
        """A token's colour. Raises KeyError: no such token."""
        return self._colours[name]

    def em(self, role: str) -> float:
        """The em of a text role (`title`, `question`, `body`, `key`, `small`), pixels."""
        return float(getattr(self.text, role))


def _masthead(width: int, height: int, access: Access) -> int:
    if height <= width:
        return 0
    return round(height * (MASTHEAD_LOW_REACH if access.low_reach else MASTHEAD))


def contrast(one: Colour, other: Colour) -> float:
    """WCAG 2.2 contrast ratio of two opaque colours, 1-21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: Colour) -> float:
    red, green, blue = (_linear(part) for part in colour[:3])
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def _rgba(value: str) -> Colour:
    red, green, blue = (int(value[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue, 1.0


theme = Theme()
"""The one theme in force; kv knows it as `theme`."""
