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
Values = list[list[Any]]

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
    if not rows:
        return 0
    plan = _plan(model, ignore_conflicts)
    values = [_values(plan, row) for row in rows]
    return _by_columns(plan, values) if _has_arrays() else _by_rows(plan, values)


def _by_rows(plan: _Plan, values: Values) -> int:
    at_once = MOST_VALUES // len(plan.columns)
    written = 0
    with connection.cursor() as cursor:
        for part in (values[at : at + at_once] for at in range(0, len(values), at_once)):
            sql = f"{plan.beginning}VALUES {', '.join([plan.row] * len(part))}{plan.ending}"
            cursor.execute(sql, list(chain.from_iterable(part)))
            written += cursor.rowcount
    return written


def _by_columns(plan: _Plan, values: Values) -> int:
    """In psycopg's own cursor: Django's writes the values into the statement, as text."""
    import psycopg

    sql = f"{plan.beginning}SELECT * FROM unnest{plan.row}{plan.ending}"  # noqa: S608 our names
    arrays = [list(column) for column in zip(*values, strict=True)]
    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        return cursor.execute(sql, arrays).rowcount


def _values(plan: _Plan, row: Row) -> list[Any]:
    whole = {**plan.defaults, **row}
    if len(whole) != len(plan.columns):
        raise KeyError(str(whole.keys() ^ set(plan.columns)))
    values = list(itemgetter(*plan.columns)(whole))
    for place, adapt in plan.adapters:
        values[place] = adapt(values[place])
    return values


@cache
def _plan(model: type[models.Model], ignore_conflicts: bool) -> _Plan:
    fields = [field for field in model._meta.concrete_fields if not _is_numbered(field)]
    columns = tuple(field.get_attname() for field in fields)
    adapters = [(place, _adapter(field)) for place, field in enumerate(fields)]
    quote = connection.ops.quote_name
    names = ", ".join(quote(column) for column in columns)
    return _Plan(
        beginning=f"INSERT INTO {quote(model._meta.db_table)} ({names}) ",
        row=f"({', '.join(_placeholders(fields))})",
        ending=" ON CONFLICT DO NOTHING" if ignore_conflicts else "",
        columns=columns,
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


def _hex(value: UUID) -> str:
    return value.hex


def _utc_text(value: datetime | None) -> str | None:
    return str(value.astimezone(UTC).replace(tzinfo=None)) if value else None
