"""A finger on a machine's touch panel: a touchscreen that its kernel has made, by uinput(4).

Runs in the machine, as root, with its own python3. Each line of the pipe is `X Y`, in pixels of
the panel as it was built: one tap there.
"""

import fcntl
import os
import struct
import sys
import time
from pathlib import Path

PIPE = Path("/run/finger")
TAP_S = 0.1
_SYN, _KEY, _ABS = 0x00, 0x01, 0x03
_TOUCH = 0x14A
_X, _Y, _SLOT, _MT_X, _MT_Y, _ID = 0x00, 0x01, 0x2F, 0x35, 0x36, 0x39
_DIRECT = 0x01
_SET_EVENT, _SET_KEY, _SET_ABS, _SET_PROPERTY = 0x40045564, 0x40045565, 0x40045567, 0x4004556E
_CREATE = 0x5501
"""`linux/input-event-codes.h` and `linux/uinput.h`."""


def touchscreen(width: int, height: int) -> int:
    """A panel that takes fingers, as the kernel's own drivers of such make it (protocol B)."""
    device = os.open("/dev/uinput", os.O_WRONLY)
    for request, values in (
        (_SET_EVENT, (_KEY, _ABS)),
        (_SET_KEY, (_TOUCH,)),
        (_SET_ABS, (_X, _Y, _SLOT, _MT_X, _MT_Y, _ID)),
        (_SET_PROPERTY, (_DIRECT,)),
    ):
        for value in values:
            fcntl.ioctl(device, request, value)
    most = [0] * 64
    for axis, value in (
        *((_X, width - 1), (_Y, height - 1), (_SLOT, 4)),
        *((_MT_X, width - 1), (_MT_Y, height - 1), (_ID, 65535)),
    ):
        most[axis] = value
    rest = [0] * 64 * 3
    os.write(device, struct.pack("80s4HI256i", b"A finger's panel", 0x18, 1, 1, 1, 0, *most, *rest))
    fcntl.ioctl(device, _CREATE)
    return device


def tell(device: int, *events: tuple[int, int, int]) -> None:
    """Events, as one report."""
    for kind, code, value in (*events, (_SYN, 0, 0)):
        os.write(device, struct.pack("llHHi", 0, 0, kind, code, value))


def tap(device: int, x: int, y: int, number: int) -> None:
    """Put a finger there, and take it away."""
    place = ((_ABS, _MT_X, x), (_ABS, _MT_Y, y), (_ABS, _X, x), (_ABS, _Y, y))
    tell(device, (_ABS, _SLOT, 0), (_ABS, _ID, number), *place, (_KEY, _TOUCH, 1))
    time.sleep(TAP_S)
    tell(device, (_ABS, _SLOT, 0), (_ABS, _ID, -1), (_KEY, _TOUCH, 0))


def main(width: int, height: int) -> None:
    """Take what comes through the pipe, for ever."""
    device = touchscreen(width, height)
    os.mkfifo(PIPE)
    number = 0
    while True:
        with PIPE.open() as lines:
            for line in lines:
                number += 1
                tap(device, *map(int, line.split()), number)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
