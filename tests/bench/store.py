"""What durability costs us beyond what SQLite itself asks for."""

import os
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from uuid6 import uuid7

from sync.case import Instant
from sync.store import Store, Submission
from sync.wire import digest_of
from tests.bench.row import Row, row

RUNS = 9
SUBMISSIONS = 100
RECORD = os.urandom(2900)
SLIP = os.urandom(900)
BOOT_ID = "3f6a0c1e-9d2b-4c58-8a7e-5b1f00c2d3e4"

PRAGMAS = ("journal_mode = WAL", "synchronous = FULL", "secure_delete = ON", "foreign_keys = ON")


def submit_durable() -> Iterator[Row]:
    """One submission, bytes already sealed, against the same rows by bare sqlite3."""
    with tempfile.TemporaryDirectory(dir="var") as folder:
        ours, theirs = [], []
        store = Store.open(Path(folder, "ours.db"))
        bare = _bare(Path(folder, "bare.db"), Path(folder, "ours.db"))
        for _ in range(RUNS):
            ours.append(_ms_per_submission(lambda: _submit(store)))
            theirs.append(_ms_per_submission(lambda: _insert(bare)))
        store.close()
        bare.close()
    yield row("submit_durable", "ms", ours, "bare sqlite3, same rows and pragmas", theirs)


def _ms_per_submission(submit: Callable[[], None]) -> float:
    started = time.perf_counter()
    for _ in range(SUBMISSIONS):
        submit()
    return (time.perf_counter() - started) * 1000 / SUBMISSIONS


def _submit(store: Store) -> None:
    case_id = uuid7()
    store.submit(
        case_id,
        Instant(wall=datetime.now(UTC), boot_id=BOOT_ID, monotonic_s=time.monotonic()),
        lambda number: Submission(record=RECORD, reference=f"A1-{number:04}-X", slip=SLIP),
    )


def _bare(path: Path, like: Path) -> sqlite3.Connection:
    """An empty database with the store's own tables and the same pragmas."""
    bare = sqlite3.connect(path, isolation_level=None)
    for pragma in PRAGMAS:
        bare.execute(f"PRAGMA {pragma}")
    with sqlite3.connect(like) as ours:
        tables = ours.execute(
            "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'"
        )
        for (sql,) in tables.fetchall():
            bare.execute(sql)
    bare.execute("INSERT OR REPLACE INTO counters (name, value) VALUES ('case', 0)")
    return bare


def _insert(bare: sqlite3.Connection) -> None:
    key, at = str(uuid7()), datetime.now(UTC).isoformat(timespec="microseconds")
    bare.execute("BEGIN IMMEDIATE")
    ((number,),) = bare.execute(
        "UPDATE counters SET value = value + 1 WHERE name = 'case' RETURNING value"
    ).fetchall()
    reference, digest = f"A1-{number:04}-X", digest_of(RECORD)
    bare.execute(
        "INSERT INTO cases (case_id, reference, kept_at, digest) VALUES (?, ?, ?, ?)",
        (key, reference, at, digest),
    )
    bare.execute(
        "INSERT INTO outbox (record_id, digest, kept_at, device_code, record) "
        "VALUES (?, ?, ?, ?, ?)",
        (key, digest, at, "A1", RECORD),
    )
    bare.execute(
        "INSERT INTO slip_jobs (case_id, reference, kept_at, boot_id, kept_monotonic_s, slip) "
        "VALUES (?, ?, ?, ?, ?, ?)",
        (key, reference, at, BOOT_ID, time.monotonic(), SLIP),
    )
    bare.execute("COMMIT")
