"""The clocks: whether the time is known, and whether it survives a power cut."""

import re
import time

from hardware.health.machine import Machine
from hardware.health.vital import Limits, Severity, Vital, counted, not_told

RTC_DRIFT_S = Limits(warn=120, bad=86_400, band=30)


def clock(machine: Machine, _before: Severity) -> Vital:
    """Whether the clock has been set from the network since boot."""
    advice = "timedatectl timesync-status; is UDP 123 open?"
    if machine.is_clock_set():
        return Vital(name="clock", value="trusted", severity="fine", advice=advice)
    return Vital(name="clock", value="not set yet", severity="warn", advice=advice)


def rtc(machine: Machine, before: Severity) -> Vital:
    """How far a battery-backed clock is from the trusted one, in seconds.

    None of them tells how its battery is; one that is empty comes back years behind.
    """
    if machine.read("sys/class/rtc/rtc0/name") is None:
        return not_told("rtc", "none fitted; after a power cut the time comes from the network")
    told = machine.read("sys/class/rtc/rtc0/since_epoch") or ""
    if not re.fullmatch(r"\d{1,11}", told):
        return Vital(name="rtc", value="does not run", severity="warn", advice="hwclock -w")
    if not machine.is_clock_set():
        return not_told("rtc", "nothing to compare it with until the clock is set")
    drift_s = abs(int(told) - int(time.time()))
    advice = "hwclock -w; if that does not last: a new battery"
    return counted("rtc", drift_s, "s off", RTC_DRIFT_S, before, advice)
