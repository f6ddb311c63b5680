"""Central's own secrets: files under `<state_dir>/keys`, readable by their owner only.

They are made once, beside an empty database. Beside a database that holds cases a
missing key is never replaced: what was sealed to it could not be opened again.
"""

import os
import secrets
from pathlib import Path

import msgspec

from sync.central.errors import KeysMissing
from sync.seal import public_key_of
from sync.signature import verify_key_of

INTAKE_KEY_ID = "intake-1"
SIGNING_KEY_ID = "central-1"
KEY_BYTES = 32

_FILES = {
    "django": "django.key",
    "tracking": "tracking.key",
    "intake": f"{INTAKE_KEY_ID}.key",
    "signing": f"{SIGNING_KEY_ID}.key",
}


class Keys(msgspec.Struct, frozen=True, kw_only=True):
    """Four secrets of 32 bytes.

    `django` guards sessions, `tracking` hashes tracking keys, `intake` (X25519) opens
    what devices sealed, `signing` (Ed25519 seed) signs what devices may act on.
    """

    django: bytes
    tracking: bytes
    intake: bytes
    signing: bytes

    def __repr__(self) -> str:
        """Nothing secret gets into a traceback or a log."""
        return "Keys()"

    @property
    def intake_public(self) -> bytes:
        """What devices seal to."""
        return public_key_of(self.intake)

    @property
    def signing_public(self) -> bytes:
        """What devices check central's word with."""
        return verify_key_of(self.signing)


def make_missing(state_dir: Path, *, has_database: bool) -> None:
    """Make the key files that are not there yet.

    Raises:
        KeysMissing: one is gone although there is a database.
    """
    folder = state_dir / "keys"
    missing = [name for name in _FILES.values() if not (folder / name).exists()]
    if missing and has_database:
        raise KeysMissing(f"{folder / missing[0]} is missing: restore it from the backup")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in missing:
        _keep_new(folder / name)


def load(state_dir: Path) -> Keys:
    """Read the keys.

    Raises:
        KeysMissing: not made yet, not readable, or not a key.
    """
    return Keys(**{use: _key(state_dir / "keys" / name) for use, name in _FILES.items()})


def _key(path: Path) -> bytes:
    try:
        key = path.read_bytes()
    except OSError as error:
        raise KeysMissing(f"{path}: {error.strerror}; `central migrate` makes it once") from error
    if len(key) != KEY_BYTES:
        raise KeysMissing(f"{path}: not {KEY_BYTES} bytes")
    return key


def _keep_new(path: Path) -> None:
    """Write a fresh key, durably; a file that appeared meanwhile is kept as it is."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(secrets.token_bytes(KEY_BYTES))
        file.flush()
        os.fsync(file.fileno())
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        return
    finally:
        draft.unlink()
    folder = os.open(path.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)
