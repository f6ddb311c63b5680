"""The idle glass's pictures, decoded on a thread beside the glass: no touch waits for one.

One slide's are held at a time, at the size at which they are shown. Needs no Kivy.
"""

import io
import logging
import threading
from collections.abc import Sequence
from pathlib import Path

import msgspec
from PIL import Image, ImageDraw

from sync.bulletin import LONGEST_SIDE
from sync.pictures import picture_at

log = logging.getLogger(__name__)

_FINER = 2
"""How much larger corners are drawn than shown: without that their edges are jagged."""
_BITE = 8 * 1024
"""Bytes that Pillow decodes before it lets the glass's thread go on."""


class Room(msgspec.Struct, frozen=True, kw_only=True):
    """What each picture of a slide is made for, pixels; `is_square` cuts to the middle square."""

    width: int
    height: int
    radius: int
    is_square: bool = False


class Frame(msgspec.Struct, frozen=True, kw_only=True):
    """A picture as a texture takes it: RGBA, rows from the bottom, round corners."""

    width: int
    height: int
    rgba: bytes


class Decoder:
    """Decodes one slide's pictures at a time, from `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._thread: threading.Thread | None = None
        self._wanted: list[str] = []
        self._frames: list[Frame] = []

    def begin(self, addresses: Sequence[str], room: Room) -> None:
        """Decode these; nothing is begun while a card that does not answer holds the last."""
        if self._thread is not None and self._thread.is_alive():
            return
        self._wanted, self._frames = list(addresses), []
        if not addresses:
            return
        self._thread = threading.Thread(
            target=self._decode, args=(self._wanted, room), name="pictures", daemon=True
        )
        self._thread.start()

    def take(self, addresses: Sequence[str]) -> list[Frame]:
        """The frames of these, and forget them; none unless all are ready."""
        is_ready = list(addresses) == self._wanted and len(self._frames) == len(self._wanted)
        if not is_ready:
            return []
        frames, self._frames = self._frames, []
        return frames

    def _decode(self, addresses: list[str], room: Room) -> None:
        """All or nothing: half of a comparison would tell something else."""
        frames = [frame_of(self._folder / address, room) for address in addresses]
        self._frames = [frame for frame in frames if frame is not None]


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
