"""One kiosk as central knows it."""

from __future__ import annotations

from datetime import datetime

from django.db import models


class Device(models.Model):
    """A kiosk. Its code is handed out once, ever: references begin with it.

    `slip_secret` tells genuine tracking keys, `enrolment_hash` is the SHA-256 of the
    one-time code in the join file, `public_key` is empty until the device has enrolled.
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
    version: models.CharField[str, str] = models.CharField(max_length=40, default="")
    waiting: models.PositiveIntegerField[int, int] = models.PositiveIntegerField(default=0)
    parked: models.PositiveIntegerField[int, int] = models.PositiveIntegerField(default=0)
    vitals: models.TextField[str, str] = models.TextField(default="{}")

    def __str__(self) -> str:
        return str(self.code)
