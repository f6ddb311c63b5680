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


class Explanation(models.Model):
    """Why a rating was given; its rating may come later, or never.

    While the intake key is lost, `sealed_to` names it and reason and words are empty.
    """

    explanation_id: models.UUIDField[UUID, UUID] = models.UUIDField(primary_key=True)
    rating_id: models.UUIDField[UUID, UUID] = models.UUIDField(db_index=True)
    device: models.ForeignKey[Device, Device] = models.ForeignKey(
        Device, models.PROTECT, db_index=False
    )
    reason: models.CharField[str, str] = models.CharField(max_length=64)
    words: models.TextField[str, str] = models.TextField()
    language: models.CharField[str, str] = models.CharField(max_length=8)
    sealed_to: models.CharField[str, str] = models.CharField(max_length=64)
    given_at: models.DateTimeField[datetime, datetime] = models.DateTimeField(db_index=True)
    received_at: models.DateTimeField[datetime, datetime] = models.DateTimeField()

    device_id: str


class Answers(models.Model):
    """One questionnaire answered, whole or in part, in the version that was shown.

    `scores` and `about` are objects by code, as in `SurveyAnswers`. While the intake key
    is lost, `sealed_to` names it and both are empty.
    """

    answers_id: models.UUIDField[UUID, UUID] = models.UUIDField(primary_key=True)
    device: models.ForeignKey[Device, Device] = models.ForeignKey(
        Device, models.PROTECT, db_index=False
    )
    survey_code: models.CharField[str, str] = models.CharField(max_length=64)
    survey_version: models.PositiveIntegerField[int, int] = models.PositiveIntegerField()
    division_code: models.CharField[str, str] = models.CharField(max_length=64)
    scores: models.TextField[str, str] = models.TextField()
    about: models.TextField[str, str] = models.TextField()
    language: models.CharField[str, str] = models.CharField(max_length=8)
    sealed_to: models.CharField[str, str] = models.CharField(max_length=64)
    given_at: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    received_at: models.DateTimeField[datetime, datetime] = models.DateTimeField()

    device_id: str

    class Meta:
        """Counted by questionnaire and time."""

        indexes = [
            models.Index(
                fields=["survey_code", "survey_version", "given_at"], name="answers_by_survey"
            )
        ]
