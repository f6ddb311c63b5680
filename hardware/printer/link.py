"""The cable to a printer, whichever it is. A transport is one class with these methods."""

from typing import Protocol


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
            DeviceBusy: the printer took none of it for too long.
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
        """Let the printer go. Safe to call twice, and on a link never opened."""
        ...
