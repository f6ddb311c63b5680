"""Signs of life from whoever waits for a printer, however long it takes."""

from collections.abc import Callable

from hardware.printer.link import Link

LONGEST_READ_S = 5.0
"""An answer is waited for in spells of this, with a sign of life before each."""


class PulsedLink:
    """A link that tells before every wait that whoever uses it is alive.

    So a printer that takes nothing or says nothing does not get its spooler killed in
    mid-slip, while a spooler that hangs in the kernel falls silent. Between two signs lies
    one connection, one write or one spell of reading.

    Args:
        link: the cable.
        pulse: hears the sign.
    """

    def __init__(self, link: Link, pulse: Callable[[], None]) -> None:
        self._link = link
        self._pulse = pulse

    def open(self) -> None:
        """As `Link.open`."""
        self._pulse()
        self._link.open()

    def write(self, data: bytes) -> None:
        """As `Link.write`."""
        self._pulse()
        self._link.write(data)

    def read(self, timeout_s: float) -> bytes:
        """As `Link.read`, in spells."""
        while True:
            self._pulse()
            spell_s = min(timeout_s, LONGEST_READ_S)
            answer = self._link.read(spell_s)
            timeout_s -= spell_s
            if answer or timeout_s <= 0:
                return answer

    def close(self) -> None:
        """As `Link.close`."""
        self._pulse()
        self._link.close()
