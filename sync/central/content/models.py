"""What central published, version by version."""

from __future__ import annotations

from datetime import datetime

from django.db import models


class ProfileRelease(models.Model):
    """The profile's TOML as kiosks get it; the highest version is in force."""

    version: models.PositiveIntegerField[int, int] = models.PositiveIntegerField(primary_key=True)
    text: models.TextField[str, str] = models.TextField()
    issued_at: models.DateTimeField[datetime, datetime] = models.DateTimeField()
