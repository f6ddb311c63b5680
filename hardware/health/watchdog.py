"""The hardware's own watchdog: what restarts a machine that hangs."""

import re

from hardware.health.machine import Machine
from hardware.health.vital import Severity, Vital, not_told

SHORTEST_S, LONGEST_S = 10, 15
"""Shorter and a busy disk restarts the box; the Pi's own chip counts to 15 at most."""
_ADVICE = "set RuntimeWatchdogSec=14s (systemd/system.conf.d)"


def watchdog(machine: Machine, _before: Severity) -> Vital:
    """After how many seconds of silence the hardware restarts the machine."""
    if not machine.read_each("sys/class/watchdog/watchdog*/dev"):
        return not_told("watchdog", "this machine has none")
    seconds = _patience_s(machine)
    if seconds is None:
        return Vital(name="watchdog", value="off", severity="warn", advice=_ADVICE)
    severity: Severity = "fine" if SHORTEST_S <= seconds <= LONGEST_S else "warn"
    return Vital(name="watchdog", value=seconds, unit="s", severity=severity, advice=_ADVICE)


def _patience_s(machine: Machine) -> int | None:
    """What the kernel says, or, where it was built without (WATCHDOG_SYSFS), systemd."""
    states = machine.read_each("sys/class/watchdog/watchdog*/state")
    if not states:
        told = machine.ask("systemctl", "show", "--property=RuntimeWatchdogUSec") or ""
        found = re.search(r"=(?:(\d+)min ?)?(?:(\d+)s)?$", told)
        return 60 * int(found[1] or 0) + int(found[2] or 0) or None if found else None
    running = [path for path, state in states.items() if state == "active"]
    if not running:
        return None
    told = machine.read(running[0].removesuffix("state") + "timeout") or ""
    return int(told) if re.fullmatch(r"\d{1,6}", told) else None
