"""A document on a given paper, as the dots that the print head burns."""

from math import ceil

import msgspec
from PIL import Image

from hardware.printer import qr
from hardware.printer.document import (
    Align,
    Block,
    Document,
    Gap,
    Gauge,
    Line,
    Pair,
    Qr,
    Role,
    Rule,
    ToSign,
)
from hardware.printer.lettering import Font, cut, font, is_deep, wrap
from hardware.printer.paper import Paper, dots

WHITE = 255
_DARK_BELOW = 144
"""Grey that becomes a dot: a little above the middle, thermal paper thins fine strokes."""
_RULE_DOTS = 2
_NO_BREAK = "\N{NO-BREAK SPACE}"
_MOST_LESS = 3
"""Dots that a line of one piece may be set smaller."""
_HAND_MM = 8.0
"""Room for a signature."""


class _Leading(msgspec.Struct, frozen=True):
    """Room above and below the baseline, in ems."""

    above: float
    below: float


_CAPITALS = _Leading(0.80, 0.04)
_THAI = _Leading(1.06, 0.32)
"""Loma's stacked marks (น้ำ, ปู่) reach 1.06 em up and 0.26 em down."""
_DEEP = _Leading(1.0, 0.58)
"""Noto's Khmer, Burmese and Lao: what is stacked reaches 0.56 em down."""
_LEADING = {Role.DISPLAY: _CAPITALS, Role.CODE: _CAPITALS}


class _Row(msgspec.Struct, frozen=True):
    """One line of one size that has found its words."""

    text: str
    face: Font
    leading: _Leading
    align: Align

    @property
    def height_dots(self) -> int:
        return round(self.face.size * (self.leading.above + self.leading.below))

    @property
    def baseline_dots(self) -> int:
        return round(self.face.size * self.leading.above)

    def indent(self, width: int) -> int:
        """How far from the left the line begins, within `width` dots."""
        if self.align is Align.LEFT:
            return 0
        spare = width - self.face.getlength(self.text)
        return round(spare / 2 if self.align is Align.CENTRE else spare)


class _Text(msgspec.Struct, frozen=True):
    """Ink: `text` with its baseline at `y`."""

    x: float
    y: int
    text: str
    face: Font

    def draw(self, canvas: Image.Image) -> None:
        self.face.draw(canvas, self.x, self.y, self.text)


class _Patch(msgspec.Struct, frozen=True):
    """Ink: a ready picture."""

    x: int
    y: int
    picture: Image.Image

    def draw(self, canvas: Image.Image) -> None:
        canvas.paste(self.picture, (self.x, self.y))


class _Bar(msgspec.Struct, frozen=True):
    """Ink: a hairline, or a thicker bar."""

    x: int
    y: int
    length_dots: int
    height_dots: int = _RULE_DOTS

    def draw(self, canvas: Image.Image) -> None:
        right, bottom = self.x + self.length_dots, self.y + self.height_dots
        canvas.paste(0, (self.x, self.y, right, bottom))


_Ink = _Text | _Patch | _Bar


def render(document: Document, paper: Paper) -> Image.Image:
    """Set `document` on `paper`: a 1-bit picture, as wide as the print head.

    Raises:
        DeviceMisuse: a QR code's text cannot be encoded.
        HardwareError: the face or its shaper is missing.
    """
    layout = _Layout(paper, document)
    for block in document.blocks:
        layout.add(block)
    canvas = Image.new("L", (paper.width_dots, layout.length_dots), WHITE)
    for ink in layout.ink:
        ink.draw(canvas)
    return canvas.point([0] * _DARK_BELOW + [WHITE] * (256 - _DARK_BELOW), "1")


