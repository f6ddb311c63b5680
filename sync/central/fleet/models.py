"""One kiosk as central knows it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import models

MOST_EVENTS = 100
"""On the officers' page; all are kept."""


class Device(models.Model):
    """A kiosk. Its code is handed out once, ever: references begin with it.

    `slip_secret` tells genuine tracking keys, `enrolment_hash` is the SHA-256 of the
    one-time code in the join file, `public_key` is empty until the device has enrolled.
    `requests`, `bytes_sent` and `wrong_codes` count within `minute` (since 1970) only.
    The tally compared last went up to case number `tally_through` and lacked
    `tally_missing` cases; up to `agreed_through` the two ends once agreed.
    """

    code: models.CharField[str, str] = models.CharField(primary_key=True, max_length=4)
    slip_secret: models.BinaryField[bytes, bytes] = models.BinaryField()
    enrolment_hash: models.BinaryField[bytes, bytes] = models.BinaryField()
    public_key: models.BinaryField[bytes, bytes] = models.BinaryField(default=b"")
    created_at: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    enrolled_at: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(
        null=True
    )
    heard_at: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(
        null=True
    )
    revoked_at: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(
        null=True
    )
    revoked_why: models.CharField[str, str] = models.CharField(max_length=200, default="")
    version: models.CharField[str, str] = models.CharField(max_length=40, default="")
    waiting: models.PositiveIntegerField[int, int] = models.PositiveIntegerField(default=0)
    parked: models.PositiveIntegerField[int, int] = models.PositiveIntegerField(default=0)
    vitals: models.TextField[str, str] = models.TextField(default="{}")
    minute: models.PositiveIntegerField[int, int] = models.PositiveIntegerField(default=0)
    requests: models.PositiveIntegerField[int, int] = models.PositiveIntegerField(default=0)
    bytes_sent: models.PositiveBigIntegerField[int, int] = models.PositiveBigIntegerField(default=0)
    wrong_codes: models.PositiveIntegerField[int, int] = models.PositiveIntegerField(default=0)
    tally_at: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(
        null=True
    )
    tally_through: models.PositiveIntegerField[int, int] = models.PositiveIntegerField(default=0)
    tally_missing: models.PositiveIntegerField[int, int] = models.PositiveIntegerField(default=0)
    tally_is_agreed: models.BooleanField[bool, bool] = models.BooleanField(default=False)
    agreed_through: models.PositiveIntegerField[int, int] = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.code)


class Event(models.Model):
    """Something that became of a kiosk; holds no person.

    `happened_at` is the corrected moment, None where that would be a guess. With
    `found_at_start` the kiosk was off when it happened.
    """

    event_id: models.UUIDField[UUID, UUID] = models.UUIDField(primary_key=True)
    device: models.ForeignKey[Device, Device] = models.ForeignKey(
        Device, models.PROTECT, db_index=False
    )
    kind: models.CharField[str, str] = models.CharField(max_length=64)
    found_at_start: models.BooleanField[bool, bool] = models.BooleanField()
    happened_at: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(
        null=True
    )
    received_at: models.DateTimeField[datetime, datetime] = models.DateTimeField()

    class Meta:
        """The newest of one kiosk, and of all."""

        indexes = [
            models.Index(fields=["device", "received_at"], name="event_by_device"),
            models.Index(fields=["received_at"], name="event_by_time"),
        ]


def newest_events() -> list[Event]:
    """What became of kiosks, the newest first."""
    newest = Event.objects.order_by("-received_at", "-event_id")
    return list(newest[:MOST_EVENTS])


def with_cabinets() -> models.QuerySet[Device]:
    """All kiosks by code, each with `cabinet`: the newest event of its cabinet, if any."""
    of_this = Event.objects.filter(device=models.OuterRef("pk"), kind__startswith="cabinet_")
    newest = of_this.order_by("-received_at", "-event_id").values("kind")[:1]
    return Device.objects.annotate(cabinet=models.Subquery(newest)).order_by("code")


def with_gaps() -> list[Device]:
    """Kiosks whose last tally showed other cases than central holds."""
    compared = Device.objects.filter(tally_at__isnull=False, revoked_at=None)
    return list(compared.filter(tally_is_agreed=False).order_by("code"))
