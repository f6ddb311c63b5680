"""The event loop that sleeps: until a finger, a due clock event or a doorbell.

Kivy's own loop wakes at every frame whether or not anything moves. This one waits in
one `select` for the display's connection and whatever else is watched, and then runs
Kivy's frame as it is; while something moves, the clock says so and it does not wait.
"""

import ctypes
import os
import select
import signal
import socket
from collections.abc import Callable
from typing import Protocol

from kivy.base import EventLoop
from kivy.clock import Clock
from kivy.core.window import Window

from hardware.stirs import Stirs
from kiosk.window import is_on_bare_panel

BLIND_S = 1 / 60
"""How long to sleep at most where neither a display nor an input device can be waited for."""
MOST_S = 3600.0
_QUEUED_AFTER_READING = 1


class Waitable(Protocol):
    """Something `select` can wait for."""

    def fileno(self) -> int:
        """Its file descriptor."""


class Loop:
    """Runs Kivy until `stop`, or until a signal says so.

    `stirs` are the input devices of a panel that is driven without a display server;
    `after_turn` is called whenever what was due is done, and what was drawn is shown.
    """

    def __init__(
        self, stirs: Stirs | None = None, after_turn: Callable[[], None] = lambda: None
    ) -> None:
        self._stirs, self._after_turn = stirs, after_turn
        self._watched: dict[int, Callable[[], None]] = {}
        self._wake_r, self._wake_w = socket.socketpair()
        for end in (self._wake_r, self._wake_w):
            end.setblocking(False)
        self._display = _open_display()

    def watch(self, what: Waitable, callback: Callable[[], None]) -> None:
        """Call `callback` in the loop whenever `what` is readable."""
        self._watched[what.fileno()] = callback

    def unwatch(self, what: Waitable) -> None:
        """Look at it no more; before it is closed."""
        self._watched.pop(what.fileno(), None)

    def stop(self) -> None:
        """End the loop; safe in a signal handler."""
        EventLoop.quit = True
        os.write(self._wake_w.fileno(), b".")

    def run(self) -> None:
        """Go round until stopped. SIGTERM and SIGINT stop it."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self.stop())
        signal.set_wakeup_fd(self._wake_w.fileno())
        try:
            while not EventLoop.quit:
                self.turn()
        finally:
            signal.set_wakeup_fd(-1)

    def turn(self) -> None:
        """Sleep until there is something to do, and do it."""
        self._sleep(self._spare_s())
        Window.mainloop()
        EventLoop.idle()
        self._after_turn()

    def _spare_s(self) -> float:
        """Seconds until the clock's next event; 0 while something moves."""
        if Window.canvas.needs_redraw:
            return 0.0
        due_s = Clock.get_min_timeout()  # a moment on the clock, whatever its docstring says
        return float(min(max(due_s - Clock.time(), 0.0), MOST_S))

    def _sleep(self, seconds: float) -> None:
        waited_for = [self._wake_r.fileno(), *self._watched]
        if self._display is not None:
            waited_for.append(self._display.fileno())
            seconds = 0.0 if self._display.has_news() else seconds
        elif self._stirs is not None and self._stirs.hears:
            waited_for.append(self._stirs.fileno())
        else:
            seconds = min(seconds, BLIND_S)
        ready, _, _ = select.select(waited_for, [], [], seconds)
        for number in ready:
            if number == self._wake_r.fileno():
                self._wake_r.recv(64)
            elif self._stirs is not None and number == self._stirs.fileno():
                self._stirs.drain()
            elif number in self._watched:
                self._watched[number]()


class Display:
    """The connection on which the X server speaks to us."""

    def __init__(self, display: int) -> None:
        self._x11 = ctypes.CDLL("libX11.so.6")
        self._x11.XConnectionNumber.argtypes = [ctypes.c_void_p]
        self._x11.XEventsQueued.argtypes = [ctypes.c_void_p, ctypes.c_int]
        self._display = display

    def fileno(self) -> int:
        """The socket."""
        return int(self._x11.XConnectionNumber(self._display))

    def has_news(self) -> bool:
        """Whether events were taken from the socket already.

        Swapping buffers does that in passing, and keeps them where neither `select` nor
        the length of Xlib's queue shows them: without reading, a touch could lie there
        until the next one.
        """
        return bool(self._x11.XEventsQueued(self._display, _QUEUED_AFTER_READING))


def stirs_of_the_panel() -> Stirs | None:
    """The input devices where SDL drives panel and touches by itself (KMSDRM), else None."""
    return Stirs() if is_on_bare_panel() else None


def _open_display() -> Display | None:
    """The X display of the window; None on another kind."""
    display = getattr(Window.get_window_info(), "display", None)
    return Display(display) if display else None
