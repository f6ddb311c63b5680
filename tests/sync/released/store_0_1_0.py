"""The store of release 0.1.0, frozen: its schema and its statements, to the letter.

Nothing of today's code is used, so that today's code can be held against it. Never
changed; each release gets a file of its own.
"""

import sqlite3
import uuid
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from pathlib import Path

SCHEMA = """
CREATE TABLE "_sqlite_migrations" (
   "id" INTEGER PRIMARY KEY,
   "migration_set" TEXT,
   "name" TEXT,
   "applied_at" TEXT
);
CREATE UNIQUE INDEX "idx__sqlite_migrations_migration_set_name"
    ON "_sqlite_migrations" ("migration_set", "name");
CREATE TABLE "counters" (
   "name" TEXT PRIMARY KEY,
   "value" INTEGER NOT NULL
);
CREATE TABLE "cases" (
   "case_id" TEXT PRIMARY KEY,
   "reference" TEXT NOT NULL,
   "kept_at" TEXT NOT NULL
);
CREATE UNIQUE INDEX "idx_cases_reference"
    ON "cases" ("reference");
CREATE TABLE "acknowledgements" (
   "number" INTEGER PRIMARY KEY,
   "envelope" BLOB NOT NULL,
   "kept_at" TEXT NOT NULL
);
CREATE TABLE "outbox" (
   "number" INTEGER PRIMARY KEY,
   "record_id" TEXT NOT NULL,
   "digest" TEXT NOT NULL,
   "kept_at" TEXT NOT NULL,
   "state" TEXT NOT NULL DEFAULT 'waiting',
   "reason" TEXT NOT NULL DEFAULT '',
   "attempts" INTEGER NOT NULL DEFAULT 0,
   "settled_at" TEXT,
   "acknowledgement" INTEGER REFERENCES "acknowledgements"("number"),
   "record" BLOB NOT NULL
);
CREATE UNIQUE INDEX "idx_outbox_record_id"
    ON "outbox" ("record_id");
CREATE INDEX "idx_outbox_state"
    ON "outbox" ("state");
CREATE INDEX outbox_open_digest ON outbox (digest) WHERE state <> 'acknowledged';
CREATE TABLE "slip_jobs" (
   "number" INTEGER PRIMARY KEY,
   "case_id" TEXT NOT NULL,
   "reference" TEXT NOT NULL,
   "kept_at" TEXT NOT NULL,
   "state" TEXT NOT NULL DEFAULT 'waiting',
   "reason" TEXT NOT NULL DEFAULT '',
   "claimed_at" TEXT,
   "printed_at" TEXT,
   "slip" BLOB NOT NULL
);
CREATE UNIQUE INDEX "idx_slip_jobs_case_id"
    ON "slip_jobs" ("case_id");
CREATE INDEX "idx_slip_jobs_state"
    ON "slip_jobs" ("state");
CREATE TABLE "link" (
   "device_code" TEXT PRIMARY KEY,
   "enrolled_at" TEXT,
   "reached_at" TEXT,
   "failing_since" TEXT,
   "reason" TEXT NOT NULL DEFAULT ''
);
INSERT INTO counters (name, value) VALUES ('case', 0);
INSERT INTO _sqlite_migrations (migration_set, name, applied_at)
    VALUES ('store', 'm001_first_light', '2026-11-20 02:05:00.000000+00:00');
"""

FIND_CASE = "SELECT reference FROM cases WHERE case_id = ?"
NEXT_NUMBER = "UPDATE counters SET value = value + 1 WHERE name = 'case' RETURNING value"
KEEP_CASE = "INSERT INTO cases (case_id, reference, kept_at) VALUES (?, ?, ?)"
KEEP_OUTBOX_ENTRY = (
    "INSERT INTO outbox (record_id, digest, kept_at, record) VALUES (?, ?, ?, ?) "
    "ON CONFLICT (record_id) DO NOTHING"
)
KEEP_SLIP_JOB = "INSERT INTO slip_jobs (case_id, reference, kept_at, slip) VALUES (?, ?, ?, ?)"

WAITING = (
    "SELECT record_id, digest, record, attempts, state, reason, kept_at, settled_at FROM outbox "
    "WHERE state = 'waiting' ORDER BY number LIMIT ?"
)
NEWEST_IN_STATE = (
    "SELECT record_id, digest, record, attempts, state, reason, kept_at, settled_at FROM outbox "
    "WHERE state = ? ORDER BY number DESC LIMIT ?"
)
KEEP_ACKNOWLEDGEMENT = "INSERT INTO acknowledgements (envelope, kept_at) VALUES (?, ?)"
ACKNOWLEDGE = (
    "UPDATE outbox SET state = 'acknowledged', reason = '', settled_at = ?, acknowledgement = ? "
    "WHERE digest = ? AND state <> 'acknowledged'"
)
PARK = (
    "UPDATE outbox SET state = 'parked', reason = ?, settled_at = ? "
    "WHERE digest = ? AND state <> 'acknowledged'"
)
POSTPONE = "UPDATE outbox SET attempts = attempts + 1 WHERE digest = ? AND state <> 'acknowledged'"
OUTBOX_COUNTS = "SELECT state, count(*) FROM outbox GROUP BY state"
OLDEST_WAITING = "SELECT kept_at FROM outbox WHERE state = 'waiting' ORDER BY number LIMIT 1"

