"""What stands on the record of a box opening: every case so far, and the day's counts."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from msgspec.structs import replace

from sync.records import RatingGiven
from sync.store import Store, Submission
from sync.store.ties import MOST_LEFT_OUT
from sync.tally import anchor_url, chain_of
from sync.wire import digest_of, encode
from tests.sync.samples import INSTANT

DAY = datetime(2026, 11, 28, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "store.db") as store:
        yield store


def keep(store: Store, at: datetime = DAY) -> tuple[str, str]:
    """A case; its reference and the digest of its record."""
    made: list[Submission] = []

    def compose(number: int) -> Submission:
        record = f"record {number}".encode()
        made.append(Submission(record=record, reference=f"A1-{number:04d}-X", slip=b""))
        return made[-1]

    store.submit(uuid4(), replace(INSTANT, wall=at), compose)
    return made[0].reference, digest_of(made[0].record)


def rate(store: Store, at: datetime) -> None:
    captured = replace(INSTANT, wall=at)
    rating = RatingGiven(rating_id=uuid4(), division_code="works", score=4, captured=captured)
    store.keep_rating(rating.rating_id, captured, encode(rating))


def test_cases_that_still_wait_count_too(store: Store) -> None:
    cases = [keep(store) for _ in range(3)]
    store.acknowledge([cases[0][1]], b"word", DAY, DAY)
    told = store.anchor("A1")
    assert (told.through, told.chain, told.without) == (3, chain_of(cases), [])
    assert store.tally("A1").through == 1


def test_what_central_refused_is_left_out_and_named(store: Store) -> None:
    cases = [keep(store) for _ in range(3)]
    store.park(cases[1][1], "record_unreadable", DAY)
    told = store.anchor("A1")
    assert (told.through, told.without) == (3, [2])
    assert told.chain == chain_of([cases[0], cases[2]])


def test_more_refusals_than_a_code_has_room_for_end_it(store: Store) -> None:
    for _ in range(MOST_LEFT_OUT + 2):
        store.park(keep(store)[1], "record_unreadable", DAY)
    told = store.anchor("A1")
    assert told.through == len(told.without) == MOST_LEFT_OUT


def test_an_empty_box_has_an_anchor_as_well(store: Store) -> None:
    assert store.anchor("A1").chain == chain_of([])


def test_only_that_day_is_counted_and_only_ratings_as_ratings(store: Store) -> None:
    for at in (DAY - timedelta(seconds=1), DAY, DAY + timedelta(hours=23), DAY + timedelta(days=1)):
        keep(store, at)
        rate(store, at)
    store.keep_rating(uuid4(), replace(INSTANT, wall=DAY), b'{"type":"words_added"}')
    store.keep_rating(uuid4(), replace(INSTANT, wall=DAY), b"not json")
    assert store.taken_between("A1", DAY, DAY + timedelta(days=1)) == (2, 2)
    assert store.taken_between("B2", DAY, DAY + timedelta(days=1))[0] == 0


def test_the_address_on_paper_is_all_upper_case() -> None:
    url = anchor_url("https://centre.example/", "A1", 42, "ab" * 32, [3, 7])
    assert url == "HTTPS://CENTRE.EXAMPLE/A/A1/42/" + "AB" * 32 + "/3-7"
    assert anchor_url("https://centre.example", "A1", 0, "0" * 64).endswith("/A/A1/0/" + "0" * 64)
