"""A printer that cannot say whether a slip is out: a slip is sent to it, and a person asked."""

from collections.abc import Callable

from hardware.errors import HardwareError
from hardware.printer import escpos, status
from hardware.printer.link import Link
from hardware.printer.printer import Outcome, Verdict

_ANSWER_S = 1.0


class MutePrinter:
    """As `Printer`, at the end of a link from which no answer comes in its turn.

    No slip of it is ever PRINTED: once all was sent, the outcome is UNKNOWN without an
    error, and whoever stands there is asked.

    Args:
        link: the cable.
        answers: it says at least how it is (DLE EOT), so a fault is known beforehand.
    """

    def __init__(self, link: Link, *, answers: bool) -> None:
        self._link = link
        self._answers = answers

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
            is_low = self._open()
        except HardwareError as error:
            self._link.close()
            return Outcome(Verdict.NOT_STARTED, error.code)
        try:
            for number, piece in enumerate(escpos.pieces(data)):
                self._link.write(piece)
                if number == 0:
                    started()
        except HardwareError as error:
            return Outcome(Verdict.UNKNOWN, error.code)
        finally:
            self._link.close()
        return Outcome(Verdict.UNKNOWN, is_paper_low=is_low)

    def _open(self) -> bool:
        self._link.open()
        return self._answers and status.check(self._link, _ANSWER_S)
