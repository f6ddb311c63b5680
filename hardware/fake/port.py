"""The printer's own end of a cable: a receive buffer in front of a virtual printer."""

import contextlib
import os
import re
import select
import threading
from collections.abc import Callable
from pathlib import Path

from hardware.errors import DeviceBusy, HardwareError
from hardware.fake.printer import VirtualPrinter
from hardware.printer.paper import Paper

BUFFER_BYTES = 4096
"""As small printers have."""
GLANCE_S = 0.02
_QUESTION = re.compile(rb"\x10\x04[\x01-\x04]\Z")


class Port:
    """Takes bytes as they come and prints them as it can.

    A status question at the end of what came is answered at once, even while what came
    before it has to wait.
    """

    def __init__(self, printer: VirtualPrinter) -> None:
        self._printer = printer
        self._waiting = b""

    @property
    def room(self) -> int:
        """How many bytes it takes before it has printed something."""
        return BUFFER_BYTES - len(self._waiting)

    def receive(self, data: bytes) -> None:
        """Take `data`, at most `room` bytes. Raises DeviceLost: the cable was pulled."""
        if question := _QUESTION.search(data):
            self._printer.ask(question.group())
            data = data[: question.start()]
        self._waiting += data

    def work(self) -> bytes:
        """Print what can be printed now; the answers. Raises DeviceLost: as above."""
        with contextlib.suppress(DeviceBusy):  # the roll has ended
            while self._waiting and (taken := self._printer.take(self._waiting)):
                self._waiting = self._waiting[taken:]
        return self._printer.read(0)

    @property
    def is_stuck(self) -> bool:
        """Whether bytes wait for somebody to mend the printer."""
        return bool(self._waiting)


class Cable:
    """What virtual printers have in common that are reached through a file of the kernel's.

    Each serves one job after the other in a thread of its own, from `plug_in` to `unplug`.

    Args:
        tray: where slips land and the control files lie (`hardware.fake.printer`).
        paper: what the printer is loaded with.
    """

    def __init__(self, tray: Path, paper: Paper) -> None:
        self._printer = VirtualPrinter(tray, paper)
        self._stop: tuple[int, int] | None = None
        self._thread: threading.Thread | None = None

    def _start(self, serve: Callable[[int], None]) -> None:
        """Run `serve` until `_end`; the file it is given can be read from then on."""
        self._stop = os.pipe()
        self._thread = threading.Thread(target=serve, args=(self._stop[0],), daemon=True)
        self._thread.start()

    def _end(self) -> None:
        if self._stop is None or self._thread is None:
            return
        os.close(self._stop[1])
        self._thread.join()
        os.close(self._stop[0])
        self._stop = self._thread = None

    def _carry(self, line: int, stop: int) -> None:
        """Serve a job on `line` until the other end or somebody with the cable ends it.

        Raises:
            HardwareError: the printer is not there, or its cable was pulled meanwhile.
            OSError: the other end is gone.
        """
        try:
            self._printer.open()
            port = Port(self._printer)
            while not self._step(port, line, stop):
                pass
        finally:
            self._printer.close()

    @staticmethod
    def _step(port: Port, line: int, stop: int) -> bool:
        """One look at the line; True when the job is over."""
        wanted = [stop, line] if port.room else [stop]
        ready = select.select(wanted, [], [], GLANCE_S if port.is_stuck else None)[0]
        if stop in ready:
            return True
        if line in ready:
            data = os.read(line, port.room)
            if not data:
                return True
            port.receive(data)
        if answers := port.work():
            os.write(line, answers)
        return False


WENT = (HardwareError, OSError)
"""What ends a job that does not end by itself."""
