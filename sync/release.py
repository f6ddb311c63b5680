"""A release of the municipality's profile: central publishes it, signed and versioned."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

import msgspec

from sync.errors import BadSignature
from sync.profile import decode_profile
from sync.signature import open_signed
from sync.wire import Signed, decode

LARGEST_PROFILE = 256 * 1024
"""Bytes of TOML; signed and in JSON they must stay below what a device takes as an answer."""
RELEASE_FILE = "profile.json"
"""Where a device keeps the newest, as an encoded `Signed`, in its state directory."""


class ProfileRelease(msgspec.Struct, frozen=True, kw_only=True):
    """The profile as TOML; `version` goes up with each change of its text."""

    version: Annotated[int, msgspec.Meta(ge=1)]
    issued_at: datetime
    profile: Annotated[str, msgspec.Meta(max_length=512 * 1024)]


def open_release(envelope: bytes, key_of: Callable[[str], bytes]) -> ProfileRelease:
    """Read a release from an encoded `Signed`. `key_of` knows central's keys by name.

    Raises:
        BadSignature: not signed by one of central's keys.
        BadMessage: not a release, or its profile would not be read.
    """
    release = decode(opened(envelope, key_of), ProfileRelease)
    decode_profile(release.profile.encode())
    return release


def opened(envelope: bytes, key_of: Callable[[str], bytes]) -> bytes:
    """What stands in an encoded `Signed` by one of central's keys, which `key_of` knows by name.

    Raises:
        BadSignature: not signed by one of central's keys.
        BadMessage: not an envelope.
    """
    signed = decode(envelope, Signed)
    try:
        key = key_of(signed.key_id)
    except KeyError as error:
        raise BadSignature("signed by a key that is not central's") from error
    return open_signed(signed, key)
