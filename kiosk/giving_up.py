"""Whether systemd gave up on the glass: `python -m kiosk.giving_up`, at each of its failures.

Debian 12's systemd (252) calls for help (`OnFailure=`) once it gave up; Debian 13's (257) does
at each failure, though it starts the unit again. This looks how it goes on, and only a glass
that was given up climbs the ladder (`kiosk.ladder`).
"""

import logging
import os
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


def has_given_up(look: Callable[[], Unit], sleep: Callable[[float], None] = time.sleep) -> bool:
    """Wait until the glass runs (False) or is not started any more (True).

    One that never ran, because what it needs is not there, is given up at once; one that
    somebody stopped meanwhile is not.
    """
    state = look().state
    if state == "inactive":
        return True
    while state not in ("active", "failed", "inactive"):
        sleep(GLANCE_S)
        state = look().state
    return state == "failed"


def main() -> int:
    """0 where the glass goes on; else 2 where its settings are wrong, as it said, and 1."""
    logs.to_stderr()
    manager = Systemd()
    try:
        if not has_given_up(lambda: manager.units([GLASS])[GLASS]):
            return GOES_ON
    except (HardwareError, KeyError) as error:
        log.error("taken for given up, since systemd does not tell: %s", error)  # noqa: TRY400
    is_wrong = os.environ.get("MONITOR_EXIT_STATUS") == str(WRONG_SETTINGS)
    return WRONG_SETTINGS if is_wrong else GAVE_UP


if __name__ == "__main__":
    sys.exit(main())
