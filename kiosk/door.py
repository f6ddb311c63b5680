"""The glass's door for technicians: answers who asks at `glass.sock`, one question a line.

It answers from the glass's own loop, at once, and waits for nobody: an answer that does
not fit into the socket is dropped with its line.
"""

import contextlib
import os
import socket
from collections.abc import Callable
from functools import partial
from pathlib import Path

import msgspec

from kiosk.occupied import LONGEST, AskClose, AskUse, Used
from kiosk.panel.trial import Watcher
from kiosk.portrait import AskPortrait, Portrait, hand_over

_MOST_GUESTS = 8
_asked = msgspec.json.Decoder(AskUse | AskClose | AskPortrait)


class Door:
    """Listens for this user and root alone; `use` and `portrait` tell of the glass, `close`
    has it take nobody for so many seconds, if it is not in use."""

    def __init__(
        self,
        use: Callable[[], Used],
        portrait: Callable[[], tuple[Portrait, bytes]],
        close: Callable[[float], Used],
    ) -> None:
        self._use, self._portrait, self._close = use, portrait, close
        self._watcher: Watcher | None = None
        self._door: socket.socket | None = None
        self._guests: set[socket.socket] = set()

    def listen(self, watcher: Watcher, path: Path) -> None:
        """Wait for questions at `path`; a socket of an earlier process is replaced."""
        self._watcher = watcher
        path.unlink(missing_ok=True)
        self._door = socket.socket(socket.AF_UNIX)
        self._door.bind(os.fspath(path))
        path.chmod(0o600)  # nobody can connect before it listens
        self._door.listen(_MOST_GUESTS)
        self._door.setblocking(False)
        watcher.watch(self._door, self._come_in)

    def close(self) -> None:
        """Answer nobody any more."""
        for guest in tuple(self._guests):
            self._leave(guest)
        if self._door is not None and self._watcher is not None:
            self._watcher.unwatch(self._door)
            self._door.close()
            self._door = None

    def _come_in(self) -> None:
        if self._door is None or self._watcher is None:
            return
        with contextlib.suppress(OSError):
            guest, _ = self._door.accept()
            guest.setblocking(False)
            if len(self._guests) >= _MOST_GUESTS:
                guest.close()
                return
            self._guests.add(guest)
            self._watcher.watch(guest, partial(self._hear, guest))

    def _hear(self, guest: socket.socket) -> None:
        """One question, one answer; whoever says nonsense is left."""
        with contextlib.suppress(OSError, msgspec.MsgspecError):
            question = _asked.decode(guest.recv(LONGEST))
            if isinstance(question, AskPortrait):
                hand_over(guest, *self._portrait())
            else:
                is_look = isinstance(question, AskUse)
                told = self._use() if is_look else self._close(question.for_s)
                guest.sendall(msgspec.json.encode(told))
        self._leave(guest)

    def _leave(self, guest: socket.socket) -> None:
        self._guests.discard(guest)
        if self._watcher is not None:
            self._watcher.unwatch(guest)
        guest.close()
