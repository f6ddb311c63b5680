"""Pictures as ESC/POS bytes: raster images only, never a printer's own letters.

Thai code pages lie at another number on every printer; dots are dots everywhere. The
commands are those of Epson's ESC/POS reference that every maker copies.
"""

from collections.abc import Iterable, Iterator
from itertools import groupby, pairwise
from operator import itemgetter

import msgspec
from escpos.constants import ESC, GS, HW_INIT, S_RASTER_N
from PIL import Image, ImageChops

from hardware.printer.paper import dots

MOST_ROWS = 128
"""Rows in one raster command: small printers have a few kilobytes of buffer."""
_BAD_HEIGHT = 48
"""Some printers swallow a raster whose height is divisible by this."""
_LEAST_GAP = 3
"""Fewer blank rows than this are sent as dots: cheaper than a new command."""
_MOST_FEED = 255
_INIT: bytes = HW_INIT
_RASTER: bytes = S_RASTER_N
_RASTER_HEAD = 8
_FEED: bytes = ESC + b"J"
_CUT: bytes = GS + b"V\x42\x00"
"""GS V 66 0: feed until the slip is past the blade, then cut."""
_LENGTHS = {_INIT: len(_INIT), _FEED: len(_FEED) + 1, _CUT: len(_CUT)}
_TEAR_MM = 18.0
"""From the print head past the edge at which a slip is torn off, with room for a thumb."""


class Habits(msgspec.Struct, frozen=True, kw_only=True):
    """What a printer takes.

    `rows` is the most of one raster, 8 to 255. Without a cutter the slip is fed past the
    edge. `feeds_dots`: ESC J counts in dots; where it does not, blank rows are sent as dots.
    """

    rows: int = MOST_ROWS
    has_cutter: bool = True
    feeds_dots: bool = True


FACTORY = Habits()


def encode(picture: Image.Image, habits: Habits = FACTORY) -> bytes:
    """The job that prints `picture` (1-bit, white ground) and cuts it off."""
    return b"".join((_INIT, *_bands(_rows(picture), habits), *_ending(habits)))


def sever(habits: Habits = FACTORY) -> bytes:
    """Part what still hangs in the printer from the slip that follows."""
    return b"".join((_INIT, *_bands([b""] * _LEAST_GAP, habits), *_ending(habits)))


def _ending(habits: Habits) -> Iterable[bytes]:
    return [_CUT] if habits.has_cutter else _bands([b""] * dots(_TEAR_MM), habits)


def pieces(job: bytes) -> Iterator[bytes]:
    """A job of `encode`'s in parts that each end with a raster, and what follows the last.

    Between them a printer may be given time: it is in the middle of nothing.
    """
    start = at = 0
    while at < len(job):
        is_raster = job.startswith(_RASTER, at)
        at += _length(job[at : at + _RASTER_HEAD])
        if is_raster:
            yield job[start:at]
            start = at
    if start < len(job):
        yield job[start:]


def longest_raster(width_dots: int, habits: Habits) -> int:
    """How many bytes a raster of `encode` has at most."""
    return _RASTER_HEAD + -(-width_dots // 8) * habits.rows


def _length(head: bytes) -> int:
    """How long the command is that begins with `head`."""
    if head.startswith(_RASTER) and len(head) == _RASTER_HEAD:
        width, rows = (int.from_bytes(head[at : at + 2], "little") for at in (4, 6))
        return _RASTER_HEAD + width * rows
    known = (command for command in _LENGTHS if head.startswith(command))
    return _LENGTHS.get(next(known, b""), 1)


def feed(rows: int) -> bytes:
    """Advance the paper by `rows` dots, at least one (ESC J, in units of 1/203 inch)."""
    whole, rest = divmod(rows, _MOST_FEED)
    return (_FEED + bytes([_MOST_FEED])) * whole + (_FEED + bytes([rest]) if rest else b"")


def _rows(picture: Image.Image) -> list[bytes]:
    """Each row of dots, eight to the byte, ink as ones, without the blanks at its end."""
    ink = ImageChops.invert(picture.convert("1"))
    stride, bits = -(-ink.width // 8), ink.tobytes()
    return [bits[at : at + stride].rstrip(b"\0") for at in range(0, len(bits), stride)]


def _bands(rows: list[bytes], habits: Habits) -> Iterator[bytes]:
    """Bands of ink as rasters, blank bands as feeds."""
    for top, bottom, has_ink in _runs([bool(row) for row in rows]):
        if not has_ink and habits.feeds_dots:
            yield feed(bottom - top)
            continue
        for height in _heights(bottom - top, habits.rows):
            yield _raster(rows[top : top + height])
            top += height


def _runs(filled: list[bool]) -> Iterator[tuple[int, int, bool]]:
    """(top, bottom, has ink) of each band; a short blank band counts as ink."""
    edges = [0, *(y for y in range(1, len(filled)) if filled[y] != filled[y - 1]), len(filled)]
    bands = [
        (top, bottom, filled[top] or bottom - top < _LEAST_GAP) for top, bottom in pairwise(edges)
    ]
    for has_ink, run in groupby(bands, key=itemgetter(2)):
        tops, bottoms, _ = zip(*run, strict=True)
        yield tops[0], bottoms[-1], has_ink


def _heights(rows: int, most: int) -> Iterator[int]:
    """`rows` in chunks of at most `most`, none of a height that printers swallow."""
    chunk = most if most % _BAD_HEIGHT else most - 1
    while rows > chunk:
        yield chunk
        rows -= chunk
    if rows % _BAD_HEIGHT == 0:
        yield 1
        rows -= 1
    yield rows


def _raster(rows: list[bytes]) -> bytes:
    """GS v 0 of a band, as wide as its longest row."""
    width = max(1, *(len(row) for row in rows))
    size = width.to_bytes(2, "little") + len(rows).to_bytes(2, "little")
    return b"".join((_RASTER, size, *(row.ljust(width, b"\0") for row in rows)))
