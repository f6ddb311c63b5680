"""The keys as the rest of central uses them, read again when an operator changed them."""

import os
from pathlib import Path

import msgspec

from sync.central.errors import KeysMissing
from sync.central.keys import files
from sync.errors import BadMessage
from sync.keyring import KeyRing, open_keyring
from sync.seal import public_key_of
from sync.signature import verify_key_of

DJANGO = "django.key"
"""Guards sessions from a start to the next; no command changes it."""


class Keys(msgspec.Struct, frozen=True, kw_only=True):
    """Central's secrets, 32 bytes each, and the keyring that says which are in use.

    `django` guards sessions, `tracking` hashes tracking keys, `signing` (Ed25519 seed,
    called `signing_id`) signs what devices may act on. `intakes` (X25519, by id) open what
    devices sealed; `lost` are ids of intake keys that are gone. `envelope` is the keyring
    as devices get it, signed under `root_public`.
    """

    django: bytes
    tracking: bytes
    intakes: dict[str, bytes]
    lost: frozenset[str]
    signing: bytes
    keyring: KeyRing
    envelope: bytes
    root_public: bytes

    def __repr__(self) -> str:
        """Nothing secret gets into a traceback or a log."""
        return "Keys()"

    @property
    def signing_id(self) -> str:
        """What the signing key in use is called."""
        return self.keyring.central[0].id


def load(state_dir: Path) -> Keys:
    """Read the keys.

    Raises:
        KeysMissing: not made yet, not readable, not a key, or not what the keyring says.
    """
    folder = files.folder_of(state_dir)
    django = files.read_key(_handed_over(DJANGO) or folder / DJANGO)
    tracking = files.read_key(folder / "tracking.key")
    root_public = files.read_key(folder / files.ROOT_PUBLIC)
    envelope, keyring = read_keyring(folder, root_public)
    intakes, lost = _intakes(folder, keyring)
    signing = files.read_key(folder / f"{keyring.central[0].id}.key")
    if verify_key_of(signing) != keyring.central[0].key:
        raise KeysMissing(f"{keyring.central[0].id}.key is not the one in {files.KEYRING}")
    if keyring.intake.id not in intakes:
        raise KeysMissing(f"{folder / keyring.intake.id}.key is not there; next: central keys list")
    return Keys(
        django=django,
        tracking=tracking,
        intakes=intakes,
        lost=lost,
        signing=signing,
        keyring=keyring,
        envelope=envelope,
        root_public=root_public,
    )


def _handed_over(name: str) -> Path | None:
    """Where the manager of services put a copy when it started this one (`LoadCredential=`).

    It never changes: right for a key that is read once, wrong for one that is rotated.
    """
    path = Path(os.environ.get("CREDENTIALS_DIRECTORY") or os.devnull, name)
    return path if path.exists() else None


def read_keyring(folder: Path, root_public: bytes) -> tuple[bytes, KeyRing]:
    """The keyring as its signed bytes and as what they say.

    Raises:
        KeysMissing: it is not there, or not signed by the root.
    """
    path = folder / files.KEYRING
    try:
        envelope = path.read_bytes()
        return envelope, open_keyring(envelope, root_public)
    except OSError as error:
        raise KeysMissing(f"{path}: {error.strerror}; next: restore it from the backup") from error
    except BadMessage as error:
        raise KeysMissing(f"{path}: {error}") from error


def intakes_known(folder: Path, keyring: KeyRing) -> list[str]:
    """Every intake key there ever was: they count from 1 to the last that anything tells of.

    Files may be gone, the public half too; what was sealed to such a key still comes.
    """
    names = [keyring.intake.id, *(path.stem for path in folder.glob("intake-*.*"))]
    numbers = [name.removeprefix("intake-") for name in names]
    last = max(int(number) for number in numbers if number.isdecimal())
    return [f"intake-{number}" for number in range(1, last + 1)]


def public_intake(folder: Path, name: str, keyring: KeyRing) -> bytes | None:
    """The public half of an intake key, as far as anything here still tells it."""
    path = folder / f"{name}.pub"
    if path.exists():
        return files.read_key(path)
    return keyring.intake.key if keyring.intake.id == name else None


def lost_in(folder: Path) -> frozenset[str]:
    """Ids of intake keys whose private half is gone, as the operator declared."""
    return frozenset(path.stem for path in folder.glob("intake-*.lost"))


class Reloaded:
    """The keys of a running central, read again once a command has changed them."""

    def __init__(self, state_dir: Path, keys: Keys) -> None:
        self._state_dir = state_dir
        self._keys = keys
        self._seen = self._stamp()

    def now(self) -> Keys:
        """The keys as they are; what cannot be read leaves those that were."""
        stamp = self._stamp()
        if stamp != self._seen:
            self._seen = stamp
            try:
                self._keys = load(self._state_dir)
            except KeysMissing:
                return self._keys
        return self._keys

    def _stamp(self) -> tuple[int, ...]:
        """Changes with whatever comes into, or goes out of, the folder."""
        try:
            found = files.folder_of(self._state_dir).stat()
        except OSError:
            return ()
        return (found.st_mtime_ns, found.st_ctime_ns)


def _intakes(folder: Path, keyring: KeyRing) -> tuple[dict[str, bytes], frozenset[str]]:
    """All intake keys that are here; every one that there ever was must be, or be lost."""
    lost, found = lost_in(folder), {}
    for name in intakes_known(folder, keyring):
        if name in lost:
            continue
        private = files.read_key(folder / f"{name}.key")
        if public_intake(folder, name, keyring) not in (None, public_key_of(private)):
            raise KeysMissing(f"{name}.key does not fit its public half")
        found[name] = private
    return found, lost
