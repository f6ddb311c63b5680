"""A printer on the network: raw bytes over TCP, by custom on port 9100."""

import contextlib
import errno
import fcntl
import socket
import struct
import termios
import time
from collections.abc import Iterator

from hardware.errors import DeviceBusy, DeviceLost, DeviceMissing
from hardware.printer.link import Waits

PORT = 9100
_QUEUE_BYTES = 8192
"""What the kernel may keep for the printer; it takes twice this. A printer that takes no
more is noticed while the slip is being sent, not at its end."""
_ANSWER_BYTES = 256
_RESET = struct.pack("ii", 1, 0)
"""SO_LINGER with no time: close drops what is queued and resets the connection."""
_FIN_BYTES = 1
"""The kernel counts the half-close as a byte that waits."""


class NetworkLink:
    """A TCP connection for each job.

    Args:
        host: name or address.
        port: where it prints.
        waits: the time-outs.
    """

    def __init__(self, host: str, port: int = PORT, waits: Waits = Waits()) -> None:  # noqa: B008  frozen
        self._address = (host, port)
        self._waits = waits
        self._line: socket.socket | None = None

    def open(self) -> None:
        """Connect. Raises DeviceMissing: nothing prints at that address."""
        try:
            self._line = socket.create_connection(self._address, self._waits.connect_s)
            self._line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._line.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _QUEUE_BYTES)
        except OSError as error:
            self.close()
            raise DeviceMissing(f"{self._name}: {error.strerror or error}") from error

    def write(self, data: bytes) -> None:
        """Send `data`. Raises DeviceBusy: not taken in time; DeviceLost: hung up."""
        with self._watched() as line:
            line.settimeout(self._waits.write_s)
            line.sendall(data)

    def read(self, timeout_s: float) -> bytes:
        """What came within `timeout_s`. Raises DeviceLost: the printer hung up."""
        with self._watched() as line:
            line.settimeout(timeout_s)
            try:
                answer = line.recv(_ANSWER_BYTES)
            except TimeoutError as error:
                if error.errno is not None:
                    raise
                return b""
            except BlockingIOError:
                return b""
        if not answer:
            raise DeviceLost(f"{self._name} hung up")
        return answer

    def close(self) -> None:
        """Half-close, read what still comes, then close: a reset would eat the tail."""
        line, self._line = self._line, None
        if line is None:
            return
        with contextlib.suppress(OSError):  # the printer was quicker
            line.shutdown(socket.SHUT_WR)
            if not _ends(line, self._waits.close_s) and _queued(line) > _FIN_BYTES:
                line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        line.close()

    @property
    def _name(self) -> str:
        host, port = self._address
        return f"{host}:{port}"

    @contextlib.contextmanager
    def _watched(self) -> Iterator[socket.socket]:
        """The connection, its errors in our words."""
        if self._line is None:
            raise DeviceLost(f"{self._name} is not connected")
        try:
            yield self._line
        except TimeoutError as error:
            if error.errno == errno.ETIMEDOUT:  # the kernel's word: nobody acknowledges
                raise DeviceLost(f"{self._name} is gone from the network") from error
            raise DeviceBusy(f"{self._name} takes no more") from error
        except OSError as error:
            raise DeviceLost(f"{self._name}: {error.strerror}") from error


def _ends(line: socket.socket, patience_s: float) -> bool:
    """Read until the printer hangs up as well; False when it has not in time."""
    give_up_at = time.monotonic() + patience_s
    while (left_s := give_up_at - time.monotonic()) > 0:
        line.settimeout(left_s)
        try:
            if not line.recv(_ANSWER_BYTES):
                return True
        except TimeoutError:
            return False
    return False


def _queued(line: socket.socket) -> int:
    """Bytes that the printer has not acknowledged (SIOCOUTQ, tcp(7))."""
    answer = fcntl.ioctl(line.fileno(), termios.TIOCOUTQ, bytes(4))
    return int(struct.unpack("i", answer)[0])
