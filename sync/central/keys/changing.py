"""What an operator does to the keys: rotate, declare lost, restore, take the root away.

Each writes the new keyring last. A central that runs sees the folder change and reads
its keys again; kiosks fetch the keyring.
"""

import os
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from sync.central.errors import KeyRefused, KeysMissing
from sync.central.keys import files
from sync.central.keys.loading import intakes_known, lost_in, public_intake, read_keyring
from sync.central.keys.making import signed_keyring
from sync.keyring import MOST_CENTRAL_KEYS, KeyRing, PublicKey
from sync.seal import public_key_of
from sync.signature import verify_key_of
from sync.whole import sync_folder


class Root(msgspec.Struct, frozen=True):
    """The root's seed while somebody works with it."""

    seed: bytes

    def __repr__(self) -> str:
        """Nothing secret gets into a traceback or a log."""
        return "Root()"


def find_root(state_dir: Path, offline: Path | None) -> Root:
    """The root from its place, or from `offline`, where it was taken.

    Raises:
        KeysMissing: it is not there.
        KeyRefused: that is another key.
    """
    folder = files.folder_of(state_dir)
    path = offline or folder / files.ROOT
    if not offline and not path.exists():
        raise KeysMissing("the root is not here; next: add --root FILE")
    seed = files.read_key(path)
    if verify_key_of(seed) != files.read_key(folder / files.ROOT_PUBLIC):
        raise KeyRefused(f"{path} is not this central's root")
    return Root(seed)


def rotate_intake(state_dir: Path, root: Root) -> str:
    """Have kiosks seal to a fresh key; the older ones stay and open what was sealed to them."""
    folder = files.folder_of(state_dir)
    with files.changing(folder):
        return _fresh_intake(folder, root)


def rotate_signing(state_dir: Path, root: Root) -> str:
    """Sign with a fresh key; what older ones signed still holds."""
    folder = files.folder_of(state_dir)
    with files.changing(folder):
        keyring = _keyring(folder)
        name = _next(folder, "central", [key.id for key in keyring.central])
        files.keep_new(folder / f"{name}.key")
        public = verify_key_of(files.read_key(folder / f"{name}.key"))
        central = [PublicKey(id=name, key=public), *keyring.central][:MOST_CENTRAL_KEYS]
        _issue(folder, root, keyring, central=central)
    return name


def retire_signing(state_dir: Path, root: Root, name: str) -> None:
    """Let the word of an older signing key count no more, as when it was stolen.

    Raises:
        KeyRefused: it is the one in use, or none that counts.
    """
    folder = files.folder_of(state_dir)
    with files.changing(folder):
        keyring = _keyring(folder)
        if name == keyring.central[0].id:
            raise KeyRefused(f"{name} is in use; next: central keys rotate central")
        central = [key for key in keyring.central if key.id != name]
        if len(central) == len(keyring.central):
            raise KeyRefused(f"{name} is no signing key whose word counts")
        _issue(folder, root, keyring, central=central)


def use_corruption_key(state_dir: Path, root: Root, key: PublicKey) -> None:
    """Have kiosks seal cases about corruption to this key."""
    folder = files.folder_of(state_dir)
    with files.changing(folder):
        _issue(folder, root, _keyring(folder), corruption=key)


def declare_lost(state_dir: Path, root: Root | None, name: str) -> str:
    """Note that an intake key is gone; the key that kiosks seal to from now on comes back.

    What was sealed to it is kept unopened until the key is back. `root` is needed only
    where kiosks still seal to it.

    Raises:
        KeyRefused: there was no such key, or it is here.
        KeysMissing: the root is needed and not given.
    """
    folder = files.folder_of(state_dir)
    with files.changing(folder):
        if name not in intakes_known(folder, _keyring(folder)):
            raise KeyRefused(f"{name}: there never was such an intake key")
        if (folder / f"{name}.key").exists():
            raise KeyRefused(
                f"{name}.key is here; next: central keys rotate intake, which replaces it"
            )
        in_use = _keyring(folder).intake.id
        if name == in_use:
            if root is None:
                raise KeysMissing("the root is not here; next: add --root FILE")
            in_use = _fresh_intake(folder, root)
        files.keep_new(folder / f"{name}.lost", b"")
    return in_use


def bring_back(state_dir: Path, path: Path) -> str:
    """Put a lost intake key back from its backup; its name comes back.

    Where the public half is gone as well, the file's name says which key it is.

    Raises:
        KeysMissing: the file is no key.
        KeyRefused: it is none of those that are lost.
    """
    folder = files.folder_of(state_dir)
    private = files.read_key(path)
    with files.changing(folder):
        for name in sorted(lost_in(folder)):
            public = public_intake(folder, name, _keyring(folder))
            if public == public_key_of(private) or (public is None and path.stem == name):
                files.keep_new(folder / f"{name}.pub", public_key_of(private))
                files.keep_new(folder / f"{name}.key", private)
                files.remove(folder / f"{name}.lost")
                return name
    raise KeyRefused(f"{path} is none of the keys that are lost")


def take_root_away(state_dir: Path, path: Path) -> None:
    """Move the root to `path`, which must not exist; read it back before it goes here.

    Raises:
        KeysMissing: it is not here.
        OSError: the file cannot be written, or is there already.
    """
    folder = files.folder_of(state_dir)
    with files.changing(folder):
        root = find_root(state_dir, None)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(root.seed)
            file.flush()
            os.fsync(file.fileno())
        sync_folder(path.parent)
        if files.read_key(path) == root.seed:
            files.remove(folder / files.ROOT)


def _fresh_intake(folder: Path, root: Root) -> str:
    name = _next(folder, "intake", [_keyring(folder).intake.id])
    files.keep_new(folder / f"{name}.key")
    public = public_key_of(files.read_key(folder / f"{name}.key"))
    files.keep_new(folder / f"{name}.pub", public)
    _issue(folder, root, _keyring(folder), intake=PublicKey(id=name, key=public))
    return name


def _keyring(folder: Path) -> KeyRing:
    return read_keyring(folder, files.read_key(folder / files.ROOT_PUBLIC))[1]


def _next(folder: Path, use: str, known: list[str]) -> str:
    """The name after the last one that was ever used; a file of those `known` may be lost."""
    names = [*known, *(path.stem for path in folder.glob(f"{use}-*.*"))]
    numbers = [name.rpartition("-")[2] for name in names]
    return f"{use}-{max(int(number) for number in numbers if number.isdigit()) + 1}"


def _issue(folder: Path, root: Root, keyring: KeyRing, **changes: object) -> None:
    newer = msgspec.structs.replace(
        keyring, version=keyring.version + 1, issued_at=datetime.now(UTC), **changes
    )
    files.replace(folder / files.KEYRING, signed_keyring(newer, root.seed))
