"""The look, in one place: colours by name, sizes in the panel's own millimetres.

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
LEAST_TARGET_MM = 15.6
"""72 pixels on a 10.1" panel of 1024x600, and a little."""
LOW_MM = 100.0
"""A panel lower than this (7 inches, lying down) has no room for all the words."""

HEX = {
    "paper": "#FBF8F3",
    "card": "#FFFFFF",
    "ink": "#1B2430",
    "muted": "#4A5565",
    "klong": "#0B4A6F",
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


class TextSizes(msgspec.Struct, frozen=True):
    """Em sizes in pixels, five on one scale."""

    title: float
    question: float
    body: float
    key: float
    small: float


class Theme:
    """Sizes for one panel, in pixels, and the colours."""

    _EM_MM: ClassVar = {"title": 7.2, "question": 6.0, "body": 4.8, "key": 6.2, "small": 4.0}

    def __init__(self) -> None:
        self.fit(1280, 800)

    def fit(self, width: int, height: int, *, high_contrast: bool = False) -> None:
        """Take the sizes of a panel of `width` x `height` pixels."""
        inches = DIAGONALS.get((width, height), 10.1)
        self.px_per_mm = math.hypot(width, height) / inches / MM_PER_INCH
        self.width, self.height = width, height
        self.text = TextSizes(**{role: self.mm(em) for role, em in self._EM_MM.items()})
        self.grid, self.margin = self.mm(4), self.mm(6)
        self.gap, self.radius = self.mm(3), self.mm(2.5)
        self.target = math.ceil(self.mm(LEAST_TARGET_MM))
        self.border = 3.0 if high_contrast else max(1.0, round(self.mm(0.3)))
        self._colours = {name: _rgba(value) for name, value in HEX.items()}
        if high_contrast:
            self._colours |= {name: _rgba(value) for name, value in HIGH_CONTRAST.items()}

    def mm(self, length_mm: float) -> float:
        """Pixels of a length on this panel, whole ones."""
        return float(round(length_mm * self.px_per_mm))

    def colour(self, name: str) -> Colour:
        """A token's colour. Raises KeyError: no such token."""
        return self._colours[name]

    def em(self, role: str) -> float:
        """The em of a text role (`title`, `question`, `body`, `key`, `small`), pixels."""
        return float(getattr(self.text, role))


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
