"""Cases out of a batch into the table, in one statement."""

import hashlib
import hmac
from collections.abc import Sequence
from datetime import date

from sync.case import CaseContent
from sync.central import municipality
from sync.central.cases.models import Case
from sync.central.database.rows import Row, insert
from sync.central.intake.arrival import Arrival, Arrived
from sync.deadline import THAILAND, due_on
from sync.wire import CaseSubmitted, decode


def take_cases(arrived: Sequence[Arrived[CaseSubmitted]], arrival: Arrival) -> None:
    """Keep new cases; the caller holds the transaction."""
    insert(Case, [_case(item, arrival) for item in arrived])


def hash_of(tracking_key: str) -> bytes:
    """All that central keeps of a tracking key: an HMAC-SHA-256 under its own key."""
    return hmac.digest(municipality.keys().tracking, tracking_key.encode(), hashlib.sha256)


def _case(item: Arrived[CaseSubmitted], arrival: Arrival) -> Row:
    record, content = item.record, decode(item.opened, CaseContent)
    captured = record.captured
    submitted_at = arrival.corrected(captured)
    began_on = (submitted_at or arrival.received_at).astimezone(THAILAND).date()
    return {
        "case_id": record.case_id,
        "reference": record.reference,
        "key_hash": hash_of(content.tracking_key),
        "device_id": arrival.device_code,
        "kind": content.kind.value,
        "topic_code": content.topic_code,
        "words": content.words,
        "village_code": content.village_code,
        "place": content.place,
        "contact_name": content.contact.name,
        "contact_phone": content.contact.phone,
        "language": content.language,
        "form_version": content.form_version,
        "privacy_notice_version": content.privacy_notice_version,
        "captured_wall_at": captured.wall,
        "captured_boot_id": captured.boot_id,
        "captured_monotonic_s": captured.monotonic_s,
        "captured_trusted": captured.trusted,
        "submitted_at": submitted_at,
        "received_at": arrival.received_at,
        "due_on": content.due_on or _due_on(began_on),
        "due_was_printed": content.due_on is not None,
    }


def _due_on(began_on: date) -> date:
    profile = municipality.profile()
    return due_on(began_on, profile.deadline, profile.holidays)
