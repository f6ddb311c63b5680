"""The fleet for programs: `central fleet --json`, the same facts as on the page."""

from datetime import UTC, datetime

import msgspec

from sync.central import municipality
from sync.central.fleet.judging import Finding, Judged, Limits, State, Vital, worst_first
from sync.central.fleet.models import Device

CALLING = (State.SILENT, State.TROUBLE)
"""States in which somebody has to go and see."""


class TallyTold(msgspec.Struct, frozen=True, kw_only=True):
    """What the last comparison of cases came to."""

    through: int
    is_agreed: bool
    missing: int
    compared_at: datetime


class DeviceTold(msgspec.Struct, frozen=True, kw_only=True):
    """One kiosk; names are those of `kiosk status --json` where both tell the same."""

    device_code: str
    state: State
    findings: list[Finding]
    heard_at: datetime | None
    beat_at: datetime | None
    version: str
    waiting: int
    parked: int
    oldest_waiting_at: datetime | None
    printer: str
    printer_since: datetime | None
    clock_trusted: bool
    clock_error_s: float | None
    tally: TallyTold | None
    vitals: list[Vital]
    created_at: datetime
    enrolled_at: datetime | None
    revoked_at: datetime | None
    revoked_why: str


def fleet(now: datetime) -> list[DeviceTold]:
    """All kiosks, those that need somebody most first."""
    limits = Limits.of(municipality.environment())
    return [told(each) for each in worst_first(Device.objects.all(), now, limits)]


def told(judged: Judged) -> DeviceTold:
    """One kiosk's facts."""
    device, printer = judged.device, judged.printer
    return DeviceTold(
        device_code=device.code,
        state=judged.state,
        findings=judged.findings,
        heard_at=device.heard_at,
        beat_at=device.beat_at,
        version=device.version,
        waiting=device.waiting,
        parked=device.parked,
        oldest_waiting_at=device.oldest_waiting_at,
        printer=str(printer.value),
        printer_since=printer.since,
        clock_trusted=device.clock_is_trusted,
        clock_error_s=device.clock_error_s,
        tally=_tally(device),
        vitals=judged.vitals,
        created_at=device.created_at,
        enrolled_at=device.enrolled_at,
        revoked_at=device.revoked_at,
        revoked_why=device.revoked_why,
    )


def as_json(devices: list[DeviceTold]) -> str:
    """For programs: `{"devices": [...]}`."""
    return msgspec.json.encode({"devices": devices}).decode()


def as_lines(devices: list[DeviceTold]) -> list[str]:
    """For a terminal: a line a kiosk."""
    return [
        f"{each.device_code:<4} {each.state:<8} {_minute(each.heard_at):<17}  {_why(each)}".rstrip()
        for each in devices
    ]


def _why(device: DeviceTold) -> str:
    return ", ".join(
        each.code if each.value is None else f"{each.code} {each.value}" for each in device.findings
    )


def _minute(at: datetime | None) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%MZ") if at else "never"


def _tally(device: Device) -> TallyTold | None:
    if device.tally_at is None:
        return None
    return TallyTold(
        through=device.tally_through,
        is_agreed=device.tally_is_agreed,
        missing=device.tally_missing,
        compared_at=device.tally_at,
    )
