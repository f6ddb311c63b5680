"""How a kiosk is, in one word, and what is wrong with it. Pure, once its row is read.

The page, `central fleet` and the mails all ask here, so they cannot tell different things.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

import msgspec

from sync.central.environment import Environment
from sync.central.fleet.beating import HOW, WORST, since_of, vitals_told
from sync.central.fleet.models import Alert, Device

Severity = Literal["fine", "warn", "bad"]
Value = str | int | float | bool | None

HEALS_WITHIN = timedelta(minutes=5)
"""A gap that a tally finds is closed in the same pass of the agent; only one that stays counts."""
OLD = timedelta(days=1)
"""What waits for so long although the kiosk reaches central is worth a look."""
REACHED = "central"
"""The vital that says whether the kiosk reaches central: with a beat it has."""
PAPER_OUT = "paper_out"
CODES = ("unheard", "parked", "waiting", "clock_error", "digest")
"""What is found wrong with a kiosk beside its vitals."""


class State(StrEnum):
    """The one word, the worst first."""

    SILENT = "silent"
    TROUBLE = "trouble"
    WATCH = "watch"
    NEW = "new"
    FINE = "fine"
    REVOKED = "revoked"


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """From where silence and a wrong clock count."""

    unheard: timedelta
    clock_error_s: float

    @classmethod
    def of(cls, environment: Environment) -> Limits:
        """As the operator set them."""
        minutes = environment.unheard_minutes
        return cls(unheard=timedelta(minutes=minutes), clock_error_s=environment.clock_error_s)


class Vital(msgspec.Struct, frozen=True, kw_only=True):
    """One vital as the last beat told it; `since` is by central's clock."""

    name: str
    value: Value
    severity: Severity = "fine"
    since: datetime | None = None


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """Something wrong; `code` is a vital's name, or one of those in CODES."""

    code: str
    severity: Severity
    value: Value = None
    since: datetime | None = None


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """A kiosk and what is to be said of it; `findings` the gravest first."""

    device: Device
    state: State
    findings: list[Finding]
    vitals: list[Vital]

    @property
    def printer(self) -> Vital:
        """The printer: `ok`, a fault's code, or `unknown`."""
        unknown = Vital(name="printer", value="unknown")
        return next((each for each in self.vitals if each.name == "printer"), unknown)


def judge(device: Device, now: datetime, limits: Limits) -> Judged:
    """How this kiosk is."""
    vitals = vitals_of(device)
    found = sorted(_findings(device, vitals, now, limits), key=lambda each: each.severity != "bad")
    return Judged(device=device, state=_state(device, found), findings=found, vitals=vitals)


def worst_first(devices: Iterable[Device], now: datetime, limits: Limits) -> list[Judged]:
    """All of them, those that need somebody most at the top; among equals by code."""
    order = list(State)
    judged = [judge(device, now, limits) for device in devices]
    return sorted(judged, key=lambda each: (order.index(each.state), each.device.code))


def vitals_of(device: Device) -> list[Vital]:
    """The vitals of the last beat, without what each beat belies."""
    told, since = vitals_told(device), since_of(device)
    return [
        Vital(
            name=name,
            value=value,
            severity=_severity(told.get(f"{name}{HOW}")),
            since=since.get(name),
        )
        for name, value in told.items()
        if not name.endswith(HOW) and name not in (WORST, REACHED)
    ]


def about_of(finding: Finding) -> Alert.About | None:
    """What is mailed of it; None where the page is enough."""
    if finding.severity != "bad":
        return None
    if finding.code == "printer":
        return Alert.About.PAPER if finding.value == PAPER_OUT else Alert.About.PRINTER
    if finding.code.startswith("disk_"):
        return Alert.About.DISK
    return _MAILED.get(finding.code)


_MAILED = {
    "unheard": Alert.About.UNHEARD,
    "clock_error": Alert.About.CLOCK,
    "digest": Alert.About.DIGEST,
    "services": Alert.About.SERVICE,
    "screen": Alert.About.SERVICE,
    "parked": Alert.About.PARKED,
}


def _state(device: Device, findings: list[Finding]) -> State:
    if device.revoked_at:
        return State.REVOKED
    if not device.enrolled_at:
        return State.NEW
    if any(each.code == "unheard" for each in findings):
        return State.SILENT
    if not findings:
        return State.FINE
    return State.TROUBLE if findings[0].severity == "bad" else State.WATCH


def _findings(
    device: Device, vitals: list[Vital], now: datetime, limits: Limits
) -> Iterator[Finding]:
    if device.revoked_at or not device.enrolled_at:
        return
    heard_at = device.heard_at or device.enrolled_at
    if now - heard_at > limits.unheard:
        yield Finding(code="unheard", severity="bad", since=heard_at)
    for each in vitals:
        if each.severity != "fine":
            yield Finding(
                code=each.name, severity=each.severity, value=each.value, since=each.since
            )
    yield from _of_the_wire(device, now, limits)


def _of_the_wire(device: Device, now: datetime, limits: Limits) -> Iterator[Finding]:
    """What both ends know together: the outbox, the clocks, the cases."""
    if device.parked:
        yield Finding(code="parked", severity="bad", value=device.parked)
    error_s = device.clock_error_s
    if error_s is not None and abs(error_s) >= limits.clock_error_s:
        yield Finding(code="clock_error", severity="bad", value=round(error_s))
    if device.tally_at and not device.tally_is_agreed and now - device.tally_at > HEALS_WITHIN:
        yield Finding(
            code="digest", severity="bad", value=device.tally_missing, since=device.tally_at
        )
    oldest, beat_at = device.oldest_waiting_at, device.beat_at
    if device.waiting and oldest and beat_at and beat_at - oldest > OLD:
        yield Finding(code="waiting", severity="warn", value=device.waiting, since=oldest)


def _severity(told: Value) -> Severity:
    if told == "bad":
        return "bad"
    return "warn" if told == "warn" else "fine"
