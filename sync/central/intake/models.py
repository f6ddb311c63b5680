"""Every record as the bytes it came in, its attachments, and what guards the way in."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import models

from sync.central.fleet.models import Device

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class Record(models.Model):
    """What a device sent first under a record id, verbatim; never changed afterwards.

    Of a sign-up whose activity is long over `raw` is empty; the digest stays.
    `number` is a case's place in its device's count; ratings have none.
    """

    record_id: models.UUIDField[UUID, UUID] = models.UUIDField(primary_key=True)
    device: models.ForeignKey[Device, Device] = models.ForeignKey(
        Device, models.PROTECT, db_index=False
    )
    digest: models.CharField[str, str] = models.CharField(max_length=64)
    raw: models.BinaryField[bytes, bytes] = models.BinaryField()
    received_at: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    number: models.PositiveIntegerField[int | None, int | None] = models.PositiveIntegerField(
        null=True, default=None
    )

    device_id: str

    class Meta:
        """Tallied by device, in the order of numbers."""

        indexes = [
            models.Index(
                fields=["device", "number"],
                condition=models.Q(number__isnull=False),
                name="record_by_number",
            )
        ]


class Revision(models.Model):
    """Other bytes that came later under a known record id; a person looks at them."""

    record: models.ForeignKey[Record, Record] = models.ForeignKey(
        Record, models.PROTECT, related_name="revisions"
    )
    device: models.ForeignKey[Device, Device] = models.ForeignKey(
        Device, models.PROTECT, db_index=False
    )
    digest: models.CharField[str, str] = models.CharField(max_length=64)
    raw: models.BinaryField[bytes, bytes] = models.BinaryField()
    received_at: models.DateTimeField[datetime, datetime] = models.DateTimeField()

    class Meta:
        """The same bytes make one revision, however often they are sent."""

        constraints = [
            models.UniqueConstraint(fields=["record", "digest"], name="one_revision_per_digest")
        ]


class Nonce(models.Model):
    """A signed request that was acted on; `token` is device code and nonce."""

    token: models.CharField[str, str] = models.CharField(primary_key=True, max_length=80)
    seen_at: models.DateTimeField[datetime, datetime] = models.DateTimeField(db_index=True)


class Boot(models.Model):
    """When one boot of a device began, as told first; corrects what it captured then."""

    device: models.ForeignKey[Device, Device] = models.ForeignKey(
        Device, models.PROTECT, db_index=False
    )
    boot_id: models.CharField[str, str] = models.CharField(max_length=64)
    began_at: models.DateTimeField[datetime, datetime] = models.DateTimeField()

    class Meta:
        """Told once."""

        constraints = [models.UniqueConstraint(fields=["device", "boot_id"], name="one_boot")]


class Attachment(models.Model):
    """A sealed file that a case announced; `received` of its `size` bytes are here.

    `address` is the SHA-256 of the sealed bytes, checked before `completed_at` is set.
    """

    record: models.ForeignKey[Record, Record] = models.ForeignKey(
        Record, models.PROTECT, related_name="attachments"
    )
    device: models.ForeignKey[Device, Device] = models.ForeignKey(
        Device, models.PROTECT, db_index=False
    )
    address: models.CharField[str, str] = models.CharField(max_length=64)
    size: models.PositiveIntegerField[int, int] = models.PositiveIntegerField()
    received: models.PositiveIntegerField[int, int] = models.PositiveIntegerField(default=0)
    completed_at: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(
        null=True, default=None
    )

    device_id: str
    pieces: RelatedManager[Piece]

    class Meta:
        """Only the device that announced it may send it."""

        constraints = [models.UniqueConstraint(fields=["device", "address"], name="one_attachment")]

    @property
    def percent(self) -> int:
        """How much of it is here, rounded down."""
        return self.received * 100 // self.size


class Piece(models.Model):
    """Some bytes of an attachment, from `offset` on."""

    attachment: models.ForeignKey[Attachment, Attachment] = models.ForeignKey(
        Attachment, models.PROTECT, related_name="pieces", db_index=False
    )
    offset: models.PositiveIntegerField[int, int] = models.PositiveIntegerField()
    raw: models.BinaryField[bytes, bytes] = models.BinaryField()

    class Meta:
        """No byte twice."""

        ordering = ["offset"]
        constraints = [models.UniqueConstraint(fields=["attachment", "offset"], name="one_piece")]
