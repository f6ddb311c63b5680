"""Doorbells: one process tells another that there is something to do, so nobody polls.

A Unix datagram socket each. A ring carries no message, except how urgent it is; what
there is to do stands in the store. Rings of one moment become one.
"""

import contextlib
import logging
import os
import select
import socket
import struct
from pathlib import Path
from typing import Self

log = logging.getLogger(__name__)

UI_BELL, PRINT_BELL, SYNC_BELL = "ui.sock", "print.sock", "sync.sock"
"""The three doorbells, in the runtime directory."""

_ADDRESS_NEWS = 0x10 | 0x100
"""RTMGRP_IPV4_IFADDR and RTMGRP_IPV6_IFADDR (rtnetlink(7)): an address appeared or went."""
_RTM_NEWADDR = 20
_MESSAGE_TYPE = struct.Struct("=4xH")
_LONGEST_NEWS = 64 * 1024

_RING = b"."
_URGENT = b"!"
_LONGEST_RING = 1


class Doorbell:
    """The listening end.

    `urgent` tells whether the last wait was ended by somebody who wants it done at once,
    back-off or not: a technician, or the network coming up.
    """

    def __init__(self, path: Path, *, network: bool = False) -> None:
        """Listen at `path`; a socket left there by an earlier process is replaced.

        With `network`, the kernel's news of a fresh address is an urgent ring too.
        """
        self.path = path
        self.urgent = False
        self._news = _address_news() if network else None
        path.parent.mkdir(parents=True, exist_ok=True)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        with contextlib.suppress(FileNotFoundError):
            path.unlink()
        try:
            self._socket.bind(os.fspath(path))
        except OSError:
            self.close()
            raise

    def wait(self, timeout_s: float | None) -> bool:
        """Sleep until rung (True; all rings so far are taken) or timed out (False)."""
        self.urgent = False
        listening = [self._socket, self._news] if self._news else [self._socket]
        ready, _, _ = select.select(listening, [], [], timeout_s)
        if not ready:
            return False
        rung = self._drain()
        if self._news in ready and self._drain_news():
            self.urgent = rung = True
        return rung

    def fileno(self) -> int:
        """For a `select` of the caller's own; call `wait(0)` when it is readable."""
        return self._socket.fileno()

    def close(self) -> None:
        """Stop listening. The path stays, so that a successor's socket is never removed."""
        self._socket.close()
        if self._news:
            self._news.close()

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

    def _drain_news(self) -> bool:
        """Whether any of the kernel's news is of a fresh address; lost news is no news."""
        fresh = False
        with contextlib.suppress(OSError):
            while self._news:
                (kind,) = _MESSAGE_TYPE.unpack_from(self._news.recv(_LONGEST_NEWS))
                fresh |= kind == _RTM_NEWADDR
        return fresh


def _address_news() -> socket.socket | None:
    """A netlink socket that hears of addresses; None where the system forbids it."""
    try:
        news = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE)
        news.bind((0, _ADDRESS_NEWS))
    except OSError as error:
        log.warning("cannot hear the network come up: %s", error.strerror)
        return None
    news.setblocking(False)
    return news


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


def is_answered(path: Path) -> bool:
    """Whether a process listens at `path`; does not ring."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as visitor:
        return visitor.connect_ex(os.fspath(path)) == 0
