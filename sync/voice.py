"""What somebody said instead of typing: Ogg Opus, looked at before it is played. Pure.

A recording comes from a stranger. Its pages are read (RFC 3533, RFC 7845), none of its sound.
"""

import struct

from sync.errors import BadMessage

MEDIA_TYPE = "audio/ogg"
LARGEST = 2 * 1024 * 1024
"""Bytes; three minutes of speech are some 540,000."""
TICKS_A_SECOND = 48_000
"""What a page's position counts in, whatever was recorded."""

_PAGE = struct.Struct("<4sBBqIIIB")
"""Capture pattern, version, kind, position, stream, number, checksum, segments."""
_HEAD, _TAGS = b"OpusHead", b"OpusTags"
_SKIP_AT = slice(10, 12)
"""Where the head tells how many ticks at the beginning are not to be heard."""


def seconds_of(raw: bytes) -> float:
    """How long a recording is.

    Raises:
        BadMessage: it is no Ogg Opus of one stream, it is cut off, or too large.
    """
    if len(raw) > LARGEST:
        raise BadMessage("a recording is too large")
    bodies, ends, at = [], [0], 0
    while at < len(raw):
        position, body, at = _page(raw, at)
        bodies.append(body)
        if position >= 0:  # -1 where nothing ends on a page
            ends.append(position)
    if len(bodies) < 2 or not (bodies[0].startswith(_HEAD) and bodies[1].startswith(_TAGS)):
        raise BadMessage("not Opus")
    skipped = int.from_bytes(bodies[0][_SKIP_AT], "little")
    return max(0, ends[-1] - skipped) / TICKS_A_SECOND


def _page(raw: bytes, at: int) -> tuple[int, bytes, int]:
    """The page at `at`: its position, its body, and where the next one begins."""
    if len(raw) < at + _PAGE.size:
        raise BadMessage("a recording is cut off")
    pattern, version, _, position, _, _, _, count = _PAGE.unpack_from(raw, at)
    if pattern != b"OggS" or version != 0:
        raise BadMessage("not Ogg")
    begin = at + _PAGE.size + count
    end = begin + sum(raw[at + _PAGE.size : begin])
    if len(raw) < end:
        raise BadMessage("a recording is cut off")
    return position, raw[begin:end], end
