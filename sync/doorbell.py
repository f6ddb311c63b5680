"""Doorbells: one process tells another that there is something to do, so nobody polls.

A Unix datagram socket each. A ring carries no message, except how urgent it is; what
there is to do stands in the store. Rings of one moment become one.
"""

import contextlib
import os
import select
import socket
from pathlib import Path
from typing import Self

_RING = b"."
_URGENT = b"!"
_LONGEST_RING = 1


class Doorbell:
    """The listening end.

    `urgent` tells whether the last wait was ended by somebody who wants it done at once,
    back-off or not: a technician, or the network coming up.
    """

    def __init__(self, path: Path) -> None:
        """Listen at `path`; a socket left there by an earlier process is replaced."""
        self.path = path
        self.urgent = False
        path.parent.mkdir(parents=True, exist_ok=True)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        with contextlib.suppress(FileNotFoundError):
            path.unlink()
        try:
            self._socket.bind(os.fspath(path))
        except OSError:
            self._socket.close()
            raise

    def wait(self, timeout_s: float | None) -> bool:
        """Sleep until rung (True; all rings so far are taken) or timed out (False)."""
        self.urgent = False
        ready, _, _ = select.select([self._socket], [], [], timeout_s)
        return bool(ready) and self._drain()

    def fileno(self) -> int:
        """For a `select` of the caller's own; call `wait(0)` when it is readable."""
        return self._socket.fileno()

    def close(self) -> None:
        """Stop listening. The path stays, so that a successor's socket is never removed."""
        self._socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _drain(self) -> bool:
        rung = False
        with contextlib.suppress(BlockingIOError):
            while True:
                self.urgent |= self._socket.recv(_LONGEST_RING) == _URGENT
                rung = True
        return rung


def ring(path: Path, *, urgent: bool = False) -> None:
    """Ring, whether or not anybody listens; never waits and never fails.

    A full socket needs no further ring, and who does not listen looks at start anyway.
    """
    with (
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender,
        contextlib.suppress(OSError),
    ):
        sender.setblocking(False)
        sender.sendto(_URGENT if urgent else _RING, os.fspath(path))
