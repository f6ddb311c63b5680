"""The store as heir: what was saved of a damaged one is taken in, and a new code begins."""

from collections.abc import Iterable
from itertools import islice

from sync import statements as sql
from sync.store.part import Part
from sync.store.rows import Statement

TAKEN_AT_ONCE = 1000
"""Rows in one transaction."""


class Heir(Part):
    """A store whose device code is spent, and what follows after it."""

    def take_in(self, rows: Iterable[Statement], highest: int) -> None:
        """Keep rows of another store; `highest` is the last number that was used there."""
        remaining = iter(rows)
        while batch := list(islice(remaining, TAKEN_AT_ONCE)):
            with self._database.writing() as connection:
                for statement, values in batch:
                    connection.execute(statement, values)
        with self._database.writing() as connection:
            connection.execute(sql.SET_COUNTER, (highest,))

    def begin_code(self, former: str) -> None:
        """Count from 1 again; what waits without a code is the former identity's to send.

        Safe to take again, as long as the former code is spent and no other is in use.
        """
        with self._database.writing() as connection:
            connection.execute(sql.ADOPT_ENTRIES, (former,))
            connection.execute(sql.SET_COUNTER, (0,))
