"""What durability costs us beyond what SQLite itself asks for."""

import os
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from functools import partial
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

FEW, MANY = 1_000, 1_000_000
"""Kept cases."""
_NUMBERS = (
    "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < :kept)"
    " INSERT INTO {table} SELECT {values} FROM numbers"
)
_KEY = "printf('019a0000-%04x-7%03x-8000-%012x', n >> 12, n & 4095, n)"
_REFERENCE = "printf('A1-%04d-Y', n)"
_AT = "'2026-11-23T00:00:00.000000+00:00'"
_DIGEST = "lower(hex(randomblob(32)))"
KEPT_BEFORE = (
    _NUMBERS.format(
        table="cases (case_id, reference, kept_at, digest)",
        values=f"{_KEY}, {_REFERENCE}, {_AT}, {_DIGEST}",
    ),
    _NUMBERS.format(
        table="outbox (record_id, digest, kept_at, device_code, record, state, settled_at)",
        values=f"{_KEY}, {_DIGEST}, {_AT}, 'A1', x'7b7d', 'acknowledged', {_AT}",
    ),
    _NUMBERS.format(
        table="slip_jobs (case_id, reference, kept_at, boot_id, slip, state)",
        values=f"{_KEY}, {_REFERENCE}, {_AT}, :boot_id, x'', 'printed'",
    ),
    "UPDATE counters SET value = :kept WHERE name = 'case'",
)

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


def submit_growth() -> Iterator[Row]:
    """How much dearer a submission gets from 1,000 to 1,000,000 kept cases, beside SQLite's own."""
    with tempfile.TemporaryDirectory(dir="var") as folder, ExitStack() as stack:
        pairs = []
        for kept in (FEW, MANY):
            path = Path(folder, f"ours-{kept}.db")
            Store.open(path).close()
            _keep_before(path, kept)
            copy = Path(folder, f"bare-{kept}.db")
            shutil.copy(path, copy)
            store = stack.enter_context(Store.open(path))
            bare = stack.enter_context(closing(_opened(copy)))
            pairs.append((partial(_submit, store), partial(_insert, bare)))
        (ours_few, bare_few), (ours_many, bare_many) = pairs
        ours, theirs = [], []
        for _ in range(RUNS):
            ours.append(_ms_per_submission(ours_many) / _ms_per_submission(ours_few))
            theirs.append(_ms_per_submission(bare_many) / _ms_per_submission(bare_few))
    yield row("submit_growth", "times", ours, "bare sqlite3's growth, same rows", theirs)


def _keep_before(path: Path, kept: int) -> None:
    """Cases that were submitted, sent and printed; their records are as short as can be.

    All keys are there, in all indexes: what a submission has to find its way through.
    """
    with closing(sqlite3.connect(path, isolation_level=None)) as store:
        store.execute("PRAGMA synchronous = OFF")
        store.execute("BEGIN")
        for statement in KEPT_BEFORE:
            store.execute(statement, {"kept": kept, "boot_id": BOOT_ID})
        store.execute("COMMIT")
        store.execute("PRAGMA wal_checkpoint(TRUNCATE)")


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
    bare = _opened(path)
    with sqlite3.connect(like) as ours:
        tables = ours.execute(
            "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'"
        )
        for (sql,) in tables.fetchall():
            bare.execute(sql)
    bare.execute("INSERT OR REPLACE INTO counters (name, value) VALUES ('case', 0)")
    return bare


def _opened(path: Path) -> sqlite3.Connection:
    bare = sqlite3.connect(path, isolation_level=None)
    for pragma in PRAGMAS:
        bare.execute(f"PRAGMA {pragma}")
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
