"""A finger and an eye on an X display: XTEST for touches, a row of pixels for what came of them."""

import ctypes
import time
from typing import Self

LEFT = 1
ALL_PLANES = ctypes.c_ulong(-1)
Z_PIXMAP = 2
WAIT_S = 5.0
LOOK_EVERY_S = 0.0003


class _Image(ctypes.Structure):
    """The first fields of Xlib's `XImage`."""

    _fields_ = (
        *((name, ctypes.c_int) for name in ("width", "height", "xoffset", "format")),
        ("data", ctypes.c_void_p),
        *((name, ctypes.c_int) for name in ("byte_order", "unit", "bit_order", "pad", "depth")),
        ("bytes_per_line", ctypes.c_int),
    )


class Finger:
    """Touches a display and tells when a row of its pixels looks different."""

    def __init__(self, display: str, width: int) -> None:
        self._x11, self._test = ctypes.CDLL("libX11.so.6"), ctypes.CDLL("libXtst.so.6")
        self._x11.XOpenDisplay.restype = ctypes.c_void_p
        self._x11.XGetImage.restype = ctypes.POINTER(_Image)
        self._display = ctypes.c_void_p(self._x11.XOpenDisplay(display.encode()))
        if not self._display:
            raise OSError(f"no display {display}")
        self._root = self._x11.XDefaultRootWindow(self._display)
        self._width = width

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._x11.XCloseDisplay(self._display)

    def move(self, x: float, y: float) -> None:
        """Hold the finger there, in pixels from the upper left corner."""
        self._test.XTestFakeMotionEvent(self._display, -1, round(x), round(y), 0)
        self._x11.XFlush(self._display)

    def tell(self, *, is_down: bool) -> None:
        """Put the finger down or lift it, whatever comes of it."""
        self._test.XTestFakeButtonEvent(self._display, LEFT, int(is_down), 0)
        self._x11.XFlush(self._display)

    def press(self, *, is_down: bool, row: int, wait_s: float = WAIT_S) -> float:
        """Put the finger down or lift it; milliseconds until `row` of the display changed.

        Raises:
            TimeoutError: it did not within `wait_s`.
        """
        before = self._seen(row)
        began = time.perf_counter()
        self.tell(is_down=is_down)
        while self._seen(row) == before:
            if time.perf_counter() - began > wait_s:
                raise TimeoutError(f"nothing changed in row {row}")
            time.sleep(LOOK_EVERY_S)
        return (time.perf_counter() - began) * 1000

    def _seen(self, row: int) -> bytes:
        got = self._x11.XGetImage(
            self._display, self._root, 0, row, self._width, 1, ALL_PLANES, Z_PIXMAP
        )
        image = got.contents
        seen = ctypes.string_at(image.data, image.bytes_per_line)
        self._x11.XDestroyImage(got)
        return seen
