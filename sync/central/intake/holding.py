"""Which bytes of a device are here, whoever brought them: asked by the box that was restored."""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from sync.central.intake.models import Attachment, Record, Revision
from sync.wire import HeldAnswer, HeldQuestion


def held(question: HeldQuestion, code: str, now: datetime, begin: Callable[[], None]) -> HeldAnswer:
    """Which of the bytes asked about are durably here, records and whole attachments.

    `begin` is called first in the transaction and locks the asking device's row. Any device
    in service may ask about any code, for the one asked about has no key left to ask with.
    It learns, of records whose id and digest and of attachments whose digest it knows
    already, that they are here under that code; no content, and nothing it cannot name.
    """
    with transaction.atomic():
        begin()
        records, attachments = _records(question), _attachments(question)
    return HeldAnswer(
        device_code=code,
        about=question.about,
        answered_at=now,
        records=records,
        attachments=attachments,
    )


def _records(question: HeldQuestion) -> list[str]:
    """Looked up by record id: digests have no index of their own."""
    asked = {(each.record_id, each.digest): each.digest for each in question.records}
    under = {"device_id": question.about, "record_id__in": {record_id for record_id, _ in asked}}
    found = [
        kept.objects.filter(**under).values_list("record_id", "digest")
        for kept in (Record, Revision)
    ]
    here = {pair for pairs in found for pair in pairs}
    return list(dict.fromkeys(digest for pair, digest in asked.items() if pair in here))


def _attachments(question: HeldQuestion) -> list[str]:
    whole = Attachment.objects.filter(
        device_id=question.about,
        address__in=set(question.attachments),
        completed_at__isnull=False,
    )
    here = set(whole.values_list("address", flat=True))
    return [address for address in dict.fromkeys(question.attachments) if address in here]
