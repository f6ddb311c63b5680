"""What a driver of pins must be able to do, and what keeps its thread alive."""

import logging
from collections.abc import Callable
from typing import Protocol

from hardware.panel.parts import Wiring

log = logging.getLogger(__name__)

Told = Callable[[str, bool, float], None]
"""A part, whether it is on, and when on `time.monotonic`; called on the driver's own thread."""

_OLDEST_S = 10.0


class Pins(Protocol):
    """Lines of one header. `hardware.panel.gpio.GpioPins` is one."""

    def open(self, wiring: Wiring, told: Told) -> None:
        """Take the lines and tell every edge from now on; all outputs are off.

        Raises:
            DeviceMissing: no chip, no library for it, or this user may not use it.
            DeviceBusy: somebody else has one of the lines.
        """

    def read(self, part: str) -> bool:
        """Whether an input is on now. Raises DeviceLost: the chip is gone."""

    def write(self, part: str, on: bool) -> None:
        """Switch an output. Raises DeviceLost: the chip is gone."""

    @property
    def is_alive(self) -> bool:
        """Whether edges would still be told."""

    def close(self) -> None:
        """Let the lines go; outputs go off. Safe to call twice."""


def guarded(told: Told) -> Told:
    """`told`, whose errors end here: one that reached lgpio would end its only thread."""

    def tell(part: str, is_on: bool, at_s: float) -> None:
        try:
            told(part, is_on, at_s)
        except Exception:  # whatever it is, no other edge may be lost for it
            log.exception("a handler failed at an edge of %s", part)

    return tell


def moment_of(tick_s: float, wall_s: float, monotonic_s: float) -> float:
    """An edge's time stamp on the monotonic clock.

    Kernels stamp by the wall clock or by the monotonic one (lgpio asks for the first where
    there is one to ask): whichever puts the edge into the last seconds. Else it is now.
    """
    for now_s in (monotonic_s, wall_s):
        if 0 <= now_s - tick_s <= _OLDEST_S:
            return monotonic_s - (now_s - tick_s)
    return monotonic_s
