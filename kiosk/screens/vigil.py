"""Watching for somebody who has left: first asks, then wipes.

One clock event at a time, due when the pause would be over; touches only note the
moment, so that nothing wakes while nobody is there.
"""

import time
from collections.abc import Callable

from kivy.clock import Clock, ClockEvent

TICK_S = 1.0


class Vigil:
    """Calls `on_pause` after `idle_s` without a touch, then counts down, then `on_gone`.

    `on_tick` gets the seconds left, once a second.
    """

    def __init__(
        self,
        idle_s: float,
        countdown_s: float,
        on_tick: Callable[[float], None],
        on_gone: Callable[[], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._idle_s, self._countdown_s = idle_s, countdown_s
        self._on_tick, self._on_gone, self._clock = on_tick, on_gone, clock
        self._touched_s = clock()
        self._due: ClockEvent | None = None
        self._asked_s: float | None = None
        self._wait_s = 0.0

    @property
    def is_watching(self) -> bool:
        """Whether an end is due where nobody touches the glass."""
        return self._due is not None

    @property
    def is_asking(self) -> bool:
        """Whether the countdown runs."""
        return self._asked_s is not None

    @property
    def untouched_s(self) -> float:
        """How long ago somebody was last there."""
        return self._clock() - self._touched_s

    def touched(self) -> None:
        """Somebody is there."""
        self._touched_s = self._clock()
        self._asked_s = None

    def watch(self, *, asks: bool, wait_s: float | None = None) -> None:
        """Start over: with `asks` a countdown comes before the end, else it comes at once."""
        self.rest()
        self._touched_s, self._asks = self._clock(), asks
        self._wait_s = self._idle_s if wait_s is None else wait_s
        self._due = Clock.schedule_once(self._look, self._wait_s)

    def rest(self) -> None:
        """Stop watching: nobody can have left anything."""
        if self._due:
            self._due.cancel()
        self._due, self._asked_s = None, None

    def _look(self, *_: object) -> None:
        now_s = self._clock()
        if self._asked_s is not None:
            left_s = self._countdown_s - (now_s - self._asked_s)
            self._after_tick(left_s)
            return
        quiet_s = now_s - self._touched_s
        if quiet_s < self._wait_s:
            self._due = Clock.schedule_once(self._look, self._wait_s - quiet_s)
        elif self._asks:
            self._asked_s = now_s
            self._after_tick(self._countdown_s)
        else:
            self._gone()

    def _after_tick(self, left_s: float) -> None:
        if left_s <= 0:
            self._gone()
            return
        self._on_tick(left_s)
        self._due = Clock.schedule_once(self._look, min(TICK_S, left_s))

    def _gone(self) -> None:
        self.rest()
        self._on_gone()
