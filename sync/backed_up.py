"""What a device's backup holds, for a device that takes it back and for central, which reads it.

`left_in` reads a store that is of use to nobody any more: the box is dead, nobody writes, and
what is read is a copy. So it needs neither the store's lock nor its migrations.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from uuid import UUID

import msgspec

from sync.errors import StoreDamaged
from sync.stored import STORE_READING
from sync.wire import BootClock

_CHECK = "PRAGMA quick_check(1)"
_READING = "PRAGMA user_version"
_LEFT = (
    "SELECT record_id, digest, record, device_code, state LIKE 'attachment%' FROM outbox "
    "ORDER BY number"
)
_BOOTS = "SELECT boot_id, began_at FROM boots"


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What is in a backup. `files` are SHA-256 by name; `codes` all that were ever in use."""

    device_code: str
    made_at: datetime
    version: str
    cases: int
    waiting: int
    codes: list[str]
    files: dict[str, str]


class LeftEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A record, or an attachment's sealed bytes, as the device kept it; `digest` is what it had
    then. An empty `device_code` is that of the backup."""

    record_id: str
    digest: str
    record: bytes
    device_code: str
    is_attachment: bool


class Left(msgspec.Struct, frozen=True, kw_only=True):
    """The outbox of a backup, the oldest first, and when the device's boots began."""

    entries: list[LeftEntry]
    boots: list[BootClock]


def left_in(path: Path) -> Left:
    """All that the store at `path` still holds for central, sent or not; it is only read.

    Raises:
        StoreDamaged: it is not sound, or only a later release can read it.
    """
    try:
        address = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
        with closing(sqlite3.connect(address, uri=True)) as connection:
            ((reading,),) = connection.execute(_READING).fetchall()
            if reading > STORE_READING:
                raise StoreDamaged("its store is of a later release")
            ((said,),) = connection.execute(_CHECK).fetchall()
            if said != "ok":
                raise StoreDamaged("its store is not sound")
            return Left(entries=list(_entries(connection)), boots=list(_boots(connection)))
    except (sqlite3.Error, ValueError) as error:
        raise StoreDamaged("its store is not sound") from error


def _entries(connection: sqlite3.Connection) -> Iterator[LeftEntry]:
    for record_id, digest, record, code, is_attachment in connection.execute(_LEFT):
        yield LeftEntry(
            record_id=record_id if is_attachment else str(UUID(record_id)),
            digest=digest,
            record=bytes(record),
            device_code=code,
            is_attachment=bool(is_attachment),
        )


def _boots(connection: sqlite3.Connection) -> Iterator[BootClock]:
    for boot_id, began_at in connection.execute(_BOOTS):
        yield BootClock(boot_id=boot_id, began_at=datetime.fromisoformat(began_at))
