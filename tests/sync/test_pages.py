import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from sync.pages import Pages, Row

LENGTHS = (0, 1, 100, 4050, 4061, 4062, 4100, 9000, 300_000)


def rows_of(path: Path) -> list[Row]:
    with Pages(path) as pages:
        found = list(pages.rows())
        assert pages.unreadable == 0
    return found


def written(path: Path, page_size: int = 4096) -> list[Row]:
    """A table with values of every kind and length; its rows as SQLite gives them."""
    with sqlite3.connect(path) as connection:
        connection.execute(f"PRAGMA page_size = {page_size}")
        connection.execute("CREATE TABLE t (number INTEGER PRIMARY KEY, a, b, c, d)")
        for length in LENGTHS:
            row = (os.urandom(length), "ก" * (length % 50), length * -(10**9), length / 7)
            connection.execute("INSERT INTO t (a, b, c, d) VALUES (?, ?, ?, ?)", row)
        for number in (0, 1, -1, 127, 2**15, -(2**23), 2**31, 2**47, 2**62):
            connection.execute("INSERT INTO t (a, b, c, d) VALUES (NULL, ?, ?, 1)", ("", number))
        rows = connection.execute("SELECT * FROM t ORDER BY number").fetchall()
    connection.close()
    return [(row[0], (None, *row[1:])) for row in rows]


@pytest.mark.parametrize("page_size", [512, 4096, 65536])
def test_leaves_tell_the_rows_that_sqlite_tells(tmp_path: Path, page_size: int) -> None:
    rows = written(tmp_path / "some.db", page_size)
    found = rows_of(tmp_path / "some.db")
    assert {rowid: values for rowid, values in found if len(values) == 5 and values[0] is None} == (
        dict(rows)
    )


def leave_a_log(path: Path) -> None:
    """Rows that stand in the log only, as a killed process leaves them."""
    code = f"""
import os, sqlite3
connection = sqlite3.connect({str(path)!r}, isolation_level=None)
connection.execute("PRAGMA journal_mode = WAL")
connection.execute("CREATE TABLE t (a)")
connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
for number in range(40):
    connection.execute("INSERT INTO t VALUES (?)", (f"row {{number}} " + "x" * 900,))
connection.execute("UPDATE t SET a = 'changed' WHERE a LIKE 'row 0 %'")
connection.execute("BEGIN")
connection.execute("PRAGMA cache_size = 1")
for number in range(40):
    connection.execute("INSERT INTO t VALUES (?)", ("never committed " + "y" * 900,))
os.kill(os.getpid(), 9)
"""
    subprocess.run([sys.executable, "-c", code], check=False)
    assert path.with_name(f"{path.name}-wal").stat().st_size > 100_000


def texts(path: Path) -> list[str]:
    with Pages(path) as pages:
        return [str(row[0]).strip("x ") for _, row in pages.rows() if len(row) == 1]


def test_what_the_log_committed_counts_and_nothing_else(tmp_path: Path) -> None:
    leave_a_log(tmp_path / "some.db")
    assert sorted(texts(tmp_path / "some.db")) == sorted(
        ["changed", *(f"row {number}" for number in range(1, 40))]
    )


def test_without_its_first_page_a_file_still_tells_its_rows(tmp_path: Path) -> None:
    rows = written(tmp_path / "some.db")
    content = bytearray((tmp_path / "some.db").read_bytes())
    content[:4096] = b"\xa5" * 4096
    (tmp_path / "some.db").write_bytes(content)
    with Pages(tmp_path / "some.db") as pages:
        assert dict(rows).items() <= dict(pages.rows()).items()


def test_no_trampled_byte_stops_the_reading(tmp_path: Path) -> None:
    """Every page in turn is overwritten by chance bytes that look like a leaf's."""
    written(tmp_path / "some.db")
    whole = (tmp_path / "some.db").read_bytes()
    for start in range(0, min(len(whole), 60 * 4096), 4096):
        content = bytearray(whole)
        content[start : start + 4096] = b"\x0d" + os.urandom(4095)
        (tmp_path / "some.db").write_bytes(content)
        with Pages(tmp_path / "some.db") as pages:
            assert list(pages.rows()) is not None


def test_a_log_with_a_trampled_frame_loses_that_page_only(tmp_path: Path) -> None:
    leave_a_log(tmp_path / "some.db")
    log = tmp_path / "some.db-wal"
    content = bytearray(log.read_bytes())
    content[32 + 3 * 4120 + 2000] ^= 0xFF
    log.write_bytes(content)
    assert "row 39" in texts(tmp_path / "some.db")


def test_a_missing_file_has_no_rows(tmp_path: Path) -> None:
    assert rows_of(tmp_path / "none.db") == []
