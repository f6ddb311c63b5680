"""The case and everything that happened to it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from sync.case import Kind
from sync.central.fleet.models import Device
from sync.central.officers.models import Officer

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class Status(models.TextChoices):
    """How far a case has come."""

    RECEIVED = "received", _("Received")
    SCREENING = "screening", _("Screening")
    IN_PROGRESS = "in_progress", _("In progress")
    ANSWERED = "answered", _("Answered")
    CLOSED = "closed", _("Closed")


OPEN = (Status.RECEIVED, Status.SCREENING, Status.IN_PROGRESS)
"""Not yet answered: the deadline runs."""


NOTICEABLE = timedelta(minutes=2)
"""A kiosk's clock that is wrong by less needs nobody's attention."""


class Case(models.Model):
    """What a reporter said, opened at intake, and where it stands.

    The device's moment of capture is kept as sent (`captured_*`); `submitted_at` is the
    corrected one, or None where that would be a guess. `key_hash` is an HMAC of the
    tracking key, which is kept nowhere. Of a case about corruption `words`, topic, place and
    contact are empty; all that stands in `confidential`, a box sealed to the corruption key
    called `sealed_to`. `reference` is unique unless a device was copied;
    then both reporters' words are kept.
    """

    case_id: models.UUIDField[UUID, UUID] = models.UUIDField(primary_key=True)
    reference: models.CharField[str, str] = models.CharField(max_length=15, db_index=True)
    key_hash: models.BinaryField[bytes, bytes] = models.BinaryField()
    device: models.ForeignKey[Device, Device] = models.ForeignKey(
        Device, models.PROTECT, db_index=False
    )
    status: models.CharField[str, str] = models.CharField(
        max_length=16, choices=Status, default=Status.RECEIVED
    )
    kind: models.CharField[str, str] = models.CharField(max_length=16)
    topic_code: models.CharField[str, str] = models.CharField(max_length=64)
    words: models.TextField[str, str] = models.TextField()
    village_code: models.CharField[str, str] = models.CharField(max_length=64)
    place: models.CharField[str, str] = models.CharField(max_length=500)
    contact_name: models.CharField[str, str] = models.CharField(max_length=200)
    contact_phone: models.CharField[str, str] = models.CharField(max_length=40)
    division_code: models.CharField[str, str] = models.CharField(max_length=64, default="")
    language: models.CharField[str, str] = models.CharField(max_length=8)
    form_version: models.PositiveIntegerField[int, int] = models.PositiveIntegerField()
    privacy_notice_version: models.CharField[str, str] = models.CharField(max_length=40)
    captured_wall_at: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    captured_boot_id: models.CharField[str, str] = models.CharField(max_length=64)
    captured_monotonic_s: models.FloatField[float, float] = models.FloatField()
    captured_trusted: models.BooleanField[bool, bool] = models.BooleanField()
    submitted_at: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(
        null=True
    )
    received_at: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    due_on: models.DateField[date, date] = models.DateField()
    due_was_printed: models.BooleanField[bool, bool] = models.BooleanField()
    confidential: models.BinaryField[bytes, bytes] = models.BinaryField(default=b"")
    sealed_to: models.CharField[str, str] = models.CharField(max_length=64, default="")

    device_id: str
    changes: RelatedManager[StatusChange]
    house_notes: RelatedManager[HouseNote]
    openings: RelatedManager[Opening]
    additions: RelatedManager[Addition]

    class Meta:
        """Listed by status, the most urgent first."""

        indexes = [models.Index(fields=["status", "due_on"], name="case_by_status")]
        permissions = [("open_confidential", "Open cases about corruption")]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_confidential(self) -> bool:
        """Whether only officers with that permission see what it is about."""
        return self.kind == Kind.CORRUPTION

    @property
    def came_after_revocation(self) -> bool:
        """Whether it was taken in from a device that was revoked by then."""
        revoked_at = self.device.revoked_at
        return revoked_at is not None and self.received_at >= revoked_at

    @property
    def clock_was_wrong(self) -> bool:
        """Whether the kiosk's clock told another time than the corrected one."""
        if self.submitted_at is None:
            return True
        return abs(self.submitted_at - self.captured_wall_at) > NOTICEABLE

    def is_overdue(self, today: date) -> bool:
        """Whether the day of the answer has passed without one."""
        return self.status in OPEN and self.due_on < today


class StatusChange(models.Model):
    """One step of a case; `public_note` is what the reporter reads."""

    case: models.ForeignKey[Case, Case] = models.ForeignKey(
        Case, models.PROTECT, related_name="changes"
    )
    status: models.CharField[str, str] = models.CharField(max_length=16, choices=Status)
    division_code: models.CharField[str, str] = models.CharField(max_length=64, default="")
    public_note: models.TextField[str, str] = models.TextField(default="")
    changed_at: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    officer: models.ForeignKey[Officer, Officer] = models.ForeignKey(Officer, models.PROTECT)

    class Meta:
        """In the order it happened."""

        ordering = ["changed_at", "pk"]


