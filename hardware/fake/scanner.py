"""A virtual scanner at a Unix socket: it types as a real one does and can be pulled out."""

import contextlib
import socket
import time
from pathlib import Path
from typing import Self

from hardware.errors import DeviceMissing, DeviceMisuse
from hardware.scanner import ENTER, EV_KEY, EVENT, KEYS, PRESSED, RELEASED, SHIFT, Scanner

_CODES = {
    character: (key, is_shifted)
    for key, pair in KEYS.items()
    for is_shifted, character in enumerate(pair)
}


def open_virtual_scanner(device: Path) -> Scanner:
    """Open the virtual scanner at `device`.

    Raises:
        DeviceMissing: it is not plugged in.
    """
    line = socket.socket(socket.AF_UNIX)
    try:
        line.connect(str(device))
    except OSError as error:
        line.close()
        raise DeviceMissing(f"{device}: {error.strerror}") from error
    line.setblocking(False)
    return Scanner(line.detach())


class VirtualScanner:
    """The device end: `scan` codes for whoever opened it, `unplug` and `plug_in` the cable."""

    def __init__(self, device: Path) -> None:
        self._device = device
        self._socket: socket.socket | None = None
        self._lines: list[socket.socket] = []
        self.plug_in()

    def plug_in(self) -> None:
        """Put the cable in."""
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.bind(str(self._device))
        self._socket.listen()
        self._socket.setblocking(False)

    def unplug(self) -> None:
        """Pull the cable out."""
        for end in (*self._readers(), *([self._socket] if self._socket else [])):
            end.close()
        self._lines, self._socket = [], None
        self._device.unlink(missing_ok=True)

    def scan(self, code: str, *, ends: bool = True) -> None:
        """Type `code` and Enter; with `ends` false it was held away too early.

        Raises:
            DeviceMisuse: a character no scanner types.
        """
        self.send(typed(code) + (_stroke(ENTER[0]) if ends else b""))

    def send(self, events: bytes) -> None:
        """Send raw events."""
        for line in self._readers():
            line.sendall(events)

    def _readers(self) -> list[socket.socket]:
        with contextlib.suppress(BlockingIOError):
            while self._socket is not None:
                self._lines.append(self._socket.accept()[0])
        return self._lines

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.unplug()


def typed(code: str, at_s: float | None = None) -> bytes:
    """The events of typing `code`, all at `at_s` (now).

    Raises:
        DeviceMisuse: a character no scanner types.
    """
    if unknown := set(code) - set(_CODES):
        raise DeviceMisuse(f"no scanner types {sorted(unknown)}")
    strokes = []
    for key, is_shifted in (_CODES[character] for character in code):
        stroke = _stroke(key, at_s)
        if is_shifted:
            stroke = _event(SHIFT[0], PRESSED, at_s) + stroke + _event(SHIFT[0], RELEASED, at_s)
        strokes.append(stroke)
    return b"".join(strokes)


def _stroke(key: int, at_s: float | None = None) -> bytes:
    return _event(key, PRESSED, at_s) + _event(key, RELEASED, at_s)


def _event(key: int, value: int, at_s: float | None = None) -> bytes:
    at = time.time() if at_s is None else at_s
    return EVENT.pack(int(at), int(at % 1 * 1e6), EV_KEY, key, value)
