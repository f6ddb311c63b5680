"""Pictures as ESC/POS bytes: raster images only, never a printer's own letters.

Thai code pages lie at another number on every printer; dots are dots everywhere. The
commands are those of Epson's ESC/POS reference that every maker copies.
"""

from collections.abc import Iterator
from itertools import groupby, pairwise
from operator import itemgetter

from escpos.constants import ESC, GS, HW_INIT, S_RASTER_N
from PIL import Image, ImageChops

MOST_ROWS = 128
"""Rows in one raster command: small printers have a few kilobytes of buffer."""
_CHUNK_ROWS = 120
_BAD_HEIGHT = 48
"""Some printers swallow a raster whose height is divisible by this."""
_LEAST_GAP = 3
"""Fewer blank rows than this are sent as dots: cheaper than a new command."""
_MOST_FEED = 255
_INIT: bytes = HW_INIT
_RASTER: bytes = S_RASTER_N
_FEED: bytes = ESC + b"J"
_CUT: bytes = GS + b"V\x42\x00"
"""GS V 66 0: feed until the slip is past the blade, then cut."""


def encode(picture: Image.Image) -> bytes:
    """The job that prints `picture` (1-bit, white ground) and cuts it off."""
    return b"".join((_INIT, *_bands(_rows(picture)), _CUT))


def feed(rows: int) -> bytes:
    """Advance the paper by `rows` dots, at least one (ESC J, in units of 1/203 inch)."""
    whole, rest = divmod(rows, _MOST_FEED)
    return (_FEED + bytes([_MOST_FEED])) * whole + (_FEED + bytes([rest]) if rest else b"")


def _rows(picture: Image.Image) -> list[bytes]:
    """Each row of dots, eight to the byte, ink as ones, without the blanks at its end."""
    ink = ImageChops.invert(picture.convert("1"))
    stride, dots = -(-ink.width // 8), ink.tobytes()
    return [dots[at : at + stride].rstrip(b"\0") for at in range(0, len(dots), stride)]


def _bands(rows: list[bytes]) -> Iterator[bytes]:
    """Bands of ink as rasters, blank bands as feeds."""
    for top, bottom, has_ink in _runs([bool(row) for row in rows]):
        if not has_ink:
            yield feed(bottom - top)
            continue
        for height in _heights(bottom - top):
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


def _heights(rows: int) -> Iterator[int]:
    """`rows` in chunks, none of a height that printers swallow."""
    while rows > MOST_ROWS:
        yield _CHUNK_ROWS
        rows -= _CHUNK_ROWS
    if rows % _BAD_HEIGHT == 0:
        yield 1
        rows -= 1
    yield rows


def _raster(rows: list[bytes]) -> bytes:
    """GS v 0 of a band, as wide as its longest row."""
    width = max(1, *(len(row) for row in rows))
    size = width.to_bytes(2, "little") + len(rows).to_bytes(2, "little")
    return b"".join((_RASTER, size, *(row.ljust(width, b"\0") for row in rows)))
