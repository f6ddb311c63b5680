"""Who signed up for an activity: taken in, opened once a lost key is back, listed."""

from collections.abc import Sequence
from uuid import UUID

import msgspec
from django.db import transaction
from django.db.models import QuerySet

from sync.central import municipality
from sync.central.content.models import SignUp
from sync.central.database.rows import Row, insert
from sync.central.intake.arrival import Arrival, Arrived
from sync.central.intake.models import Record
from sync.central.intake.reading import RecordRefused, read_record
from sync.records import SignedUp
from sync.signing_up import SignUp as Said


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


def listed(item_id: UUID, places: int) -> list[Listed]:
    """Who signed up for an activity, in the order in which they did."""
    found = SignUp.objects.filter(item_id=item_id).order_by("given_at", "pk")
    return [Listed(each, number, number > places) for number, each in enumerate(found, 1)]


def _waiting() -> QuerySet[SignUp]:
    return SignUp.objects.filter(sealed_to__in=municipality.keys().intakes)


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
