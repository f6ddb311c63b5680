"""Whether systemd gave up on the glass: `python -m kiosk.giving_up`, at each of its failures.

Debian 12's systemd (252) calls for help (`OnFailure=`) once it gave up; Debian 13's (257) does
at each failure, though it starts the unit again. This looks how it goes on, and only a glass
that was given up climbs the ladder (`kiosk.ladder`).
"""

import logging
import sys
import time
from collections.abc import Callable

from hardware.errors import HardwareError
from hardware.manager import Systemd, Unit
from kiosk import log as logs

log = logging.getLogger(__name__)

GLASS = "kiosk-ui.service"
GOES_ON, GAVE_UP, WRONG_SETTINGS = 0, 1, 2
GLANCE_S = 1.0
"""Shorter than the pause before a start, so that no end of one is missed."""


def outcome(
    look: Callable[[], Unit],
    lacks: Callable[[], bool],
    sleep: Callable[[float], None] = time.sleep,
) -> int:
    """Wait until the glass runs, or is not started any more.

    GOES_ON where it runs, or somebody stopped it; WRONG_SETTINGS where it said so itself; else
    GAVE_UP, as for one that is not started because it `lacks` something it requires. Whether it
    was started ever tells nothing: systemd forgets a unit that nobody needs, and a partition
    may be lost between two starts.
    """
    unit = _settled(look, sleep)
    while unit.state not in ("active", "failed", "inactive"):
        sleep(GLANCE_S)
        unit = _settled(look, sleep)
    if unit.state == "inactive":
        return GAVE_UP if lacks() else GOES_ON
    if unit.state == "active":
        return GOES_ON
    said_so = unit.result == "exit-code" and unit.exit_status == WRONG_SETTINGS
    return WRONG_SETTINGS if said_so else GAVE_UP


def _settled(look: Callable[[], Unit], sleep: Callable[[float], None]) -> Unit:
    """How it is; between two starts it is `inactive` for a moment, which does not count."""
    unit = look()
    if unit.state == "inactive":
        sleep(GLANCE_S)
        unit = look()
    return unit


def main() -> int:
    """How the glass goes on, as `outcome` has it."""
    logs.to_stderr()
    manager = Systemd()
    try:
        return outcome(lambda: manager.units([GLASS])[GLASS], lambda: bool(manager.lacking(GLASS)))
    except (HardwareError, KeyError) as error:
        log.error("taken for given up, since systemd does not tell: %s", error)  # noqa: TRY400
        return GAVE_UP


if __name__ == "__main__":
    sys.exit(main())
