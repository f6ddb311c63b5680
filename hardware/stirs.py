"""When fingers, mice or keys stir, where no display server tells: a loop may sleep till then.

On a panel driven straight from the kernel (KMSDRM) SDL reads the input devices itself,
and only when it is asked. Here the same devices are opened once more, each open file with
a queue of its own, and what comes is thrown away unread: it only says that there is something.
Plugged in and pulled out is told by uevents (netlink(7)), not by looking again: the kernel's, and
udev's, which come once it has let the panel's user read what was plugged in.
"""

import os
import select
import socket
from pathlib import Path
from typing import Self

INPUTS = Path("/dev/input")
_NODES = "event*"
_AT_ONCE = 4096
_UEVENT, _FROM_KERNEL, _FROM_UDEV = 15, 1, 2
"""NETLINK_KOBJECT_UEVENT, `linux/netlink.h`, and its groups: what the kernel tells, and what
udev is done with."""


class Stirs:
    """All input devices in `folder` as one thing to wait for; `drain` when it is readable."""

    def __init__(self, folder: Path = INPUTS) -> None:
        self._folder = folder
        self._together = select.epoll()
        self._open: dict[int, Path] = {}
        self._changes = _uevents()
        if self._changes:
            self._together.register(self._changes, select.EPOLLIN)
        self.look()

    @property
    def hears(self) -> bool:
        """Whether it may be relied on: there is a device, and a new one would be noticed."""
        return bool(self._open) and self._changes is not None

    def fileno(self) -> int:
        """For `select`: readable once anything stirred."""
        return self._together.fileno()

    def look(self) -> None:
        """Open what is there and was not; what this user may not read is left out."""
        for node in sorted(self._folder.glob(_NODES)):
            if node not in self._open.values():
                self._take(node)

    def drain(self) -> None:
        """Throw away what came; does not wait."""
        for number, _ in self._together.poll(0):
            if self._changes and number == self._changes.fileno():
                _read_all(number)
                self.look()
            elif not _read_all(number):
                self._drop(number)

    def close(self) -> None:
        """Let go of all."""
        for number in list(self._open):
            self._drop(number)
        if self._changes:
            self._changes.close()
        self._together.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _take(self, node: Path) -> None:
        try:
            number = os.open(node, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError:
            return
        self._open[number] = node
        self._together.register(number, select.EPOLLIN)

    def _drop(self, number: int) -> None:
        del self._open[number]
        self._together.unregister(number)
        os.close(number)


def _read_all(number: int) -> bool:
    """Read until there is nothing; False when nothing will ever come any more."""
    while True:
        try:
            if not os.read(number, _AT_ONCE):
                return False
        except BlockingIOError:
            return True
        except OSError:
            return False


def _uevents() -> socket.socket | None:
    """The word of kernel and udev on devices that come and go; None where it can't be had."""
    try:
        told = socket.socket(socket.AF_NETLINK, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK, _UEVENT)
        told.bind((0, _FROM_KERNEL | _FROM_UDEV))
    except OSError:
        return None
    return told
