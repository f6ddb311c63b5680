"""Whether a device and central hold the same cases; a gap shows on both sides."""

from collections.abc import Mapping

from django.db import transaction

from sync.central.fleet.models import Device
from sync.central.intake.callers import Caller, hear
from sync.central.intake.models import Record
from sync.reference import reference_for
from sync.tally import chain_of
from sync.wire import MOST_MISSING, Tally, TallyAnswer


def compare(caller: Caller, tally: Tally) -> TallyAnswer:
    """Compare a device's tally with what is here, and note the outcome in its row."""
    with transaction.atomic():
        hear(caller)
        digests = _digests(caller.code, tally)
        count = _expected(tally) - len(digests)
        is_agreed = count == 0 and _chain(caller.code, digests) == tally.chain
        _note(caller, tally, is_agreed=is_agreed, missing=count)
    return TallyAnswer(
        device_code=caller.code,
        through=tally.through,
        chain=tally.chain,
        agreed=is_agreed,
        answered_at=caller.at,
        missing=_missing(tally, digests),
    )


def _digests(code: str, tally: Tally) -> dict[int, str]:
    """Digest by number of what is here and should be; of each number what came first."""
    without = set(tally.without)
    held = Record.objects.filter(device_id=code, number__lte=tally.through)
    found: dict[int, str] = {}
    rows = held.order_by("number", "received_at", "pk").values_list("number", "digest")
    for number, digest in rows.iterator():
        if number is not None and number not in without:
            found.setdefault(number, digest)
    return found


def _expected(tally: Tally) -> int:
    """How many cases the device says it handed over."""
    return tally.through - sum(number <= tally.through for number in set(tally.without))


def _chain(code: str, digests: Mapping[int, str]) -> str:
    return chain_of((str(reference_for(code, number)), digests[number]) for number in digests)


def _missing(tally: Tally, digests: Mapping[int, str]) -> list[int]:
    """The first MOST_MISSING numbers that are not here. Never counts to a `through` in vain."""
    known = digests.keys() | set(tally.without)
    missing: list[int] = []
    number = 1
    while number <= tally.through and len(missing) < MOST_MISSING:
        if number not in known:
            missing.append(number)
        number += 1
    return missing


def _note(caller: Caller, tally: Tally, *, is_agreed: bool, missing: int) -> None:
    """In the device's row, which `hear` has locked."""
    device = Device.objects.get(code=caller.code)
    device.tally_at, device.tally_through = caller.at, tally.through
    device.tally_missing, device.tally_is_agreed = missing, is_agreed
    if is_agreed:
        device.agreed_through = max(device.agreed_through, tally.through)
    device.save(
        update_fields=[
            *("tally_at", "tally_through", "tally_missing", "tally_is_agreed"),
            "agreed_through",
        ]
    )
