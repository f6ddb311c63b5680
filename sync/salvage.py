"""From a damaged store a sound one: what can be read goes over, the rest is named.

The damaged files stay, under `damaged/<time>/`. Numbers may have been lost with them, so
the device code is spent: no case is taken until the device is enrolled under a new one.

Each step can be taken again. A marker file stands from the first step to the last; while
it does, no store opens, and another run begins anew from the files that were put aside.
"""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import msgspec

from sync.database import MARKER_SUFFIX, sync_directory
from sync.errors import StoreDamaged
from sync.pages import Pages
from sync.store import STORE_FILE, Store
from sync.store.fragments import Fragments, fragments_in
from sync.wire import decode, encode

KEPT_DIR = "damaged"
DRAFT_DIR = "salvage"
REPORT_FILE = "salvage.json"


class Salvaged(msgspec.Struct, frozen=True, kw_only=True):
    """What a salvage could save, and what it could not.

    `lost` are references of cases whose record is neither here nor, by an agreed tally,
    at central. `unreadable` counts pages and rows. `kept_in` holds the damaged files.
    """

    kept_in: str
    cases: int
    records: int
    attachments: int
    unreadable: int
    lost: list[str]
    spent: list[str]


def salvage(path: Path, device_code: str, now: datetime) -> Salvaged:
    """Put a sound store with all that can be read in the place of the damaged one.

    `device_code` is the present one, empty where the device never joined. Nobody else may
    have the store open.

    Raises:
        StoreFull: no room for the second store; the damaged one is still in place.
        StoreDamaged: somebody uses the store, or the disk takes no writing.
    """
    with _alone(path):
        kept = _put_aside(path, now)
        _build(kept, path.parent / DRAFT_DIR, device_code, now)
        _switch(path, path.parent / DRAFT_DIR)
        _marker(path).unlink()
        sync_directory(path.parent)
        shutil.rmtree(path.parent / DRAFT_DIR, ignore_errors=True)
    return decode((kept / REPORT_FILE).read_bytes(), Salvaged)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Under the store's own lock, or not at all."""
    handle = os.open(path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as error:
        raise StoreDamaged(f"{path}: somebody uses it") from error
    finally:
        os.close(handle)


def _put_aside(path: Path, now: datetime) -> Path:
    """Give the damaged files a second name, and mark that a salvage is under way."""
    marker = _marker(path)
    if marker.exists():
        return path.parent / KEPT_DIR / marker.read_text().strip()
    stamp = now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    kept = _new_folder(path.parent / KEPT_DIR, stamp)
    for file in (path, _log_of(path)):
        if file.exists():
            os.link(file, kept / file.name)
    for directory in (kept, kept.parent, path.parent):
        sync_directory(directory)
    _write(marker, kept.name.encode())
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


def _build(kept: Path, folder: Path, device_code: str, now: datetime) -> None:
    """A sound store in `folder` with all that can be read, and the report of it."""
    shutil.rmtree(folder, ignore_errors=True)
    with Pages(kept / STORE_FILE) as pages:
        found = fragments_in(pages.rows(), device_code)
        with Store.open(folder / STORE_FILE) as draft:
            for code in found.codes:
                draft.mark_spent(code, "salvaged", now)
            draft.take_in(found.rows(pages.rows()), found.highest_of(device_code))
            report = _report(kept, found, pages.unreadable)
            if damages := draft.damages():
                raise StoreDamaged(f"{folder}: {damages[0]}")
    _write(kept / REPORT_FILE, encode(report))


def _report(kept: Path, found: Fragments, unreadable: int) -> Salvaged:
    return Salvaged(
        kept_in=str(kept),
        cases=len(found.cases),
        records=found.records,
        attachments=found.attachments,
        unreadable=unreadable,
        lost=found.lost(),
        spent=sorted(found.codes),
    )


def _switch(path: Path, folder: Path) -> None:
    """The log goes first: it must never meet a store that is not its own."""
    owner = (path if path.exists() else path.parent).stat()
    os.chown(folder / STORE_FILE, owner.st_uid, owner.st_gid)
    for file in (_log_of(path), path.with_name(f"{path.name}-shm")):
        file.unlink(missing_ok=True)
    sync_directory(path.parent)
    (folder / STORE_FILE).replace(path)
    sync_directory(path.parent)


def _marker(path: Path) -> Path:
    return path.with_suffix(MARKER_SUFFIX)


def _log_of(path: Path) -> Path:
    return path.with_name(f"{path.name}-wal")


def _write(path: Path, content: bytes) -> None:
    """All of it or nothing, durable, private."""
    draft = path.with_name(f".{path.name}.draft")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    sync_directory(path.parent)
