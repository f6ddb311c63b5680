"""When a device's boots began: what tells the time of things captured before a restart."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sync.central.database.rows import insert
from sync.central.intake.arrival import AHEAD, LONGEST_UPTIME, Arrival, Arrived
from sync.central.intake.models import Boot
from sync.central.intake.texts import are_visible
from sync.wire import BootClock


def note_boots(boots: Sequence[BootClock], arrival: Arrival) -> None:
    """Keep what is told first of each boot; the caller holds the transaction.

    What cannot be is passed over: it corrects times, and no record hangs on it.
    """
    rows = [
        {
            "device_id": arrival.device_code,
            "boot_id": boot.boot_id,
            "began_at": boot.began_at,
        }
        for boot in boots
        if are_visible(boot.boot_id) and _can_be(boot.began_at, arrival.received_at)
    ]
    if rows:
        insert(Boot, rows, ignore_conflicts=True)


def known_boots(arrived: Sequence[Arrived[Any]], arrival: Arrival) -> Mapping[str, datetime]:
    """When the boots began in which these were captured, where that is known."""
    ids = {item.record.captured.boot_id for item in arrived} - {arrival.sent.boot_id}
    if not ids:
        return {}
    found = Boot.objects.filter(device_id=arrival.device_code, boot_id__in=ids)
    return dict(found.values_list("boot_id", "began_at"))


def _can_be(began_at: datetime, now: datetime) -> bool:
    return timedelta(0) <= now + AHEAD - began_at <= LONGEST_UPTIME
