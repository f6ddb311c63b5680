"""Who this device is: the facts central handed it, and the key it made itself.

`identity.toml` is the join file, byte for byte; `device.key` the 32-byte Ed25519 seed,
which never leaves the device; `keyring.json` the newest keyring that central's root signed.
All are readable by their owner only.
"""

import contextlib
import os
import secrets
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

import msgspec

from sync.confiding import SealingKeys
from sync.errors import BadMessage
from sync.keyring import KeyRing, PublicKey, open_keyring
from sync.reference import reference_for
from sync.settings import decode_toml
from sync.store import STORE_FILE, Store
from sync.whole import put, sync_folder
from sync.wire import JoinFile

IDENTITY_FILE = "identity.toml"
KEY_FILE = "device.key"
KEYRING_FILE = "keyring.json"
FORMER_DIR = "former"
SEED_LENGTH = 32

_LOOPBACK = {"127.0.0.1", "::1", "localhost"}
_PRIVATE = 0o600


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """A join file's facts, the newest keyring's keys, and the device's own (Ed25519 seed).

    `central_keys` are those whose word holds, the one in use first. `root_key` is pinned:
    it alone says which those are. An empty `corruption_key` means that there is none.
    """

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
    root_key: bytes = b""
    keyring_version: int = 0
    central_keys: tuple[PublicKey, ...] = ()
    corruption_key_id: str = ""
    corruption_key: bytes = b""

    def __repr__(self) -> str:
        """Only the device code: nothing secret gets into a traceback or a log."""
        return f"Identity({self.device_code})"

    @classmethod
    def of(cls, facts: JoinFile, device_key: bytes) -> Self:
        """The identity that a join file and a device key make.

        Raises:
            BadMessage: the join file's keyring is not signed by the root it names.
        """
        root = facts.root_key or facts.central_key
        central = PublicKey(id=facts.central_key_id, key=facts.central_key)
        identity = cls(
            device_key=device_key,
            root_key=root,
            central_keys=(central,),
            **{name: getattr(facts, name) for name in _FROM_JOIN_FILE},
        )
        return (
            identity.with_keyring(open_keyring(facts.keyring, root)) if facts.keyring else identity
        )

    def with_keyring(self, keyring: KeyRing) -> Self:
        """The same device with the keys that `keyring` says; its signature was checked."""
        corruption = keyring.corruption
        return msgspec.structs.replace(
            self,
            keyring_version=keyring.version,
            central_key_id=keyring.central[0].id,
            central_key=keyring.central[0].key,
            central_keys=tuple(keyring.central),
            intake_key_id=keyring.intake.id,
            intake_key=keyring.intake.key,
            corruption_key_id=corruption.id if corruption else "",
            corruption_key=corruption.key if corruption else b"",
        )

    @property
    def sealing_keys(self) -> SealingKeys:
        """What cases are sealed to now."""
        corruption = PublicKey(id=self.corruption_key_id, key=self.corruption_key)
        return SealingKeys(
            intake=PublicKey(id=self.intake_key_id, key=self.intake_key),
            corruption=corruption if self.corruption_key else None,
        )

    def central_key_called(self, key_id: str) -> bytes:
        """A key of central's whose word holds. Raises KeyError: none is called so."""
        known = {key.id: key.key for key in self.central_keys}
        known.setdefault(self.central_key_id, self.central_key)
        return known[key_id]


_FROM_JOIN_FILE = (
    *("device_code", "public_url", "central_url", "enrolment_code", "slip_secret"),
    *("intake_key_id", "intake_key", "central_key_id", "central_key"),
)


def join(join_file: Path, state_dir: Path) -> Identity:
    """Take on the identity in a join file and make the device's key.

    Joining again under the same device code renews the facts and keeps the key. Where the
    store was salvaged or restored and the present code is spent, another code begins: the
    former identity moves to `former/<code>/`, under which its last records are still sent.

    Raises:
        BadMessage: misspelt, impossible addresses, a spent code, or another device code
            that is not spent lives here.
        StoreFull, StoreDamaged: a store is here and cannot be used.
        OSError: the join file cannot be read or the state directory not written.
    """
    return join_with(join_file.read_bytes(), state_dir)


def join_with(raw: bytes, state_dir: Path) -> Identity:
    """`join` with a join file's content, which a pipe gives only once. Raises as `join` does."""
    facts = _facts(raw)
    is_new = _make_way(state_dir, facts.device_code)
    state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    if is_new or not (state_dir / KEY_FILE).exists():
        write_private(state_dir / KEY_FILE, secrets.token_bytes(SEED_LENGTH))
    write_private(state_dir / IDENTITY_FILE, raw)
    return load_identity(state_dir)


def would_join(raw: bytes, state_dir: Path) -> str:
    """The device code that `join_with` would take on; nothing is changed. Raises as `join` does."""
    facts = _facts(raw)
    _is_another(state_dir, facts.device_code)
    return facts.device_code


