from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync import outbox
from sync.errors import Refused, StoreFull, SyncError, Unreachable
from sync.store import OutboxEntry, OutboxState
from sync.wire import LARGEST_RECORD, Answer
from tests.sync.samples import NOW

chances = st.floats(0, 1)


@given(st.integers(0, 10_000), chances)
def test_waiting_never_overflows_and_stays_between_four_seconds_and_72_minutes(
    attempts: int, jitter: float
) -> None:
    wait = outbox.due_after(attempts, NOW, jitter) - NOW
    assert timedelta(seconds=4) <= wait <= timedelta(minutes=72)


@given(st.integers(1, 60), chances)
def test_waiting_never_shrinks_while_central_stays_away(attempts: int, jitter: float) -> None:
    assert outbox.wait_after(attempts + 1, jitter) >= outbox.wait_after(attempts, jitter)


def test_waiting_doubles_from_five_seconds_to_an_hour() -> None:
    waits = [outbox.wait_after(attempts, 0.5).total_seconds() for attempts in range(1, 13)]
    assert waits == [5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600]


@pytest.mark.parametrize(
    ("failure", "records", "step"),
    [
        (Unreachable("away"), 1, outbox.Step.WAIT),
        (Refused("device_unknown"), 1, outbox.Step.WAIT),
        (Refused("clock_skew"), 100, outbox.Step.WAIT),
        (Refused("signature_refused"), 1, outbox.Step.WAIT),
        (StoreFull("full"), 1, outbox.Step.WAIT),
        (Refused("batch_unreadable"), 2, outbox.Step.DIVIDE),
        (Refused("too_large"), 100, outbox.Step.DIVIDE),
        (Refused("batch_unreadable"), 1, outbox.Step.PARK),
        (Refused("too_large"), 1, outbox.Step.PARK),
    ],
)
def test_what_a_failure_calls_for(failure: SyncError, records: int, step: outbox.Step) -> None:
    assert outbox.step_after(failure, records) is step


def entry(number: int, length: int) -> OutboxEntry:
    return OutboxEntry(
        record_id=UUID(int=number),
        digest=f"{number:064x}",
        record=b"x" * length,
        attempts=0,
        state=OutboxState.WAITING,
        reason="",
        kept_at=NOW,
    )


@given(st.lists(st.integers(2, LARGEST_RECORD), max_size=130))
def test_a_batch_is_the_oldest_records_that_fit(lengths: list[int]) -> None:
    entries = [entry(number, length) for number, length in enumerate(lengths)]
    batch = outbox.batch_of(entries)
    assert batch == entries[: len(batch)]
    assert len(batch) <= 100
    assert sum(len(one.record) for one in batch) <= outbox.ROOM_FOR_RECORDS
    assert bool(batch) == bool(entries)


def test_a_record_too_large_for_any_batch_still_goes_alone() -> None:
    giant = entry(0, outbox.ROOM_FOR_RECORDS * 2)
    assert outbox.batch_of([giant, entry(1, 2)]) == [giant]


@given(st.integers(2, 100))
def test_halves_lose_and_repeat_nothing(count: int) -> None:
    entries = [entry(number, 2) for number in range(count)]
    older, younger = outbox.halves(entries)
    assert [*older, *younger] == entries
    assert older
    assert younger


def test_answers_are_told_apart() -> None:
    answers = [
        Answer(digest="a" * 64, outcome="acknowledged"),
        Answer(digest="b" * 64, outcome="refused", code="seal_refused"),
        Answer(digest="c" * 64, outcome="refused"),
    ]
    assert outbox.acknowledged(answers) == ["a" * 64]
    assert outbox.refused(answers) == {"b" * 64: "seal_refused", "c" * 64: "refused"}


def test_central_gets_the_time_it_asks_for_but_never_more_than_an_hour_and_a_fifth() -> None:
    assert outbox.wait_after(1, 0, asked_s=120) == timedelta(seconds=120)
    assert outbox.wait_after(1, 1, asked_s=120) == timedelta(seconds=144)
    assert outbox.wait_after(8, 0, asked_s=1) == outbox.wait_after(8, 0)
    assert outbox.wait_after(1, 1, asked_s=10**9) == timedelta(minutes=72)
