"""`kiosk backup` and `kiosk restore FILE`: all that is kept, sealed to the operator's key."""

import getpass
import hashlib
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import BinaryIO

import msgspec

from kiosk.config import Config, config_path
from kiosk.errors import ConfigError
from kiosk.putting import insist_on_folder, insist_on_place, not_written
from kiosk.report import box_store
from sync import backup, strongbox
from sync.errors import BadMessage, StoreDamaged, StoreFull
from sync.identity import load_identity
from sync.store import STORE_FILE, Store, has_been
from sync.whole import clear_drafts, sync_folder, whole

PUBLIC_KEY = Path("/etc/kiosk/backup.pub")
"""The operator's, on every box; the private half is never on one."""
SUFFIX = ".backup"
_ANOTHER = "another backup, or the key that it was sealed to"


class BackedUp(msgspec.Struct, frozen=True, kw_only=True):
    """A whole backup, durable. `let_go` are older ones that made room."""

    path: str
    size_bytes: int
    sha256: str
    device_code: str
    cases: int
    waiting: int
    let_go: list[str] = []

    def text(self) -> str:
        """For a terminal, 60 columns but for the path."""
        return "\n".join(
            [
                self.path,
                f"{self.size_bytes} bytes, {self.cases} cases, {self.waiting} not yet at central",
                "SHA-256",
                f"  {self.sha256[:32]}",
                f"  {self.sha256[32:]}",
                *(f"let go of {name}" for name in self.let_go),
            ]
        )


def make_keys(path: Path) -> None:
    """Write the operator's pair: the private half to `path`, the public one beside it.

    Raises:
        ConfigError: one is there already, or it cannot be written.
    """
    for name in (path, public_of(path)):
        insist_on_place(name)
    private, public = strongbox.make_keys()
    try:
        for name, words, mode in ((path, private, 0o600), (public_of(path), public, 0o644)):
            handle = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
            with os.fdopen(handle, "w") as file:
                file.write(words)
                file.flush()
                os.fsync(file.fileno())
        sync_folder(path.absolute().parent)
    except OSError as error:
        raise not_written(path, error) from error


def public_of(path: Path) -> Path:
    """Where the public half of a pair lies."""
    return path.with_name(f"{path.name}.pub")


def read_key(path: Path, kind: str) -> bytes:
    """A key file; `-` is standard input, so that a private key need not lie on a box.

    Raises:
        ConfigError: not there, or not that half of a pair.
    """
    try:
        text = _typed() if str(path) == "-" else path.read_text()
        return strongbox.read_key(text, kind)
    except FileNotFoundError as error:
        is_lost = kind == strongbox.PRIVATE  # a fresh pair opens nothing that was sealed before
        advice = (
            "bring the private half that `kiosk backup --new-key` made"
            if is_lost
            else "copy the public half there, of the pair that the operator made elsewhere"
        )
        raise ConfigError(f"{path}: no such key; next: {advice}") from error
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}; next: ls -l {path}") from error
    except (BadMessage, UnicodeDecodeError) as error:
        reason = "no text" if isinstance(error, UnicodeDecodeError) else error
        raise ConfigError(f"{path}: {reason}; next: add --key FILE, with the right half") from error


def _typed() -> str:
    """A key on standard input; in a terminal it is asked for, and not shown."""
    return getpass.getpass("key: ") if sys.stdin.isatty() else sys.stdin.readline()


def insist_on_something(config: Config, to: Path) -> None:
    """Look whether there is something to back up, and whether a backup can be put there.

    Raises:
        ConfigError: neither; says what helps.
    """
    with box_store(config):
        pass
    if to.is_dir():
        insist_on_folder(to)
    else:
        insist_on_place(to)


def insist_it_opens(path: Path, key: bytes) -> None:
    """Look whether it is a backup, and this key's. Raises ConfigError: it is not."""
    try:
        with path.open("rb") as source:
            strongbox.Opened(source, key)
    except BadMessage as error:
        raise ConfigError(f"{path}: {error}; next: {_ANOTHER}") from error
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}; next: ls -l {path}") from error


