"""A panel on the technician's bench: lent by the glass, or taken where no glass runs."""

import contextlib
import os
import select
import socket
import time
from pathlib import Path
from typing import Protocol, Self

import msgspec

from hardware.panel.panel import Change, Panel
from hardware.panel.parts import INPUTS, OUTPUTS
from hardware.panel.pattern import Pattern
from kiosk.config import Config
from kiosk.panel.front import panel_of
from kiosk.panel.trial import TRIAL_SOCKET, Begin, Lent, Show, Told

ANSWER_S = 10.0
_LONGEST = 64 * 1024
_told = msgspec.json.Decoder(Lent | Told)


class NotLent(Exception):
    """There is no panel to try; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Bench(Protocol):
    """What is fitted, and how it is tried. Wait for `fileno`, then take `changes`."""

    lent: Lent

    def show(self, part: str, pattern: Pattern | None) -> None:
        """Let an output play this. Raises NotLent: the glass is gone."""

    def changes(self) -> list[Change]:
        """What became of contacts. Raises NotLent: the glass is gone."""

    def due_in_s(self) -> float | None:
        """Seconds until `changes` is to be called at the latest."""

    def fileno(self) -> int:
        """For `select`."""

    def close(self) -> None:
        """Give it back; everything is as it was."""


class Borrowed:
    """The panel of the glass that runs."""

    def __init__(self, path: Path, *, now: bool) -> None:
        """Ask for it.

        Raises:
            ConnectionRefusedError, FileNotFoundError: no glass runs.
            NotLent: it does not lend it.
        """
        self._line = socket.socket(socket.AF_UNIX)
        self._heard = b""
        try:
            self._line.settimeout(ANSWER_S)
            self._line.connect(os.fspath(path))
            with contextlib.suppress(NotLent):  # whoever refuses may have hung up: it says why
                self._say(Begin(now=now))
            self.lent = self._answer()
        except (OSError, NotLent):
            self._line.close()
            raise
        self._line.setblocking(False)

    def show(self, part: str, pattern: Pattern | None) -> None:
        """Let an output play this."""
        self._say(Show(part, pattern))

    def changes(self) -> list[Change]:
        """What became of contacts since the last time."""
        try:
            heard = self._line.recv(_LONGEST)
        except BlockingIOError:
            return []
        except OSError as error:
            raise NotLent("glass_gone") from error
        if not heard:
            raise NotLent("glass_gone")
        return [said.change for said in self._messages(heard) if isinstance(said, Told)]

    def due_in_s(self) -> float | None:
        """The glass says everything by itself."""
        return None

    def fileno(self) -> int:
        """For `select`."""
        return self._line.fileno()

    def close(self) -> None:
        """Hang up; the glass does the rest."""
        self._line.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _say(self, message: Begin | Show) -> None:
        try:
            self._line.sendall(msgspec.json.encode(message) + b"\n")
        except BrokenPipeError as error:
            raise NotLent("glass_gone") from error

    def _answer(self) -> Lent:
        with contextlib.suppress(ConnectionError, TimeoutError):
            while heard := self._line.recv(_LONGEST):
                for said in self._messages(heard):
                    if isinstance(said, Lent):
                        if said.refused:
                            raise NotLent(said.refused)
                        return said
        raise NotLent("glass_gone")

    def _messages(self, heard: bytes) -> list[Lent | Told]:
        *lines, self._heard = (self._heard + heard).split(b"\n")
        return [_told.decode(line) for line in lines]


class Own:
    """The panel itself, while no glass runs."""

    def __init__(self, panel: Panel) -> None:
        """Take it. Raises NotLent: its pins do not answer."""
        self._panel = panel
        panel.watch()
        if not panel.is_there:
            trouble = panel.trouble or "device_missing"
            panel.close()
            raise NotLent(trouble)
        on = [part for part in INPUTS if panel.is_on(part)]
        self.lent = Lent(parts=list(panel.wiring), on=on, faults=panel.faults)

    def show(self, part: str, pattern: Pattern | None) -> None:
        """Let an output play this."""
        self._panel.show(part, pattern)

    def changes(self) -> list[Change]:
        """What became of contacts since the last time."""
        return self._panel.changes()

    def due_in_s(self) -> float | None:
        """A light that blinks, a contact that settles."""
        return self._panel.due_in_s()

    def fileno(self) -> int:
        """For `select`."""
        return self._panel.fileno()

    def close(self) -> None:
        """Let go of it; all lights go out."""
        self._panel.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def bench_of(config: Config, *, now: bool) -> Borrowed | Own:
    """The panel of this box, from whoever has it.

    Raises:
        NotLent: there is none, or it is not lent now.
    """
    with contextlib.suppress(ConnectionRefusedError, FileNotFoundError):
        return Borrowed(config.runtime_dir / TRIAL_SOCKET, now=now)
    panel = panel_of(config)
    if panel is None:
        raise NotLent("none_fitted")
    return Own(panel)


def wait(bench: Bench, timeout_s: float, *others: int) -> tuple[list[Change], bool]:
    """Changes within `timeout_s`, and whether one of the `others` is readable. Returns early."""
    ends_s = time.monotonic() + timeout_s
    while (left_s := ends_s - time.monotonic()) > 0:
        due_s = bench.due_in_s()
        waited_for = [bench.fileno(), *others]
        ready, _, _ = select.select(
            waited_for, [], [], min(left_s, left_s if due_s is None else due_s)
        )
        changes = bench.changes()
        if changes or any(other in ready for other in others):
            return changes, any(other in ready for other in others)
    return [], False


def quiet(bench: Bench) -> None:
    """Everything off that is on the bench."""
    for part in OUTPUTS:
        if part in bench.lent.parts:
            bench.show(part, None)
