"""Who signed up for an activity: taken in, opened once a lost key is back, listed."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from sync.central import municipality
from sync.central.content.models import Item, SignUp
from sync.central.database.rows import Row, insert
from sync.central.intake.arrival import Arrival, Arrived
from sync.central.intake.models import Record, Revision
from sync.central.intake.reading import RecordRefused, read_record
from sync.deadline import THAILAND
from sync.records import SignedUp
from sync.signing_up import SignUp as Said

MOST_AT_ONCE = 500
"""Cleared in one pass; the rest goes with the next."""


class Listed(msgspec.Struct, frozen=True):
    """One line of an activity's list; who comes after the places are taken waits."""

    sign_up: SignUp
    number: int
    waits: bool


def take_sign_ups(arrived: Sequence[Arrived[SignedUp]], arrival: Arrival) -> None:
    """Keep who signed up; the caller holds the transaction."""
    insert(SignUp, [_row(item, arrival) for item in arrived])


def open_waiting_sign_ups() -> int:
    """Open what the keys at hand open; how many were. Safe to repeat."""
    return sum(_open(key) for key in list(_waiting().values_list("pk", flat=True)))


def forget_sign_ups(now: datetime) -> int:
    """Clear who signed up, as long after the activity as the operator set; how many.

    An activity is over with its last day on the glass, or when it was taken off. The
    record's bytes go with the name, and what came again changed; its digest stays, so that
    a device that sends it again is not taken to have a new one.
    """
    last_day = now.astimezone(THAILAND).date() - _kept()
    over = Q(last_on__lt=last_day) | Q(retired_at__lt=now - _kept())
    known, is_over = Item.objects.filter(pk=OuterRef("item_id")), Q(given_at__lt=now - _kept())
    ended = Exists(known.filter(over)) | (~Exists(known) & is_over)
    keys = list(SignUp.objects.filter(ended).values_list("pk", flat=True)[:MOST_AT_ONCE])
    with transaction.atomic():
        Revision.objects.filter(record_id__in=keys).delete()
        Record.objects.filter(pk__in=keys).update(raw=b"")
        return SignUp.objects.filter(pk__in=keys).delete()[0]


def listed(item_id: UUID, places: int) -> list[Listed]:
    """Who signed up for an activity, in the order in which they did."""
    found = SignUp.objects.filter(item_id=item_id).order_by("given_at", "pk")
    return [Listed(each, number, number > places) for number, each in enumerate(found, 1)]


def _waiting() -> QuerySet[SignUp]:
    return SignUp.objects.filter(sealed_to__in=municipality.keys().intakes)


def _kept() -> timedelta:
    return timedelta(days=municipality.environment().sign_ups_kept_days)


@transaction.atomic
def _open(key: UUID) -> bool:
    record = Record.objects.get(pk=key)
    try:
        item = read_record(bytes(record.raw), record.device_id, municipality.keys())
    except RecordRefused:
        return False
    if not isinstance(item.record, SignedUp):
        return False
    return bool(_waiting().filter(pk=key).update(**_said(item.opinion, item.record.sealed_to)))


def _row(item: Arrived[SignedUp], arrival: Arrival) -> Row:
    record = item.record
    return {
        "sign_up_id": record.sign_up_id,
        "item_id": record.item_id,
        "device_id": arrival.device_code,
        "given_at": arrival.corrected(record.captured) or arrival.received_at,
        "received_at": arrival.received_at,
        **_said(item.opinion, record.sealed_to),
    }


def _said(said: object, sealed_to: str) -> Row:
    """The columns that were sealed; `sealed_to` is empty once they are open."""
    if not isinstance(said, Said):
        return {"name": "", "phone": "", "language": "", "sealed_to": sealed_to}
    contact = said.contact
    return {
        "name": contact.name,
        "phone": contact.phone,
        "language": said.language,
        "sealed_to": "",
    }
