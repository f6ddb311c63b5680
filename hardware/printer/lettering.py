"""Letters on paper: the faces, what shapes them, and where a line may break."""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path

import msgspec
from icu4py.breakers import CharacterBreaker, LineBreaker
from PIL import Image, ImageDraw, ImageFont, features

from hardware.errors import HardwareError

FACES = {False: "Loma", True: "Loma-Bold"}
_FONT_DIRS: tuple[Path, ...] = (
    Path("/usr/share/fonts/opentype/tlwg"),
    Path("/usr/share/fonts/truetype/tlwg"),
)
_FONT_PACKAGE = "fonts-tlwg-loma-otf"
_NOTO = Path("/usr/share/fonts/truetype/noto")
_NOTO_PACKAGE = "fonts-noto-core"
_THAI = "th"
_STACKED = {"km": "NotoSansKhmer", "my": "NotoSansMyanmar", "lo": "NotoSansLao"}
"""What Loma, Thai and Latin only, leaves to others: language of the letters to face."""
_RUN = re.compile(
    "(?P<km>[\u1780-\u17ff]+)|(?P<my>[\u1000-\u109f]+)|(?P<lo>[\u0e80-\u0eff]+)"
    "|(?P<th>[^\u1780-\u17ff\u1000-\u109f\u0e80-\u0eff]+)"
)
_SHAPERS = {
    "fribidi": "the Debian package libfribidi0",
    "raqm": "pillow with raqm (its wheel has it)",
}
"""In this order: without fribidi Pillow's wheel says that it has no raqm either."""
_NO_BREAK = "\N{NO-BREAK SPACE}"
_JOINER = "\N{WORD JOINER}"
_ELLIPSIS = "\N{HORIZONTAL ELLIPSIS}"
_LEANING = re.compile("(?<![,;0-9๐-๙]) (?=[ๆ0-9๐-๙])")
"""The blank between a word and mai yamok or a number: neither begins a line."""
_ORDINAL = re.compile(f"ที่(?={_NO_BREAK}[0-9๐-๙])")
"""วันที่ 8 and หมู่ที่ 3 stay whole; the dictionary would part วัน from ที่."""
_ALONE = 0.4
"""A last line shorter than this looks forgotten."""
_NARROWER = (0.9, 0.8, 0.7, 0.6)
_FULL_ENOUGH = 0.5
"""A line this full may end at a blank rather than go on to the last word that fits."""


def require_shaping(is_there: Callable[[str], bool | None] = features.check) -> None:
    """Make sure that Thai marks will stack.

    Without fribidi Pillow quietly falls back to laying letters side by side, and marks
    float: better no slip than an unreadable one.

    Raises:
        HardwareError: a part is missing; the message names what to install.
    """
    for feature, remedy in _SHAPERS.items():
        if not is_there(feature):
            raise HardwareError(f"Thai cannot be set without {feature}: install {remedy}")


class Font(msgspec.Struct, frozen=True):
    """The letters of all scripts at one size, in dots to the em, on one baseline.

    Measuring and drawing raise HardwareError where a face or its shaper is not installed.
    """

    size: int
    bold: bool

    def getlength(self, text: str) -> float:
        """How wide `text` is in one line, in dots."""
        return sum(self._face(language).getlength(piece) for language, piece in _runs(text))

    def draw(self, canvas: Image.Image, x: float, y: int, text: str) -> None:
        """Set `text` in black from `x`, its baseline at `y`."""
        pen = ImageDraw.Draw(canvas)
        for language, piece in _runs(text):
            face = self._face(language)
            pen.text((x, y), piece, font=face, fill=0, anchor="ls", language=language)
            x += face.getlength(piece)

    def _face(self, language: str) -> ImageFont.FreeTypeFont:
        return _face(language, self.size, bold=self.bold)


def font(size_dots: int, *, bold: bool) -> Font:
    """The paper's letters at `size_dots` to the em.

    Raises:
        HardwareError: the main face or its shaper is not installed.
    """
    _face(_THAI, size_dots, bold=bold)
    return Font(size_dots, bold)


def is_deep(text: str) -> bool:
    """Whether `text` stacks letters below others, as Khmer and Burmese do."""
    return any(language != _THAI for language, _ in _runs(text))


