"""A picture as an officer sends it in, made anew for the glass from nothing but its pixels.

What the camera wrote beside them (place, time, owner, a small second picture) stays behind.
Sizes are bound before anything is decoded: a few kilobytes may stand for gigabytes.
"""

import io
import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from PIL import Image, ImageOps

from sync.bulletin import LARGEST_PICTURE, LONGEST_SIDE
from sync.central.errors import PictureRefused

LARGEST_UPLOAD = 8 * 1024 * 1024
"""Bytes of a file as it is sent in."""
MOST_PIXELS = 64_000_000
"""As the file says it has. A JPEG is then decoded at an eighth of its sides at least."""
MOST_DECODED = 24_000_000
"""In memory at once; some 100 MB, and as much again while it is turned."""
FORMATS = ("JPEG", "PNG", "WEBP")
MANNERS = ((LONGEST_SIDE, 85), (LONGEST_SIDE, 72), (1024, 70), (800, 65), (640, 55), (480, 40))
"""Longest side and quality, until one is small enough; noise alone needs the last."""

_UNREADABLE = (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, struct.error)
"""What Pillow's readers raise over broken files; OSError for most."""


def made_anew(raw: bytes) -> bytes:
    """The same picture, upright, as a JPEG of at most LARGEST_PICTURE bytes and nothing else.

    Raises:
        PictureRefused: `unreadable`, or `too_many_pixels`.
    """
    with _readable():
        picture = _upright(raw)
    for side, quality in MANNERS:
        picture.thumbnail((side, side), Image.Resampling.LANCZOS)
        jpeg = io.BytesIO()
        picture.save(jpeg, "JPEG", quality=quality, optimize=True)
        if jpeg.tell() <= LARGEST_PICTURE:
            break
    return jpeg.getvalue()


@contextmanager
def _readable() -> Iterator[None]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what it skips in broken EXIF, and of sizes
            yield
    except PictureRefused:
        raise
    except Image.DecompressionBombError as error:
        raise PictureRefused("too_many_pixels") from error
    except _UNREADABLE as error:
        raise PictureRefused("unreadable") from error


def _upright(raw: bytes) -> Image.Image:
    """Its pixels on white, as the camera was held."""
    with Image.open(io.BytesIO(raw), formats=FORMATS) as sent:
        if sent.width * sent.height > MOST_PIXELS:
            raise PictureRefused("too_many_pixels")
        sent.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        if sent.width * sent.height > MOST_DECODED:
            raise PictureRefused("too_many_pixels")
        turned = ImageOps.exif_transpose(sent)
    whole = turned.convert("RGBA" if turned.has_transparency_data else "RGB")
    whole.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    bare = Image.new("RGB", whole.size, "white")
    bare.paste(whole, mask=whole if whole.mode == "RGBA" else None)
    return bare
