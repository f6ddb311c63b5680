"""The door of a glass, with a loop that waits for it, and a resident who may be there."""

import select
import socket
import threading
from collections.abc import Callable
from pathlib import Path

from kiosk.door import Door
from kiosk.occupied import DOOR_SOCKET, Used
from kiosk.portrait import Portrait


class Doorkeeper:
    """Answers at the runtime folder's door, on a thread, until it is left."""

    def __init__(self, runtime_dir: Path, *, in_use: bool) -> None:
        self.in_use = in_use
        self._watched: dict[int, Callable[[], None]] = {}
        self._wake_r, self._wake_w = socket.socketpair()
        self.closed_s = 0.0
        """For how long it was closed, as the last who asked wanted it."""
        self._door = Door(lambda: Used(self.in_use, 3.0), self.portrait, self._close)
        runtime_dir.mkdir(parents=True, exist_ok=True)
        self._door.listen(self, runtime_dir / DOOR_SOCKET)
        self._thread = threading.Thread(target=self._run)

    def portrait(self) -> tuple[Portrait, bytes]:
        """Two pixels on two, as a panel that was mounted turned has them."""
        told = Portrait(width=2, height=2, rotation=90, masks=1)
        return told, bytes([*(1, 1, 1), *(2, 2, 2), *(3, 3, 3), *(4, 4, 4)])

    def _close(self, for_s: float) -> Used:
        if not self.in_use:
            self.closed_s = for_s
        return Used(self.in_use, 3.0)

    def watch(self, what: object, callback: Callable[[], None]) -> None:
        self._watched[what.fileno()] = callback

    def unwatch(self, what: object) -> None:
        self._watched.pop(what.fileno(), None)

    def _run(self) -> None:
        while True:
            ready, _, _ = select.select([self._wake_r.fileno(), *self._watched], [], [])
            if self._wake_r.fileno() in ready:
                return
            for number in ready:
                if number in self._watched:
                    self._watched[number]()

    def __enter__(self) -> "Doorkeeper":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._wake_w.send(b".")
        self._thread.join()
        self._door.close()
        self._wake_r.close()
        self._wake_w.close()
