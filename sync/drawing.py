"""What a finger wrote or drew: strokes, kept as strokes, shown as a picture. Pure.

A drawing comes from a stranger. It is read strictly, within bounds, and the picture is
made of nothing but its numbers.
"""

from itertools import pairwise
from typing import Annotated

import msgspec

from sync.errors import BadMessage

MEDIA_TYPE = "application/vnd.rapfang.drawing+json"
MOST_STROKES = 2000
MOST_POINTS = 20_000
"""In all strokes together; a page full of handwriting has some 5,000."""
LONGEST_SIDE = 10_000
PEN = 9
"""The width of a line, in units."""

Coordinate = Annotated[int, msgspec.Meta(ge=0, le=LONGEST_SIDE)]
Stroke = Annotated[list[Coordinate], msgspec.Meta(min_length=2, max_length=2 * MOST_POINTS)]


class Drawing(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Strokes on a sheet, in tenths of a millimetre of the panel from its top left corner.

    A stroke is `[x, y, x, y, ...]`; a single point is a dot.
    """

    width: Annotated[int, msgspec.Meta(ge=1, le=LONGEST_SIDE)]
    height: Annotated[int, msgspec.Meta(ge=1, le=LONGEST_SIDE)]
    strokes: Annotated[list[Stroke], msgspec.Meta(min_length=1, max_length=MOST_STROKES)]

    def __repr__(self) -> str:
        return f"Drawing({len(self.strokes)} strokes)"


def encode_drawing(drawing: Drawing) -> bytes:
    """As it is sealed and sent."""
    return msgspec.json.encode(drawing)


def decode_drawing(raw: bytes) -> Drawing:
    """Read a drawing.

    Raises:
        BadMessage: not JSON, not of that shape, or beyond its bounds.
    """
    try:
        drawing = msgspec.json.decode(raw, type=Drawing)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise BadMessage("not a drawing") from error
    if any(len(stroke) % 2 for stroke in drawing.strokes):
        raise BadMessage("a stroke has half a point")
    if sum(map(len, drawing.strokes)) > 2 * MOST_POINTS:
        raise BadMessage("a drawing has too many points")
    return drawing


def as_svg(drawing: Drawing, title: str = "") -> bytes:
    """The drawing as SVG 1.1: smooth lines on white, no script, no style, no reference."""
    from xml.sax.saxutils import quoteattr  # brings an HTTP client with it; the glass needs none

    box = f"0 0 {drawing.width} {drawing.height}"
    lines = "".join(f'<path d="{_path(stroke)}"/>' for stroke in drawing.strokes)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox={quoteattr(box)} role="img"'
        f" aria-label={quoteattr(title)}>"
        '<rect width="100%" height="100%" fill="#fff"/>'
        f'<g fill="none" stroke="#1b2430" stroke-width="{PEN}" stroke-linecap="round"'
        f' stroke-linejoin="round">{lines}</g></svg>'
    ).encode()


def _path(stroke: list[int]) -> str:
    """Through the middles of its segments, bent at its points: how a pen moves."""
    points = list(zip(stroke[::2], stroke[1::2], strict=True))
    first = points[0]
    if len(points) == 1:
        return f"M{first[0]} {first[1]}h0"
    path = [f"M{first[0]} {first[1]}"]
    for here, then in pairwise(points[1:]):
        middle = ((here[0] + then[0]) / 2, (here[1] + then[1]) / 2)
        path.append(f"Q{here[0]} {here[1]} {middle[0]:g} {middle[1]:g}")
    last = points[-1]
    return "".join([*path, f"L{last[0]} {last[1]}"])