CLAIM_SLIP = (
    "UPDATE slip_jobs SET state = 'printing', reason = '', claimed_at = ? WHERE number = "
    "(SELECT number FROM slip_jobs WHERE state = 'waiting' ORDER BY number LIMIT 1) "
    "RETURNING case_id, reference, slip, state, kept_at, reason"
)
SLIP_PRINTED = (
    "UPDATE slip_jobs SET state = 'printed', reason = '', printed_at = ?, slip = x'' "
    "WHERE case_id = ? AND state <> 'printed'"
)
SLIP_NOT_STARTED = (
    "UPDATE slip_jobs SET state = 'waiting', reason = ? WHERE case_id = ? AND state = 'printing'"
)
SLIP_UNKNOWN = (
    "UPDATE slip_jobs SET state = 'unknown', reason = ? WHERE case_id = ? AND state = 'printing'"
)
EXPIRE_SLIPS = (
    "UPDATE slip_jobs SET state = 'expired', reason = 'too_late', slip = x'' "
    "WHERE state IN ('waiting', 'printing', 'unknown') AND kept_at < ?"
)
RECOVER_SLIPS = (
    "UPDATE slip_jobs SET state = 'expired', reason = 'found_at_start', slip = x'' "
    "WHERE state IN ('printing', 'unknown')"
)
SLIP_STATE = "SELECT state, reason FROM slip_jobs WHERE case_id = ?"
NEWEST_SLIPS = (
    "SELECT case_id, reference, slip, state, kept_at, reason FROM slip_jobs "
    "ORDER BY number DESC LIMIT ?"
)
SLIP_COUNTS = "SELECT state, count(*) FROM slip_jobs GROUP BY state"

NOTE_ENROLLED = (
    "INSERT INTO link (device_code, enrolled_at) VALUES (?, ?) "
    "ON CONFLICT (device_code) DO UPDATE SET enrolled_at = excluded.enrolled_at"
)
NOTE_REACHED = (
    "INSERT INTO link (device_code, reached_at) VALUES (?, ?) ON CONFLICT (device_code) "
    "DO UPDATE SET reached_at = excluded.reached_at, failing_since = NULL, reason = ''"
)
NOTE_FAILING = (
    "INSERT INTO link (device_code, failing_since, reason) VALUES (?, ?, ?) "
    "ON CONFLICT (device_code) DO UPDATE SET reason = excluded.reason, "
    "failing_since = coalesce(link.failing_since, excluded.failing_since)"
)
LINK_STATE = "SELECT enrolled_at, reached_at, failing_since, reason FROM link WHERE device_code = ?"


def create(path: Path) -> sqlite3.Connection:
    """An empty store as 0.1.0 made it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = connect(path)
    connection.executescript(SCHEMA)
    return connection


def connect(path: Path) -> sqlite3.Connection:
    """Open as 0.1.0 did; it looked for its own migration and for no later one."""
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "secure_delete = ON"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


def submit(
    connection: sqlite3.Connection,
    case_id: uuid.UUID,
    at: datetime,
    compose: Callable[[int], tuple[bytes, str, bytes]],
) -> str:
    """Keep record, reference and slip that `compose` makes of a number."""
    key, text = str(case_id), _text(at)
    connection.execute("BEGIN IMMEDIATE")
    for (reference,) in connection.execute(FIND_CASE, (key,)).fetchall():
        connection.execute("ROLLBACK")
        return str(reference)
    ((number,),) = connection.execute(NEXT_NUMBER).fetchall()
    record, reference, slip = compose(number)
    connection.execute(KEEP_CASE, (key, reference, text))
    connection.execute(KEEP_OUTBOX_ENTRY, (key, digest_of(record), text, record))
    connection.execute(KEEP_SLIP_JOB, (key, reference, text, slip))
    connection.execute("COMMIT")
    return reference


def keep_rating(
    connection: sqlite3.Connection, rating_id: uuid.UUID, at: datetime, record: bytes
) -> None:
    """Keep a rating."""
    row = (str(rating_id), digest_of(record), _text(at), record)
    connection.execute(KEEP_OUTBOX_ENTRY, row)


def acknowledge(connection: sqlite3.Connection, digests: list[str], at: datetime) -> None:
    """Keep central's word on these."""
    connection.execute("BEGIN IMMEDIATE")
    number = connection.execute(KEEP_ACKNOWLEDGEMENT, (b"old word", _text(at))).lastrowid
    connection.executemany(ACKNOWLEDGE, [(_text(at), number, digest) for digest in digests])
    connection.execute("COMMIT")


def digest_of(record: bytes) -> str:
    """The name of a record's bytes."""
    return sha256(record).hexdigest()


def _text(at: datetime) -> str:
    return at.isoformat(timespec="microseconds")
