"""Words that came later: authorised on arrival, kept beside their case, opened by officers."""

import hmac
import logging
from collections.abc import Sequence
from datetime import datetime

import msgspec
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from sync.adding import AddedWords, confide
from sync.central import municipality
from sync.central.cases.models import Addition, Case, StatusChange
from sync.central.cases.taking import hash_of
from sync.central.confidential.session import Opener
from sync.central.database.rows import Row, insert
from sync.central.intake.arrival import Arrival, Arrived
from sync.central.intake.models import Record
from sync.central.intake.reading import RecordRefused, read_record
from sync.records import WordsAdded
from sync.reference import Reference, parse_reference
from sync.seal import seal

log = logging.getLogger(__name__)


class Added(msgspec.Struct, frozen=True):
    """Words added, as an officer reads them."""

    words: str
    given_at: datetime
    device_code: str

    def __repr__(self) -> str:
        return "Added()"


def case_with(reference: Reference, key: str) -> Case | None:
    """The case that a slip opens; None for whatever is wrong, a revoked device's slip too."""
    wanted = hash_of(key)
    cases = Case.objects.select_related("device").filter(reference=str(reference))
    opened = [case for case in cases if hmac.compare_digest(bytes(case.key_hash), wanted)]
    return opened[0] if opened and is_trusted(opened[0], reference) else None


def is_trusted(case: Case, reference: Reference) -> bool:
    """Whoever has a revoked device can make slips and cases; what was agreed before stands."""
    return not case.came_after_revocation or reference.number <= case.device.agreed_through


def authorised(item: Arrived[WordsAdded]) -> Arrived[WordsAdded]:
    """The words, if they come with a slip of a case that is here.

    Words about corruption from a kiosk that could not seal them to that key are sealed now,
    and so are the record's bytes.

    Raises:
        RecordRefused: `slip_refused`.
    """
    said = item.opinion
    if not isinstance(said, AddedWords):
        return item  # sealed to a lost key: authorised once it is back
    case = _case_of(said)
    if case is None:
        raise RecordRefused("slip_refused")
    key = municipality.keys().keyring.corruption
    if not case.is_confidential or said.confided_to:
        return item
    if key is None:
        raise RecordRefused("seal_refused")
    return msgspec.structs.replace(item, opinion=confide(said, key), raw=seal(item.raw, key.key))


def take_additions(arrived: Sequence[Arrived[WordsAdded]], arrival: Arrival) -> None:
    """Keep words that were authorised; the caller holds the transaction."""
    insert(Addition, [_row(item, arrival) for item in arrived])


def open_waiting_additions() -> int:
    """Open what the keys at hand open; how many were. Safe to repeat."""
    waiting = Addition.objects.filter(waits_for__in=municipality.keys().intakes)
    return sum(_open(added) for added in list(waiting))


def added_to(case: Case, opener: Opener | None = None) -> list[Added]:
    """The words added to a case, the oldest first; of one about corruption only with an opener.

    Raises:
        BadSeal: none of the officer's keys opens them.
    """
    return [
        Added(_words(each, opener), each.given_at, each.device_id)
        for each in case.additions.all()
        if opener or not each.confided_to
    ]


def with_new_words() -> QuerySet[Case]:
    """Cases with words that came after the last step an officer took."""
    newer = StatusChange.objects.filter(
        case=OuterRef("case"), changed_at__gte=OuterRef("received_at")
    )
    unread = Addition.objects.filter(~Exists(newer), case=OuterRef("pk"))
    return Case.objects.filter(Exists(unread))


def _words(added: Addition, opener: Opener | None) -> str:
    if opener and added.confided_to:
        return opener.open(bytes(added.confided), added.confided_to).decode()
    return added.words


def _case_of(said: AddedWords) -> Case | None:
    return case_with(parse_reference(said.reference), said.tracking_key)


def _row(item: Arrived[WordsAdded], arrival: Arrival) -> Row:
    return {
        **_said(item),
        "added_id": item.record.added_id,
        "device_id": arrival.device_code,
        "given_at": arrival.corrected(item.record.captured) or arrival.received_at,
        "received_at": arrival.received_at,
    }


def _said(item: Arrived[WordsAdded]) -> Row:
    """The columns that were sealed; `waits_for` names the key while it is lost."""
    said = item.opinion
    if not isinstance(said, AddedWords):
        return {**_NOTHING, "waits_for": item.record.sealed_to}
    case = _case_of(said)
    return {
        "case_id": case.pk if case else None,
        "words": said.words,
        "language": said.language,
        "confided": said.confided,
        "confided_to": said.confided_to,
        "waits_for": "",
    }


_NOTHING: Row = {"case_id": None, "words": "", "language": "", "confided": b"", "confided_to": ""}


@transaction.atomic
def _open(added: Addition) -> bool:
    record = Record.objects.get(pk=added.pk)
    try:
        item = read_record(bytes(record.raw), record.device_id, municipality.keys())
        if not isinstance(item.record, WordsAdded) or item.opinion is None:
            return False
        item = authorised(item)
    except RecordRefused as refusal:
        log.warning("added words stay shut: %s", refusal.code)
        return False
    Record.objects.filter(pk=record.pk).update(raw=item.raw)
    return bool(Addition.objects.filter(pk=added.pk).update(**_said(item)))
