"""A hand or counter scanner: a USB keyboard (HID) that types what it sees, then Enter.

Its raw events are read from the kernel (linux/input.h, input-event-codes.h) and the device
is grabbed, so that nobody else on the machine hears a key. The keymap is ours, the American
one that scanners leave the factory with: no layout of the system changes what is read.
PyPI's `evdev` comes as C source for aarch64 and would put a compiler and kernel headers on
every box, for one structure and one ioctl.
"""

import errno
import fcntl
import os
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Self

from hardware.errors import DeviceBusy, DeviceLost, DeviceMissing, DeviceMisuse

LONGEST = 512
"""Characters of the longest code that is read; a QR code of version 10 has fewer."""
PAUSE_S = 1.0
"""A scanner types without a pause: what stood before a longer one was cut off."""
TOO_LONG = "\N{REPLACEMENT CHARACTER}"
"""Stands for a code longer than `LONGEST`."""

EVENT = struct.Struct("@llHHi")
"""struct input_event: seconds, microseconds, type, code, value."""
EV_KEY = 1
RELEASED, PRESSED = 0, 1
ENTER = (28, 96)
SHIFT = (42, 54)
EVIOCGRAB = 0x40044590

_ROWS = (
    (2, "1234567890-=", "!@#$%^&*()_+"),
    (16, "qwertyuiop[]", "QWERTYUIOP{}"),
    (30, "asdfghjkl;'`", 'ASDFGHJKL:"~'),
    (43, "\\zxcvbnm,./", "|ZXCVBNM<>?"),
    (57, " ", " "),
)
KEYS: dict[int, tuple[str, str]] = {
    first + number: pair
    for first, plain, shifted in _ROWS
    for number, pair in enumerate(zip(plain, shifted, strict=True))
}
"""Key code to its character without and with Shift."""

_AT_ONCE = 64 * EVENT.size
Opener = Callable[[], int]


class Decoder:
    """Events in any pieces → whole codes."""

    def __init__(self) -> None:
        self._rest = b""
        self._shifts: set[int] = set()
        self._typed: list[str] = []
        self._last_s = 0.0

    def take(self, data: bytes) -> Iterator[str]:
        """The codes that end within `data`; `TOO_LONG` for one that is no code at all."""
        data = self._rest + data
        whole = len(data) - len(data) % EVENT.size
        self._rest = data[whole:]
        for seconds, micros, kind, key, value in EVENT.iter_unpack(data[:whole]):
            if kind == EV_KEY and (code := self._key(seconds + micros / 1e6, key, value)):
                yield code

    def _key(self, at_s: float, key: int, value: int) -> str:
        """The code that this key ended, if it did; a key held down counts once."""
        if key in SHIFT:
            (self._shifts.discard if value == RELEASED else self._shifts.add)(key)
        elif value == PRESSED:
            if at_s - self._last_s > PAUSE_S:
                self._typed.clear()
            self._last_s = at_s
            return self._pressed(key)
        return ""

    def _pressed(self, key: int) -> str:
        if key in ENTER:
            code = TOO_LONG if len(self._typed) > LONGEST else "".join(self._typed)
            self._typed.clear()
            return code
        if key in KEYS and len(self._typed) <= LONGEST:
            self._typed.append(KEYS[key][bool(self._shifts)])
        return ""


class Scanner:
    """One scanner that is plugged in; wait for `fileno`, then take its `codes`."""

    def __init__(self, number: int) -> None:
        self._number = number
        self._decoder = Decoder()

    def fileno(self) -> int:
        """For `select`; it is readable too when the scanner was pulled out."""
        return self._number

    def codes(self) -> list[str]:
        """What was scanned since the last time; does not wait.

        Raises:
            DeviceLost: it was pulled out.
        """
        try:
            data = os.read(self._number, _AT_ONCE)
        except BlockingIOError:
            return []
        except OSError as error:
            raise DeviceLost(f"the scanner is gone: {error.strerror}") from error
        if not data:
            raise DeviceLost("the scanner is gone")
        return list(self._decoder.take(data))

    def close(self) -> None:
        """Let go of it."""
        os.close(self._number)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open_scanner(device: Path) -> Scanner:
    """Open and grab the scanner at `device`, such as `/dev/input/by-id/usb-...-event-kbd`.

    Raises:
        DeviceMissing: it is not plugged in, or this user may not read it.
        DeviceBusy: another process has grabbed it.
        DeviceMisuse: there is something else at `device`.
    """
    try:
        number = os.open(device, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise DeviceMissing(f"{device}: {error.strerror}") from error
    try:
        fcntl.ioctl(number, EVIOCGRAB, 1)
    except OSError as error:
        os.close(number)
        if error.errno == errno.EBUSY:
            raise DeviceBusy(f"{device}: another process reads it") from error
        raise DeviceMisuse(f"{device}: not an input device") from error
    return Scanner(number)