def back_up(config: Config, to: Path, key: bytes, keep: int | None = None) -> BackedUp:
    """A backup at `to`, or in that directory under a name of its own, all of it or none.

    With `keep`, older ones of this box in that directory are let go of but for the newest.

    Raises:
        ConfigError: nothing to back up, or it cannot be written; says why.
    """
    code, now = _device_code(config), datetime.now(UTC)
    target = to / f"{_prefix(code)}{now:%Y%m%dT%H%M%SZ}{SUFFIX}" if to.is_dir() else to
    insist_on_place(target)
    about = {"device_code": code, "made_at": now, "version": version("rapfang")}
    parts = {**backup.released(config.state_dir), **_settings()}
    with box_store(config) as store, written(target) as out:
        manifest = backup.back_up(store, about, parts, out, key)
    return BackedUp(
        path=str(target),
        size_bytes=target.stat().st_size,
        sha256=_digest(target),
        device_code=code,
        cases=manifest.cases,
        waiting=manifest.waiting,
        let_go=_let_go(to, code, keep) if keep and to.is_dir() else [],
    )


def restore(config: Config, path: Path, key: bytes) -> backup.Restored:
    """What was backed up, in the place of what is here.

    Raises:
        ConfigError: it does not open, is not whole, or there is no room; nothing was touched.
    """
    try:
        with path.open("rb") as source:
            return backup.restore(
                config.state_dir, source, key, _device_code(config), datetime.now(UTC)
            )
    except (StoreFull, StoreDamaged, BadMessage) as error:
        raise ConfigError(f"{path}: {error}; next: {_ANOTHER}") from error
    except OSError as error:
        raise not_written(Path(error.filename or config.state_dir), error) from error


def unsent(config: Config) -> int:
    """What the store here holds that central lacks; none where it cannot be read at all."""
    path = config.state_dir / STORE_FILE
    if not has_been(path):
        return 0
    try:
        with Store.open(path) as store:
            counts = store.outbox_counts()
            return counts.waiting + counts.attachments + counts.parked
    except (StoreFull, StoreDamaged):
        return 0


def in_words(told: backup.Restored) -> str:
    """For a terminal, 60 columns but for paths."""
    kept = [f"what was here is in {told.kept_in}"] if told.kept_in else []
    return "\n".join(
        [
            f"back: {told.cases} cases as of {told.made_at:%Y-%m-%d %H:%MZ},",
            f"{told.waiting} of them not yet at central then",
            *kept,
            f"No case is taken as {', '.join(told.spent) or 'nobody'} any more.",
            "Next: ask for a new join file (central join-file), then",
            "  kiosk enrol JOIN-FILE",
            "  systemctl restart kiosk.target",
        ]
    )


@contextmanager
def written(target: Path) -> Iterator[BinaryIO]:
    """A file that is there when all of it is on the disk, and never before.

    Raises:
        ConfigError: it cannot be written; nothing of it is left.
    """
    try:
        clear_drafts(target.parent, f"rapfang-*{SUFFIX}")
        with whole(target) as file:
            yield file
    except OSError as error:
        raise not_written(target, error) from error


def _settings() -> dict[str, bytes]:
    path = config_path()
    return {backup.SETTINGS: path.read_bytes()} if path.exists() else {}


def _prefix(code: str) -> str:
    return f"rapfang-{code or 'nobody'}-"


def _let_go(folder: Path, code: str, keep: int) -> list[str]:
    """Older backups of this box; their names sort as they were made."""
    older = sorted(folder.glob(f"{_prefix(code)}*{SUFFIX}"))[:-keep]
    for path in older:
        path.unlink()
    return [path.name for path in older]


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _device_code(config: Config) -> str:
    """Empty where the box never joined, or its identity went with the rest."""
    try:
        return load_identity(config.state_dir).device_code
    except (FileNotFoundError, BadMessage):
        return ""
