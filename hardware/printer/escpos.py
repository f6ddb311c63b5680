"""Pictures as ESC/POS bytes: raster images only, never a printer's own letters.

Thai code pages lie at another number on every printer; dots are dots everywhere. The
commands are those of Epson's ESC/POS reference that every maker copies.
"""

from collections.abc import Iterator

from escpos.constants import ESC, GS, HW_INIT, S_RASTER_N
from PIL import Image, ImageChops

MOST_ROWS = 128
"""Rows in one raster command: small printers have a few kilobytes of buffer."""
_CHUNK_ROWS = 120
_ODD_HEIGHT = 48
"""Some printers swallow a raster whose height is divisible by this."""
_LEAST_GAP = 4
"""Fewer blank rows than this are sent as dots: cheaper than a new command."""
_MOST_FEED = 255
_CUT = GS + b"V\x42\x00"
"""GS V 66 0: feed until the slip is past the blade, then cut."""


def encode(picture: Image.Image) -> bytes:
    """The job that prints `picture` (1-bit, white ground) and cuts it off."""
    return b"".join((HW_INIT, *_bands(picture.convert("1")), _CUT))


def feed(rows: int) -> bytes:
    """Advance the paper by `rows` dots (ESC J)."""
    whole, rest = divmod(rows, _MOST_FEED)
    return (ESC + b"J" + bytes([_MOST_FEED])) * whole + (ESC + b"J" + bytes([rest]) if rest else b"")


def _bands(picture: Image.Image) -> Iterator[bytes]:
    """Bands of ink as rasters, blank bands as feeds."""
    ink = ImageChops.invert(picture)
    for top, bottom, has_ink in _runs(ink):
        if not has_ink:
            yield feed(bottom - top)
            continue
        for height in _heights(bottom - top):
            yield _raster(ink.crop((0, top, ink.width, top + height)))
            top += height


def _runs(ink: Image.Image) -> Iterator[tuple[int, int, bool]]:
    """(top, bottom, has ink) of each band; short blank bands count as ink."""
    filled = [row != 0 for row in ink.convert("L").reduce((1, 1)).getprojection()[1]]
    yield from _merged(filled)


def _merged(filled: list[bool]) -> Iterator[tuple[int, int, bool]]:
    edges = [0, *(y for y in range(1, len(filled)) if filled[y] != filled[y - 1]), len(filled)]
    band: tuple[int, int, bool] | None = None
    for top, bottom in zip(edges, edges[1:], strict=False):
        has_ink = filled[top] or bottom - top < _LEAST_GAP
        if band and has_ink and band[2]:
            band = (band[0], bottom, True)
            continue
        if band:
            yield band
        band = (top, bottom, has_ink)
    if band:
        yield band


def _heights(rows: int) -> Iterator[int]:
    """`rows` in chunks, none of a height that printers swallow."""
    while rows > MOST_ROWS:
        yield _CHUNK_ROWS + 1
        rows -= _CHUNK_ROWS + 1
    if rows % _ODD_HEIGHT == 0:
        yield 1
        rows -= 1
    yield rows


def _raster(ink: Image.Image) -> bytes:
    """GS v 0 of a band, without the blank columns on its right."""
    box = ink.getbbox()
    width_bytes = -(-box[2] // 8) if box else 1
    dots = ink.crop((0, 0, width_bytes * 8, ink.height)).tobytes()
    size = width_bytes.to_bytes(2, "little") + ink.height.to_bytes(2, "little")
    return S_RASTER_N + size + dots
