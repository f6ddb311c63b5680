"""Kiosks as central knows them, what became of them, and what was done about it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import models

from sync.central.officers.models import Officer

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

MOST_EVENTS = 100
"""On the officers' page; all are kept."""


class Device(models.Model):
    """A kiosk. Its code is handed out once, ever: references begin with it.

    `slip_secret` tells genuine tracking keys, `enrolment_hash` is the SHA-256 of the
    one-time code in the join file, `public_key` is empty until the device has enrolled.
    `requests`, `bytes_sent` and `wrong_codes` count within `minute` (since 1970) only.
    What its last beat said of itself, at `beat_at`: `clock_error_s` is how far its clock is ahead
    of central's, `oldest_waiting_at` is by its own clock, `vitals_since` tells since when each
    vital is as it is, by central's clock.
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
    vitals_since: models.TextField[str, str] = models.TextField(default="{}")
    beat_at: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(
        null=True
    )
    clock_error_s: models.FloatField[float | None, float | None] = models.FloatField(null=True)
    clock_is_trusted: models.BooleanField[bool, bool] = models.BooleanField(default=False)
    oldest_waiting_at: models.DateTimeField[datetime | None, datetime | None] = (
        models.DateTimeField(null=True)
    )
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

    class Meta:
        """Who may make join files and revoke."""

        permissions = [("tend", "Make join files for kiosks and revoke them")]

    deeds: RelatedManager[Deed]

    def __str__(self) -> str:
        return str(self.code)


class Deed(models.Model):
    """Somebody put a kiosk into use or out of it, or took in what it left. Only ever added to.

    Without an `officer` it was done by command.
    """

    class What(models.TextChoices):
        """What was done."""

        JOIN_FILE = "join_file"
        REVOKED = "revoked"
        BACKUP_TAKEN = "backup_taken"

    device: models.ForeignKey[Device, Device] = models.ForeignKey(
        Device, models.PROTECT, related_name="deeds"
    )
    what: models.CharField[str, str] = models.CharField(max_length=16, choices=What)
    officer: models.ForeignKey[Officer | None, Officer | None] = models.ForeignKey(
        Officer, models.PROTECT, null=True
    )
    done_at: models.DateTimeField[datetime, datetime] = models.DateTimeField()

    class Meta:
        """In the order it happened."""

        ordering = ["done_at", "pk"]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Add it. What was logged is not changed."""
        if self.pk is not None:
            raise TypeError("a deed is logged once")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:  # noqa: ARG002
        """Refuse: what was logged stays."""
        raise TypeError("a deed stays logged")


class Alert(models.Model):
    """Something wrong with a kiosk that is mailed: once when it begins, once when it is over.

    Whoever mails it claims it first; a claim that was never made good lapses. One that was
    over before anybody was told is told to nobody.
    """

    class About(models.TextChoices):
        """What is wrong."""

        UNHEARD = "unheard"
        PAPER = "paper"
        PRINTER = "printer"
        DISK = "disk"
        CLOCK = "clock"
        DIGEST = "digest"
        SERVICE = "service"
        PARKED = "parked"

    device: models.ForeignKey[Device, Device] = models.ForeignKey(
        Device, models.PROTECT, related_name="alerts"
    )
    about: models.CharField[str, str] = models.CharField(max_length=8, choices=About)
    begun_at: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    ended_at: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(
        null=True
    )
    claim: models.CharField[str, str] = models.CharField(max_length=32, default="")
    claimed_at: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(
        null=True
    )
    begin_told_at: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(
        null=True
    )
    end_told_at: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(
        null=True
    )

    device_id: str

    class Meta:
        """One about one thing at a time."""

        constraints = [
            models.UniqueConstraint(
                fields=["device", "about"],
                condition=models.Q(ended_at__isnull=True),
                name="one_alert_at_a_time",
            )
        ]


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


def newest_events(device: Device | None = None) -> list[Event]:
    """What became of kiosks, or of one, the newest first."""
    events = Event.objects.filter(device=device) if device else Event.objects.all()
    return list(events.order_by("-received_at", "-event_id")[:MOST_EVENTS])


def with_cabinets() -> models.QuerySet[Device]:
    """All kiosks by code, each with `cabinet`: the newest event of its cabinet, if any."""
    of_this = Event.objects.filter(device=models.OuterRef("pk"), kind__startswith="cabinet_")
    newest = of_this.order_by("-received_at", "-event_id").values("kind")[:1]
    return Device.objects.annotate(cabinet=models.Subquery(newest)).order_by("code")


def with_gaps() -> list[Device]:
    """Kiosks whose last tally showed other cases than central holds."""
    compared = Device.objects.filter(tally_at__isnull=False, revoked_at=None)
    return list(compared.filter(tally_is_agreed=False).order_by("code"))
