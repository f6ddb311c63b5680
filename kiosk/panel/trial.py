"""The glass's side of `kiosk test-panel`: lends the panel to a technician, at a Unix socket.

JSON, a message a line. `Begin` comes first; then the technician says what to `Show`, and
is told each `Told` change. When the line ends, however it ends, everything is as it was.
"""

import contextlib
import logging
import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import msgspec

from hardware.panel.panel import Change
from hardware.panel.parts import INPUTS, OUTPUTS
from hardware.panel.pattern import Pattern

if TYPE_CHECKING:
    from kiosk.panel.front import FrontPanel

log = logging.getLogger(__name__)

TRIAL_SOCKET = "panel.sock"
IN_USE, ANOTHER = "in_use", "another_trial"
_LONGEST = 64 * 1024


class Begin(msgspec.Struct, tag="begin", frozen=True):
    """A technician is here; `now` even though a resident is at the glass."""

    now: bool = False


class Show(msgspec.Struct, tag="show", frozen=True):
    """Let an output play this; None ends it."""

    part: str
    pattern: Pattern | None = None


class Lent(msgspec.Struct, tag="lent", frozen=True, kw_only=True):
    """The answer to `Begin`: what is fitted, which contacts are on and which ignored.

    With `refused`, a code, there is no trial.
    """

    parts: list[str] = []
    on: list[str] = []
    faults: dict[str, str] = {}
    refused: str = ""


class Told(msgspec.Struct, tag="told", frozen=True):
    """What became of a contact."""

    change: Change


_said = msgspec.json.Decoder(Begin | Show)


class Waitable(Protocol):
    """Something `select` can wait for."""

    def fileno(self) -> int:
        """Its file descriptor."""


class Watcher(Protocol):
    """Who waits for what is readable; `kiosk.loop.Loop` is one."""

    def watch(self, what: Waitable, callback: Callable[[], None]) -> None:
        """Call `callback` whenever `what` is readable."""

    def unwatch(self, what: Waitable) -> None:
        """Look at it no more."""


class Trial:
    """One technician at a time."""

    def __init__(self, front: "FrontPanel") -> None:
        self._front = front
        self._watcher: Watcher | None = None
        self._door: socket.socket | None = None
        self._guest: socket.socket | None = None
        self._heard = b""
        self._has_begun = False

    @property
    def is_on(self) -> bool:
        """Whether the panel is lent."""
        return self._has_begun

    def listen(self, watcher: Watcher, path: Path) -> None:
        """Wait for technicians at `path`, for this user only."""
        self._watcher = watcher
        path.unlink(missing_ok=True)
        self._door = socket.socket(socket.AF_UNIX)
        self._door.bind(os.fspath(path))
        path.chmod(0o600)  # nobody can connect before it listens
        self._door.listen(2)
        self._door.setblocking(False)
        watcher.watch(self._door, self._come_in)

    def tell(self, change: Change) -> bool:
        """Tell the technician of a change; False where there is none, and it is meant."""
        if self._has_begun:
            self._say(Told(change))
            return True
        return False

    def close(self) -> None:
        """End it, and wait for nobody any more."""
        self._leave()
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
            self._hear()  # whoever was here may have just gone
            if self._guest is not None:
                _send(guest, Lent(refused=ANOTHER))
                guest.close()
                return
            self._guest, self._heard = guest, b""
            self._watcher.watch(guest, self._hear)

    def _hear(self) -> None:
        """What the technician says; a line that ends, or says nonsense, ends the trial."""
        if self._guest is None:
            return
        try:
            heard = self._guest.recv(_LONGEST)
            *lines, self._heard = (self._heard + heard).split(b"\n")
            messages = [_said.decode(line) for line in lines]
        except BlockingIOError:
            return
        except (OSError, msgspec.MsgspecError):
            self._leave()
            return
        for message in messages:
            self._do(message)
        if not heard or len(self._heard) > _LONGEST:
            self._leave()

    def _do(self, said: Begin | Show) -> None:
        panel = self._front.panel
        if isinstance(said, Show):
            if self._has_begun and panel is not None:
                panel.show(said.part, said.pattern)
            return
        lent = self._lent(said)
        if not lent.refused and panel is not None:
            log.info("panel: lent to a technician")
            for part in OUTPUTS:
                panel.show(part, None)
            self._has_begun = True
        self._say(lent)
        if lent.refused:
            self._leave()

    def _lent(self, said: Begin) -> Lent:
        panel = self._front.panel
        if panel is None:
            return Lent(refused="none_fitted")
        if not panel.is_there:
            panel.watch()
        if not panel.is_there:
            return Lent(refused=panel.trouble or "device_missing")
        if self._front.is_in_use and not said.now:
            return Lent(refused=IN_USE)
        on = [part for part in INPUTS if panel.is_on(part)]
        return Lent(parts=list(panel.wiring), on=on, faults=panel.faults)

    def _say(self, message: Lent | Told) -> None:
        if self._guest is not None and not _send(self._guest, message):
            self._leave()

    def _leave(self) -> None:
        guest, self._guest = self._guest, None
        if guest is None:
            return
        if self._watcher is not None:
            self._watcher.unwatch(guest)
        guest.close()
        if self._has_begun:
            self._has_begun = False
            log.info("panel: given back")
            if self._front.panel is not None:
                for part in OUTPUTS:
                    self._front.panel.show(part, None)
            self._front.shine()


def _send(guest: socket.socket, message: Lent | Told) -> bool:
    try:
        guest.sendall(msgspec.json.encode(message) + b"\n")
    except OSError:
        return False
    return True
