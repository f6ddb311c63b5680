"""What the printer says about itself, asked with DLE EOT (Epson's ESC/POS reference).

DLE EOT is answered at once, even off line and with a full buffer; GS r is answered in
its turn, after everything sent before it: a barrier.
"""

import time

from escpos.constants import GS, RT_STATUS

from hardware.errors import CoverOpen, DeviceBusy, DeviceFault, HardwareError, Overheated, PaperOut
from hardware.printer.link import Link

ASK_PRINTER = RT_STATUS + b"\x01"
ASK_OFFLINE_CAUSE = RT_STATUS + b"\x02"
ASK_ERROR_CAUSE = RT_STATUS + b"\x03"
ASK_PAPER = RT_STATUS + b"\x04"
BARRIER = GS + b"r\x01"
"""GS r 1: transmit the paper sensor's status, in turn."""

_FIXED_MASK, _FIXED = 0x93, 0x12
"""Bits 0, 1, 4 and 7 of every DLE EOT answer are 0, 1, 1 and 0."""
_BARRIER_MASK = 0x90
_OFF_LINE = 0x08
_COVER_OPEN = 0x04
_ERROR = 0x40
_WILL_RECOVER = 0x40
_PAPER_END = 0x60
_NEAR_END = 0x0C
"""Of a sensor that not every printer has."""


def check(link: Link, timeout_s: float) -> bool:
    """Ask an open link's printer how it is; True when its roll is nearly used up.

    Raises:
        CoverOpen, PaperOut, Overheated, DeviceFault: it says so.
        DeviceBusy: it says nothing within `timeout_s`.
        DeviceLost: it went away.
    """
    link.read(0)
    cause = _ask(link, ASK_OFFLINE_CAUSE, timeout_s)
    if cause & _COVER_OPEN:
        raise CoverOpen("the printer's cover is open")
    paper = _ask(link, ASK_PAPER, timeout_s)
    if paper & _PAPER_END:
        raise PaperOut("the paper roll is used up")
    if cause & _ERROR:
        raise _error(_ask(link, ASK_ERROR_CAUSE, timeout_s))
    if _ask(link, ASK_PRINTER, timeout_s) & _OFF_LINE:
        raise DeviceFault("the printer is off line and does not say why")
    return bool(paper & _NEAR_END)


def await_barrier(link: Link, timeout_s: float) -> None:
    """Return when everything sent so far has been printed.

    Raises:
        DeviceBusy: not within `timeout_s`: nobody knows how much was printed.
        DeviceLost: it went away.
    """
    link.write(BARRIER)
    if _heard(link, _BARRIER_MASK, 0, timeout_s) is None:
        raise DeviceBusy("the printer did not say that it is done")


def _ask(link: Link, question: bytes, timeout_s: float) -> int:
    link.write(question)
    answer = _heard(link, _FIXED_MASK, _FIXED, timeout_s)
    if answer is None:
        raise DeviceBusy("the printer does not answer")
    return answer


def _heard(link: Link, mask: int, fixed: int, timeout_s: float) -> int | None:
    """The first answer whose fixed bits are right; None when none came in time.

    Others may come before it: dots that happen to read DLE EOT are answered too.
    """
    give_up_at = time.monotonic() + timeout_s
    while (left_s := give_up_at - time.monotonic()) > 0 and (told := link.read(left_s)):
        for byte in told:
            if byte & mask == fixed:
                return byte
    return None


def _error(cause: int) -> HardwareError:
    if cause & _WILL_RECOVER:
        return Overheated("the print head is too hot; it recovers by itself")
    return DeviceFault("the printer reports an error of its own")
