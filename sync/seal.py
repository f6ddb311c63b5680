"""Sealing: what was said becomes a box that only one key of central's opens.

X25519 sealed boxes (libsodium `crypto_box_seal`), padded to size classes first
(ISO/IEC 7816-4, libsodium `sodium_pad`), so that the length of a box tells little.
"""

import nacl.bindings
import nacl.exceptions
import nacl.public

from sync.errors import BadSeal

SMALLEST_CLASS = 2048
"""Bytes; classes double from here, so few sizes exist and most cases share one."""
OVERHEAD = 48
"""Bytes by which a box is longer than what was padded: a key and an authenticator."""


def seal(plain: bytes, public_key: bytes, *, size: int = 0) -> bytes:
    """Pad and seal `plain` to a 32-byte X25519 public key; differs every time.

    It is padded to `size` bytes; where that is too little, or 0, to its own class.
    """
    if size <= len(plain):
        size = size_class(len(plain) + 1)
    padded = nacl.bindings.sodium_pad(plain, size)
    return nacl.public.SealedBox(nacl.public.PublicKey(public_key)).encrypt(padded)


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
