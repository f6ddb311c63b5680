"""The corruption keys, and the shares in which alone their private halves exist."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models

from sync.central.officers.models import Officer

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class Holder(models.Model):
    """Somebody who can open: an officer by passphrase, or, without one, the recovery key.

    `public` is the holder's X25519 key. An officer's private half is in `wrapped`, under a
    key that argon2id makes of the passphrase with `salt`, `operations` and `memory` (bytes);
    the private half of the recovery key is on paper only. `tries` counts passphrases given
    from `tried_since` on, the right one starting anew.
    """

    officer: models.OneToOneField[Officer | None, Officer | None] = models.OneToOneField(
        Officer, models.PROTECT, null=True, related_name="holder"
    )
    public: models.BinaryField[bytes, bytes] = models.BinaryField()
    wrapped: models.BinaryField[bytes, bytes] = models.BinaryField(default=b"")
    salt: models.BinaryField[bytes, bytes] = models.BinaryField(default=b"")
    operations: models.PositiveIntegerField[int, int] = models.PositiveIntegerField(default=0)
    memory: models.PositiveBigIntegerField[int, int] = models.PositiveBigIntegerField(default=0)
    since: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    tries: models.PositiveIntegerField[int, int] = models.PositiveIntegerField(default=0)
    tried_since: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(
        null=True
    )

    shares: RelatedManager[Share]


class CorruptionKey(models.Model):
    """A key that cases about corruption are sealed to: its name and its public half."""

    name: models.CharField[str, str] = models.CharField(primary_key=True, max_length=64)
    public: models.BinaryField[bytes, bytes] = models.BinaryField()
    made_at: models.DateTimeField[datetime, datetime] = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class Share(models.Model):
    """A corruption key's private half, in a box that one holder opens."""

    key: models.ForeignKey[CorruptionKey, CorruptionKey] = models.ForeignKey(
        CorruptionKey, models.PROTECT, related_name="shares"
    )
    holder: models.ForeignKey[Holder, Holder] = models.ForeignKey(
        Holder, models.CASCADE, related_name="shares"
    )
    sealed: models.BinaryField[bytes, bytes] = models.BinaryField()

    key_id: str

    class Meta:
        """One share of a key for each holder."""

        constraints = [models.UniqueConstraint(fields=["key", "holder"], name="one_share")]
