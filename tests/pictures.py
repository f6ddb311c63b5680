"""Pictures made by code, with what a camera writes into its files."""

import io
import struct
import zlib

from PIL import Image

from deploy.demo.street import street

GPS = {1: "N", 2: (13.0, 51.0, 12.34), 3: "E", 4: (100.0, 34.0, 56.78)}
SIDEWAYS = 6
"""EXIF's orientation of a telephone held upright."""


def jpeg(
    *, is_lit: bool = True, upright: bool = False, size: tuple[int, int] | None = None
) -> bytes:
    """A drawn street as a plain JPEG."""
    picture = street(is_lit=is_lit, upright=upright)
    return saved(picture.resize(size) if size else picture, "JPEG", quality=90)


def saved(picture: Image.Image, form: str, **how: object) -> bytes:
    """A picture as a file of some form."""
    file = io.BytesIO()
    picture.save(file, form, **how)
    return file.getvalue()


def photograph() -> bytes:
    """As a telephone makes one: on its side, with place, owner and a colour profile."""
    exif = Image.Exif()
    exif[0x0112], exif[0x013B], exif[0x010F] = SIDEWAYS, "Somsri", "Telephone"
    exif.get_ifd(0x8825).update(GPS)
    lying = street(is_lit=True).transpose(Image.Transpose.ROTATE_90)
    return saved(lying, "JPEG", exif=exif, icc_profile=b"profile" * 20, comment=b"my house")


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it has so many pixels."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    nothing = zlib.compress(bytes(100))
    parts = [_chunk(b"IHDR", head), _chunk(b"IDAT", nothing), _chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def _chunk(name: bytes, content: bytes) -> bytes:
    check = struct.pack(">I", zlib.crc32(name + content))
    return struct.pack(">I", len(content)) + name + content + check
