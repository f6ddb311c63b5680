"""The slip printer: takes a job's bytes and says what became of them."""

from collections.abc import Callable
from enum import StrEnum

import msgspec

from hardware.errors import DeviceFault, DeviceLost, HardwareError, Overheated
from hardware.printer import escpos, status
from hardware.printer.link import Link

_ANSWER_S = 1.0
_DONE_S = 20.0
"""A long slip on a slow printer takes 5 s; a paper jam takes for ever."""


class Verdict(StrEnum):
    """What became of a job. Only NOT_STARTED may be tried again without asking anybody."""

    PRINTED = "printed"
    NOT_STARTED = "not_started"
    UNKNOWN = "unknown"


class Outcome(msgspec.Struct, frozen=True):
    """A verdict, and the code of the error behind it (`hardware.errors`) if there was one.

    `is_paper_low`: the roll is nearly used up, says the printer.
    """

    verdict: Verdict
    code: str = ""
    is_paper_low: bool = False


class Printer:
    """A printer at the end of a link.

    Args:
        link: the cable.
        done_s: how long the end of a job may take after its last byte was taken.
    """

    def __init__(self, link: Link, *, done_s: float = _DONE_S) -> None:
        self._link = link
        self._done_s = done_s

    def check(self) -> bool:
        """Ask whether the printer could print now; True when its paper is low.

        Raises:
            HardwareError: it could not; the class and `code` say why.
        """
        try:
            self._link.open()
            return status.check(self._link, _ANSWER_S)
        finally:
            self._link.close()

    def print(self, data: bytes, started: Callable[[], None] = lambda: None) -> Outcome:
        """Print a job. Calls `started` once its first bytes are out.

        PRINTED means the printer answered after the cut, and that its paper had not run
        out by then. Before the first byte every fault is NOT_STARTED; from then on every
        fault is UNKNOWN, for part of the slip may be in somebody's hand.
        """
        try:
            self._link.open()
            status.check(self._link, _ANSWER_S)
        except HardwareError as error:
            self._link.close()
            return Outcome(Verdict.NOT_STARTED, error.code)
        try:
            self._send(data, started)
            status.await_barrier(self._link, self._done_s)
            is_low = self._is_well_after()
        except HardwareError as error:
            return Outcome(Verdict.UNKNOWN, self._cause(error))
        finally:
            self._link.close()
        return Outcome(Verdict.PRINTED, is_paper_low=is_low)

    def _send(self, data: bytes, started: Callable[[], None]) -> None:
        for number, piece in enumerate(escpos.pieces(data)):
            self._link.write(piece)
            if number == 0:
                started()

    def _is_well_after(self) -> bool:
        """Whether the paper is low now that the slip is said to be out.

        There are printers that answer in turn although the paper ended in mid-slip: then
        nobody knows. What befalls the printer later took nothing away from the slip.

        Raises:
            PaperOut, CoverOpen, DeviceFault: it could not have been seen before the slip.
            DeviceBusy: it speaks no sense any more, so its answer in turn may have been none.
        """
        try:
            return status.check(self._link, _ANSWER_S)
        except (DeviceLost, Overheated):
            return False

    def _cause(self, error: HardwareError) -> str:
        """The code of what stopped the job: the printer's own word, else the link's."""
        try:
            status.check(self._link, _ANSWER_S)
        except HardwareError as fault:
            if isinstance(fault, DeviceFault):
                return fault.code
        return error.code
