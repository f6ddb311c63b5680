"""Attachments: announced by their case, come in pieces, whole once their address fits.

Pieces are kept as they come, in order and none twice, so a device goes on where it was
cut off, and what was answered is durable.
"""

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db import transaction

from sync.central.database.rows import insert
from sync.central.intake.arrival import Arrival, Arrived
from sync.central.intake.callers import Caller, hear
from sync.central.intake.models import Attachment, Piece
from sync.central.intake.problems import RequestRefused
from sync.wire import ATTACHMENT_PIECE, AttachmentStatus, digest_of


class Outcome(msgspec.Struct, frozen=True):
    """What became of a request about an attachment: a code of refusal, or none; how it stands."""

    code: str = ""
    status: AttachmentStatus | None = None


class Progress(msgspec.Struct, frozen=True):
    """A case's attachments, and how many of them are whole."""

    attachments: list[Attachment]

    @property
    def all(self) -> int:
        """How many the case announced."""
        return len(self.attachments)

    @property
    def here(self) -> int:
        """How many of them are whole."""
        return sum(attachment.completed_at is not None for attachment in self.attachments)


def announce(arrived: Sequence[Arrived[Any]], arrival: Arrival) -> None:
    """Expect what new cases announce; the caller holds the transaction."""
    rows = [
        {
            "record_id": item.record.record_id,
            "device_id": arrival.device_code,
            "address": attachment.address,
            "size": attachment.size,
        }
        for item in arrived
        for attachment in item.record.attachments
    ]
    if rows:
        insert(Attachment, rows, ignore_conflicts=True)


def status_of(caller: Caller, address: str) -> Outcome:
    """How much of it is here; `attachment_unknown` where this device announced no such one."""
    with transaction.atomic():
        hear(caller)
        attachment = _announced(caller, address)
    if attachment is None:
        return Outcome("attachment_unknown")
    return Outcome(status=_status(attachment, caller.at))


def take_piece(caller: Caller, address: str, offset: int, raw: bytes) -> Outcome:
    """Keep the bytes that begin at `offset`. The same piece again is taken again.

    Refused are `attachment_unknown`, `offset_refused` (central holds more or less than
    that) and `attachment_refused` (all is here and does not fit the address; all is dropped).

    Raises:
        RequestRefused: `batch_unreadable` where the piece is not as long as it must be.
    """
    with transaction.atomic():
        hear(caller)
        attachment = _announced(caller, address)
        if attachment is None:
            return Outcome("attachment_unknown")
        if offset != attachment.received or attachment.completed_at:
            code = "" if _is_repeated(attachment, offset, raw) else "offset_refused"
            return Outcome(code, _status(attachment, caller.at))
        if len(raw) != min(ATTACHMENT_PIECE, attachment.size - offset):
            raise RequestRefused("batch_unreadable")
        return _kept(attachment, raw, caller.at)


def take_whole(
    code: str, sealed: bytes, now: datetime, begin: Callable[[], None]
) -> AttachmentStatus | None:
    """Keep an attachment that came at once; None where it was announced with another size.

    `begin` is called first in the transaction and locks the device's row.
    """
    with transaction.atomic():
        begin()
        attachment = Attachment.objects.get(device_id=code, address=digest_of(sealed))
        if attachment.size != len(sealed):
            return None
        if attachment.completed_at is None:
            attachment.pieces.all().delete()
            attachment.received = 0
            for offset in range(0, len(sealed), ATTACHMENT_PIECE):
                _kept(attachment, sealed[offset : offset + ATTACHMENT_PIECE], now)
        return _status(attachment, now)


def announcer_of(address: str) -> str | None:
    """The device whose case announced it."""
    found = Attachment.objects.filter(address=address).first()
    return found.device_id if found else None


def progress_of(case_id: UUID) -> Progress:
    """How far a case's attachments have come."""
    return Progress(list(Attachment.objects.filter(record_id=case_id).order_by("pk")))


def _announced(caller: Caller, address: str) -> Attachment | None:
    return Attachment.objects.filter(device_id=caller.code, address=address).first()


def _is_repeated(attachment: Attachment, offset: int, raw: bytes) -> bool:
    piece = attachment.pieces.filter(offset=offset).first()
    return piece is not None and bytes(piece.raw) == raw


def _kept(attachment: Attachment, raw: bytes, now: datetime) -> Outcome:
    Piece.objects.create(attachment=attachment, offset=attachment.received, raw=raw)
    attachment.received += len(raw)
    is_whole = attachment.received == attachment.size
    if is_whole and _address_of(attachment) != attachment.address:
        attachment.pieces.all().delete()
        attachment.received = 0
        attachment.save(update_fields=["received"])
        return Outcome("attachment_refused")
    attachment.completed_at = now if is_whole else None
    attachment.save(update_fields=["received", "completed_at"])
    return Outcome(status=_status(attachment, now))


def _address_of(attachment: Attachment) -> str:
    digest = hashlib.sha256()
    for raw in attachment.pieces.values_list("raw", flat=True).iterator(chunk_size=4):
        digest.update(raw)
    return digest.hexdigest()


def _status(attachment: Attachment, now: datetime) -> AttachmentStatus:
    return AttachmentStatus(
        device_code=attachment.device_id,
        address=attachment.address,
        received=attachment.received,
        size=attachment.size,
        is_complete=attachment.completed_at is not None,
        answered_at=now,
    )
