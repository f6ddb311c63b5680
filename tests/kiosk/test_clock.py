from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import uuid6

from kiosk.clock import INSTALLED_AT, above_floor, floor_of, instant
from kiosk.config import ClockSettings, Config
from sync.case import Instant
from sync.records import RatingGiven
from sync.store import Store
from sync.wire import encode

FLOOR = datetime(2026, 11, 1, 2, 5, tzinfo=UTC)
A_SECOND = timedelta(seconds=1)


def at(wall: datetime, *, trusted: bool = True) -> Instant:
    return Instant(wall=wall, boot_id="boot-1", monotonic_s=9, trusted=trusted)


@pytest.mark.parametrize(
    ("wall", "trusted"),
    [
        (datetime(1970, 1, 1, tzinfo=UTC), False),
        (FLOOR - A_SECOND, False),
        (FLOOR, True),
        (datetime(2027, 1, 1, tzinfo=UTC), True),
    ],
)
def test_a_clock_below_what_has_surely_passed_is_not_trusted(
    wall: datetime, *, trusted: bool
) -> None:
    assert above_floor(at(wall), FLOOR) == at(wall, trusted=trusted)


def test_a_clock_that_was_a_guess_stays_one() -> None:
    assert not above_floor(at(FLOOR + A_SECOND, trusted=False), FLOOR).trusted


def test_a_clock_that_is_assumed_right_is_still_held_to_the_floor() -> None:
    config = Config(clock=ClockSettings(trust="assume"))
    assert instant(config).trusted
    assert not instant(config, datetime.now(UTC) + timedelta(days=1)).trusted


def test_the_floor_rises_with_what_the_store_has_dated(tmp_path: Path) -> None:
    with Store.open(tmp_path / "store.db") as store:
        assert floor_of(store) == INSTALLED_AT
        captured = at(INSTALLED_AT + timedelta(days=9))
        rating = RatingGiven(
            rating_id=uuid6.uuid7(), division_code="works", score=3, captured=captured
        )
        store.keep_rating(rating.rating_id, captured, encode(rating))
        assert floor_of(store) == INSTALLED_AT + timedelta(days=9)
