"""What people thought of a counter's service."""

from django.db import models

from sync.central.fleet.models import Device


class Rating(models.Model):
    """One touch on one of five faces; holds no person.

    `given_at` is the corrected moment, or that of receipt where the clock was a guess.
    """

    rating_id = models.UUIDField(primary_key=True)
    device = models.ForeignKey(Device, models.PROTECT, db_index=False)
    division_code = models.CharField(max_length=64)
    score = models.PositiveSmallIntegerField()
    language = models.CharField(max_length=8)
    captured_wall_at = models.DateTimeField()
    captured_boot_id = models.CharField(max_length=64)
    captured_monotonic_s = models.FloatField()
    captured_trusted = models.BooleanField()
    given_at = models.DateTimeField()
    received_at = models.DateTimeField()

    class Meta:
        """Counted by division and time."""

        indexes = [models.Index(fields=["division_code", "given_at"], name="rating_by_division")]
