"""A virtual printer at the end of every kind of cable, all made to fail in the same way."""

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from hardware.fake.line import LinePrinter
from hardware.fake.network import NetworkPrinter
from hardware.fake.printer import VirtualPrinter
from hardware.fake.usb_bus import UsbBus, UsbPrinter
from hardware.printer.file import FileLink
from hardware.printer.link import Link, Waits
from hardware.printer.network import NetworkLink
from hardware.printer.paper import PAPER_80
from hardware.printer.serial import SerialLink
from hardware.printer.usb import UsbLink

SHORT = Waits(connect_s=2, write_s=1, close_s=0.1)


class Plug(Protocol):
    """What a hand can do to a cable."""

    def plug_in(self) -> None: ...

    def unplug(self) -> None: ...


class Bench:
    """One printer on one cable: its link, its plug, and what stands in its tray."""

    def __init__(self, tray: Path, link: Link, plug: Plug) -> None:
        self.tray = tray
        self.link = link
        self._plug = plug
        self._is_in = True

    def control(self, **controls: object) -> None:
        """Make the printer behave; no controls mend it, cable and all."""
        fresh = self.tray / "control.new"
        fresh.write_text(json.dumps(controls))
        fresh.replace(self.tray / "control.json")

    def unplug(self) -> None:
        self._plug.unplug()

    def plug_in(self) -> None:
        self._plug.plug_in()

    def mend(self) -> None:
        """Whatever was wrong is no more: controls lifted, and the plug put in anew."""
        self.control()
        self.unplug()
        self.plug_in()

    def slips(self) -> list[bytes]:
        """The whole ones, oldest first."""
        return [path.read_bytes() for path in sorted(self.tray.glob("slip-*.bin"))]


class _Controlled:
    """The virtual link has no plug but its controls."""

    def __init__(self, tray: Path) -> None:
        self._bench = Bench(tray, VirtualPrinter(tray, PAPER_80), self)

    def plug_in(self) -> None:
        self._bench.control()

    def unplug(self) -> None:
        self._bench.control(missing=True)


class _OnBus:
    def __init__(self, bus: UsbBus, printer: UsbPrinter) -> None:
        self._bus, self._printer = bus, printer

    def plug_in(self) -> None:
        self._bus.plug_in(self._printer)

    def unplug(self) -> None:
        self._bus.unplug(self._printer)


@contextlib.contextmanager
def virtual(tray: Path) -> Iterator[Bench]:
    link = VirtualPrinter(tray, PAPER_80, patience_s=SHORT.write_s)
    yield Bench(tray, link, _Controlled(tray))


@contextlib.contextmanager
def network(tray: Path) -> Iterator[Bench]:
    with NetworkPrinter(tray, PAPER_80) as printer:
        yield Bench(tray, NetworkLink(*printer.address, SHORT), printer)


@contextlib.contextmanager
def network_in_order(tray: Path) -> Iterator[Bench]:
    with NetworkPrinter(tray, PAPER_80, hangs_up="fin") as printer:
        yield Bench(tray, NetworkLink(*printer.address, SHORT), printer)


@contextlib.contextmanager
def serial(tray: Path) -> Iterator[Bench]:
    device = tray.parent / "usb-printer-port0"
    with LinePrinter(tray, PAPER_80, device) as printer:
        yield Bench(tray, SerialLink(device, waits=SHORT), printer)


@contextlib.contextmanager
def file(tray: Path) -> Iterator[Bench]:
    device = tray.parent / "lp0"
    with LinePrinter(tray, PAPER_80, device) as printer:
        yield Bench(tray, FileLink(device, SHORT), printer)


@contextlib.contextmanager
def usb(tray: Path) -> Iterator[Bench]:
    bus, printer = UsbBus(), UsbPrinter(tray, PAPER_80)
    bus.plug_in(printer)
    yield Bench(tray, UsbLink(waits=SHORT, backend=bus), _OnBus(bus, printer))


CABLES = (virtual, network, network_in_order, serial, file, usb)
