"""A printer behind a device file such as `/dev/usb/lp0`, or a plain file of bytes."""

import contextlib
import errno
import fcntl
import os
import select
import stat
import time
from collections.abc import Iterator
from pathlib import Path

from hardware.errors import DeviceBusy, DeviceLost, DeviceMissing
from hardware.printer.link import Waits

_ANSWER_BYTES = 256
_CLOSED = -1


class FileLink:
    """A file that is written to; what can be read from it are the printer's answers.

    A plain file never answers; it must exist, and jobs are appended to it.
    """

    def __init__(self, path: Path, waits: Waits = Waits()) -> None:  # noqa: B008  frozen
        self._path = path
        self._waits = waits
        self._number = _CLOSED
        self._speaks = False

    def open(self) -> None:
        """Take the file. Raises DeviceMissing: it cannot be opened; DeviceBusy: in use."""
        flags = os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
        try:
            self._number = _opened(self._path, flags)
            fcntl.flock(self._number, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._speaks = not stat.S_ISREG(os.fstat(self._number).st_mode)
        except OSError as error:
            self.close()
            kind = DeviceBusy if error.errno in (errno.EBUSY, errno.EAGAIN) else DeviceMissing
            raise kind(f"{self._path}: {error.strerror}") from error

    def write(self, data: bytes) -> None:
        """Write `data`. Raises DeviceBusy: not taken in time; DeviceLost: unplugged."""
        give_up_at = time.monotonic() + self._waits.write_s
        while data:
            left_s = give_up_at - time.monotonic()
            if left_s <= 0:
                raise DeviceBusy(f"{self._path} takes no more")
            with self._watched():
                if self._waits_for(select.POLLOUT, left_s):
                    data = data[os.write(self._number, data) :]

    def read(self, timeout_s: float) -> bytes:
        """What came within `timeout_s`. Raises DeviceLost: unplugged."""
        with self._watched():
            if self._speaks and self._waits_for(select.POLLIN, timeout_s):
                return os.read(self._number, _ANSWER_BYTES)
        return b""

    def close(self) -> None:
        """Give the last bytes a moment, then let go.

        usblp has sent the last write only when it takes another, and drops it at close.
        """
        if self._number == _CLOSED:
            return
        with contextlib.suppress(DeviceLost):
            self._waits_for(select.POLLOUT, self._waits.close_s)
        number, self._number = self._number, _CLOSED
        with contextlib.suppress(OSError):
            os.close(number)

    def _waits_for(self, event: int, patience_s: float) -> bool:
        """Whether `event` came in time. Raises DeviceLost: the device hung up."""
        poll = select.poll()
        poll.register(self._number, event)
        for _, events in poll.poll(patience_s * 1000):
            if events & (select.POLLHUP | select.POLLERR | select.POLLNVAL):
                raise DeviceLost(f"{self._path} went away")
            return True
        return False

    @contextlib.contextmanager
    def _watched(self) -> Iterator[None]:
        """Errors in our words; a device that only seemed ready is asked again."""
        if self._number == _CLOSED:
            raise DeviceLost(f"{self._path} is not open")
        try:
            yield
        except BlockingIOError:
            return
        except OSError as error:
            raise DeviceLost(f"{self._path}: {error.strerror}") from error


def _opened(path: Path, flags: int) -> int:
    """Open for both ways; a device that only prints, for one."""
    try:
        return os.open(path, os.O_RDWR | os.O_APPEND | flags)
    except OSError as error:
        if error.errno not in (errno.EACCES, errno.EINVAL, errno.ENXIO):
            raise
        return os.open(path, os.O_WRONLY | os.O_APPEND | flags)
