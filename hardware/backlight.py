"""A panel's backlight, as the kernel offers it (sysfs-class-backlight, ABI of Linux).

Its files are root's; a udev rule gives them to the group `video`.
"""

from pathlib import Path

from hardware.errors import DeviceLost, DeviceMissing, DeviceMisuse

CLASS = Path("/sys/class/backlight")
_ON, _OFF = 0, 4
"""`bl_power`: FB_BLANK_UNBLANK and FB_BLANK_POWERDOWN."""


class Backlight:
    """One panel's light, in the folder `device`."""

    def __init__(self, device: Path) -> None:
        """Raises DeviceMissing: there is none, or it does not say how bright it can be."""
        self._device = device
        try:
            self._most = int(self._read("max_brightness"))
        except (OSError, ValueError) as error:
            raise DeviceMissing(f"{device}: not a backlight") from error

    @property
    def percent(self) -> int:
        """How bright it is; 0 while it is off. Raises DeviceLost."""
        try:
            is_on = int(self._read("bl_power")) == _ON
            return round(100 * int(self._read("brightness")) / self._most) if is_on else 0
        except (OSError, ValueError, ZeroDivisionError) as error:
            raise DeviceLost(f"{self._device}: does not answer") from error

    def shine(self, percent: int) -> None:
        """Be so bright from now on, 1 to 100; 0 is off. Never darker than its dimmest step.

        Raises:
            DeviceMisuse: no such percentage.
            DeviceLost: it is gone, or not ours to set.
        """
        if not 0 <= percent <= 100:
            raise DeviceMisuse(f"{percent} % is no brightness")
        try:
            if percent:
                self._write("brightness", max(1, round(self._most * percent / 100)))
            self._write("bl_power", _ON if percent else _OFF)
        except OSError as error:
            raise DeviceLost(f"{error.filename or self._device}: {error.strerror}") from error

    def _read(self, name: str) -> str:
        return (self._device / name).read_text().strip()

    def _write(self, name: str, value: int) -> None:
        (self._device / name).write_text(f"{value}\n")


def open_backlight(device: str) -> Backlight:
    """The backlight in the folder `device`, or the first there is. Raises DeviceMissing."""
    if device:
        return Backlight(Path(device))
    found = sorted(CLASS.glob("*"))
    if not found:
        raise DeviceMissing(f"{CLASS}: this panel has no light of its own to set")
    return Backlight(found[0])
