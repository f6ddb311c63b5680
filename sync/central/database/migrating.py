"""One migration at a time, although several centrals may start beside one PostgreSQL."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

_LOCK = 0x7261_7066_616E_67
"""`rapfang`; PostgreSQL names its advisory locks by number."""


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Hold the database's own lock; the embedded one has a single central anyway."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])
