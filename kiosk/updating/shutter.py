"""The glass closed just before a switch: nobody begins what the next release would not know of."""

import logging
import time
from collections.abc import Callable

from kiosk.config import Config
from kiosk.occupied import close, insist_on

log = logging.getLogger(__name__)

CLOSED_S = 120.0
"""How long until the switch may end the glass: its guard starts, links and units are laid on a
slow card, and spooler and agent end first, each within half a minute."""
LONGEST_VISIT_S = 1800.0
"""What somebody may take who came meanwhile."""
LOOK_S = 0.5


class Shutter:
    """Of this box's glass; with `now` nobody is waited for."""

    def __init__(self, config: Config, *, now: bool = False) -> None:
        self._config, self._now = config, now

    def close(self, sleep: Callable[[float], None] = time.sleep) -> None:
        """Until nobody is at the glass; from then on it takes nobody for `CLOSED_S`.

        Raises Occupied: somebody stays, or nobody knows. PermissionError.
        """
        use = close(self._config, CLOSED_S)
        for _ in range(0 if self._now else round(LONGEST_VISIT_S / LOOK_S)):
            if use != "in_use":
                break
            sleep(LOOK_S)
            use = close(self._config, CLOSED_S)
        if not self._now:
            insist_on(use)

    def open(self) -> None:
        """Nothing comes of it; a glass that does not hear this opens by itself."""
        use = close(self._config, 0.0)
        log.info("the glass may be used again: %s", use)
