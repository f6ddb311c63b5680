"""What a device says of itself with each beat, and since when it has been so."""

from datetime import UTC, datetime

import msgspec

from sync.central.fleet.models import Device
from sync.central.intake.texts import visible
from sync.wire import Beat

MOST_COUNT = 2**31 - 1
CAN_BE = (datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC))
"""A clock that says otherwise was not set; its days cannot be shown."""
HOW = ".is"
"""Ends the name of a vital's severity, where it is not fine."""
WORST = "worst"

Told = dict[str, str | int | float | bool | None]
Since = dict[str, datetime]


def note_beat(code: str, beat: Beat, now: datetime) -> None:
    """Keep it in the device's row; the caller holds the transaction and has locked the row."""
    before = Device.objects.only("vitals", "vitals_since").get(code=code)
    vitals = _shown(beat)
    Device.objects.filter(code=code).update(
        version=visible(beat.version),
        waiting=min(beat.waiting, MOST_COUNT),
        parked=min(beat.parked, MOST_COUNT),
        oldest_waiting_at=_possible(beat.oldest_waiting_at),
        beat_at=now,
        clock_error_s=(beat.sent.wall - now).total_seconds(),
        clock_is_trusted=beat.sent.trusted,
        vitals=msgspec.json.encode(vitals).decode(),
        vitals_since=msgspec.json.encode(_since(before, vitals, now)).decode(),
    )


def vitals_told(device: Device) -> Told:
    """What the last beat said, as it came."""
    return msgspec.json.decode(device.vitals, type=Told)


def since_of(device: Device) -> Since:
    """Since when each vital is as it is, by central's clock."""
    return msgspec.json.decode(device.vitals_since, type=Since)


def _since(before: Device, vitals: Told, now: datetime) -> Since:
    """A vital that is as it was keeps its moment; others begin now."""
    last, since = vitals_told(before), since_of(before)
    return {
        name: since[name] if name in since and _how(last, name) == _how(vitals, name) else now
        for name in vitals
        if not name.endswith(HOW) and name != WORST
    }


def _how(vitals: Told, name: str) -> tuple[object, object]:
    """How grave it is, and in which words; a number may move without being another state."""
    value = vitals.get(name)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return vitals.get(f"{name}{HOW}"), None if is_number else value


def _shown(beat: Beat) -> Told:
    """The vitals without anything that hides."""
    return {
        name: visible(vital) if isinstance(vital, str) else vital
        for name, vital in beat.vitals.items()
    }


def _possible(at: datetime | None) -> datetime | None:
    return at if at and CAN_BE[0] <= at <= CAN_BE[1] else None
