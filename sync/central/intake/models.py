"""Every record as the bytes it came in."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import models

from sync.central.fleet.models import Device


class Record(models.Model):
    """What a device sent first under a record id, verbatim; never changed afterwards."""

    record_id: models.UUIDField[UUID, UUID] = models.UUIDField(primary_key=True)
    device: models.ForeignKey[Device, Device] = models.ForeignKey(
        Device, models.PROTECT, db_index=False
    )
    digest: models.CharField[str, str] = models.CharField(max_length=64)
    raw: models.BinaryField[bytes, bytes] = models.BinaryField()
    received_at: models.DateTimeField[datetime, datetime] = models.DateTimeField()


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
