"""A technician's question to the store: one SELECT, on a copy, with everything sealed left out.

What is sealed, and the words of slips, are zeros in the copy, so no function of SQL's
brings them back; only how long they are is told.
"""

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing

import msgspec

from sync.errors import StatementRefused
from sync.store import Store
from sync.store.rows import Value

SQLITE_VERSION = sqlite3.sqlite_version

LONGEST_S = 30.0
"""A question that takes longer holds up the box it asks about."""
_EVERY = 10_000
"""SQLite's own steps between two looks at the clock."""
_READING = {
    sqlite3.SQLITE_SELECT,
    sqlite3.SQLITE_READ,
    sqlite3.SQLITE_FUNCTION,
    sqlite3.SQLITE_RECURSIVE,
}
_SHOWN_PRAGMAS = {"table_info", "table_xinfo", "table_list", "index_list", "index_info"}

_TABLES = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"


class Found(msgspec.Struct, frozen=True):
    """The names of the columns, and the rows; a sealed value is told by its length."""

    columns: list[str]
    rows: list[list[Value]]


def ask(store: Store, question: str, longest_s: float = LONGEST_S) -> Found:
    """Answer one SELECT.

    Raises:
        StatementRefused: it would write, is more than one, no SQL, or took too long.
    """
    with closing(store.copy()) as copy:
        _leave_out_sealed(copy)
        copy.set_authorizer(_only_reading)
        copy.set_progress_handler(_alarm(longest_s), _EVERY)
        try:
            cursor = copy.execute(question)
            rows = [[_told(value) for value in row] for row in cursor]
        except (sqlite3.Error, sqlite3.Warning) as error:
            raise StatementRefused(_why(error)) from error
        return Found([column[0] for column in cursor.description or ()], rows)


def _leave_out_sealed(copy: sqlite3.Connection) -> None:
    for (table,) in copy.execute(_TABLES).fetchall():
        for _, column, kind, *_ in copy.execute(f'PRAGMA table_info("{table}")').fetchall():
            if kind.upper() == "BLOB":
                copy.execute(f'UPDATE "{table}" SET "{column}" = zeroblob(length("{column}"))')  # noqa: S608 our own names


def _only_reading(action: int, first: str | None, *_: str | None) -> int:
    is_shown = action == sqlite3.SQLITE_PRAGMA and first in _SHOWN_PRAGMAS
    return sqlite3.SQLITE_OK if action in _READING or is_shown else sqlite3.SQLITE_DENY


def _alarm(longest_s: float) -> Callable[[], int]:
    ends_s = time.monotonic() + longest_s
    return lambda: int(time.monotonic() > ends_s)


def _told(value: Value) -> Value:
    return f"sealed, {len(value)} bytes" if isinstance(value, bytes) else value


def _why(error: Exception) -> str:
    words = str(error)
    if "not authorized" in words:
        return "only reading is possible here; nothing was changed"
    if "interrupted" in words:
        return "it took too long; ask for less, as with LIMIT"
    return words
