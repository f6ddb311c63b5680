"""The peers: the very rows that central has just written, inserted by the bare driver.

The tables are central's own (columns, keys, indexes), without foreign keys; every hundred
records are committed durably. PostgreSQL is fed by two processes, as central's two
workers do it; SQLite has one writer at a time, so it gets one.
"""

import multiprocessing
import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg

from sync.wire import LONGEST_BATCH

WRITERS = 2
TABLES = {
    "intake_record": "record_id",
    "surveys_rating": "rating_id",
    "cases_case": "case_id",
}
PRAGMAS = ("journal_mode = WAL", "synchronous = FULL", "secure_delete = ON", "foreign_keys = OFF")

Batch = list[tuple[str, list[tuple[Any, ...]]]]
"""For each table its statement and the rows of a hundred records."""


def in_postgres(url: str, since: datetime) -> float:
    """Records a second of bare psycopg `unnest` inserts of what came after `since`."""
    with psycopg.connect(url) as connection:
        batches = [_arrays(connection, batch) for batch in _batches(connection, since, "%s")]
    fork = multiprocessing.get_context("fork")
    start, spent = fork.Barrier(WRITERS), fork.Array("d", WRITERS)
    writers = [
        fork.Process(target=_write, args=(url, batches[place::WRITERS], start, spent, place))
        for place in range(WRITERS)
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    return len(batches) * LONGEST_BATCH / max(spent)


def in_sqlite(central: Path, bare: Path, since: datetime) -> float:
    """Records a second of bare sqlite3 `executemany` of what came after `since`."""
    text = since.replace(tzinfo=None).isoformat(" ")
    with closing(sqlite3.connect(f"file:{central}?mode=ro", uri=True)) as source:
        batches = _batches(source, text, "?")
        schema = source.execute(
            "SELECT sql FROM sqlite_master WHERE tbl_name IN (?, ?, ?) AND sql IS NOT NULL",
            tuple(TABLES),
        ).fetchall()
    with closing(sqlite3.connect(bare, isolation_level=None)) as target:
        for pragma in PRAGMAS:
            target.execute(f"PRAGMA {pragma}")
        if not target.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            for (sql,) in schema:
                target.execute(sql)
        began = time.perf_counter()
        for batch in batches:
            target.execute("BEGIN IMMEDIATE")
            for table, rows in batch:
                places = ", ".join("?" * len(rows[0]))
                target.executemany(f"INSERT INTO {table} VALUES ({places})", rows)
            target.execute("COMMIT")
        return len(batches) * LONGEST_BATCH / (time.perf_counter() - began)


def _write(
    url: str, batches: Sequence[Batch], start: Any, spent: Sequence[float], place: int
) -> None:
    with psycopg.connect(url, prepare_threshold=0) as connection, connection.cursor() as cursor:
        start.wait()
        began = time.perf_counter()
        for batch in batches:
            for sql, columns in batch:
                cursor.execute(sql, columns)
            connection.commit()
        spent[place] = time.perf_counter() - began


def _batches(source: Any, since: datetime | str, place: str) -> list[Batch]:
    """The rows as they were written, a hundred records each, by the order of their ids."""
    found = {}
    for table, key in TABLES.items():
        cursor = source.execute(f"SELECT * FROM {table} WHERE received_at >= {place}", (since,))
        at = [column[0] for column in cursor.description].index(key)
        found[table] = {row[at]: row for row in cursor.fetchall()}
    ids = sorted(found["intake_record"])
    return [
        [
            (table, [rows[key] for key in ids[at : at + LONGEST_BATCH] if key in rows])
            for table, rows in found.items()
        ]
        for at in range(0, len(ids) - LONGEST_BATCH + 1, LONGEST_BATCH)
    ]


def _arrays(connection: psycopg.Connection[Any], batch: Batch) -> Batch:
    """The statement and its arrays, one a column, into tables beside central's."""
    return [
        (_unnest(connection, table), [list(column) for column in zip(*rows, strict=True)])
        for table, rows in batch
        if rows
    ]


_STATEMENTS: dict[str, str] = {}


def _unnest(connection: psycopg.Connection[Any], table: str) -> str:
    if table not in _STATEMENTS:
        connection.execute(f"CREATE TABLE IF NOT EXISTS bare_{table} (LIKE {table} INCLUDING ALL)")
        types = connection.execute(
            "SELECT format_type(atttypid, -1) FROM pg_attribute"
            " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum",
            (table,),
        ).fetchall()
        arrays = ", ".join(f"%b::{name}[]" for (name,) in types)
        _STATEMENTS[table] = f"INSERT INTO bare_{table} SELECT * FROM unnest({arrays})"
    return _STATEMENTS[table]
