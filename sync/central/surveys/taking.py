"""Ratings out of a batch into the table, in one statement."""

from collections.abc import Sequence

from sync.central.database.rows import Row, insert
from sync.central.intake.arrival import Arrival, Arrived
from sync.central.surveys.models import Rating
from sync.wire import RatingGiven


def take_ratings(arrived: Sequence[Arrived[RatingGiven]], arrival: Arrival) -> None:
    """Keep new ratings; the caller holds the transaction."""
    insert(Rating, [_rating(item.record, arrival) for item in arrived])


def _rating(record: RatingGiven, arrival: Arrival) -> Row:
    captured = record.captured
    return {
        "rating_id": record.rating_id,
        "device_id": arrival.device_code,
        "division_code": record.division_code,
        "score": record.score,
        "language": record.language,
        "captured_wall_at": captured.wall,
        "captured_boot_id": captured.boot_id,
        "captured_monotonic_s": captured.monotonic_s,
        "captured_trusted": captured.trusted,
        "given_at": arrival.corrected(captured) or arrival.received_at,
        "received_at": arrival.received_at,
    }