def _runs(text: str) -> list[tuple[str, str]]:
    """`text` in pieces of one face each, with the language that shapes them."""
    return [(found.lastgroup or _THAI, found.group()) for found in _RUN.finditer(text)]


@cache
def _face(language: str, size_dots: int, *, bold: bool) -> ImageFont.FreeTypeFont:
    require_shaping()
    name, folders, package = FACES[bold], _FONT_DIRS, _FONT_PACKAGE
    if language in _STACKED:
        name = f"{_STACKED[language]}-{'Bold' if bold else 'Regular'}"
        folders, package = (_NOTO,), _NOTO_PACKAGE
    for folder in folders:
        for path in folder.glob(f"{name}.[ot]tf"):
            return ImageFont.truetype(path, size_dots, layout_engine=ImageFont.Layout.RAQM)
    raise HardwareError(f"the face {name} is missing: install {package}")


def wrap(text: str, face: Font, width_dots: float) -> list[str]:
    """Break `text` between words into lines at most `width_dots` wide.

    Thai writes no blanks between words but between phrases: a line rather ends with a
    phrase. A word wider than the line (an address) is broken between letters, never
    between a letter and its marks. No word is left alone on the last line if the lines
    above can be made shorter instead.
    """
    if face.getlength(text) <= width_dots:
        return [text.strip().replace(_NO_BREAK, " ")]
    pieces = list(_pieces(text, face, width_dots))
    wide = _filled(pieces, face, width_dots)
    for share in _NARROWER:
        if face.getlength(wide[-1]) >= _ALONE * width_dots:
            break
        narrow = _filled(pieces, face, share * width_dots)
        if len(narrow) == len(wide):
            wide = narrow
    return [line.strip().replace(_NO_BREAK, " ") for line in wide]


def _filled(pieces: Iterable[str], face: Font, width_dots: float) -> list[str]:
    """As many pieces on a line as it has room for, but rather whole phrases."""
    lines = [""]
    for piece in pieces:
        if not lines[-1] or face.getlength((lines[-1] + piece).rstrip()) <= width_dots:
            lines[-1] += piece
            continue
        kept, carried = _at_phrase(lines[-1], face, width_dots)
        if face.getlength((carried + piece).rstrip()) > width_dots:
            kept, carried = lines[-1], ""
        lines[-1:] = [kept, carried + piece]
    return lines


def cut(lines: list[str], most: int, face: Font, width_dots: float) -> list[str]:
    """At most `most` of `lines`; where some had no room, an ellipsis ends the last.

    It is put between words, or between letters where there is one word only.
    """
    if len(lines) <= most:
        return lines
    *kept, last = lines[:most]
    for breaker in (LineBreaker, CharacterBreaker):
        parts = list(breaker(last, "th"))
        while parts and face.getlength(_cut_short(parts)) > width_dots:
            parts.pop()
        if parts:
            return [*kept, _cut_short(parts)]
    return [*kept, _ELLIPSIS]


def _cut_short(parts: list[str]) -> str:
    return "".join(parts).rstrip() + _ELLIPSIS


def _at_phrase(line: str, face: Font, width_dots: float) -> tuple[str, str]:
    """`line` parted at its last blank, unless that leaves it too empty."""
    kept, _, carried = line.rpartition(" ")
    if carried and face.getlength(kept) >= _FULL_ENOUGH * width_dots:
        return kept, carried
    return line, ""


def _pieces(text: str, face: Font, width_dots: float) -> Iterator[str]:
    """The parts of `text` that stay together, in order; too wide ones in smaller parts."""
    bound = _ORDINAL.sub(_JOINER + "ที่", _LEANING.sub(_NO_BREAK, text))
    for word in LineBreaker(bound, "th"):
        whole = word.replace(_JOINER, "")
        if face.getlength(whole.rstrip()) <= width_dots:
            yield whole
            continue
        for part in LineBreaker(whole.replace(_NO_BREAK, " "), "th"):
            fits = face.getlength(part.rstrip()) <= width_dots
            yield from (part,) if fits else CharacterBreaker(part, "th")
