"""What tests of the agent share."""

import time
from collections.abc import Callable
from datetime import UTC, datetime

import uuid6

from sync.case import Instant
from sync.store import Store
from sync.wire import digest_of
from tests.sync.samples import INSTANT, rating_record


def read_clock() -> Instant:
    return Instant(
        wall=datetime.now(UTC), boot_id="boot-1", monotonic_s=time.monotonic(), trusted=True
    )


def keep_ratings(store: Store, count: int) -> list[str]:
    """Digests of fresh ratings, the oldest first."""
    records = [rating_record(uuid6.uuid7()) for _ in range(count)]
    for record in records:
        store.keep_rating(uuid6.uuid7(), INSTANT, record)
    return [digest_of(record) for record in records]


def until(holds: Callable[[], bool], within_s: float = 5) -> bool:
    end = time.monotonic() + within_s
    while not holds():
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True