class _Layout:
    """Finds a place for every block, one below the other."""

    def __init__(self, paper: Paper, document: Document) -> None:
        self.ink: list[_Ink] = []
        self.length_dots = 0
        self._paper = paper
        self._left = paper.margin_dots
        self._width = paper.width_dots - 2 * paper.margin_dots
        self._label_dots = self._widest_label(document)

    def add(self, block: Block) -> None:
        """Place `block` under what is there."""
        match block:
            case Gap(length_mm):
                self.length_dots += dots(length_mm)
            case Rule():
                self.ink.append(_Bar(self._left, self.length_dots, self._width))
                self.length_dots += _RULE_DOTS
            case Line():
                rows = self._rows(block, self._width)
                self.length_dots = self._stack(rows, self._left, self.length_dots, self._width)
            case Pair():
                self._add_pair(block)
            case Qr():
                self._add_qr(block)
            case ToSign():
                self._add_line_to_sign(block)
            case Gauge():
                self._add_gauge()

    def _add_pair(self, pair: Pair) -> None:
        """Label and value stand on one baseline; the value is the larger."""
        value_left = self._label_dots + dots(self._paper.column_gap_mm)
        value_width = self._width - value_left
        label = self._rows(Line(pair.label, Role.SMALL), self._label_dots)
        said = Line(pair.value, pair.role, most_rows=pair.most_rows)
        value = self._rows(said, value_width)
        drop = value[0].baseline_dots - label[0].baseline_dots
        self.length_dots = max(
            self._stack(label, self._left, self.length_dots + drop, self._label_dots),
            self._stack(value, self._left + value_left, self.length_dots, value_width),
        )

    def _add_qr(self, block: Qr) -> None:
        """A code and, behind its quiet zone, the lines beside it, spread over its height.

        One module more than the standard asks for: a phone reads it as if it stood alone.
        """
        quiet = self._paper.margin_dots + self._paper.module_dots
        code, top = qr.picture(block.text, self._paper.module_dots), self.length_dots + quiet
        self.ink.append(_Patch(self._left, top, code))
        column = code.width + quiet
        width = self._width - column
        rows = [row for line in block.beside for row in self._rows(line, width, block.beside)]
        spare = code.height - sum(row.height_dots for row in rows)
        between = max(0, spare) // max(1, len(rows) - 1)
        bottom = self._stack(rows, self._left + column, top, width, between)
        self.length_dots = max(top + code.height, bottom) + quiet

    def _add_line_to_sign(self, block: ToSign) -> None:
        """The label stands on the line that it names."""
        [label] = self._rows(Line(block.label, Role.SMALL), self._width)
        top = self.length_dots + dots(_HAND_MM)
        self._stack([label], self._left, top, self._width)
        begins = ceil(label.face.getlength(block.label)) + dots(self._paper.column_gap_mm)
        length = self._width - begins
        self.ink.append(_Bar(self._left + begins, top + label.baseline_dots, length))
        self.length_dots = top + label.height_dots

    def _add_gauge(self) -> None:
        """From the first dot of the head to the last; a long tick each centimetre."""
        face = font(dots(self._paper.sizes_mm[Role.SMALL]), bold=False)
        width, top, long_tick = self._paper.width_dots, self.length_dots, dots(4)
        for half in range(int(width / dots(5)) + 1):
            x, height = min(dots(5 * half), width - 1), long_tick // (1 + half % 2)
            self.ink.append(_Bar(x, top, 1, height))
            if half % 2 == 0:
                baseline = top + long_tick + face.size
                self.ink.append(_Text(x + 3, baseline, str(half // 2), face))
        ends = top + long_tick + face.size + dots(1)
        self.ink += [_Bar(x, top, 2, ends - top) for x in (0, width - 2)]
        self.ink.append(_Bar(0, ends, width, dots(2)))
        self.length_dots = ends + dots(2)

    def _stack(self, rows: list[_Row], left: int, top: int, width: int, between: int = 0) -> int:
        """Set `rows` one below the other from `top`; returns where they end."""
        for row in rows:
            x = left + row.indent(width)
            self.ink.append(_Text(x, top + row.baseline_dots, row.text, row.face))
            top += row.height_dots + between
        return top - (between if rows else 0)

    def _rows(self, line: Line, width: int, company: tuple[Line, ...] = ()) -> list[_Row]:
        face = self._face(line, width, company)
        leading = _LEADING.get(line.role, _DEEP if is_deep(line.text) else _THAI)
        words = [line.text] if line.role in _LEADING else wrap(line.text, face, width)
        if line.most_rows:
            words = cut(words, line.most_rows, face, width)
        return [_Row(text, face, leading, line.align) for text in words]

    def _face(self, line: Line, width: int, company: tuple[Line, ...]) -> Font:
        """The line's face; lines that must not break shrink together until all fit."""
        size = dots(self._paper.sizes_mm[line.role])
        if line.role not in _LEADING:
            return self._whole(line, size, width)
        texts = {line.text, *(other.text for other in company if other.role == line.role)}
        while size > 1 and any(
            font(size, bold=line.bold).getlength(text) > width for text in texts
        ):
            size -= 1
        return font(size, bold=line.bold)

    def _whole(self, line: Line, size: int, width: int) -> Font:
        """The line's face; a day or a number gives way a little rather than break."""
        is_one = _NO_BREAK in line.text and " " not in line.text
        for less in range(_MOST_LESS + 1) if is_one else ():
            face = font(size - less, bold=line.bold)
            if face.getlength(line.text) <= width:
                return face
        return font(size, bold=line.bold)

    def _widest_label(self, document: Document) -> int:
        """How wide the column of labels is: as its widest label, half the line at most."""
        face = font(dots(self._paper.sizes_mm[Role.SMALL]), bold=False)
        labels = (block.label for block in document.blocks if isinstance(block, Pair))
        widest = max((face.getlength(label) for label in labels), default=0.0)
        return min(ceil(widest), self._width // 2)
