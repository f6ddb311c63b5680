"""A virtual backlight: a folder with the kernel's three files, which can refuse and vanish."""

import errno
import os
from pathlib import Path

from hardware.backlight import Backlight

_WELL = {"max_brightness": 255, "brightness": 255, "bl_power": 0}
_REFUSES = "refuses"


def open_virtual_backlight(device: str) -> Backlight:
    """The virtual backlight in the folder `device`, made where there is none."""
    return VirtualBacklight(Path(device))


class VirtualBacklight(Backlight):
    """As the real one; a file `refuses` beside its own makes them somebody else's."""

    def __init__(self, device: Path) -> None:
        if not device.exists():
            device.mkdir(parents=True)
            for name, value in _WELL.items():
                (device / name).write_text(f"{value}\n")
        super().__init__(device)

    def refuse(self) -> None:
        """No udev rule has given it to us."""
        (self._device / _REFUSES).touch()

    def vanish(self) -> None:
        """Its cable is out."""
        for name in _WELL:
            (self._device / name).unlink()
        self._device.rmdir()

    def _write(self, name: str, value: int) -> None:
        if (self._device / _REFUSES).exists():
            code = errno.EACCES
            raise PermissionError(code, os.strerror(code), str(self._device / name))
        super()._write(name, value)
