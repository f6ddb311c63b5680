"""One store in the place of another, the other kept: what salvage and restore share.

The files that were here stay, under `damaged/<time>/`. Each step can be taken again. A
marker file stands from the first step to the last; while it does, no store opens, and
another run begins anew from the files that were put aside.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from sync.database import MARKER_SUFFIX
from sync.errors import StoreDamaged
from sync.store import STORE_FILE
from sync.whole import put, sync_folder

KEPT_DIR = "damaged"


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Under the store's own lock, or not at all."""
    handle = os.open(path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as error:
        raise StoreDamaged(f"{path}: somebody uses it") from error
    finally:
        os.close(handle)


def put_aside(path: Path, now: datetime) -> Path:
    """Give the files that are here a second name, and mark that their place is being taken."""
    mark = marker(path)
    if mark.exists():
        return path.parent / KEPT_DIR / mark.read_text().strip()
    stamp = now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    kept = _new_folder(path.parent / KEPT_DIR, stamp)
    for file in (path, log_of(path)):
        if file.exists():
            os.link(file, kept / file.name)
    for directory in (kept, kept.parent, path.parent):
        sync_folder(directory)
    put(mark, kept.name.encode())
    return kept


def _new_folder(parent: Path, name: str) -> Path:
    """A clock that starts in 1970 each time may give the same name twice."""
    parent.mkdir(mode=0o700, exist_ok=True)
    for again in count(1):
        folder = parent / (name if again == 1 else f"{name}-{again}")
        with suppress(FileExistsError):
            folder.mkdir(mode=0o700)
            break
    return folder


def switch(path: Path, folder: Path) -> None:
    """Put the store in `folder` in place.

    The log goes first: it must never meet a store that is not its own.
    """
    owner = (path if path.exists() else path.parent).stat()
    os.chown(folder / STORE_FILE, owner.st_uid, owner.st_gid)
    for file in (log_of(path), path.with_name(f"{path.name}-shm")):
        file.unlink(missing_ok=True)
    sync_folder(path.parent)
    (folder / STORE_FILE).replace(path)
    sync_folder(path.parent)


def marker(path: Path) -> Path:
    """The file that stands beside a store whose place is being taken."""
    return path.with_suffix(MARKER_SUFFIX)


def log_of(path: Path) -> Path:
    """The write-ahead log beside a store."""
    return path.with_name(f"{path.name}-wal")
