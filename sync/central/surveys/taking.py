"""Ratings and what followed them out of a batch into their tables, one statement each."""

from collections.abc import Sequence

import msgspec

from sync.central.database.rows import Row, insert
from sync.central.intake.arrival import Arrival, Arrived
from sync.central.surveys.models import Answers, Explanation, Rating
from sync.opinion import Explanation as Explained
from sync.opinion import SurveyAnswers
from sync.records import RatingExplained, RatingGiven, SurveyAnswered


def take_ratings(arrived: Sequence[Arrived[RatingGiven]], arrival: Arrival) -> None:
    """Keep new ratings; the caller holds the transaction."""
    insert(Rating, [_rating(item.record, arrival) for item in arrived])


def take_explanations(arrived: Sequence[Arrived[RatingExplained]], arrival: Arrival) -> None:
    """Keep why ratings were given; the caller holds the transaction."""
    insert(Explanation, [_explanation(item, arrival) for item in arrived])


def take_answers(arrived: Sequence[Arrived[SurveyAnswered]], arrival: Arrival) -> None:
    """Keep answered questionnaires; the caller holds the transaction."""
    insert(Answers, [_answers(item, arrival) for item in arrived])


def explained(item: Arrived[RatingExplained]) -> Row:
    """The columns that were sealed; `sealed_to` is empty once they are open."""
    said = item.opinion
    if not isinstance(said, Explained):
        return {"reason": "", "words": "", "language": "", "sealed_to": item.record.sealed_to}
    return {
        "reason": said.reason,
        "words": said.words,
        "language": said.language,
        "sealed_to": "",
    }


def answered(item: Arrived[SurveyAnswered]) -> Row:
    """The columns that were sealed; `sealed_to` is empty once they are open."""
    said = item.opinion
    if not isinstance(said, SurveyAnswers):
        return {"scores": "{}", "about": "{}", "language": "", "sealed_to": item.record.sealed_to}
    return {
        "scores": msgspec.json.encode(said.scores).decode(),
        "about": msgspec.json.encode(said.about).decode(),
        "language": said.language,
        "sealed_to": "",
    }


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


def _explanation(item: Arrived[RatingExplained], arrival: Arrival) -> Row:
    return {
        **explained(item),
        "explanation_id": item.record.explanation_id,
        "rating_id": item.record.rating_id,
        "device_id": arrival.device_code,
        "given_at": arrival.corrected(item.record.captured) or arrival.received_at,
        "received_at": arrival.received_at,
    }


def _answers(item: Arrived[SurveyAnswered], arrival: Arrival) -> Row:
    record = item.record
    return {
        **answered(item),
        "answers_id": record.answers_id,
        "device_id": arrival.device_code,
        "survey_code": record.survey_code,
        "survey_version": record.survey_version,
        "division_code": record.division_code,
        "given_at": arrival.corrected(record.captured) or arrival.received_at,
        "received_at": arrival.received_at,
    }
