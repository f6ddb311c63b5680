"""The glass's heartbeat: when it drew its last frame, in a file that lies in memory.

Told on the boot's own clock, which all processes share and which nobody sets.
"""

import contextlib
import os
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from kiosk import notify

FILE = "frame.pulse"


class Pulse(msgspec.Struct, frozen=True, kw_only=True):
    """A frame was drawn at `at_s` (time.monotonic); the next is due within `every_s`."""

    every_s: float
    at_s: float


class Heartbeat:
    """Tells `alive` and the file of drawn frames, at most four times in `every_s`."""

    def __init__(
        self,
        runtime_dir: Path,
        every_s: float,
        alive: Callable[[], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.every_s, self._alive, self._clock = every_s, alive, clock
        self._told_s = -every_s
        flags = os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC
        self._file = os.open(runtime_dir / FILE, flags, 0o644)

    def frame(self) -> None:
        """A frame has been drawn and shown."""
        now_s = self._clock()
        if now_s - self._told_s < self.every_s / 4:
            return
        self._told_s = now_s
        self._alive()
        with contextlib.suppress(OSError):  # the folder is full: systemd heard of it all the same
            os.pwrite(self._file, f"{self.every_s:9.1f} {now_s:15.1f}\n".encode(), 0)


def of_watched_glass(runtime_dir: Path) -> Heartbeat | None:
    """A beat at half of systemd's patience; None where nobody watches, and no pulse is left."""
    watched_s = notify.watchdog_s()
    if watched_s is None:
        (runtime_dir / FILE).unlink(missing_ok=True)
        return None
    return Heartbeat(runtime_dir, watched_s / 2, notify.alive)


def read(runtime_dir: Path) -> Pulse | None:
    """The last pulse; None where the glass has none, or has not begun to have one."""
    try:
        every_s, at_s = (runtime_dir / FILE).read_text().split()
        return Pulse(every_s=float(every_s), at_s=float(at_s))
    except (OSError, ValueError):
        return None
