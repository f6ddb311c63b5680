"""A transaction that another one came in between of: done again, from its first statement.

Batches of one device wait for each other; two devices that send the same record ids at
the same moment meet at the table instead (PostgreSQL; SQLite has one writer at a time).
The loser of that meeting sees on its second try what the winner has committed.
"""

import logging
from collections.abc import Callable
from typing import TypeVar

from django.db import DatabaseError, transaction

TRIES = 5

_CAME_BETWEEN = frozenset({"23505", "40P01", "40001"})
"""unique_violation, deadlock_detected, serialization_failure (PostgreSQL, appendix A)."""

T = TypeVar("T")
log = logging.getLogger(__name__)


def in_transaction(work: Callable[[], T]) -> T:
    """What `work` returns, committed; it may be called up to TRIES times.

    Raises:
        DatabaseError: anything else went wrong, or the same thing TRIES times.
    """
    for _ in range(TRIES - 1):
        try:
            with transaction.atomic():
                return work()
        except DatabaseError as error:
            state = getattr(error.__cause__, "sqlstate", "")
            if state not in _CAME_BETWEEN:
                raise
            log.info("transaction done again: %s", state)
    with transaction.atomic():
        return work()
