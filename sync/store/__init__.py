"""What the device keeps: cases, the outbox, slip jobs. The only SQL on the device.

Kept means on the disk: every method that writes returns after its transaction is
durable (WAL, synchronous=FULL), and three processes may hold the file open. The store is
one object; its stories stand apart in `outbox`, `slips`, `ties`, `heir`, `copying`.
"""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Self
from uuid import UUID

from sync import statements as sql
from sync.case import Instant
from sync.database import Database, has_been
from sync.errors import NewCodeNeeded, StoreTooNew
from sync.seal import wipe
from sync.store.copying import Copying
from sync.store.heir import Heir
from sync.store.outbox import Outbox
from sync.store.rows import (
    SLIP,
    Kept,
    LinkState,
    OutboxCounts,
    OutboxEntry,
    OutboxState,
    Paper,
    SlipJob,
    SlipState,
    Submission,
    TallyState,
    Unsent,
    out_of_the_tree,
    text_of,
)
from sync.store.slips import Slips, insert_paper
from sync.store.ties import Ties
from sync.stored import STORE_FILE, STORE_READING
from sync.wire import digest_of

__all__ = [
    "NEWEST_MIGRATION",
    "SLIP",
    "STORE_FILE",
    "STORE_READING",
    "Kept",
    "LinkState",
    "OutboxCounts",
    "OutboxEntry",
    "OutboxState",
    "Paper",
    "SlipJob",
    "SlipState",
    "Store",
    "Submission",
    "TallyState",
    "Unsent",
    "has_been",
]

NEWEST_MIGRATION = "m003_other_papers"
"""The last step in `sync.migrations`, named here because loading that is slow."""

LEAST_SPARE, LARGEST_COMPACTED = 8 << 20, 64 << 20
"""Bytes; see `Store.compact`."""


class Store(Outbox, Slips, Ties, Heir, Copying):
    """The device's memory; of one thread, in each process that has it open."""

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open or create the store and bring its schema up to date.

        Raises:
            StoreFull: no space to create or recover it.
            StoreDamaged: it cannot be trusted; the file stays as it is.
            StoreTooNew: only a later release can read it; the file stays as it is.
        """
        database = Database(path)
        try:
            _migrate(database)
            database.note_birth()
        except BaseException:
            database.close()
            raise
        return cls(database)

    def submit(
        self, case_id: UUID, captured: Instant, compose: Callable[[int], Submission]
    ) -> Kept:
        """Keep a case with its attachments, its outbox entry and its slip job, or nothing.

        `compose` gets the next number of this device's counter; it is not called, and no
        number is used, when this `case_id` was kept before.

        Raises:
            NewCodeNeeded: the device code in the composed reference is spent.
            StoreFull: the disk takes no more; the number was not used either.
            StoreDamaged: the store cannot be trusted.
        """
        with self._database.writing() as connection:
            for (reference,) in connection.execute(sql.FIND_CASE, (str(case_id),)).fetchall():
                return Kept(reference=reference, is_new=False)
            ((number,),) = connection.execute(sql.NEXT_NUMBER).fetchall()
            made = compose(number)
            _keep(connection, case_id, captured, made)
        return Kept(reference=made.reference, is_new=True)

    def keep_rating(
        self, rating_id: UUID, captured: Instant, record: bytes, paper: Paper | None = None
    ) -> bool:
        """Keep a rating, or what followed one, for sending; False when it had been before.

        A `paper` that comes with it is kept to be printed in the same transaction, under
        the same id; what had been kept before prints nothing again.
        """
        row = (str(rating_id), digest_of(record), text_of(captured.wall), "", record)
        with self._database.writing() as connection:
            is_new = connection.execute(sql.KEEP_OUTBOX_ENTRY, row).rowcount > 0
            if paper and is_new:
                insert_paper(connection, rating_id, paper, captured)
        return is_new

    def look(self) -> None:
        """Find out, cheaply, whether a submission has a chance; after a fault by writing.

        Raises:
            StoreFull: hardly anything is free.
            StoreReadOnly: the file system takes no writing.
            StoreDamaged: the store cannot be trusted, or is not there any more.
        """
        self._database.look()

    def damages(self) -> list[str]:
        """What SQLite's quick check finds wrong; empty when nothing. Takes a while."""
        with self._database.reading() as connection:
            found = [row[0] for row in connection.execute(sql.QUICK_CHECK).fetchall()]
        return [] if found == ["ok"] else found

    def compact(self) -> int:
        """Let go of room in the file that holds nothing, if it is worth it; bytes let go of.

        It is after a long time without central, whose records and pictures are settled now.
        A store that holds more than `LARGEST_COMPACTED` stays as it is: SQLite would build it
        anew in memory, and everybody would wait.

        Raises:
            StoreFull, StoreDamaged: as for any write; the store is as it was.
        """
        held, spare = self._database.spare()
        if spare < max(LEAST_SPARE, held // 3) or held > LARGEST_COMPACTED:
            return 0
        self._database.compact()
        return spare

    def close(self) -> None:
        """Close the store. Safe to call twice."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _keep(
    connection: sqlite3.Connection, case_id: UUID, captured: Instant, made: Submission
) -> None:
    """The rows of one submission; the transaction around them is the caller's."""
    device_code = made.reference.partition("-")[0]
    ((is_spent,),) = connection.execute(sql.IS_SPENT, (device_code,)).fetchall()
    if is_spent:
        raise NewCodeNeeded(f"{device_code} is spent: this box needs a new device code")
    key, at, digest = str(case_id), text_of(captured.wall), digest_of(made.record)
    words = out_of_the_tree(made.slip)
    slip = (key, made.reference, at, captured.boot_id, captured.monotonic_s, words)
    connection.execute(sql.KEEP_CASE, (key, made.reference, at, digest))
    connection.execute(sql.KEEP_OUTBOX_ENTRY, (key, digest, at, device_code, made.record))
    connection.execute(sql.KEEP_SLIP_JOB, slip)
    for buffer in (words, made.slip):
        if isinstance(buffer, bytearray):
            wipe(buffer)
    for sealed in made.attachments:
        address = digest_of(sealed)
        row = (str(UUID(hex=address[:32])), address, at, device_code, sealed)
        connection.execute(sql.KEEP_ATTACHMENT, row)


def _migrate(database: Database) -> None:
    with database.reading() as connection:
        if _is_up_to_date(connection):
            return
    from sync.migrations import migrate  # slow to load, needed once in a store's life

    with database.writing() as connection:
        migrate(connection)


def _is_up_to_date(connection: sqlite3.Connection) -> bool:
    ((reading,),) = connection.execute(sql.READING).fetchall()
    if reading > STORE_READING:
        raise StoreTooNew(f"the store asks for reading {reading}, this is {STORE_READING}")
    ((has_table,),) = connection.execute(sql.HAS_MIGRATIONS).fetchall()
    if not has_table:
        return False
    ((found,),) = connection.execute(sql.HAS_MIGRATION, (NEWEST_MIGRATION,)).fetchall()
    return bool(found)
