"""Rows of a technician's question: as a table in the terminal's columns, or as CSV."""

import csv
import io
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from kiosk.cli.verb import COLUMNS
from sync.asking import Found

if TYPE_CHECKING:
    from rich.table import Table

MOST_SHOWN = 200
"""Rows of a table; programs get all."""
_LEAST = 9
"""Columns of the terminal that a column of the answer needs to be read."""


def show_table(found: Found) -> None:
    """In 60 columns where no terminal is wider; many columns stand one below the other."""
    from rich.console import Console
    from rich.text import Text

    console = Console(width=None if sys.stdout.isatty() else COLUMNS, highlight=False)
    is_narrow = len(found.columns) * _LEAST > console.width
    with suppress(OSError):  # the line was lost
        for part in _blocks(found) if is_narrow else [_table(found)]:
            console.print(part)
        console.print(Text(_count(found)))


def _table(found: Found) -> "Table":
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE, pad_edge=False, header_style="bold", padding=(0, 1, 0, 0))
    for name in found.columns:
        table.add_column(Text(name), overflow="fold")
    for row in found.rows[:MOST_SHOWN]:
        table.add_row(*(Text(_words(value)) for value in row))
    return table


def _blocks(found: Found) -> "Iterator[Table]":
    """Each row on lines of its own: name and value."""
    from rich.table import Table
    from rich.text import Text

    for row in found.rows[:MOST_SHOWN]:
        block = Table.grid(padding=(0, 2, 0, 0))
        block.add_column(style="bold", max_width=20, overflow="fold")
        block.add_column(overflow="fold")
        for name, value in zip(found.columns, row, strict=True):
            block.add_row(Text(name), Text(_words(value)))
        block.add_row("")
        yield block


def _words(value: object) -> str:
    return "" if value is None else str(value)


def as_objects(found: Found) -> list[dict[str, object]]:
    """For JSON: a row is an object, by its columns' names."""
    return [dict(zip(found.columns, row, strict=True)) for row in found.rows]


def as_csv(found: Found) -> str:
    """Comma-separated (RFC 4180), the names first."""
    return _csv([found.columns, *found.rows])


def _csv(rows: Sequence[Sequence[object]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()


def _count(found: Found) -> str:
    rows = len(found.rows)
    left = f", the first {MOST_SHOWN} are shown; all: --csv" if rows > MOST_SHOWN else ""
    return f"{rows} row{'' if rows == 1 else 's'}{left}"
