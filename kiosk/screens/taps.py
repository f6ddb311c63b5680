"""Telling a touch that is meant from the second half of a double tap, and from a mouse's tricks.

Some hands tap twice whatever is before them. The second tap would land on the screen
that the first one brought: give a rating nobody meant, or put away the tracking key.
"""

import math
import time
from collections.abc import Callable, Hashable

from kivy.input import MotionEvent

from kiosk.theme import theme

DOUBLE_TAP_S = 0.3
"""From what the first tap brought to the next landing of the finger."""
NEAR_MM = 12.0


def is_stray(touch: MotionEvent) -> bool:
    """Whether it is no finger's: a mouse's wheel, or any button of it but the first."""
    return "button" in touch.profile and touch.button not in ("left", None)


class Taps:
    """Remembers the last tap: when, where, and on what."""

    def __init__(
        self, double_tap_s: float = DOUBLE_TAP_S, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._double_tap_s, self._clock = double_tap_s, clock
        self._at_s, self._place = -math.inf, (0.0, 0.0)
        self._meant: Hashable = None

    def is_echo(self, place: tuple[float, float], shown: Hashable) -> bool:
        """Whether a finger landing at `place` means what was there before `shown`.

        However often it taps on: only a pause or another place makes it a new touch.
        """
        now_s = self._clock()
        is_soon = now_s - self._at_s < self._double_tap_s
        is_near = math.dist(place, self._place) < theme.mm(NEAR_MM)
        is_echo = is_soon and is_near and shown != self._meant
        self._at_s, self._place = now_s, place
        if not is_echo:
            self._meant = shown
        return is_echo

    def answered(self) -> None:
        """What the tap asked for is shown; a slow box must not eat up the time."""
        self._at_s = self._clock()
