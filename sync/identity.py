"""Who this device is: the facts central handed it, and the key it made itself.

`identity.toml` is the join file, byte for byte; `device.key` the 32-byte Ed25519 seed,
which never leaves the device. Both are readable by their owner only.
"""

import contextlib
import os
import secrets
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

import msgspec

from sync.errors import BadMessage
from sync.reference import reference_for
from sync.settings import decode_toml
from sync.wire import JoinFile

IDENTITY_FILE = "identity.toml"
KEY_FILE = "device.key"
SEED_LENGTH = 32

_LOOPBACK = {"127.0.0.1", "::1", "localhost"}
_PRIVATE = 0o600


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """A join file's facts and the device's own key (an Ed25519 seed)."""

    device_code: str
    public_url: str
    central_url: str
    enrolment_code: str
    slip_secret: bytes
    intake_key_id: str
    intake_key: bytes
    central_key_id: str
    central_key: bytes
    device_key: bytes

    def __repr__(self) -> str:
        """Only the device code: nothing secret gets into a traceback or a log."""
        return f"Identity({self.device_code})"

    @classmethod
    def of(cls, facts: JoinFile, device_key: bytes) -> Self:
        """The identity that a join file and a device key make."""
        names = [name for name in cls.__struct_fields__ if name != "device_key"]
        return cls(device_key=device_key, **{name: getattr(facts, name) for name in names})


def join(join_file: Path, state_dir: Path) -> Identity:
    """Take on the identity in a join file and make the device's key.

    Joining again under the same device code renews the facts and keeps the key.

    Raises:
        BadMessage: misspelt, impossible addresses, or another device code lives here:
            a device that changes its name starts with an empty state directory.
        OSError: the join file cannot be read or the state directory not written.
    """
    raw = join_file.read_bytes()
    facts = _facts(raw)
    _refuse_other(state_dir, facts.device_code)
    state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not (state_dir / KEY_FILE).exists():
        _write(state_dir / KEY_FILE, secrets.token_bytes(SEED_LENGTH))
    _write(state_dir / IDENTITY_FILE, raw)
    return load_identity(state_dir)


def load_identity(state_dir: Path) -> Identity:
    """Read who this device is.

    Raises:
        FileNotFoundError: it never joined, or the key is gone.
        BadMessage: one of the files is not what it should be.
    """
    facts = _facts((state_dir / IDENTITY_FILE).read_bytes())
    key = (state_dir / KEY_FILE).read_bytes()
    if len(key) != SEED_LENGTH:
        raise BadMessage(f"{state_dir / KEY_FILE}: not {SEED_LENGTH} bytes")
    return Identity.of(facts, key)


def _facts(raw: bytes) -> JoinFile:
    facts = decode_toml(raw, JoinFile)
    reference_for(facts.device_code, 1)
    for name in ("central_url", "public_url"):
        _check_address(name, getattr(facts, name))
    return facts


def _check_address(name: str, address: str) -> None:
    """HTTPS and a host of its own; plain HTTP only where no wire is."""
    parts = urlsplit(address)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        raise BadMessage(f"{name}: https, or http on loopback, not {parts.scheme or 'nothing'}")
    if not parts.hostname or parts.path.strip("/") or parts.query or parts.fragment:
        raise BadMessage(f"{name}: a scheme and a host name, without a path")


def _refuse_other(state_dir: Path, device_code: str) -> None:
    with contextlib.suppress(FileNotFoundError):
        present = decode_toml((state_dir / IDENTITY_FILE).read_bytes(), JoinFile).device_code
        if present != device_code:
            raise BadMessage(f"this device is {present} already, the join file is {device_code}'s")


def _write(path: Path, content: bytes) -> None:
    """All of it or nothing, durable, private."""
    draft = path.with_name(f".{path.name}.draft")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _PRIVATE)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    directory = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
