"""A printer that cannot say whether a slip is out: a slip is sent to it, and a person asked."""

import time
from collections.abc import Callable

from hardware.errors import HardwareError
from hardware.printer import escpos, status
from hardware.printer.link import Link
from hardware.printer.printer import Outcome, Verdict

_ANSWER_S = 1.0
OUT_S = 3.0
"""From the last byte to the cut: 190 mm at 60 mm/s, the slowest that are sold."""


class MutePrinter:
    """As `Printer`, at the end of a link from which no answer comes in its turn.

    No slip of it is ever PRINTED: once all was sent, and the paper had its time, the outcome
    is UNKNOWN without an error, and whoever stands there is asked. Asked before, they would
    see half a slip and want another.

    Args:
        link: the cable.
        answers: it says at least how it is (DLE EOT), so a fault is known before and after.
        rest: sleeps.
    """

    def __init__(
        self, link: Link, *, answers: bool, rest: Callable[[float], None] = time.sleep
    ) -> None:
        self._link = link
        self._answers = answers
        self._rest = rest

    def check(self) -> bool:
        """Whether the printer could print now, as far as it can be told; True: paper is low.

        Raises:
            HardwareError: it could not; the class and `code` say why.
        """
        try:
            return self._open()
        finally:
            self._link.close()

    def print(self, data: bytes, started: Callable[[], None] = lambda: None) -> Outcome:
        """Send a job. Calls `started` once its first bytes are out."""
        try:
            self._open()
        except HardwareError as error:
            self._link.close()
            return Outcome(Verdict.NOT_STARTED, error.code)
        try:
            for number, piece in enumerate(escpos.pieces(data)):
                self._link.write(piece)
                if number == 0:
                    started()
            self._rest(OUT_S)
            is_low = self._is_low()
        except HardwareError as error:
            return Outcome(Verdict.UNKNOWN, error.code)
        finally:
            self._link.close()
        return Outcome(Verdict.UNKNOWN, is_paper_low=is_low)

    def _open(self) -> bool:
        self._link.open()
        return self._is_low()

    def _is_low(self) -> bool:
        return self._answers and status.check(self._link, _ANSWER_S)
