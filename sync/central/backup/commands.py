"""`central backup` and `central restore`, in an operator's words."""

import argparse
import shutil
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import BinaryIO

import msgspec

from sync import boxed
from sync.central.backup import dump
from sync.central.database import choosing
from sync.central.environment import Environment
from sync.central.errors import BackupRefused
from sync.central.keys import files
from sync.central.starting import set_up
from sync.errors import BadMessage, BadSeal
from sync.strongbox import PRIVATE, PUBLIC, read_key
from sync.whole import clear_drafts, sync_folder, whole

PUBLIC_KEY = Path("/etc/central/backup.pub")
PREFIX, SUFFIX = "central-", ".backup"

DATABASE, KEYS = "database", "keys"

Add = Callable[..., argparse.ArgumentParser]


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a backup holds. `engine` is `sqlite` or `postgresql`, `files` SHA-256 by name."""

    made_at: datetime
    version: str
    engine: str
    files: dict[str, str]


def unseal(source: BinaryIO, key: bytes, folder: Path) -> Manifest:
    """Lay all of a backup into an empty folder, checked; `key` is the private half.

    Raises:
        BackupRefused: another key's, changed, cut off, or no backup of central's.
    """
    try:
        manifest = boxed.unseal(source, key, folder, Manifest, _may_hold)
    except (BadSeal, BadMessage) as error:
        raise BackupRefused(str(error)) from error
    if DATABASE not in manifest.files:
        raise BackupRefused("not a backup of central's: no database")
    return manifest


def _may_hold(name: str) -> bool:
    return name == DATABASE or boxed.is_in(name, KEYS)


def add_to(add: Add) -> None:
    """Add both verbs."""
    backup = add("backup", _backup, "database and keys in one file, sealed to the operator's key")
    backup.add_argument("--to", type=Path, metavar="FOLDER", required=True)
    words = f"the operator's public key, as `kiosk backup --new-key` makes it; else {PUBLIC_KEY}"
    backup.add_argument("--key", type=Path, metavar="FILE", default=PUBLIC_KEY, help=words)
    words = "let go of older ones there but for the newest N"
    backup.add_argument("--keep", type=int, metavar="N", default=0, help=words)
    restore = add("restore", _restore, "bring a backup back, where there is no central yet")
    restore.add_argument("file", type=Path, metavar="FILE")
    restore.add_argument("--key", type=Path, metavar="PRIVATE", required=True)


def _backup(found: Environment, parsed: argparse.Namespace) -> int:
    set_up(found)
    key = read_key_file(parsed.key, PUBLIC)
    now = datetime.now(UTC)
    target: Path = parsed.to / f"{PREFIX}{now:%Y%m%dT%H%M%SZ}{SUFFIX}"
    if target.exists():
        raise BackupRefused(f"{target}: is there already; next: wait a second, then again")
    about = {"made_at": now, "version": version("rapfang"), "engine": dump.engine_of(found)}
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=found.state_dir) as folder:
        database = Path(folder, DATABASE)
        dump.dump(found, database)
        clear_drafts(parsed.to, f"{PREFIX}*{SUFFIX}")
        with whole(target) as out:
            files_of_it = {DATABASE: database, **_keys(found)}
            about["files"] = boxed.digests_of(files_of_it)
            boxed.seal(files_of_it, msgspec.convert(about, Manifest), out, key)
    print(f"{target}: {target.stat().st_size} bytes, sealed to {parsed.key}")  # noqa: T201
    if parsed.keep > 0:
        for older in sorted(parsed.to.glob(f"{PREFIX}*{SUFFIX}"))[: -parsed.keep]:
            older.unlink()
            print(f"let go of {older.name}")  # noqa: T201
    return 0


def _restore(found: Environment, parsed: argparse.Namespace) -> int:
    key = read_key_file(parsed.key, PRIVATE)
    folder = files.folder_of(found.state_dir)
    if choosing.is_set_up(found) or (folder.is_dir() and any(folder.iterdir())):
        raise BackupRefused("there is a central here; next: bring it back on a machine without one")
    found.state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".restore-", dir=found.state_dir) as draft:
        with parsed.file.open("rb") as source:
            manifest = unseal(source, key, Path(draft))
        if manifest.engine != dump.engine_of(found):
            raise BackupRefused(
                f"it is of {manifest.engine}, CENTRAL_DATABASE names another kind; next: "
                "sudoedit /etc/central/central.env"
            )
        dump.load(found, Path(draft, DATABASE))
        _bring_keys(Path(draft, KEYS), folder)
    print(f"back as of {manifest.made_at:%Y-%m-%d %H:%M} UTC. Next: central migrate")  # noqa: T201
    return 0


def _keys(found: Environment) -> dict[str, Path]:
    folder = files.folder_of(found.state_dir)
    plain = (path for path in sorted(folder.iterdir()) if path.is_file())
    return {f"{KEYS}/{path.name}": path for path in plain if path.name[0] != "."}


def _bring_keys(draft: Path, folder: Path) -> None:
    """All of them by one rename, the last thing: without keys there is no central yet."""
    if not draft.is_dir():
        raise BackupRefused("it holds no keys")
    if folder.is_dir():
        folder.rmdir()
    shutil.move(draft, folder)
    sync_folder(folder.parent)


def read_key_file(path: Path, kind: str) -> bytes:
    """The operator's key in a file. Raises BackupRefused: none, or the other half."""
    try:
        return read_key(path.read_text(), kind)
    except FileNotFoundError as error:
        is_lost = kind == PRIVATE  # a fresh pair opens nothing that was sealed before
        advice = (
            "bring the private half that `kiosk backup --new-key` made"
            if is_lost
            else "copy the public half there, of the pair that the operator made elsewhere"
        )
        raise BackupRefused(f"{path}: no such key; next: {advice}") from error
    except (BadMessage, UnicodeDecodeError) as error:
        raise BackupRefused(f"{path}: {error}") from error
