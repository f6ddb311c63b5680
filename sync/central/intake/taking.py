"""Taking a batch: every record answered, the good ones kept in one transaction.

The first statement (`begin`) writes the device's row. In PostgreSQL that row's lock makes
batches of one device wait for each other; in SQLite the transaction holds the database
anyway. So what was looked up stays true until the commit.
"""

import logging
from collections.abc import Callable, Sequence
from typing import Any

import msgspec
from django.db import transaction

from sync.central import municipality
from sync.central.cases.adding import authorised, take_additions
from sync.central.cases.taking import take_cases
from sync.central.content.signing_up import take_sign_ups
from sync.central.database.rows import Row, insert, insert_new
from sync.central.fleet.taking import take_events
from sync.central.intake.arrival import Arrival, Arrived
from sync.central.intake.attachments import announce
from sync.central.intake.boots import known_boots, note_boots
from sync.central.intake.models import Record, Revision
from sync.central.intake.reading import RecordRefused, read_record
from sync.central.surveys.taking import take_answers, take_explanations, take_ratings
from sync.records import (
    CaseSubmitted,
    DeviceEvent,
    RatingExplained,
    RatingGiven,
    SignedUp,
    SurveyAnswered,
    WordsAdded,
)
from sync.reference import parse_reference
from sync.wire import Answer, Batch, digest_of

log = logging.getLogger(__name__)

Taker = Callable[[Sequence[Arrived[Any]], Arrival], None]

TAKERS: dict[type, Taker] = {
    CaseSubmitted: take_cases,
    RatingGiven: take_ratings,
    RatingExplained: take_explanations,
    SurveyAnswered: take_answers,
    WordsAdded: take_additions,
    SignedUp: take_sign_ups,
    DeviceEvent: take_events,
}
"""Which app keeps which sort of record; a new sort adds one line."""


def take_batch(batch: Batch, arrival: Arrival, begin: Callable[[], None]) -> list[Answer]:
    """Keep what holds up, and answer every record in its order.

    `begin` is called first in the transaction and locks the device's row. When this
    returns, whatever it acknowledges is durably in the database.
    """
    arrived: list[Arrived[Any]] = []
    answers, keys = [], municipality.keys()
    for raw in map(bytes, batch.records):
        try:
            item: Arrived[Any] = read_record(raw, arrival.device_code, keys)
            if type(item.record) is WordsAdded:
                item = authorised(item)
        except RecordRefused as refusal:
            answers.append(Answer(digest=digest_of(raw), outcome="refused", code=refusal.code))
        else:
            arrived.append(item)
            answers.append(Answer(digest=item.digest, outcome="acknowledged"))
    with transaction.atomic():
        begin()
        note_boots(batch.boots, arrival)
        boots = known_boots(arrived, arrival)
        _keep(arrived, msgspec.structs.replace(arrival, boots=boots))
    return answers


def _keep(arrived: Sequence[Arrived[Any]], arrival: Arrival) -> None:
    """First bytes become records, other bytes revisions, the same bytes nothing more."""
    first = {item.record.record_id: item for item in reversed(arrived)}
    written = insert_new(Record, [_record_row(item, arrival) for item in first.values()])
    new = [first[row["record_id"]] for row in written]
    for shape, take in TAKERS.items():
        if mine := [item for item in new if type(item.record) is shape]:
            take(mine, arrival)
    announce([item for item in new if type(item.record) is CaseSubmitted], arrival)
    if len(new) < len(arrived):
        _revise(arrived, arrival)


def _revise(arrived: Sequence[Arrived[Any]], arrival: Arrival) -> None:
    """Keep the bytes that differ from those under the same record id."""
    ids = [item.record.record_id for item in arrived]
    digests = dict(Record.objects.filter(pk__in=ids).values_list("record_id", "digest"))
    other = [item for item in arrived if digests[item.record.record_id] != item.digest]
    if other:
        insert(Revision, [_row(item, arrival) for item in other], ignore_conflicts=True)
        log.warning("%d records of %s came again changed", len(other), arrival.device_code)


def _row(item: Arrived[Any], arrival: Arrival) -> Row:
    return {
        "record_id": item.record.record_id,
        "device_id": arrival.device_code,
        "digest": item.digest,
        "raw": item.raw,
        "received_at": arrival.received_at,
    }


def _record_row(item: Arrived[Any], arrival: Arrival) -> Row:
    record = item.record
    is_case = isinstance(record, CaseSubmitted)
    number = parse_reference(record.reference).number if is_case else None
    return {**_row(item, arrival), "number": number}
