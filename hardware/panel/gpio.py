"""Pins of a Raspberry Pi over gpiozero, with lgpio underneath, which knows a Pi 5 and earlier.

The factory is named here and never guessed by gpiozero, whose fallbacks (sysfs, mmap) work
on no Pi 5 and report no edges. gpiozero's devices are left aside: their handlers would
run unguarded on lgpio's thread, and its own debouncing swallows what a stuck contact does.
"""

import contextlib
import logging
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from hardware.errors import DeviceBusy, DeviceLost, DeviceMissing, HardwareError
from hardware.panel.parts import INPUTS, Wiring
from hardware.panel.pins import Told, guarded, moment_of

if TYPE_CHECKING:
    from gpiozero import Factory, Pin

log = logging.getLogger(__name__)

CHIPS = "gpiochip*"
_PULLS = {"up": "up", "down": "down", "none": "floating"}


class GpioPins:
    """Lines through a factory of gpiozero's.

    Args:
        make_factory: opens the chip.
        notifier: whoever calls handlers; only lgpio has a thread for it.
    """

    def __init__(
        self, make_factory: "Callable[[], Factory]", notifier: "Notifier | None" = None
    ) -> None:
        self._make_factory = make_factory
        self._notifier = notifier
        self._factory: Factory | None = None
        self._wiring: Wiring = {}
        self._pins: dict[str, Pin] = {}
        self._handlers: list[Callable[[float, int], None]] = []

    def open(self, wiring: Wiring, told: Told) -> None:
        """Take the lines, as `pins.Pins` says."""
        self.close()
        self._wiring = wiring
        try:
            with _opening():
                if self._notifier is not None:
                    self._notifier.renew()
                self._factory = factory = self._make_factory()
                for part in wiring:
                    self._take(factory, part, guarded(told))
        except HardwareError:
            self.close()
            raise

    def read(self, part: str) -> bool:
        """Whether an input is on now, as `pins.Pins` says."""
        with _using():
            return self._wiring[part].is_on(level=bool(self._pin(part).state))

    def write(self, part: str, on: bool) -> None:
        """Switch an output, as `pins.Pins` says."""
        with _using():
            self._pin(part).state = on == (self._wiring[part].active == "high")

    @property
    def is_alive(self) -> bool:
        """Whether edges would still be told."""
        return self._factory is not None and (self._notifier is None or self._notifier.is_alive)

    def close(self) -> None:
        """Let the lines go. A chip that is gone has let them go by itself."""
        factory, self._factory = self._factory, None
        self._pins, self._handlers = {}, []
        if factory is None:
            return
        try:
            with _using():
                for pin in factory.pins.values():
                    pin.when_changed = None
                factory.close()
        except DeviceLost as error:
            log.info("the chip was not closed in order: %s", error)
            factory.pins.clear()

    def _pin(self, part: str) -> "Pin":
        try:
            return self._pins[part]
        except KeyError as error:
            raise DeviceLost(f"{part}: the chip is not open") from error

    def _take(self, factory: "Factory", part: str, told: Told) -> None:
        line = self._wiring[part]
        pin = factory.pin(f"GPIO{line.bcm}")
        self._pins[part] = pin
        if part not in INPUTS:
            pin.output_with_state(line.active == "low")
            return
        pin.input_with_pull(_PULLS[line.pull])

        def changed(tick_s: float, state: int) -> None:
            at_s = moment_of(tick_s, time.time(), time.monotonic())
            told(part, line.is_on(level=bool(state)), at_s)

        self._handlers.append(changed)  # gpiozero itself keeps no strong reference
        pin.bounce, pin.edges = None, "both"
        pin.when_changed = changed


class Notifier:
    """lgpio's one thread that calls handlers, and the pipe it reads.

    The pipe lies in the folder that LG_WD names; as lgpio loads it makes that folder the
    whole process's, which is undone here.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def is_alive(self) -> bool:
        """Whether it runs."""
        import lgpio

        return bool(lgpio._notify_thread.is_alive())

    def renew(self) -> None:
        """Load lgpio the first time; put another thread in the place of one that ended.

        Raises:
            ImportError, OSError: lgpio or its folder is not there.
        """
        folder = self._folder
        if "lgpio" in sys.modules:
            folder = Path(os.environ["LG_WD"])  # it keeps the one that it began with
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.environ["LG_WD"] = str(folder)
        with contextlib.chdir(folder):
            import lgpio

            if not lgpio._notify_thread.is_alive():
                log.warning("lgpio's thread has ended; another one begins")
                lgpio._notify_thread._file.close()
                with contextlib.suppress(lgpio.error):
                    lgpio.notify_close(lgpio._notify_thread._notify)
                lgpio._notify_thread = lgpio._callback_thread()


def lgpio_pins(folder: Path, chip: int | None = None) -> GpioPins:
    """Pins of this Pi; `folder` is for lgpio's pipe, this user's alone.

    `chip` is the number of the gpiochip, None for the one that carries the header.
    """

    def make_factory() -> "Factory":
        from gpiozero.pins.lgpio import LGPIOFactory

        return LGPIOFactory(chip)

    return GpioPins(make_factory, Notifier(folder))


def why_no_chip(dev: Path = Path("/dev")) -> str:
    """What stands in the way of opening any chip, in words; empty if nothing does."""
    chips = sorted(dev.glob(CHIPS))
    if not chips:
        return f"there is no {dev / 'gpiochip0'}"
    if not any(os.access(chip, os.R_OK | os.W_OK) for chip in chips):
        return f"{chips[0]}: not permitted; this user is not in its group"
    return ""


@contextlib.contextmanager
def _opening() -> Iterator[None]:
    """What gpiozero and lgpio raise on the way to a chip, in our words."""
    try:
        yield
    except _troubles() as error:
        if "busy" in str(error):
            raise DeviceBusy(f"another program has a pin: {error}") from error
        raise DeviceMissing(f"no pins: {why_no_chip() or error}") from error


@contextlib.contextmanager
def _using() -> Iterator[None]:
    try:
        yield
    except _troubles() as error:
        raise DeviceLost(f"the pins are gone: {error}") from error


def _troubles() -> tuple[type[Exception], ...]:
    """All that the libraries raise; lgpio only where it is loaded, which has a place of its own."""
    from gpiozero import GPIOZeroError

    own = (sys.modules["lgpio"].error,) if "lgpio" in sys.modules else ()
    return (GPIOZeroError, ImportError, OSError, *own)
