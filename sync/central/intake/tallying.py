"""Whether a device and central hold the same cases; a gap shows on both sides."""

from collections.abc import Callable, Mapping
from datetime import datetime

from django.db import transaction

from sync.central.fleet.models import Device
from sync.central.intake.models import Record
from sync.reference import reference_for
from sync.tally import chain_of
from sync.wire import MOST_MISSING, Tally, TallyAnswer


def compare(tally: Tally, code: str, now: datetime, begin: Callable[[], None]) -> TallyAnswer:
    """Compare a device's tally with what is here, and note the outcome in its row.

    `begin` is called first in the transaction and locks that row.
    """
    with transaction.atomic():
        begin()
        answer, count = _compared(tally, code, now)
        _note(answer, count)
    return answer


def check(tally: Tally, code: str, now: datetime) -> TallyAnswer:
    """The same comparison for somebody with a tally on paper; nothing is noted."""
    return _compared(tally, code, now)[0]


def _compared(tally: Tally, code: str, now: datetime) -> tuple[TallyAnswer, int]:
    """The outcome, and how many cases are missing here."""
    digests = _digests(code, tally)
    count = _expected(tally) - len(digests)
    answer = TallyAnswer(
        device_code=code,
        through=tally.through,
        chain=tally.chain,
        agreed=count == 0 and _chain(code, digests) == tally.chain,
        answered_at=now,
        missing=_missing(tally, digests),
    )
    return answer, count


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


def _note(answer: TallyAnswer, missing: int) -> None:
    """In the device's row, which is locked. A stick may bring an older tally after a newer."""
    device = Device.objects.get(code=answer.device_code)
    if answer.through >= device.tally_through:
        device.tally_at, device.tally_through = answer.answered_at, answer.through
        device.tally_missing, device.tally_is_agreed = missing, answer.agreed
    if answer.agreed:
        device.agreed_through = max(device.agreed_through, answer.through)
    device.save(
        update_fields=[
            *("tally_at", "tally_through", "tally_missing", "tally_is_agreed"),
            "agreed_through",
        ]
    )
