"""Screens made before anybody asks for them, one at a time, while nobody touches the glass.

A screen takes a tenth of a second to make. Whoever touches would wait for the one that is
being made, never for a second one.
"""

import gc
from collections.abc import Callable

from kivy.clock import Clock

from kiosk.forgetting import give_back
from kiosk.widgets.shaders import release_compiler

PAUSE_S = 0.15
"""Between two screens: a finger that lands meanwhile is answered first."""
REST_S = 1.0
"""How long nobody must have touched."""
YOUNG, MIDDLING, NEVER = 700, 10, 1_000_000
"""How often Python looks for garbage by itself: through everything never, for that takes longer
than a frame. It is done while nobody touches, here and after each visit."""


class Readying:
    """Calls `make_one` until it says that there is nothing more to make.

    What has been made lasts, so Python is told not to look through it for garbage any more:
    that takes longer than a frame, and would come in the middle of somebody's typing. What only
    making them needed goes.
    """

    def __init__(self, make_one: Callable[[], bool]) -> None:
        self._make_one = make_one
        self._next = Clock.create_trigger(self._make, PAUSE_S)
        self._rested = Clock.create_trigger(self._make, REST_S)
        self.is_wanted = False
        self.is_done = False

    def start(self) -> None:
        """Begin, or begin anew after everything was thrown away."""
        gc.set_threshold(YOUNG, MIDDLING, NEVER)
        self.is_wanted, self.is_done = True, False
        self._rested()

    def resume(self) -> None:
        """There is something to catch up with, such as another language."""
        if self.is_wanted:
            self.is_done = False
            self._next.cancel()
            self._rested.cancel()
            self._rested()

    def end(self) -> None:
        """Make nothing more."""
        self.is_wanted = False
        self._next.cancel()
        self._rested.cancel()

    def touched(self) -> None:
        """Somebody is there: wait for a pause."""
        if self.is_wanted and not self.is_done:
            self._next.cancel()
            self._rested.cancel()
            self._rested()

    def _make(self, *_: object) -> None:
        if self._make_one():
            self._next()
            return
        self.is_done = True
        gc.unfreeze()  # not before: what was thrown away would be looked for under a finger
        gc.collect()
        gc.freeze()
        release_compiler()
        give_back()
