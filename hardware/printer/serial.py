"""A printer on a serial line: RS-232, or USB that shows as one (CDC ACM, CH340, FTDI)."""

import contextlib
import errno
import termios
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import serial

from hardware.errors import DeviceBusy, DeviceLost, DeviceMissing
from hardware.printer.link import Waits

Flow = Literal["rtscts", "xonxoff"]
"""Who tells whom to pause: the wires RTS and CTS, or the bytes XON and XOFF.

Without either a slip overruns the printer's buffer.
"""
_GLANCE_S = 0.01
_BUSY = (errno.EBUSY, errno.EAGAIN)


class SerialLink:
    """A serial line, held alone while it is open.

    Args:
        device: `/dev/serial/by-id/...`, which keeps its name when others are plugged in.
        baud: bits a second; a standard slip takes 3.4 s at 115,200.
        flow: how the printer says that its buffer is full.
        waits: the time-outs.
    """

    def __init__(
        self,
        device: Path,
        baud: int = 115_200,
        flow: Flow = "rtscts",
        waits: Waits = Waits(),  # noqa: B008  frozen
    ) -> None:
        self._device = device
        self._baud = baud
        self._flow = flow
        self._waits = waits
        self._port: serial.Serial | None = None

    def open(self) -> None:
        """Take the line. Raises DeviceMissing: not plugged in; DeviceBusy: in use."""
        try:
            self._port = serial.Serial(
                str(self._device),
                self._baud,
                rtscts=self._flow == "rtscts",
                xonxoff=self._flow == "xonxoff",
                write_timeout=self._waits.write_s,
                exclusive=True,
            )
        except (OSError, termios.error) as error:
            kind = DeviceBusy if getattr(error, "errno", None) in _BUSY else DeviceMissing
            raise kind(f"{self._device}: {error}") from error

    def write(self, data: bytes) -> None:
        """Send `data`. Raises DeviceBusy: not taken in time; DeviceLost: unplugged."""
        with self._watched() as port:
            port.write(data)

    def read(self, timeout_s: float) -> bytes:
        """What came within `timeout_s`. Raises DeviceLost: unplugged."""
        with self._watched() as port:
            port.timeout = timeout_s
            first: bytes = port.read(1)
            rest: bytes = port.read(port.in_waiting) if first else b""
        return first + rest

    def close(self) -> None:
        """Let the last bytes out, drop what the printer takes no more, let the line go.

        The kernel by itself would wait half a minute for a printer that holds its line busy.
        """
        port, self._port = self._port, None
        if port is None:
            return
        with contextlib.suppress(OSError, termios.error):  # unplugged
            give_up_at = time.monotonic() + self._waits.close_s
            while port.out_waiting and time.monotonic() < give_up_at:
                time.sleep(_GLANCE_S)
            if port.out_waiting:
                port.reset_output_buffer()
        with contextlib.suppress(OSError):
            port.close()

    @contextlib.contextmanager
    def _watched(self) -> Iterator[serial.Serial]:
        """The line, its errors in our words."""
        if self._port is None:
            raise DeviceLost(f"{self._device} is not open")
        try:
            yield self._port
        except serial.SerialTimeoutException as error:
            raise DeviceBusy(f"{self._device} takes no more") from error
        except (OSError, termios.error) as error:
            raise DeviceLost(f"{self._device} went away") from error
