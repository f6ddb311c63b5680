"""Sealing: what was said becomes a box that only one key of central's opens.

X25519 sealed boxes (libsodium `crypto_box_seal`), padded to size classes first
(ISO/IEC 7816-4, libsodium `sodium_pad`), so that the length of a box tells little.

What is sealed never stands in immutable bytes of ours: those cannot be wiped, and what is
merely freed stays in memory until something else needs the room.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import msgspec
import nacl.bindings
import nacl.exceptions
import nacl.public

# PyNaCl's own functions take immutable bytes only, which cannot be wiped.
from nacl._sodium import ffi, lib  # type: ignore[import-not-found]

from sync.errors import BadSeal

SMALLEST_CLASS = 2048
"""Bytes; classes double from here, so few sizes exist and most cases share one."""
OVERHEAD = 48
"""Bytes by which a box is longer than what was padded: a key and an authenticator."""
PAD = 0x80
"""What follows the last byte of what is padded; zeros follow it."""
ROOM_TO_ENCODE = 128 * 1024
"""Bytes; a case of 10,000 letters takes less however they are escaped. A buffer that had
to grow would leave a copy where it was."""

_encoder = msgspec.json.Encoder()


def seal(plain: bytes | bytearray, public_key: bytes, *, size: int = 0) -> bytes:
    """Pad and seal `plain` to a 32-byte X25519 public key; differs every time.

    It is padded to `size` bytes; where that is too little, or 0, to its own class. No copy
    of it is left; `plain` itself is the caller's to wipe.

    Raises:
        ValueError: that is no public key.
    """
    if len(public_key) != nacl.bindings.crypto_box_PUBLICKEYBYTES:
        raise ValueError("a public key has 32 bytes")
    if size <= len(plain):
        size = size_class(len(plain) + 1)
    padded = bytearray(size)
    padded[: len(plain)] = plain
    padded[len(plain)] = PAD
    box = bytearray(size + OVERHEAD)
    failed = lib.crypto_box_seal(ffi.from_buffer(box), ffi.from_buffer(padded), size, public_key)
    wipe(padded)
    if failed:
        raise ValueError("that is no public key")
    return bytes(box)


def wipe(buffer: bytearray) -> None:
    """Zeros in the place of what `buffer` holds."""
    buffer[:] = bytes(len(buffer))


@contextmanager
def encoded(message: msgspec.Struct | str) -> Iterator[bytearray]:
    """The message as JSON, to be sealed; wiped afterwards."""
    buffer = bytearray(ROOM_TO_ENCODE)
    _encoder.encode_into(message, buffer)
    try:
        yield buffer
    finally:
        wipe(buffer)


def open_sealed(box: bytes, private_key: bytes) -> bytes:
    """What was sealed. Raises BadSeal: another key's box, or changed on the way."""
    try:
        padded = nacl.public.SealedBox(nacl.public.PrivateKey(private_key)).decrypt(box)
        return nacl.bindings.sodium_unpad(padded, len(padded))
    except (nacl.exceptions.CryptoError, ValueError, TypeError) as error:
        raise BadSeal("does not open with this key") from error


def public_key_of(private_key: bytes) -> bytes:
    """The 32-byte public half of a 32-byte X25519 private key."""
    return bytes(nacl.public.PrivateKey(private_key).public_key)


def size_class(length: int) -> int:
    """The class that `length` bytes fall into, in bytes."""
    size = SMALLEST_CLASS
    while size < length:
        size *= 2
    return size
