"""What people thought of a counter's service."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import models

from sync.central.fleet.models import Device


class Rating(models.Model):
    """One touch on one of five faces; holds no person.

    `given_at` is the corrected moment, or that of receipt where the clock was a guess.
    """

    rating_id: models.UUIDField[UUID, UUID] = models.UUIDField(primary_key=True)
    device: models.ForeignKey[Device, Device] = models.ForeignKey(
        Device, models.PROTECT, db_index=False
    )
    division_code: models.CharField[str, str] = models.CharField(max_length=64)
    score: models.PositiveSmallIntegerField[int, int] = models.PositiveSmallIntegerField()
    language: models.CharField[str, str] = models.CharField(max_length=8)
    captured_wall_at: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    captured_boot_id: models.CharField[str, str] = models.CharField(max_length=64)
    captured_monotonic_s: models.FloatField[float, float] = models.FloatField()
    captured_trusted: models.BooleanField[bool, bool] = models.BooleanField()
    given_at: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    received_at: models.DateTimeField[datetime, datetime] = models.DateTimeField()

    class Meta:
        """Counted by division and time."""

        indexes = [models.Index(fields=["division_code", "given_at"], name="rating_by_division")]
