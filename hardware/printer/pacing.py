"""Time for printers that are hurried easily, and a way out of a picture that broke off."""

import time
from collections.abc import Callable

from escpos.constants import RT_STATUS

from hardware.errors import HardwareError
from hardware.printer.link import Link
from hardware.printer.status import BARRIER

_IN_TURN_MASK = 0x90
"""Bits 4 and 7 of an answer to GS r are 0; those of DLE EOT have bit 4 set."""


class PacedLink:
    """A link whose printer is given a pause after each part of a job.

    A job that breaks off may leave the printer waiting for the rest of a raster: it would
    take the next slip's commands for dots, and print garbage. So the first bytes after
    such a job are blank dots, as many as a raster can want. A printer that wants none
    ignores them (NUL is no command).

    Args:
        link: the cable.
        pause_s: after each write that asks for no status.
        raster_bytes: the longest raster that is ever sent.
        rest: sleeps.
    """

    def __init__(
        self,
        link: Link,
        pause_s: float,
        raster_bytes: int,
        rest: Callable[[float], None] = time.sleep,
    ) -> None:
        self._link = link
        self._pause_s = pause_s
        self._blank = bytes(raster_bytes)
        self._rest = rest
        self._is_torn = False
        self._awaits_end = False

    def open(self) -> None:
        """As `Link.open`."""
        self._is_torn |= self._awaits_end
        self._awaits_end = False
        self._link.open()

    def write(self, data: bytes) -> None:
        """As `Link.write`; takes the pause with it."""
        if data.startswith(RT_STATUS):
            self._link.write(data)
            return
        if self._is_torn:
            self._link.write(self._blank)
        try:
            self._link.write(data)
        except HardwareError:
            self._is_torn = True
            raise
        self._is_torn, self._awaits_end = False, data == BARRIER
        if self._pause_s:
            self._rest(self._pause_s)

    def read(self, timeout_s: float) -> bytes:
        """As `Link.read`. An answer in turn says that the job came whole."""
        answer = self._link.read(timeout_s)
        if any(byte & _IN_TURN_MASK == 0 for byte in answer):
            self._awaits_end = False
        return answer

    def close(self) -> None:
        """As `Link.close`."""
        self._link.close()
