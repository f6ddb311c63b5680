"""Pictures as central keeps them: each once, by the SHA-256 of its bytes, while it is shown."""

import hashlib
from datetime import datetime, timedelta

import msgspec
from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from sync import bulletin
from sync.central.content.models import Item, Picture
from sync.central.content.posting import newest_bulletin

UNUSED_FOR = timedelta(hours=1)
"""A picture stays so long although no item shows it: the item may be about to be kept."""


def keep(jpeg: bytes, now: datetime) -> Picture:
    """Keep a picture; the same one again is the same row."""
    address = hashlib.sha256(jpeg).hexdigest()
    row, _ = Picture.objects.update_or_create(
        address=address, defaults={"kept_at": now}, create_defaults={"jpeg": jpeg, "kept_at": now}
    )
    return row


def forget_pictures(now: datetime) -> int:
    """Clear away those that no item shows any more; how many."""
    shown = Item.objects.filter(Q(picture=OuterRef("pk")) | Q(picture_before=OuterRef("pk")))
    unused = Picture.objects.filter(~Exists(shown), kept_at__lt=now - UNUSED_FOR)
    with transaction.atomic():
        keys = list(unused.select_for_update().values_list("pk", flat=True))
        return Picture.objects.filter(pk__in=keys).delete()[0] if keys else 0


def published(address: str) -> bytes | None:
    """The picture, where the bulletin in force names it: nothing else is everybody's."""
    release = newest_bulletin()
    if release is None or address not in release.items:
        return None
    items = msgspec.json.decode(release.items, type=list[bulletin.Item])
    if all(each.address != address for item in items for each in item.pictures):
        return None
    found = Picture.objects.filter(pk=address).first()
    return bytes(found.jpeg) if found else None
