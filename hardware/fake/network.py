"""A virtual printer on the network: a real socket that can hang up, reset and stay silent."""

import contextlib
import select
import socket
import struct
from pathlib import Path
from typing import Literal, Self

from hardware.errors import DeviceLost
from hardware.fake.port import BUFFER_BYTES, WENT, Cable
from hardware.printer.paper import Paper

_RESET = struct.pack("ii", 1, 0)


class NetworkPrinter(Cable):
    """Listens on loopback, one connection at a time, as most of them do.

    Args:
        tray: as `hardware.fake.printer` has it.
        paper: what it is loaded with.
        hangs_up: how a connection ends that is lost (`lost_after_bytes`): in order (FIN) or
            with a reset (RST).
    """

    def __init__(self, tray: Path, paper: Paper, hangs_up: Literal["fin", "rst"] = "rst") -> None:
        super().__init__(tray, paper)
        self._hangs_up = hangs_up
        self._server: socket.socket | None = None
        self.address = ("127.0.0.1", 0)

    def plug_in(self) -> None:
        """Listen, each time on the same port."""
        self._server = socket.create_server(self.address)
        self._server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER_BYTES)
        self.address = self._server.getsockname()
        self._start(self._serve)

    def unplug(self) -> None:
        """Nobody is at this address any more."""
        self._end()
        if self._server is not None:
            self._server.close()

    def _serve(self, stop: int) -> None:
        while self._server is not None:
            if stop in _ready(stop, self._server):
                return
            line, _ = self._server.accept()
            with line, contextlib.suppress(*WENT):
                self._answer(line, stop)

    def _answer(self, line: socket.socket, stop: int) -> None:
        try:
            self._carry(line.fileno(), stop)
        except DeviceLost:
            if self._hangs_up == "rst":
                line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
                return
            line.shutdown(socket.SHUT_WR)
            while stop not in _ready(line, stop) and line.recv(BUFFER_BYTES):
                pass

    def __enter__(self) -> Self:
        self.plug_in()
        return self

    def __exit__(self, *_: object) -> None:
        self.unplug()


def _ready(*files: int | socket.socket) -> list[int | socket.socket]:
    """Which of `files` can be read, once one of them can."""
    return select.select(files, [], [])[0]
