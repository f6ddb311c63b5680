"""The device changes its own key: the present one vouches for the next.

The next key is on disk before central hears of it, and takes the present one's place
only after central's signed answer. Whenever this is broken off, doing it again ends it.
"""

import fcntl
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from sync.client import Client
from sync.errors import Refused
from sync.identity import KEY_FILE, SEED_LENGTH, Identity, load_identity, write_private

NEXT_KEY_FILE = "device.next.key"
"""In the state directory while a change is under way; a 32-byte Ed25519 seed."""

_FORMER_KEY = "signature_refused"


def change_key(state_dir: Path, connect: Callable[[Identity], Client]) -> None:
    """Have central take a fresh key, and put it in place.

    Safe to repeat after any failure: the very same next key is asked for again.

    Raises:
        FileNotFoundError, BadMessage: as `load_identity`.
        Unreachable, Refused: central did not answer, or will not have it.
        OSError: the key cannot be kept.
    """
    with _alone(state_dir):
        identity = load_identity(state_dir)
        seed = _next_key(state_dir)
        try:
            _ask(connect(identity), seed)
        except Refused as refusal:
            if refusal.code != _FORMER_KEY:
                raise
            _ask(connect(msgspec.structs.replace(identity, device_key=seed)), seed)
        write_private(state_dir / KEY_FILE, seed)
        (state_dir / NEXT_KEY_FILE).unlink()


def is_unfinished(state_dir: Path) -> bool:
    """Whether a change was begun and its answer never came."""
    return (state_dir / NEXT_KEY_FILE).exists()


def _ask(client: Client, seed: bytes) -> None:
    try:
        client.change_key(seed)
    finally:
        client.close()


def _next_key(state_dir: Path) -> bytes:
    """The key that was asked for before, else a fresh one, kept first."""
    path = state_dir / NEXT_KEY_FILE
    if not path.exists():
        write_private(path, secrets.token_bytes(SEED_LENGTH))
    return path.read_bytes()


@contextmanager
def _alone(state_dir: Path) -> Iterator[None]:
    """Two technicians at once would ask for two keys."""
    folder = os.open(state_dir, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)
