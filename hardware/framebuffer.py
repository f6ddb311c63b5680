"""A panel's frame buffer: a whole picture onto the glass without any display server.

`/dev/fbN` and `/sys/class/graphics/fbN` as Linux offers them for KMS drivers too; 32 bits
(blue, green, red, unused) or 16 (5, 6, 5) a pixel.
"""

from collections.abc import Callable
from pathlib import Path

from PIL import Image, ImageChops

from hardware.errors import DeviceLost, DeviceMissing, DeviceMisuse

DEVICE = Path("/dev/fb0")
CLASS = Path("/sys/class/graphics")


def _bgrx(picture: Image.Image) -> bytes:
    return picture.tobytes("raw", "BGRX")


def _rgb565(picture: Image.Image) -> bytes:
    """Little-endian: the lower byte has three bits of green, then blue."""
    red, green, blue = picture.split()
    lower = ImageChops.add(green.point(lambda v: v << 3 & 0xE0), blue.point(lambda v: v >> 3))
    upper = ImageChops.add(red.point(lambda v: v & 0xF8), green.point(lambda v: v >> 5))
    return Image.merge("LA", (lower, upper)).tobytes()


_PACKED: dict[int, Callable[[Image.Image], bytes]] = {16: _rgb565, 32: _bgrx}


class FrameBuffer:
    """The picture that the console has, in `width` by `height` pixels."""

    def __init__(self, device: Path = DEVICE, graphics: Path = CLASS) -> None:
        """Raises DeviceMissing: there is none, or none that we can paint on."""
        self._device = device
        folder = graphics / device.name
        try:
            width, height = (folder / "virtual_size").read_text().split(",")
            self.width, self.height = int(width), int(height)
            self._stride = int((folder / "stride").read_text())
            self._packed = _PACKED[int((folder / "bits_per_pixel").read_text())]
        except (OSError, ValueError, KeyError) as error:
            raise DeviceMissing(f"{device}: no frame buffer to paint on") from error

    def show(self, picture: Image.Image) -> None:
        """Put `picture`, as large as the panel, onto the glass.

        Raises:
            DeviceMisuse: it is of another size.
            DeviceLost: the frame buffer is gone, or not ours.
        """
        if picture.size != (self.width, self.height):
            raise DeviceMisuse(f"{picture.size} on a panel of {(self.width, self.height)}")
        dots = self._packed(picture.convert("RGB"))
        used = len(dots) // self.height
        rows = (dots[at : at + used] for at in range(0, len(dots), used))
        try:
            with self._device.open("r+b", buffering=0) as file:
                file.write(b"".join(row.ljust(self._stride, b"\0") for row in rows))
        except OSError as error:
            raise DeviceLost(f"{self._device}: {error.strerror}") from error
