"""Putting items on the idle glass, changing and retiring them; each change is a new release."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

import msgspec
from django.db import transaction
from django.db.models import Q, QuerySet

from sync import bulletin
from sync.bulletin import MOST_ITEMS, Said
from sync.central.content.models import BulletinRelease, Item, Shown
from sync.central.errors import TooManyItems
from sync.central.officers.models import Officer
from sync.deadline import THAILAND
from sync.wire import ItemShown


def post(item: Item, officer: Officer, now: datetime) -> None:
    """Keep a new or a changed item and release it.

    Raises:
        TooManyItems: as many as a release may hold are in force without it.
    """
    with transaction.atomic():
        others = _in_force(_today(now)).exclude(pk=item.pk).count()
        if item.retired_at is None and others >= MOST_ITEMS:
            raise TooManyItems(f"{others} items are in force")
        item.officer, item.edited_at = officer, now
        item.save()
        release_bulletin(now)


def retire(item_id: UUID, officer: Officer, now: datetime) -> None:
    """Take an item off all glasses; it stays in the list. Twice is once."""
    with transaction.atomic():
        changed = Item.objects.filter(pk=item_id, retired_at=None)
        if changed.update(retired_at=now, edited_at=now, officer=officer):
            release_bulletin(now)


def release_bulletin(now: datetime) -> int:
    """Publish the items in force, and those of days to come, unless that is what was
    published last; the version."""
    items = msgspec.json.encode([_as_told(item) for item in _in_force(_today(now))]).decode()
    last = newest_bulletin()
    if last and last.items == items:
        return last.version
    version = last.version + 1 if last else 1
    BulletinRelease.objects.create(version=version, items=items, issued_at=now)
    return version


def newest_bulletin() -> BulletinRelease | None:
    """The release in force; None before the first one."""
    return BulletinRelease.objects.order_by("version").last()


def note_shown(device_code: str, counts: Iterable[ItemShown]) -> None:
    """Keep what a kiosk counted. Counts of a day only grow, so an old beat takes nothing back."""
    known = set(Item.objects.values_list("pk", flat=True))
    for each in counts:
        if each.item_id not in known:
            continue
        row, is_new = Shown.objects.get_or_create(
            item_id=each.item_id,
            device_id=device_code,
            on=each.on,
            defaults={"times": each.times, "seconds": each.seconds},
        )
        if not is_new and (row.times < each.times or row.seconds < each.seconds):
            row.times = max(row.times, each.times)
            row.seconds = max(row.seconds, each.seconds)
            row.save(update_fields=["times", "seconds"])


def _in_force(today: date) -> QuerySet[Item]:
    is_not_over = Q(last_on=None) | Q(last_on__gte=today)
    return Item.objects.filter(is_not_over, retired_at=None)


def _today(now: datetime) -> date:
    return now.astimezone(THAILAND).date()


def _as_told(item: Item) -> bulletin.Item:
    return bulletin.Item(
        item_id=item.pk,
        kind=item.kind,
        title=_said(item, "title"),
        words=_said(item, "words"),
        outcome=_said(item, "outcome"),
        first_on=item.first_on,
        last_on=item.last_on,
        places=item.places,
        picture=_pictured(item.picture_id, item, "caption"),
        picture_before=_pictured(item.picture_before_id, item, "before"),
    )


def _pictured(address: str | None, item: Item, caption: str) -> bulletin.Picture | None:
    return bulletin.Picture(address=address, caption=_said(item, caption)) if address else None


def _said(item: Item, part: str) -> Said:
    """One part in every language it was written in."""
    others = {language: parts.get(part, "") for language, parts in item.others.items()}
    thai, english = getattr(item, f"{part}_th"), getattr(item, f"{part}_en")
    return Said(th=thai, en=english, **others)
