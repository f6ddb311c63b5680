"""Panels under one contract: the drivers, each with a hand that presses and an eye that looks."""

import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

import pytest
from gpiozero.pins.mock import MockFactory

from hardware.fake.panel import VirtualPanel, VirtualPins
from hardware.panel.gpio import GpioPins, lgpio_pins, why_no_chip
from hardware.panel.parts import Line
from hardware.panel.pins import Pins

WIRING = {
    "face_1": Line(bcm=5, active="low", pull="up"),
    "presence": Line(bcm=27, active="high", pull="down"),
    "light_1": Line(bcm=12),
    "buzzer": Line(bcm=24, active="low"),
}


class Rig(Protocol):
    """A driver and its surroundings."""

    pins: Pins

    def press(self, part: str) -> None: ...

    def release(self, part: str) -> None: ...

    def level(self, part: str) -> bool:
        """The level of an output, as a meter shows it."""

    def is_lit(self, part: str) -> bool:
        """Whether an output does what it is for."""


class Virtual:
    def __init__(self, folder: Path) -> None:
        self.board = VirtualPanel(folder / "panel.sock")
        self.pins = VirtualPins(folder / "panel.sock")

    def press(self, part: str) -> None:
        self.board.press(WIRING[part].bcm)

    def release(self, part: str) -> None:
        self.board.release(WIRING[part].bcm)

    def level(self, part: str) -> bool:
        self.pins.read("face_1")  # answered only after all that was said before
        return self.board.level(WIRING[part].bcm)

    def is_lit(self, part: str) -> bool:
        return WIRING[part].is_on(level=self.level(part))


class Mocked:
    """gpiozero's own factory for tests, under our driver as on a Pi."""

    def __init__(self) -> None:
        self.factory = MockFactory()
        self.pins = GpioPins(lambda: self.factory)

    def press(self, part: str) -> None:
        self._drive(part, WIRING[part].active == "high")

    def release(self, part: str) -> None:
        self._drive(part, WIRING[part].active == "low")

    def _drive(self, part: str, high: bool) -> None:
        pin = self.factory.pin(f"GPIO{WIRING[part].bcm}")
        (pin.drive_high if high else pin.drive_low)()

    def level(self, part: str) -> bool:
        return bool(self.factory.pin(f"GPIO{WIRING[part].bcm}").state)

    def is_lit(self, part: str) -> bool:
        return WIRING[part].is_on(level=self.level(part))


class Looped:
    """A Pi whose pins PANEL_LOOP=OUT:IN are joined by a wire: the one presses the other."""

    def __init__(self, folder: Path, loop: str) -> None:
        out, into = map(int, loop.split(":"))
        self.wiring = {
            **WIRING,
            "face_1": Line(bcm=into, active="low", pull="up"),
            "fan": Line(bcm=out, active="low"),
        }
        self.pins = lgpio_pins(folder / "gpio")

    def press(self, part: str) -> None:
        if part != "face_1":
            pytest.skip("one wire, one switch")
        self.pins.write("fan", True)

    def release(self, part: str) -> None:
        self.pins.write("fan", False)

    def level(self, part: str) -> bool:
        return WIRING[part].is_on(level=True) == self.is_lit(part)

    def is_lit(self, part: str) -> bool:
        return self.pins.read(part)


@contextlib.contextmanager
def _virtual(folder: Path) -> Iterator[Rig]:
    rig = Virtual(folder)
    with rig.board:
        yield rig
        rig.pins.close()


@contextlib.contextmanager
def _mocked(folder: Path) -> Iterator[Rig]:
    rig = Mocked()
    yield rig
    rig.pins.close()


@contextlib.contextmanager
def _looped(folder: Path) -> Iterator[Rig]:
    loop = os.environ.get("PANEL_LOOP", "")
    if trouble := why_no_chip() or (not loop and "PANEL_LOOP=OUT:IN names no wire"):
        pytest.skip(f"LGPIO IS NOT HELD TO THE CONTRACT HERE: {trouble}")
    rig = Looped(folder, loop)
    yield rig
    rig.pins.close()


RIGS: dict[str, Callable[[Path], "contextlib.AbstractContextManager[Rig]"]] = {
    "virtual": _virtual,
    "gpiozero-mock": _mocked,
    "lgpio": _looped,
}
