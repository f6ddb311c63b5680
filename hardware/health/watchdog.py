"""The hardware's own watchdog: what restarts a machine that hangs."""

import re

from hardware.health.machine import Machine
from hardware.health.vital import Severity, Vital, not_told

SHORTEST_S, LONGEST_S = 10, 15
"""Shorter and a busy disk restarts the box; the Pi's own chip counts to 15 at most."""
_ADVICE = "set RuntimeWatchdogSec=14s (systemd/system.conf.d)"


def watchdog(machine: Machine, _before: Severity) -> Vital:
    """After how many seconds of silence the hardware restarts the machine."""
    if not (states := machine.read_each("sys/class/watchdog/watchdog*/state")):
        return not_told("watchdog", "this machine has none")
    running = [path for path, state in states.items() if state == "active"]
    if not running:
        return Vital(name="watchdog", value="off", severity="warn", advice=_ADVICE)
    told = machine.read(running[0].removesuffix("state") + "timeout") or ""
    if not re.fullmatch(r"\d{1,6}", told):
        return Vital(name="watchdog", value="on", severity="fine", advice=_ADVICE)
    is_short = SHORTEST_S <= int(told) <= LONGEST_S
    severity: Severity = "fine" if is_short else "warn"
    return Vital(name="watchdog", value=int(told), unit="s", severity=severity, advice=_ADVICE)
