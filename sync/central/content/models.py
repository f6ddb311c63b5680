"""What central publishes: the profile's releases, and what is shown on idle glasses."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from sync.bulletin import (
    ACTIVITY,
    LONGEST_CAPTION,
    LONGEST_TITLE,
    LONGEST_WORDS,
    NEWS,
    POSTER,
    PROJECT,
)
from sync.central.cases.models import Case
from sync.central.fleet.models import Device
from sync.central.officers.models import Officer

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


Others = dict[str, dict[str, str]]


class ProfileRelease(models.Model):
    """The profile's TOML as kiosks get it; the highest version is in force."""

    version: models.PositiveIntegerField[int, int] = models.PositiveIntegerField(primary_key=True)
    text: models.TextField[str, str] = models.TextField()
    issued_at: models.DateTimeField[datetime, datetime] = models.DateTimeField()


class BulletinRelease(models.Model):
    """All items as kiosks get them, as JSON; the highest version is in force."""

    version: models.PositiveIntegerField[int, int] = models.PositiveIntegerField(primary_key=True)
    items: models.TextField[str, str] = models.TextField()
    issued_at: models.DateTimeField[datetime, datetime] = models.DateTimeField()


class ItemKind(models.TextChoices):
    """What is told of."""

    NEWS = NEWS, _("News")
    PROJECT = PROJECT, _("Project")
    ACTIVITY = ACTIVITY, _("Activity")
    POSTER = POSTER, _("You told us, we did it")


class Picture(models.Model):
    """A JPEG made anew from what an officer sent in; `address` is its SHA-256.

    `kept_at` is when somebody last sent it in. What no item shows is cleared away.
    """

    address: models.CharField[str, str] = models.CharField(primary_key=True, max_length=64)
    jpeg: models.BinaryField[bytes, bytes] = models.BinaryField()
    kept_at: models.DateTimeField[datetime, datetime] = models.DateTimeField()


class Item(models.Model):
    """One thing for idle glasses, in an officer's words.

    A poster may name the `case` it tells of; its words are the officer's too, never the
    reporter's. `outcome_*` is what was done, of a poster only, and so is `picture_before`; its
    `picture` is of afterwards. `others` are the neighbours' languages: code to part (`title`,
    `words`, `outcome`, `caption`, `before`) to text. For an activity with `places` people may
    sign up. Smaller `rank` comes first.
    """

    item_id: models.UUIDField[UUID, UUID] = models.UUIDField(primary_key=True, default=uuid.uuid4)
    kind: models.CharField[str, str] = models.CharField(max_length=16, choices=ItemKind)
    title_th: models.CharField[str, str] = models.CharField(max_length=LONGEST_TITLE)
    title_en: models.CharField[str, str] = models.CharField(max_length=LONGEST_TITLE, default="")
    words_th: models.CharField[str, str] = models.CharField(max_length=LONGEST_WORDS, default="")
    words_en: models.CharField[str, str] = models.CharField(max_length=LONGEST_WORDS, default="")
    outcome_th: models.CharField[str, str] = models.CharField(max_length=LONGEST_WORDS, default="")
    outcome_en: models.CharField[str, str] = models.CharField(max_length=LONGEST_WORDS, default="")
    caption_th: models.CharField[str, str] = models.CharField(
        max_length=LONGEST_CAPTION, default=""
    )
    caption_en: models.CharField[str, str] = models.CharField(
        max_length=LONGEST_CAPTION, default=""
    )
    before_th: models.CharField[str, str] = models.CharField(max_length=LONGEST_CAPTION, default="")
    before_en: models.CharField[str, str] = models.CharField(max_length=LONGEST_CAPTION, default="")
    picture: models.ForeignKey[Picture | None, Picture | None] = models.ForeignKey(
        Picture, models.PROTECT, null=True, related_name="items"
    )
    picture_before: models.ForeignKey[Picture | None, Picture | None] = models.ForeignKey(
        Picture, models.PROTECT, null=True, related_name="items_before"
    )
    others: models.JSONField[Others, Others] = models.JSONField(default=dict)
    first_on: models.DateField[date | None, date | None] = models.DateField(null=True)
    last_on: models.DateField[date | None, date | None] = models.DateField(null=True)
    places: models.PositiveSmallIntegerField[int, int] = models.PositiveSmallIntegerField(default=0)
    rank: models.PositiveSmallIntegerField[int, int] = models.PositiveSmallIntegerField(default=50)
    case: models.ForeignKey[Case | None, Case | None] = models.ForeignKey(
        Case, models.PROTECT, null=True
    )
    retired_at: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(
        null=True
    )
    edited_at: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    officer: models.ForeignKey[Officer, Officer] = models.ForeignKey(Officer, models.PROTECT)

    picture_id: str | None
    picture_before_id: str | None
    shown: RelatedManager[Shown]

    class Meta:
        """In the order in which they are shown."""

        ordering = ["rank", "edited_at", "pk"]


class SignUp(models.Model):
    """Somebody comes to an activity; the item is not looked for, it may be long off the glass.

    While the intake key is lost, `sealed_to` names it and name and phone are empty.
    """

    sign_up_id: models.UUIDField[UUID, UUID] = models.UUIDField(primary_key=True)
    item_id: models.UUIDField[UUID, UUID] = models.UUIDField(db_index=True)
    device: models.ForeignKey[Device, Device] = models.ForeignKey(
        Device, models.PROTECT, db_index=False
    )
    name: models.CharField[str, str] = models.CharField(max_length=200)
    phone: models.CharField[str, str] = models.CharField(max_length=40)
    language: models.CharField[str, str] = models.CharField(max_length=8)
    sealed_to: models.CharField[str, str] = models.CharField(max_length=64)
    given_at: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    received_at: models.DateTimeField[datetime, datetime] = models.DateTimeField()


class Shown(models.Model):
    """How often and how long an item was on one kiosk's idle glass, by day. Counts no person."""

    item: models.ForeignKey[Item, Item] = models.ForeignKey(
        Item, models.CASCADE, related_name="shown"
    )
    device: models.ForeignKey[Device, Device] = models.ForeignKey(Device, models.PROTECT)
    on: models.DateField[date, date] = models.DateField()
    times: models.PositiveIntegerField[int, int] = models.PositiveIntegerField()
    seconds: models.PositiveIntegerField[int, int] = models.PositiveIntegerField()

    class Meta:
        """One row a day."""

        constraints = [
            models.UniqueConstraint(fields=["item", "device", "on"], name="shown_once_a_day")
        ]
