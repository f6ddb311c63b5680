"""A virtual printer on a serial line: a pseudo-terminal under a name of its own."""

import os
import pty
import select
import tty
from pathlib import Path
from typing import Self

from hardware.errors import DeviceLost
from hardware.fake.port import GLANCE_S, WENT, Cable
from hardware.printer.paper import Paper

_AT_ONCE = 0


class LinePrinter(Cable):
    """Found at `device`, a link to another terminal after each replug, as udev's names are.

    Args:
        tray: as `hardware.fake.printer` has it.
        paper: what it is loaded with.
        device: the name under which it is plugged in.
    """

    def __init__(self, tray: Path, paper: Paper, device: Path) -> None:
        super().__init__(tray, paper)
        self._device = device
        self._line = -1

    def plug_in(self) -> None:
        """Put the cable in."""
        self._line, other = pty.openpty()
        tty.setraw(other)
        self._device.symlink_to(os.ttyname(other))
        os.close(other)
        self._start(self._serve)

    def unplug(self) -> None:
        """Pull the cable out; whoever has the line open is hung up on."""
        self._end()
        self._pull()

    def _pull(self) -> None:
        self._device.unlink(missing_ok=True)
        line, self._line = self._line, -1
        if line >= 0:
            os.close(line)

    def _serve(self, stop: int) -> None:
        """Wait until somebody has the line open, serve, and wait again."""
        poll = select.poll()
        poll.register(self._line, 0)
        while not select.select([stop], [], [], GLANCE_S)[0]:
            if poll.poll(_AT_ONCE):
                continue
            try:
                self._carry(self._line, stop)
            except DeviceLost:
                self._pull()
                return
            except WENT:
                continue

    def __enter__(self) -> Self:
        self.plug_in()
        return self

    def __exit__(self, *_: object) -> None:
        self.unplug()
