"""Whether a release on trial is kept, from what is seen of its services. Pure.

A unit that was well before the switch has to be well after it, without a restart, for as
long as `KEEP_AFTER_S`; the glass has to go on drawing frames. The first thing that goes
wrong ends the trial.
"""

from collections.abc import Mapping
from typing import Literal

import msgspec
from msgspec.structs import replace

from hardware.manager import Unit

GLASS = "kiosk-ui.service"
START_S = 30.0
"""To the first frame, or to whatever makes another unit ready; a Pi takes five."""
STOP_S, HELD_UP_S = 45.0, 90.0
"""What the glass of before may take to end, after spooler and agent; and what those wait at
most for the next one. `systemd/` allows 30, 10 and 45 s; neither is the new release's fault."""
KEEP_AFTER_S = 60.0
BEATS = 1.8
"""Periods without a frame after which a glass hangs; its watchdog's patience is two."""
MOST_STARTS = 3
"""Watches that a power cut or a reboot broke off."""


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """One look at the box, on the boot's clock. `frame_at_s` is when the last frame was drawn
    and `frame_every_s` how often one has to be; None where the glass has no pulse."""

    at_s: float
    units: Mapping[str, Unit]
    frame_at_s: float | None = None
    frame_every_s: float = 0.0


class Watch(msgspec.Struct, frozen=True, kw_only=True):
    """What has been seen since the switch at `began_s`: each unit's first run, and since when
    all are well. `former` are the runs of the release before, which end yet; `held_up_s` is
    when a unit was last seen waiting for another."""

    demanded: tuple[str, ...]
    began_s: float
    former: Mapping[str, str] = {}
    runs: dict[str, str] = {}
    held_up_s: Mapping[str, float] = {}
    well_since_s: float | None = None


class Fault(msgspec.Struct, frozen=True):
    """Why a release is not kept: one line, for a technician."""

    reason: str


Verdict = Literal["wait", "keep"] | Fault


def judge(watch: Watch, look: Look) -> tuple[Watch, Verdict]:
    """What is known after one more look, and what follows from it."""
    watch = replace(watch, held_up_s={**watch.held_up_s, **_held_up(watch, look)})
    for name in sorted(watch.demanded, key=_by_start):
        if fault := _fault_of(watch, look, name):
            return watch, fault
    if GLASS in watch.demanded and (fault := _stillness(watch, look)):
        return watch, fault
    up = {name: look.units[name].run for name in watch.demanded if _is_up(watch, look, name)}
    is_well, since_s = len(up) == len(watch.demanded), watch.well_since_s
    since_s = (look.at_s if since_s is None else since_s) if is_well else None
    known = replace(watch, runs={**up, **watch.runs}, well_since_s=since_s)
    is_proved = since_s is not None and look.at_s - since_s >= KEEP_AFTER_S
    return known, "keep" if is_proved else "wait"


def well(units: Mapping[str, Unit]) -> tuple[str, ...]:
    """The units that a switch has to leave well: those that are."""
    return tuple(sorted(name for name, unit in units.items() if unit.state == "active"))


def is_starting(unit: Unit) -> bool:
    """Whether it may be well in a moment."""
    return unit.state == "activating" and not unit.is_waiting_to_restart


def _fault_of(watch: Watch, look: Look, name: str) -> Fault | None:
    unit = look.units.get(name, Unit())
    short = name.removesuffix(".service")
    if _is_new(watch, name, unit) and (unit.state == "failed" or unit.is_waiting_to_restart):
        return Fault(f"{short} ended: {unit.result or 'no word'}")
    if name in watch.runs and (unit.state != "active" or unit.run != watch.runs[name]):
        return Fault(f"{short} did not stay up")
    since_s = watch.held_up_s.get(name, watch.began_s)
    if not _is_up(watch, look, name) and look.at_s - since_s > START_S:
        what = "drew no first frame" if name == GLASS else "was not ready"
        return Fault(f"{short} {what} within {START_S:.0f} s")
    return None


def _held_up(watch: Watch, look: Look) -> dict[str, float]:
    """Which units cannot start yet, and the time of this look: the glass follows the one of
    before, which ends last; the others follow the glass."""
    glass, since_s = look.units.get(GLASS, Unit()), look.at_s - watch.began_s
    is_former = not _is_new(watch, GLASS, glass) and glass.state in ("active", "deactivating")
    held = [GLASS] if is_former and since_s <= STOP_S else []
    if (is_former or is_starting(glass)) and since_s <= HELD_UP_S:
        held += [name for name in watch.demanded if name != GLASS]
    return dict.fromkeys(held, look.at_s)


def _stillness(watch: Watch, look: Look) -> Fault | None:
    """A glass that is up and draws no frames any more, sooner than systemd has ended it."""
    if look.frame_at_s is None or watch.well_since_s is None:
        return None
    last_s = max(look.frame_at_s, watch.well_since_s)
    if look.at_s - last_s > BEATS * look.frame_every_s:
        return Fault(f"kiosk-ui drew no frame for {look.at_s - last_s:.0f} s")
    return None


def _by_start(name: str) -> bool:
    """The glass first: the others start after it, and so are late where it is."""
    return name != GLASS


def _is_new(watch: Watch, name: str, unit: Unit) -> bool:
    return unit.run != watch.former.get(name, "")


def _is_up(watch: Watch, look: Look, name: str) -> bool:
    unit = look.units.get(name, Unit())
    return unit.state == "active" and _is_new(watch, name, unit)
