"""Letters texts once everything has found its place, and not before.

A widget is made at a size of its own, and layouts inside layouts move it step by step, all before
the next frame. Text that were set at each step would be broken, shrunk and lettered for
widths that nobody sees.
"""

from typing import Protocol
from weakref import WeakSet

from kivy.clock import Clock

MOST_WAITS = 12
"""Kivy lays out at most twenty times before a frame; then what is still moving is set as it is."""


class Written(Protocol):
    """Something that the pen draws."""

    def draw(self) -> None:
        """Now, unless nobody sees it."""


class Pen:
    """Draws what it was given before the next frame, after all that is laid out before it."""

    def __init__(self) -> None:
        self._waiting: WeakSet[Written] = WeakSet()
        self._again = Clock.create_trigger(self._look, -1)
        self._waits = 0

    def add(self, part: Written) -> None:
        """Draw it before the next frame."""
        self._waiting.add(part)
        self._again()

    def _look(self, *_: object) -> None:
        self._waits += 1
        if self._waits <= MOST_WAITS and _is_laying_out():
            self._again()
            return
        self._waits = 0
        parts, self._waiting = self._waiting, WeakSet()
        for part in parts:
            part.draw()


def _is_laying_out() -> bool:
    """Whether anything else is still to be done before the next frame."""
    return any(event.timeout < 0 and event.is_triggered for event in Clock.get_events())


pen = Pen()
"""The one pen."""
