"""The keyring: which keys are central's now, under the root that a device has pinned.

The root signs only keyrings, so its private half may lie in a safe. A device takes a
keyring with a higher version than the one it has, and nothing else.
"""

from datetime import datetime
from typing import Annotated

import msgspec

from sync.errors import BadMessage
from sync.signature import open_signed
from sync.wire import Signed, decode

MOST_CENTRAL_KEYS = 16
"""In one keyring; the oldest go."""


class PublicKey(msgspec.Struct, frozen=True, kw_only=True):
    """32 bytes and what they are called."""

    id: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    key: Annotated[bytes, msgspec.Meta(min_length=32, max_length=32)]


class KeyRing(msgspec.Struct, frozen=True, kw_only=True):
    """Central's public keys; `version` only ever goes up.

    `central` (Ed25519) sign acknowledgements, answers and profiles: the one in use first,
    then older ones whose word still holds. `intake` and `corruption` (X25519) are sealed to.
    """

    version: Annotated[int, msgspec.Meta(ge=1)]
    issued_at: datetime
    central: Annotated[list[PublicKey], msgspec.Meta(min_length=1, max_length=MOST_CENTRAL_KEYS)]
    intake: PublicKey
    corruption: PublicKey | None = None


def open_keyring(envelope: bytes, root_key: bytes) -> KeyRing:
    """Read a keyring from an encoded `Signed`.

    Raises:
        BadSignature: not signed by the holder of `root_key` (32 bytes, Ed25519).
        BadMessage: not a keyring.
    """
    keyring = decode(open_signed(decode(envelope, Signed), root_key), KeyRing)
    ids = [key.id for key in keyring.central]
    if len(set(ids)) < len(ids):
        raise BadMessage("one key id stands twice")
    return keyring
