"""Key files: read whole or not at all, written durably, never over one another."""

import contextlib
import fcntl
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

from sync.central.errors import KeysMissing
from sync.whole import sync_folder

KEY_BYTES = 32
FIRST_INTAKE, FIRST_SIGNING = "intake-1", "central-1"
ROOT_KEY_ID = "root-1"
ROOT, ROOT_PUBLIC = "root.key", "root.pub"
KEYRING = "keyring.json"

_PRIVATE = 0o600


def folder_of(state_dir: Path) -> Path:
    """Where the keys lie."""
    return state_dir / "keys"


def read_key(path: Path) -> bytes:
    """A key's 32 bytes.

    Raises:
        KeysMissing: not made yet, not readable, or not a key.
    """
    try:
        key = path.read_bytes()
    except OSError as error:
        raise KeysMissing(
            f"{path}: {error.strerror}; next: central migrate, which makes it once"
        ) from error
    if len(key) != KEY_BYTES:
        raise KeysMissing(f"{path}: not {KEY_BYTES} bytes")
    return key


def keep_new(path: Path, content: bytes | None = None) -> None:
    """Write a file, durably; one that is there already is kept as it is.

    Without `content` it is a fresh key of 32 random bytes.
    """
    draft = _written(path, secrets.token_bytes(KEY_BYTES) if content is None else content)
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        return
    finally:
        draft.unlink()
    sync_folder(path.parent)


def replace(path: Path, content: bytes) -> None:
    """Write a file, durably: the whole new one or the whole old one."""
    _written(path, content).replace(path)
    sync_folder(path.parent)


def remove(path: Path) -> None:
    """Remove a file, durably; one that is gone is fine."""
    path.unlink(missing_ok=True)
    sync_folder(path.parent)


@contextlib.contextmanager
def changing(folder: Path) -> Iterator[None]:
    """Only one process changes keys at a time."""
    handle = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT, _PRIVATE)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _written(path: Path, content: bytes) -> Path:
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return draft
