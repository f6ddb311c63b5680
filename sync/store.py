"""What the device keeps: cases, the outbox, slip jobs. The only SQL on the device.

Kept means on the disk: every method that writes returns after its transaction is
durable (WAL, synchronous=FULL), and three processes may hold the file open.
"""

import sqlite3
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Self
from uuid import UUID

import msgspec

from sync import statements as sql
from sync.database import Database
from sync.wire import digest_of

STORE_FILE = "store.db"
"""The store's name in the state directory."""

NEWEST_MIGRATION = "m002_nothing_lost"
"""The last step in `sync.migrations`, named here because loading that is slow."""


class OutboxState(StrEnum):
    """Where a record is: to be sent, refused and kept for a person, or in central's hands."""

    WAITING = "waiting"
    PARKED = "parked"
    ACKNOWLEDGED = "acknowledged"


class SlipState(StrEnum):
    """How far a slip is; only the last two have lost their words."""

    WAITING = "waiting"
    PRINTING = "printing"
    UNKNOWN = "unknown"
    PRINTED = "printed"
    EXPIRED = "expired"


class Submission(msgspec.Struct, frozen=True, kw_only=True):
    """A case ready to be kept: the encoded record, its reference, the words of its slip."""

    record: bytes
    reference: str
    slip: bytes


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """What a submission became; not `is_new` when it had been kept before."""

    reference: str
    is_new: bool


class OutboxEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A record on its way.

    `reason` is the code it was parked with, if it was; `settled_at` is when it was
    acknowledged or parked.
    """

    record_id: UUID
    digest: str
    record: bytes
    attempts: int
    state: OutboxState
    reason: str
    kept_at: datetime
    settled_at: datetime | None = None


class OutboxCounts(msgspec.Struct, frozen=True, kw_only=True):
    """How many records are where, and since when the oldest waits."""

    waiting: int
    parked: int
    acknowledged: int
    oldest_waiting_at: datetime | None


class SlipJob(msgspec.Struct, frozen=True, kw_only=True):
    """A slip to print; `slip` is empty once printed or expired."""

    case_id: UUID
    reference: str
    slip: bytes
    state: SlipState
    kept_at: datetime
    reason: str = ""


class LinkState(msgspec.Struct, frozen=True, kw_only=True):
    """How it stands with central: None means never, or for `failing_since`, it is well."""

    enrolled_at: datetime | None = None
    reached_at: datetime | None = None
    failing_since: datetime | None = None
    reason: str = ""


class Store:
    """The device's memory; of one thread, in each process that has it open."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open or create the store and bring its schema up to date.

        Raises:
            StoreFull: no space to create or recover it.
            StoreDamaged: it cannot be trusted; the file stays as it is.
        """
        database = Database(path)
        try:
            _migrate(database)
        except BaseException:
            database.close()
            raise
        return cls(database)

    def submit(
        self, case_id: UUID, kept_at: datetime, compose: Callable[[int], Submission]
    ) -> Kept:
        """Keep a case, its outbox entry and its slip job, or none of them.

        `compose` gets the next number of this device's counter; it is not called, and no
        number is used, when this `case_id` was kept before.

        Raises:
            StoreFull: the disk takes no more; the number was not used either.
            StoreDamaged: the store cannot be trusted.
        """
        key, at = str(case_id), _text(kept_at)
        with self._database.writing() as connection:
            for (reference,) in connection.execute(sql.FIND_CASE, (key,)).fetchall():
                return Kept(reference=reference, is_new=False)
            ((number,),) = connection.execute(sql.NEXT_NUMBER).fetchall()
            made = compose(number)
            connection.execute(sql.KEEP_CASE, (key, made.reference, at))
            connection.execute(
                sql.KEEP_OUTBOX_ENTRY, (key, digest_of(made.record), at, made.record)
            )
            connection.execute(sql.KEEP_SLIP_JOB, (key, made.reference, at, made.slip))
        return Kept(reference=made.reference, is_new=True)

    def keep_rating(self, rating_id: UUID, kept_at: datetime, record: bytes) -> bool:
        """Keep a rating for sending; False when it had been kept before."""
        row = (str(rating_id), digest_of(record), _text(kept_at), record)
        with self._database.writing() as connection:
            return connection.execute(sql.KEEP_OUTBOX_ENTRY, row).rowcount > 0

    def waiting(self, limit: int) -> list[OutboxEntry]:
        """Records to send, the oldest first."""
        with self._database.reading() as connection:
            return [_entry(row) for row in connection.execute(sql.WAITING, (limit,)).fetchall()]

    def acknowledge(self, digests: Sequence[str], acknowledgement: bytes, at: datetime) -> None:
        """Keep central's signed word, once, and which records it is about."""
        with self._database.writing() as connection:
            number = connection.execute(
                sql.KEEP_ACKNOWLEDGEMENT, (acknowledgement, _text(at))
            ).lastrowid
            rows = [(_text(at), number, digest) for digest in digests]
            connection.executemany(sql.ACKNOWLEDGE, rows)

    def park(self, digest: str, reason: str, at: datetime) -> None:
        """Stop sending a refused record; it is kept, and a person decides."""
        with self._database.writing() as connection:
            connection.execute(sql.PARK, (reason, _text(at), digest))

    def postpone(self, digests: Sequence[str]) -> None:
        """Count a sending that came to nothing; the records go on waiting."""
        with self._database.writing() as connection:
            connection.executemany(sql.POSTPONE, [(digest,) for digest in digests])

    def outbox_entries(self, limit: int) -> list[OutboxEntry]:
        """Up to `limit` entries for a technician: parked, waiting, then sent; newest first."""
        rows: list[tuple[object, ...]] = []
        with self._database.reading() as connection:
            for state in (OutboxState.PARKED, OutboxState.WAITING, OutboxState.ACKNOWLEDGED):
                wanted = (state, limit - len(rows))
                rows += connection.execute(sql.NEWEST_IN_STATE, wanted).fetchall()
        return [_entry(row) for row in rows]

    def outbox_counts(self) -> OutboxCounts:
        """How many records are where."""
        with self._database.reading() as connection:
            counts = dict(connection.execute(sql.OUTBOX_COUNTS).fetchall())
            oldest = connection.execute(sql.OLDEST_WAITING).fetchall()
        return OutboxCounts(
            waiting=counts.get(OutboxState.WAITING, 0),
            parked=counts.get(OutboxState.PARKED, 0),
            acknowledged=counts.get(OutboxState.ACKNOWLEDGED, 0),
            oldest_waiting_at=_instant(oldest[0][0]) if oldest else None,
        )

    def claim_slip(self, now: datetime) -> SlipJob | None:
        """Take the oldest waiting slip; durably `printing` before its first byte goes out."""
        with self._database.writing() as connection:
            rows = connection.execute(sql.CLAIM_SLIP, (_text(now),)).fetchall()
        return _slip_job(rows[0]) if rows else None

    def slip_printed(self, case_id: UUID, at: datetime) -> None:
        """The slip is in somebody's hand: wipe its words."""
        self._wipe(sql.SLIP_PRINTED, (_text(at), str(case_id)))

    def slip_not_started(self, case_id: UUID, reason: str) -> None:
        """Not a dot was printed, so the slip may wait for another try."""
        with self._database.writing() as connection:
            connection.execute(sql.SLIP_NOT_STARTED, (reason, str(case_id)))

    def slip_unknown(self, case_id: UUID, reason: str) -> None:
        """Nobody can tell how much was printed; a person is asked."""
        with self._database.writing() as connection:
            connection.execute(sql.SLIP_UNKNOWN, (reason, str(case_id)))

    def expire_slips(self, kept_before: datetime) -> int:
        """Wipe unprinted slips kept before an instant; says how many there were."""
        return self._wipe(sql.EXPIRE_SLIPS, (_text(kept_before),))

    def recover_slips(self) -> int:
        """At start: wipe slips that were being printed; whoever waited for them is gone."""
        return self._wipe(sql.RECOVER_SLIPS, ())

    def slip_state(self, case_id: UUID) -> tuple[SlipState, str]:
        """State and reason of a case's slip. Raises KeyError: no such case."""
        with self._database.reading() as connection:
            rows = connection.execute(sql.SLIP_STATE, (str(case_id),)).fetchall()
        if not rows:
            raise KeyError(case_id)
        return SlipState(rows[0][0]), rows[0][1]

    def slip_jobs(self, limit: int) -> list[SlipJob]:
        """Up to `limit` slips, the newest first."""
        with self._database.reading() as connection:
            return [
                _slip_job(row) for row in connection.execute(sql.NEWEST_SLIPS, (limit,)).fetchall()
            ]

    def slip_counts(self) -> dict[str, int]:
        """How many slips are in each state that has any."""
        with self._database.reading() as connection:
            return dict(connection.execute(sql.SLIP_COUNTS).fetchall())

    def note_enrolled(self, device_code: str, at: datetime) -> None:
        """Central has this device's key."""
        with self._database.writing() as connection:
            connection.execute(sql.NOTE_ENROLLED, (device_code, _text(at)))

    def note_reached(self, device_code: str, at: datetime) -> None:
        """Central answered this device usefully."""
        with self._database.writing() as connection:
            connection.execute(sql.NOTE_REACHED, (device_code, _text(at)))

    def note_failing(self, device_code: str, reason: str, at: datetime) -> None:
        """Central does not, for a reason; since the first such note after a success."""
        with self._database.writing() as connection:
            connection.execute(sql.NOTE_FAILING, (device_code, _text(at), reason))

    def link_state(self, device_code: str) -> LinkState:
        """How it stands with central; all empty before the first attempt."""
        with self._database.reading() as connection:
            rows = connection.execute(sql.LINK_STATE, (device_code,)).fetchall()
        if not rows:
            return LinkState()
        enrolled, reached, failing, reason = rows[0]
        return LinkState(
            enrolled_at=_maybe(enrolled),
            reached_at=_maybe(reached),
            failing_since=_maybe(failing),
            reason=reason,
        )

    def damages(self) -> list[str]:
        """What SQLite's quick check finds wrong; empty when nothing. Takes a while."""
        with self._database.reading() as connection:
            found = [row[0] for row in connection.execute(sql.QUICK_CHECK).fetchall()]
        return [] if found == ["ok"] else found

    def close(self) -> None:
        """Close the store. Safe to call twice."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _wipe(self, statement: str, values: tuple[str, ...]) -> int:
        """Overwrite words that hold a tracking key, in the table and in the log."""
        with self._database.writing() as connection:
            count = connection.execute(statement, values).rowcount
            if count:
                self._database.wipe()
        return count


def _migrate(database: Database) -> None:
    with database.reading() as connection:
        if _is_up_to_date(connection):
            return
    from sync.migrations import migrate  # slow to load, needed once in a store's life

    with database.writing() as connection:
        migrate(connection)


def _is_up_to_date(connection: sqlite3.Connection) -> bool:
    ((has_table,),) = connection.execute(sql.HAS_MIGRATIONS).fetchall()
    if not has_table:
        return False
    ((found,),) = connection.execute(sql.HAS_MIGRATION, (NEWEST_MIGRATION,)).fetchall()
    return bool(found)


def _text(at: datetime) -> str:
    """UTC, always with microseconds, so that texts sort as instants do."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _maybe(text: str | None) -> datetime | None:
    return None if text is None else _instant(text)


def _entry(row: Sequence[object]) -> OutboxEntry:
    return msgspec.convert(
        dict(zip(OutboxEntry.__struct_fields__, row, strict=True)), OutboxEntry, strict=False
    )


def _slip_job(row: Sequence[object]) -> SlipJob:
    return msgspec.convert(
        dict(zip(SlipJob.__struct_fields__, row, strict=True)), SlipJob, strict=False
    )
