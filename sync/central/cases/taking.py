"""Cases out of a batch into the table, in one statement."""

import hashlib
import hmac
import logging
from collections.abc import Sequence
from datetime import date, datetime

import msgspec

from sync.case import CaseContent, ConfidentialContent, Kind
from sync.central import municipality
from sync.central.cases.models import Case, Unopened
from sync.central.database.rows import Row, insert
from sync.central.intake.arrival import Arrival, Arrived
from sync.deadline import THAILAND, due_on
from sync.records import CaseSubmitted

log = logging.getLogger(__name__)


def take_cases(arrived: Sequence[Arrived[CaseSubmitted]], arrival: Arrival) -> None:
    """Keep new cases; the caller holds the transaction."""
    opened = [item for item in arrived if item.content is not None]
    insert(Case, [case_row(item, _moments(item, arrival)) for item in opened])
    if len(opened) < len(arrived):
        shut = [item for item in arrived if item.content is None]
        insert(Unopened, [_unopened_row(item, _moments(item, arrival)) for item in shut])
        log.warning("%d cases of %s cannot be opened", len(shut), arrival.device_code)


class Moments(msgspec.Struct, frozen=True, kw_only=True):
    """Whose case it is, when it was submitted, as far as that is known, and received."""

    device_code: str
    submitted_at: datetime | None
    received_at: datetime


def case_row(item: Arrived[CaseSubmitted], moments: Moments) -> Row:
    """The row of a case that is open, or sealed to the corruption key only."""
    record, content, captured = item.record, item.content, item.record.captured
    if content is None:
        raise ValueError("nobody has opened it")
    began_on = (moments.submitted_at or moments.received_at).astimezone(THAILAND).date()
    return {
        **(_sealed(content) if isinstance(content, ConfidentialContent) else _told(content)),
        "case_id": record.case_id,
        "reference": record.reference,
        "key_hash": hash_of(content.tracking_key),
        "device_id": moments.device_code,
        "language": content.language,
        "captured_wall_at": captured.wall,
        "captured_boot_id": captured.boot_id,
        "captured_monotonic_s": captured.monotonic_s,
        "captured_trusted": captured.trusted,
        "submitted_at": moments.submitted_at,
        "received_at": moments.received_at,
        "due_on": content.due_on or _due_on(began_on),
        "due_was_printed": content.due_on is not None,
    }


def hash_of(tracking_key: str) -> bytes:
    """All that central keeps of a tracking key: an HMAC-SHA-256 under its own key."""
    return hmac.digest(municipality.keys().tracking, tracking_key.encode(), hashlib.sha256)


def _told(content: CaseContent) -> Row:
    return {
        "kind": content.kind.value,
        "topic_code": content.topic_code,
        "words": content.words,
        "village_code": content.village_code,
        "place": content.place,
        "contact_name": content.contact.name,
        "contact_phone": content.contact.phone,
        "form_version": content.form_version,
        "privacy_notice_version": content.privacy_notice_version,
        "confidential": b"",
        "sealed_to": "",
    }


def _sealed(content: ConfidentialContent) -> Row:
    """That it is about corruption, and a box; nothing of what it says."""
    silent = ("topic_code", "words", "village_code", "place", "contact_name", "contact_phone")
    return {
        **dict.fromkeys(silent, ""),
        "kind": Kind.CORRUPTION.value,
        "form_version": 1,
        "privacy_notice_version": "",
        "confidential": content.sealed,
        "sealed_to": content.sealed_to,
    }


def _unopened_row(item: Arrived[CaseSubmitted], moments: Moments) -> Row:
    return {
        "case_id": item.record.case_id,
        "reference": item.record.reference,
        "device_id": moments.device_code,
        "sealed_to": item.record.sealed_to,
        "submitted_at": moments.submitted_at,
        "received_at": moments.received_at,
    }


def _moments(item: Arrived[CaseSubmitted], arrival: Arrival) -> Moments:
    return Moments(
        device_code=arrival.device_code,
        submitted_at=arrival.corrected(item.record.captured),
        received_at=arrival.received_at,
    )


def _due_on(began_on: date) -> date:
    profile = municipality.profile()
    return due_on(began_on, profile.deadline, profile.holidays)
