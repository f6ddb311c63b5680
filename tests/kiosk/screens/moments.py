"""Kivy's clock, held: it goes on when a test says so, however busy the machine is."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tests.kiosk.screens.box import Box, Clock

STEP_S = 0.1


class Moments:
    """The machine's time and what was skipped so far, so that it never goes back."""

    def __init__(self) -> None:
        self._machines = Clock.time
        self._skipped_s = 0.0
        self._held_s: float | None = None
        Clock.time = self

    def __call__(self) -> float:
        if self._held_s is None:
            return float(self._machines()) + self._skipped_s
        return self._held_s

    @contextmanager
    def held(self) -> Iterator[None]:
        """Time stands still, but for `go_on`."""
        self._held_s = self()
        yield
        self._skipped_s = max(self._skipped_s, self._held_s - float(self._machines()))
        self._held_s = None

    def go_on(self, seconds: float) -> None:
        """So much has passed since the last frame."""
        assert self._held_s is not None
        self._held_s += seconds


moments = Moments()


def pass_time(box: Box, seconds: float) -> None:
    """Frames, `STEP_S` apart on Kivy's clock and as fast as they come on the machine's."""
    while seconds > 0:
        moments.go_on(min(STEP_S, seconds))
        box.frames(1)
        seconds -= STEP_S


def steps_until(box: Box, is_so: Callable[[], bool], most: int = 400) -> None:
    """Time passes until something is so."""
    for _ in range(most):
        if is_so():
            return
        pass_time(box, STEP_S)
    raise AssertionError(f"not within {most * STEP_S:.0f} s; on the glass: {box.glass.name}")
