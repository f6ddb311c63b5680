"""Which bytes of a device are here, whoever brought them: asked by the box that was restored."""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from sync.central.intake.models import Attachment, Record, Revision
from sync.wire import HeldAnswer, HeldQuestion


def held(question: HeldQuestion, code: str, now: datetime, begin: Callable[[], None]) -> HeldAnswer:
    """The digests among those asked that are durably here, records and whole attachments.

    `begin` is called first in the transaction and locks the asking device's row. Whoever
    knows a digest has the bytes, so nothing is given away.
    """
    with transaction.atomic():
        begin()
        here = _here(question)
    digests = [digest for digest in dict.fromkeys(question.digests) if digest in here]
    return HeldAnswer(device_code=code, about=question.about, digests=digests, answered_at=now)


def _here(question: HeldQuestion) -> set[str]:
    asked = {"device_id": question.about, "digest__in": question.digests}
    found = [kept.objects.filter(**asked).values_list("digest") for kept in (Record, Revision)]
    files = Attachment.objects.filter(
        device_id=question.about, address__in=question.digests, completed_at__isnull=False
    )
    return {digest for rows in (*found, files.values_list("address")) for (digest,) in rows}
