"""Which printers there are, as far as can be seen without printing and without root."""

import contextlib
from pathlib import Path
from typing import Any

import msgspec

from hardware.errors import HardwareError
from hardware.printer import cups, models, usb

LINES = Path("/dev/serial/by-id")
"""Serial lines under names that last (udev's 60-serial.rules)."""


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """A printer, or what may be one, and how the settings would name it.

    `model` is empty where nothing tells. Every serial line is offered: what is behind it
    cannot be seen.
    """

    driver: str
    device: str
    name: str
    model: str = ""


def offers(bus: Any = None, lines: Path = LINES) -> list[Offer]:
    """USB printers in the order in which they are chosen, serial lines, CUPS' queues.

    Args:
        bus: pyusb's backend; libusb's where none is given.
        lines: where serial lines are named.
    """
    return [*_on_usb(bus), *_on_lines(lines), *_on_queues()]


def _on_usb(bus: Any) -> list[Offer]:
    """None where libusb is missing or the bus cannot be read."""
    with contextlib.suppress(HardwareError):
        return [
            Offer(
                driver="usb",
                device=found.selector,
                name=found.name or "a printer that tells no name",
                model=models.of_usb(found.selector),
            )
            for found in usb.printers(bus)
        ]
    return []


def _on_lines(lines: Path) -> list[Offer]:
    with contextlib.suppress(OSError):
        return [
            Offer(driver="serial", device=str(line), name="a serial line")
            for line in sorted(lines.iterdir())
        ]
    return []


def _on_queues() -> list[Offer]:
    return [Offer(driver="cups", device=queue, name="a CUPS queue") for queue in cups.queues()]
