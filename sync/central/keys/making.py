"""Making the keys of a new central, and what an older central's keys lack."""

from datetime import UTC, datetime
from pathlib import Path

from sync.central.errors import KeysMissing
from sync.central.keys import files
from sync.central.keys.loading import intakes_known, lost_in, read_keyring
from sync.keyring import KeyRing, PublicKey
from sync.seal import public_key_of
from sync.signature import sign_payload, verify_key_of
from sync.wire import encode

_ONCE = (
    "django.key",
    "tracking.key",
    f"{files.FIRST_INTAKE}.key",
    f"{files.FIRST_SIGNING}.key",
)


def make_missing(state_dir: Path, *, has_database: bool) -> None:
    """Make the key files that are not there yet.

    A fresh central gets a root of its own. One from before there were roots makes its
    first signing key the root, which is what its kiosks have pinned.

    Raises:
        KeysMissing: one is gone although there is a database.
    """
    folder = files.folder_of(state_dir)
    if (folder / files.ROOT_PUBLIC).exists():
        _insist(folder, ("django.key", "tracking.key", files.KEYRING))
        _insist_on_intakes(folder)
        _insist_on_signing(folder)
        return
    missing = [name for name in _ONCE if not (folder / name).exists()]
    if missing and has_database:
        _insist(folder, missing)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with files.changing(folder):
        _make(folder, missing)


def signed_keyring(keyring: KeyRing, root: bytes) -> bytes:
    """The keyring as devices get it; `root` is the root's 32-byte seed."""
    return encode(sign_payload(encode(keyring), root, files.ROOT_KEY_ID))


def _insist(folder: Path, names: tuple[str, ...] | list[str]) -> None:
    for name in names:
        if not (folder / name).exists():
            raise KeysMissing(f"{folder / name} is missing; next: restore it from the backup")


def _insist_on_intakes(folder: Path) -> None:
    lost = lost_in(folder)
    keyring = read_keyring(folder, files.read_key(folder / files.ROOT_PUBLIC))[1]
    for name in intakes_known(folder, keyring):
        if name not in lost and not (folder / f"{name}.key").exists():
            raise KeysMissing(
                f"{folder / name}.key is missing; next: restore it from the backup; where there is "
                f"none: central keys lost {name}"
            )


def _insist_on_signing(folder: Path) -> None:
    keyring = read_keyring(folder, files.read_key(folder / files.ROOT_PUBLIC))[1]
    name = keyring.central[0].id
    if not (folder / f"{name}.key").exists():
        raise KeysMissing(
            f"{folder / name}.key is missing; next: restore it from the backup, or "
            "`central keys rotate central`"
        )


def _make(folder: Path, missing: list[str]) -> None:
    """The root's public half comes last: while it is not there, all of this is done again."""
    signing = folder / f"{files.FIRST_SIGNING}.key"
    files.keep_new(folder / files.ROOT, files.read_key(signing) if signing.exists() else None)
    for name in missing:
        files.keep_new(folder / name)
    intake = public_key_of(files.read_key(folder / f"{files.FIRST_INTAKE}.key"))
    files.keep_new(folder / f"{files.FIRST_INTAKE}.pub", intake)
    root = files.read_key(folder / files.ROOT)
    keyring = KeyRing(
        version=1,
        issued_at=datetime.now(UTC),
        central=[PublicKey(id=files.FIRST_SIGNING, key=verify_key_of(files.read_key(signing)))],
        intake=PublicKey(id=files.FIRST_INTAKE, key=intake),
    )
    files.keep_new(folder / files.KEYRING, signed_keyring(keyring, root))
    files.keep_new(folder / files.ROOT_PUBLIC, verify_key_of(root))
