"""A picture as the idle glass shows it: as large as there is room, with round corners.

Apart from `picturing`, for a glass without pictures needs no Pillow.
"""

import io
import logging
from pathlib import Path

from PIL import Image, ImageDraw

from kiosk.picturing import Frame, Room
from sync.bulletin import LONGEST_SIDE
from sync.pictures import picture_at

log = logging.getLogger(__name__)

_FINER = 2
"""How much larger corners are drawn than shown: without that their edges are jagged."""
_BITE = 8 * 1024
"""Bytes that Pillow decodes before it lets the glass's thread go on."""


def frame_of(path: Path, room: Room) -> Frame | None:
    """A picture as large as there is room; None where it is not there, or damaged."""
    raw = picture_at(path)
    if raw is None:
        return None
    try:
        picture = _within(raw, room)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        log.warning("picture %.12s is not shown: %s", path.name, type(error).__name__)
        return None
    picture.putalpha(_corners(picture.size, room.radius))
    upside_down = picture.transpose(Image.Transpose.FLIP_TOP_BOTTOM)
    return Frame(width=picture.width, height=picture.height, rgba=upside_down.tobytes())


def _within(raw: bytes, room: Room) -> Image.Image:
    with Image.open(io.BytesIO(raw), formats=["JPEG"]) as picture:
        if max(picture.size) > LONGEST_SIDE:
            raise ValueError(f"{picture.size} is larger than central makes them")
        least = max(room.width, room.height) if room.is_square else 1
        share = max(_share(picture.size, room), least / min(picture.size))
        asked = [max(1, round(side * share)) for side in picture.size]
        picture.draft("RGB", (asked[0], asked[1]))
        picture.decodermaxblock = _BITE
        picture.load()
        box = _middle_square(picture.size) if room.is_square else (0, 0, *picture.size)
        share = _share((box[2] - box[0], box[3] - box[1]), room)
        size = [max(1, round((box[at + 2] - box[at]) * share)) for at in (0, 1)]
        return picture.convert("RGB").resize((size[0], size[1]), Image.Resampling.BICUBIC, box)


def _share(size: tuple[int, int], room: Room) -> float:
    """How much larger, or smaller, it is shown than it is."""
    return min(room.width / size[0], room.height / size[1])


def _middle_square(size: tuple[int, int]) -> tuple[int, int, int, int]:
    side = min(size)
    left, top = (size[0] - side) // 2, (size[1] - side) // 2
    return left, top, left + side, top + side


def _corners(size: tuple[int, int], radius: int) -> Image.Image:
    """The alpha of a rounded rectangle."""
    width, height = (side * _FINER for side in size)
    mask = Image.new("L", (width, height))
    ends = (0, 0, width - 1, height - 1)
    ImageDraw.Draw(mask).rounded_rectangle(ends, radius * _FINER, fill=255)
    return mask.reduce(_FINER)
