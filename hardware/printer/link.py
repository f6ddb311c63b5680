"""The cable to a printer, whichever it is. A transport is one class with these methods."""

from typing import Protocol

import msgspec


class Waits(msgspec.Struct, frozen=True, kw_only=True):
    """How long a cable is waited for, in seconds; nothing ever waits longer.

    `write_s` is for one `write`; `close_s` for the last bytes to leave this machine.
    """

    connect_s: float = 5.0
    write_s: float = 5.0
    close_s: float = 1.0


class Link(Protocol):
    """Bytes out and status bytes back. Opened for a job, closed after it."""

    def open(self) -> None:
        """Take the printer.

        Raises:
            DeviceMissing: it is not there.
            DeviceBusy: somebody else has it.
        """
        ...

    def write(self, data: bytes) -> None:
        """Hand over all of `data`.

        Raises:
            DeviceBusy: the printer did not take all of it in time.
            DeviceLost: it went away; part of `data` may be on paper.
        """
        ...

    def read(self, timeout_s: float) -> bytes:
        """What the printer answered; empty when nothing came within `timeout_s`.

        Raises:
            DeviceLost: it went away.
        """
        ...

    def close(self) -> None:
        """Let the printer go. Safe to call twice, and on a link never opened.

        What was written gets a moment to leave; what the printer still has not taken then
        is dropped, so that it cannot come out into another hand.
        """
        ...
