"""Fingers on a panel without a display server: Kivy reads SDL's on phones only.

SDL makes none of them a mouse where it reads the kernel's input devices by itself (KMSDRM),
since it knows no window there. So the first finger becomes one here; a second that lands
meanwhile is left out, as the glass knows one touch at a time.
"""

import time
from collections.abc import Callable
from typing import Any, Protocol

_AS_MOUSE = {
    "fingerdown": "mousebuttondown",
    "fingermotion": "mousemotion",
    "fingerup": "mousebuttonup",
}
_BUTTON = 0
"""None of a mouse's own, which may be held at the same time; Kivy takes it for the left one."""
LOST_S = 30.0
"""A finger that has not moved for so long is gone: its panel was unplugged beneath it."""

Event = tuple[Any, ...] | bool | None
"""What Kivy's `poll` returns: a name and what belongs to it; None; False where nothing is left."""


class Polled(Protocol):
    """SDL's window as Kivy has it."""

    def poll(self) -> Event:
        """The next event."""


class FirstFinger:
    """Stands before `sdl`, whose window is as large as `size` says, in pixels as it was built."""

    def __init__(
        self,
        sdl: Polled,
        size: Callable[[], tuple[int, int]],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._sdl, self._size, self._clock = sdl, size, clock
        self._held: int | None = None
        self._heard_s = 0.0

    def __getattr__(self, name: str) -> Any:
        """Whatever else Kivy asks of it."""
        return getattr(self._sdl, name)

    def poll(self) -> Event:
        """The next event, with the first finger as a mouse."""
        event = self._sdl.poll()
        if not isinstance(event, tuple) or event[0] not in _AS_MOUSE:
            return event
        name, finger, x, y, *_ = event
        return self._as_mouse(name, finger, *self._pixel(x, y))

    def _as_mouse(self, name: str, finger: int, x: int, y: int) -> Event:
        if name == "fingerdown" and self._held is None:
            self._held = finger
        elif name == "fingerdown" and self._clock() - self._heard_s > LOST_S:
            name = "fingerup"  # this touch only lifts the one that was lost
        elif name == "fingerdown" or finger != self._held:
            return None
        self._heard_s = self._clock()
        if name == "fingerup":
            self._held = None
        button = () if name == "fingermotion" else (_BUTTON,)
        return (_AS_MOUSE[name], x, y, *button)

    def _pixel(self, x: float, y: float) -> tuple[int, int]:
        """Where `x` and `y`, each from 0 to 1, lie on the panel."""
        width, height = self._size()
        return min(max(int(x * width), 0), width - 1), min(max(int(y * height), 0), height - 1)
