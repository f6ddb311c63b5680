"""Contrast as it is drawn: the letters of each text against what they stand on, by pixels."""

from collections.abc import Iterator

from kivy.uix.widget import Widget
from PIL import Image

from kiosk.theme import contrast
from kiosk.widgets.text import Text
from tests.kiosk.screens.box import SIZE, Box
from tests.kiosk.screens.rules import inked, seen, told

LEAST = 7.0
"""WCAG 2.2, level AAA; we ask it of large words and of signs too."""
LEAST_SHARE = 0.002
"""Of a text's pixels: fewer than this of one colour are no letter's core."""


def faint(box: Box, root: Widget | None = None) -> list[str]:
    """Texts that stand out too little from their ground. Disabled ones are exempt, as in WCAG."""
    picture = box.picture()
    found = []
    for text in _read(root or box.glass._cover or box.glass):
        ratio = ratio_in(picture.crop(_corners(text)))
        if ratio < LEAST:
            found.append(f"stands out {ratio:.1f}:1 only: {told(text)}")
    return found


def ratio_in(picture: Image.Image) -> float:
    """The contrast of the most usual colour with the one that differs most."""
    counted = picture.getcolors(picture.width * picture.height) or []
    least = LEAST_SHARE * picture.width * picture.height
    colours = [(count, _parts(colour)) for count, colour in counted if count >= least]
    if not colours:
        return 1.0
    ground = max(colours)[1]
    return max(contrast(ground, ink) for _, ink in colours)


def _read(root: Widget) -> Iterator[Text]:
    """Texts with letters that somebody is meant to read."""
    for text in seen(root):
        if isinstance(text, Text) and text.text.strip() and not _is_disabled(text):
            yield text


def _is_disabled(widget: Widget | None) -> bool:
    while widget is not None and hasattr(widget, "disabled"):
        if widget.disabled:
            return True
        widget = widget.parent if widget.parent is not widget else None
    return False


def _corners(text: Text) -> tuple[int, int, int, int]:
    x, y, wide, tall = inked(text)
    left, top = max(0, round(x)), max(0, round(SIZE[1] - y - tall))
    return left, top, min(SIZE[0], round(x + wide) + 1), min(SIZE[1], round(top + tall) + 1)


def _parts(colour: tuple[int, ...]) -> tuple[float, float, float, float]:
    red, green, blue = (part / 255 for part in colour[:3])
    return red, green, blue, 1.0
