"""Stands for `systemctl` on a box that is a folder: all services are well, each start anew.

Whoever starts the guard gets it to its end at once: its minute of watching is of a clock that
it sets forward itself. All else is what a box runs.
"""

import sys

from hardware.fake.manager import WELL, FakeManager
from kiosk.updating.deed import GUARD_UNIT
from kiosk.updating.guard import SERVICES, TARGET, Guard
from kiosk.updating.places import places


def main(asked: str, *words: str) -> None:
    """As `hardware.manager.Systemd` calls it."""
    units = [word for word in words if not word.startswith("-")]
    if asked == "show":
        sys.stdout.write("\n\n".join(map(_told, units)) + "\n")
    elif asked == "start" and units == [GUARD_UNIT]:
        _guard()


def _told(name: str) -> str:
    state = "inactive" if name == GUARD_UNIT else "active"
    return f"Id={name}\nActiveState={state}\nSubState=running\nResult=success\nInvocationID=1"


def _guard() -> None:
    now_s = [100.0]

    def sleep(seconds: float) -> None:
        now_s[0] += seconds

    manager = FakeManager(lambda _: WELL, lambda: now_s[0])
    manager.restart(TARGET, SERVICES)
    Guard(places(), manager, lambda: None, lambda: now_s[0], sleep).carry_on()


main(*sys.argv[1:])
