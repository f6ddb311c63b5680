"""Many rows into one table, in one statement.

What `bulk_create` does, without a model object and a chain of calls for every value:
of taking a batch of a hundred records that was more than half. SQLite gets one statement
with all the values, because sqlite3 lets go of the interpreter's lock at each step: a
thread that has the database must not queue for that lock a hundred times. PostgreSQL gets
an array for each column (`unnest`), so that a table's statement is prepared only once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from enum import Enum
from functools import cache
from itertools import chain
from operator import itemgetter
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection, models

Row = Mapping[str, Any]
"""Values by column (`device_id` for a foreign key); one left out gets its field's default."""

Adapt = Callable[[Any], Any]
Columns = list[Sequence[Any]]

MOST_VALUES = 30_000
"""In one statement of SQLite, which takes 32,766 (since 3.32)."""


class _Plan(msgspec.Struct, frozen=True):
    """How rows of one model are written; `adapters` by place, where the database needs one.

    `row` are the placeholders of one row, or the arrays of all of them.
    """

    beginning: str
    row: str
    ending: str
    columns: tuple[str, ...]
    pick: Callable[[Row], Sequence[Any]]
    defaults: dict[str, Any]
    adapters: tuple[tuple[int, Adapt], ...]


def insert(
    model: type[models.Model], rows: Sequence[Row], *, ignore_conflicts: bool = False
) -> int:
    """Insert `rows`; their values are checked already and of the fields' own types.

    Returns how many were written: conflicts that are ignored do not count.

    Raises:
        KeyError: a row lacks a column that has no default, or has one that the table lacks.
    """
    plan = _plan(model, " ON CONFLICT DO NOTHING" if ignore_conflicts else "")
    return sum(cursor.rowcount for cursor in _written(plan, rows))


def insert_new(model: type[models.Model], rows: Sequence[Row]) -> list[Row]:
    """Insert those of `rows` whose primary key is not taken, and return them.

    The caller holds the transaction: SQLite writes on while its answer is read. No key
    comes twice in `rows`. Where another transaction has just taken a key, this waits for
    its end; always in the keys' order, so that two of these never wait for each other.

    Raises:
        KeyError: as `insert`.
    """
    key = model._meta.pk
    name = key.get_attname()
    ending = f" ON CONFLICT DO NOTHING RETURNING {connection.ops.quote_name(name)}"
    adapt = _adapter(key) or _as_it_is
    by_key = {adapt(row[name]): row for row in sorted(rows, key=itemgetter(name))}
    cursors = _written(_plan(model, ending), list(by_key.values()))
    return [by_key[taken] for cursor in cursors for (taken,) in cursor.fetchall()]


def _written(plan: _Plan, rows: Sequence[Row]) -> Iterator[Any]:
    """A cursor for each statement that was run; none for no rows."""
    if rows:
        columns = _columns(plan, rows)
        yield from _by_columns(plan, columns) if _has_arrays() else _by_rows(plan, columns)


def _by_rows(plan: _Plan, columns: Columns) -> Iterator[Any]:
    at_once = MOST_VALUES // len(columns)
    values = list(zip(*columns, strict=True))
    with connection.cursor() as cursor:
        for part in (values[at : at + at_once] for at in range(0, len(values), at_once)):
            sql = f"{plan.beginning}VALUES {', '.join([plan.row] * len(part))}{plan.ending}"
            cursor.execute(sql, list(chain.from_iterable(part)))
            yield cursor


def _by_columns(plan: _Plan, columns: Columns) -> Iterator[Any]:
    """In psycopg's own cursor: Django's writes the values into the statement, as text."""
    import psycopg

    sql = f"{plan.beginning}SELECT * FROM unnest{plan.row}{plan.ending}"  # noqa: S608 our names
    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        yield cursor.execute(sql, [list(column) for column in columns])


def _columns(plan: _Plan, rows: Sequence[Row]) -> Columns:
    columns: Columns = list(zip(*[plan.pick(_whole(plan, row)) for row in rows], strict=True))
    for place, adapt in plan.adapters:
        columns[place] = _adapted(columns[place], adapt)
    return columns


def _whole(plan: _Plan, row: Row) -> Row:
    whole = row if len(row) == len(plan.columns) else {**plan.defaults, **row}
    if len(whole) != len(plan.columns):
        raise KeyError(str(whole.keys() ^ set(plan.columns)))
    return whole


def _adapted(column: Sequence[Any], adapt: Adapt) -> Sequence[Any]:
    """Adapted only once where all rows share one value, as their moment of receipt."""
    first = column[0]
    if all(value is first for value in column):
        return [adapt(first)] * len(column)
    return [adapt(value) for value in column]


@cache
def _plan(model: type[models.Model], ending: str) -> _Plan:
    fields = [field for field in model._meta.concrete_fields if not _is_numbered(field)]
    columns = tuple(field.get_attname() for field in fields)
    adapters = [(place, _adapter(field)) for place, field in enumerate(fields)]
    quote = connection.ops.quote_name
    names = ", ".join(quote(column) for column in columns)
    return _Plan(
        beginning=f"INSERT INTO {quote(model._meta.db_table)} ({names}) ",
        row=f"({', '.join(_placeholders(fields))})",
        ending=ending,
        columns=columns,
        pick=itemgetter(*columns),
        defaults={field.get_attname(): _default(field) for field in fields if field.has_default()},
        adapters=tuple((place, adapt) for place, adapt in adapters if adapt),
    )


def _has_arrays() -> bool:
    return connection.vendor == "postgresql"


def _placeholders(fields: Sequence[models.Field[Any, Any]]) -> Iterator[str]:
    """One a column. A cast to `varchar(64)` would cut what is too long; to `varchar` refuses."""
    for field in fields:
        kind = str(field.db_type(connection)).partition("(")[0]
        yield f"%b::{kind}[]" if _has_arrays() else "%s"


def _default(field: models.Field[Any, Any]) -> Any:
    value = field.get_default()
    return value.value if isinstance(value, Enum) else value


def _is_numbered(field: models.Field[Any, Any]) -> bool:
    """Whether the database numbers the rows itself."""
    return isinstance(field, models.AutoField)


def _adapter(field: models.Field[Any, Any]) -> Adapt | None:
    """SQLite has neither moments nor days nor UUIDs: written as Django reads them back."""
    if isinstance(field, models.ForeignKey):
        return _adapter(field.target_field)
    if isinstance(field, models.UUIDField) and not connection.features.has_native_uuid_field:
        return _hex
    if isinstance(field, models.DateTimeField):
        return _utc_text if connection.vendor == "sqlite" else None
    return connection.ops.adapt_datefield_value if isinstance(field, models.DateField) else None


def _as_it_is(value: Any) -> Any:
    return value


def _hex(value: UUID) -> str:
    return value.hex


def _utc_text(value: datetime | None) -> str | None:
    return value.astimezone(UTC).isoformat(" ")[: -len("+00:00")] if value else None