def erase(join_file: Path) -> None:
    """Overwrite a join file and remove it: what it holds lives on in the identity alone.

    What flash memory keeps in retired blocks is out of reach; the enrolment code in it is
    used up at the first contact.

    Raises:
        OSError: it cannot be written or removed, as on a read-only partition.
    """
    with join_file.open("r+b") as file:
        file.write(bytes(join_file.stat().st_size))
        file.flush()
        os.fsync(file.fileno())
    join_file.unlink()
    sync_folder(join_file.parent)


def former_codes(state_dir: Path) -> list[str]:
    """Device codes that this device had before; `load_identity` reads `former/<code>`."""
    return sorted(path.parent.name for path in (state_dir / FORMER_DIR).glob(f"*/{KEY_FILE}"))


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
    return _with_newest_keyring(Identity.of(facts, key), state_dir)


def central_of(identity_file: Path) -> str:
    """Central's address, by an identity or a join file.

    Raises:
        BadMessage: the file is not what it should be.
    """
    return _facts(identity_file.read_bytes()).central_url


def take_keyring(state_dir: Path, identity: Identity, envelope: bytes) -> Identity:
    """Keep a keyring that is newer than the one at hand; the identity with it comes back.

    Raises:
        BadMessage: not signed under the pinned root, or not newer.
        OSError: it cannot be kept.
    """
    keyring = open_keyring(envelope, identity.root_key)
    if keyring.version <= identity.keyring_version:
        raise BadMessage(f"keyring {keyring.version} is not newer")
    write_private(state_dir / KEYRING_FILE, envelope)
    return identity.with_keyring(keyring)


class Renewing:
    """The identity of a process that runs, with keyring and key as another process kept them."""

    def __init__(self, state_dir: Path, identity: Identity) -> None:
        self._state_dir = state_dir
        self._identity = identity
        self._seen: list[tuple[int, int]] = []

    def now(self) -> Identity:
        """The identity as it is now; looks into the files only when one changed."""
        seen = self._stamps()
        if seen != self._seen:
            self._seen = seen
            self._identity = _with_newest_keyring(self._with_key(), self._state_dir)
        return self._identity

    def _with_key(self) -> Identity:
        """With the key that is here now, unless it is another device code's by now."""
        with contextlib.suppress(OSError, BadMessage):
            found = load_identity(self._state_dir)
            if found.device_code == self._identity.device_code:
                return msgspec.structs.replace(self._identity, device_key=found.device_key)
        return self._identity

    def _stamps(self) -> list[tuple[int, int]]:
        return [_stamp(self._state_dir / name) for name in (KEYRING_FILE, KEY_FILE)]


def _stamp(path: Path) -> tuple[int, int]:
    """Changes with the file; zeros where there is none."""
    try:
        found = path.stat()
    except OSError:
        return (0, 0)
    return (found.st_mtime_ns, found.st_ino)


def _with_newest_keyring(identity: Identity, state_dir: Path) -> Identity:
    """With the kept keyring, where it is newer; one of another root is not ours.

    A former identity takes its device's: central's keys go on changing.
    """
    folders = [state_dir]
    if state_dir.parent.name == FORMER_DIR:
        folders.append(state_dir.parent.parent)
    for folder in folders:
        with contextlib.suppress(OSError, BadMessage):
            keyring = open_keyring((folder / KEYRING_FILE).read_bytes(), identity.root_key)
            if keyring.version > identity.keyring_version:
                identity = identity.with_keyring(keyring)
    return identity


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


def _make_way(state_dir: Path, device_code: str) -> bool:
    """Let a spent identity go; True when another code begins. Safe to take again."""
    if not _is_another(state_dir, device_code):
        return False
    present = _present_code(state_dir)
    with Store.open(state_dir / STORE_FILE) as store:
        store.begin_code(present)
    _move_away(state_dir, present)
    return True


def _is_another(state_dir: Path, device_code: str) -> bool:
    """Whether another code would follow a spent one. Raises BadMessage: neither it nor the same."""
    present = _present_code(state_dir)
    if not (state_dir / STORE_FILE).exists():
        _refuse_other(present, device_code)
        return False
    with Store.open(state_dir / STORE_FILE) as store:
        if store.is_spent(device_code):
            raise BadMessage(
                f"{device_code} is used up here; next: ask for a file with another code"
            )
        if not store.is_spent(present):
            _refuse_other(present, device_code)
            return False
    return True


def _present_code(state_dir: Path) -> str:
    with contextlib.suppress(FileNotFoundError):
        return decode_toml((state_dir / IDENTITY_FILE).read_bytes(), JoinFile).device_code
    return ""


def _refuse_other(present: str, device_code: str) -> None:
    if present and present != device_code:
        raise BadMessage(
            f"this device is {present} already, the join file is {device_code}'s; next: a join "
            f"file of {present}"
        )


def _move_away(state_dir: Path, present: str) -> None:
    """Keep the former identity, its key last; what is kept already is not touched."""
    former = state_dir / FORMER_DIR / present
    former.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in (IDENTITY_FILE, KEY_FILE):
        if (state_dir / name).exists() and not (former / name).exists():
            write_private(former / name, (state_dir / name).read_bytes())


def write_private(path: Path, content: bytes) -> None:
    """Write a file of the state directory: all of it or nothing, durable, private."""
    put(path, content)
