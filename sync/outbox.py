"""What to do next with the outbox, decided without touching anything.

Back-off belongs to the link, not to a record: when central is away it is away for all of
them, and when it is back they all may go.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import Enum

from sync.errors import Refused, SyncError, Unreachable
from sync.store import OutboxEntry
from sync.wire import LARGEST_BODY, LONGEST_BATCH, Answer

FIRST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(hours=1)
MOST_DOUBLINGS = 10
"""5 s doubled ten times is past the hour; more would only overflow, days into an outage."""

ROOM_FOR_RECORDS = LARGEST_BODY - 4096
"""Bytes of records in one body; the rest is for the braces around them."""

BLAMES_THE_BATCH = frozenset({"batch_unreadable", "too_large"})
"""Codes that are about what was sent; all others are about who sent it, or when."""


class Step(Enum):
    """What a failed sending calls for."""

    WAIT = "wait"
    DIVIDE = "divide"
    PARK = "park"


def wait_after(attempts: int, jitter: float, asked_s: float = 0) -> timedelta:
    """How long to leave central alone after `attempts` failures in a row (from 1).

    Doubles from 5 s to an hour; `jitter` (0-1) spreads it by a fifth to either side, so
    that a town's kiosks do not all come back at once after a power cut. Where central asked
    for `asked_s` seconds it gets them, and up to a fifth more.
    """
    doublings = min(max(attempts, 1) - 1, MOST_DOUBLINGS)
    wait = min(FIRST_WAIT * (1 << doublings), LONGEST_WAIT)
    asked = min(timedelta(seconds=asked_s), LONGEST_WAIT)
    return max(wait * (0.8 + 0.4 * jitter), asked * (1 + 0.2 * jitter))


def due_after(attempts: int, now: datetime, jitter: float, asked_s: float = 0) -> datetime:
    """When to try again after `attempts` failures in a row."""
    return now + wait_after(attempts, jitter, asked_s)


def step_after(failure: SyncError, records: int) -> Step:
    """What to do when a batch of `records` came back as a whole.

    A batch that cannot be read holds, as a rule, one record that cannot: halves find it.
    Everything else (away, revoked, a clock far off) is nobody's record's fault.
    """
    if isinstance(failure, Unreachable) or not isinstance(failure, Refused):
        return Step.WAIT
    if failure.code not in BLAMES_THE_BATCH:
        return Step.WAIT
    return Step.DIVIDE if records > 1 else Step.PARK


def batch_of(entries: Sequence[OutboxEntry]) -> list[OutboxEntry]:
    """As many of the first entries as one request may carry; at least one, if any."""
    batch: list[OutboxEntry] = []
    room = ROOM_FOR_RECORDS
    for entry in entries[:LONGEST_BATCH]:
        room -= len(entry.record) + 1
        if room < 0 and batch:
            break
        batch.append(entry)
    return batch


def halves(entries: Sequence[OutboxEntry]) -> tuple[Sequence[OutboxEntry], Sequence[OutboxEntry]]:
    """The older and the younger half of two or more entries."""
    middle = len(entries) // 2
    return entries[:middle], entries[middle:]


def acknowledged(answers: Sequence[Answer]) -> list[str]:
    """The digests that central has taken."""
    return [answer.digest for answer in answers if answer.outcome == "acknowledged"]


def refused(answers: Sequence[Answer]) -> dict[str, str]:
    """The digests that central will not have, each with its code."""
    return {
        answer.digest: answer.code or "refused" for answer in answers if answer.outcome == "refused"
    }