class HouseNote(models.Model):
    """A note among officers. Nothing a reporter can reach reads this table.

    On a case about corruption `words` is empty, and `sealed` holds them for `sealed_to`.
    """

    case: models.ForeignKey[Case, Case] = models.ForeignKey(
        Case, models.PROTECT, related_name="house_notes"
    )
    words: models.TextField[str, str] = models.TextField()
    sealed: models.BinaryField[bytes, bytes] = models.BinaryField(default=b"")
    sealed_to: models.CharField[str, str] = models.CharField(max_length=64, default="")
    written_at: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    officer: models.ForeignKey[Officer, Officer] = models.ForeignKey(Officer, models.PROTECT)

    class Meta:
        """In the order it was written."""

        ordering = ["written_at", "pk"]


class Addition(models.Model):
    """Words that whoever holds the slip added later, at any kiosk.

    On a case about corruption `words` is empty, and `confided` holds them for the key
    `confided_to`. While the intake key is lost, `waits_for` names it and there is no case.
    """

    added_id: models.UUIDField[UUID, UUID] = models.UUIDField(primary_key=True)
    case: models.ForeignKey[Case | None, Case | None] = models.ForeignKey(
        Case, models.PROTECT, related_name="additions", null=True
    )
    device: models.ForeignKey[Device, Device] = models.ForeignKey(
        Device, models.PROTECT, db_index=False
    )
    words: models.TextField[str, str] = models.TextField()
    language: models.CharField[str, str] = models.CharField(max_length=8)
    confided: models.BinaryField[bytes, bytes] = models.BinaryField(default=b"")
    confided_to: models.CharField[str, str] = models.CharField(max_length=64, default="")
    waits_for: models.CharField[str, str] = models.CharField(max_length=64, default="")
    given_at: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    received_at: models.DateTimeField[datetime, datetime] = models.DateTimeField()

    device_id: str

    class Meta:
        """In the order they were given."""

        ordering = ["given_at", "pk"]


class Opening(models.Model):
    """An officer read a case about corruption, and said why. Only ever added to."""

    case: models.ForeignKey[Case, Case] = models.ForeignKey(
        Case, models.PROTECT, related_name="openings"
    )
    officer: models.ForeignKey[Officer, Officer] = models.ForeignKey(Officer, models.PROTECT)
    reason: models.CharField[str, str] = models.CharField(max_length=400)
    opened_at: models.DateTimeField[datetime, datetime] = models.DateTimeField()

    class Meta:
        """In the order it happened."""

        ordering = ["opened_at", "pk"]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Add it. What was logged is not changed."""
        if self.pk is not None:
            raise TypeError("an opening is logged once")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:  # noqa: ARG002
        """Refuse: what was logged stays."""
        raise TypeError("an opening stays logged")


class Unopened(models.Model):
    """A case that is here, sealed to an intake key that is lost; its bytes are the record's.

    When the key is back it becomes a `Case`, and this goes.
    """

    case_id: models.UUIDField[UUID, UUID] = models.UUIDField(primary_key=True)
    reference: models.CharField[str, str] = models.CharField(max_length=15, db_index=True)
    device: models.ForeignKey[Device, Device] = models.ForeignKey(Device, models.PROTECT)
    sealed_to: models.CharField[str, str] = models.CharField(max_length=64)
    submitted_at: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(
        null=True
    )
    received_at: models.DateTimeField[datetime, datetime] = models.DateTimeField()

    device_id: str

    def __str__(self) -> str:
        return self.reference


class Notice(models.Model):
    """A mail to the complaint centre about one case, sent once.

    Whoever sends it claims it first; a claim that was never made good lapses.
    """

    class About(models.TextChoices):
        """Why the centre is told."""

        NEW = "new"
        OVERDUE = "overdue"

    case: models.ForeignKey[Case, Case] = models.ForeignKey(
        Case, models.PROTECT, related_name="notices"
    )
    about: models.CharField[str, str] = models.CharField(max_length=8, choices=About)
    claim: models.CharField[str, str] = models.CharField(max_length=32, default="")
    claimed_at: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(
        null=True
    )
    sent_at: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(
        null=True
    )

    class Meta:
        """One mail about one thing."""

        constraints = [
            models.UniqueConstraint(fields=["case", "about"], name="one_notice_per_reason")
        ]
        indexes = [models.Index(fields=["sent_at"], name="notice_by_sending")]
