"""Cases that came sealed to a lost key: how many wait, and opening them once it is back."""

import logging
from uuid import UUID

from django.db import transaction
from django.db.models import Count

from sync.central import municipality
from sync.central.cases.models import Case, Unopened
from sync.central.cases.taking import Moments, case_row
from sync.central.database.rows import insert
from sync.central.intake.models import Record, Revision
from sync.central.intake.reading import RecordRefused, read_record
from sync.records import CaseSubmitted
from sync.seal import seal

log = logging.getLogger(__name__)


def waiting_for() -> list[tuple[str, int]]:
    """The keys that are missing, and how many cases each would open."""
    counted = Unopened.objects.order_by("sealed_to").values_list("sealed_to")
    return list(counted.annotate(Count("pk")))


def open_waiting() -> tuple[int, int]:
    """Open what the keys at hand should open: how many did become cases, how many did not.

    Safe to repeat, and beside another that does the same: each case is its own
    transaction, and what another opened counts as opened.
    """
    opened = stay = 0
    here = Unopened.objects.filter(sealed_to__in=municipality.keys().intakes)
    for case_id in list(here.values_list("pk", flat=True)):
        if _open(case_id):
            opened += 1
        else:
            stay += 1
    return opened, stay


@transaction.atomic
def _open(case_id: UUID) -> bool:
    waiting = Unopened.objects.select_for_update().filter(pk=case_id).first()
    if waiting is None:
        return True
    record = Record.objects.get(pk=waiting.pk)
    try:
        item = read_record(bytes(record.raw), waiting.device_id, municipality.keys())
    except RecordRefused:
        return False
    if not isinstance(item.record, CaseSubmitted) or item.content is None:
        return False
    moments = Moments(
        device_code=waiting.device_id,
        submitted_at=waiting.submitted_at,
        received_at=waiting.received_at,
    )
    insert(Case, [case_row(item, moments)])
    if item.raw != bytes(record.raw):
        _confide(record, item.raw)
    log.info("case opened at last: %s", waiting.reference)
    waiting.delete()
    return True


def _confide(record: Record, raw: bytes) -> None:
    """From here on only the corruption key opens it; nor may a revision tell what it was."""
    key = municipality.keys().keyring.corruption
    Record.objects.filter(pk=record.pk).update(raw=raw)
    if key is None:
        return
    for revision in Revision.objects.filter(record=record):
        revision.raw = seal(bytes(revision.raw), key.key)
        revision.save(update_fields=["raw"])
