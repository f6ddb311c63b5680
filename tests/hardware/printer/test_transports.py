"""What is particular to each cable; what all share stands in test_links.py."""

import os
import socket
import termios
import time
from pathlib import Path
from typing import Any

import pytest
import serial

from hardware.errors import DeviceBusy, DeviceLost, DeviceMissing, DeviceMisuse
from hardware.fake.line import LinePrinter
from hardware.fake.network import NetworkPrinter
from hardware.fake.usb_bus import UsbBus, UsbPrinter
from hardware.printer import status, usb
from hardware.printer.file import FileLink
from hardware.printer.link import Waits
from hardware.printer.network import NetworkLink
from hardware.printer.paper import PAPER_80
from hardware.printer.printer import Outcome, Printer, Verdict
from hardware.printer.serial import SerialLink
from hardware.printer.usb import UsbLink
from tests.hardware.printer.cables import SHORT
from tests.hardware.printer.test_links import JOB, PRINTED

EPSON, CLONE = (0x04B8, 0x0E28), (0x0416, 0x5011)


def plugged(folder: Path, ids: tuple[int, int], serial: str = "") -> UsbPrinter:
    return UsbPrinter(folder / f"{ids[0]:04x}{serial}", PAPER_80, ids, serial)


def slips(folder: Path) -> dict[str, int]:
    """How many slips lie in which tray."""
    return {tray.name: len(list(tray.glob("slip-*.bin"))) for tray in sorted(folder.iterdir())}


def test_of_two_printers_the_one_that_is_named_prints(tmp_path: Path) -> None:
    bus, twins = UsbBus(), [plugged(tmp_path, EPSON, serial) for serial in ("X1", "X2")]
    clone = plugged(tmp_path, CLONE)
    for port, printer in enumerate((*twins, clone), start=1):
        bus.plug_in(printer, port)
    for device in ("0416:5011", "04B8:0E28:x2", "04b8:0e28"):
        assert Printer(UsbLink(device, SHORT, bus)).print(JOB) == PRINTED
    assert slips(tmp_path) == {"0416": 1, "04b8X1": 1, "04b8X2": 1}


def test_of_two_printers_the_first_by_port_is_taken_and_it_is_said_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    bus, first, second = UsbBus(), plugged(tmp_path, EPSON, "X1"), plugged(tmp_path, CLONE)
    bus.plug_in(second, port=2)
    bus.plug_in(first, port=1)
    printer = Printer(UsbLink("", SHORT, bus))
    assert [printer.print(JOB), printer.print(JOB)] == [PRINTED, PRINTED]
    bus.unplug(first)
    assert printer.print(JOB) == PRINTED
    assert slips(tmp_path) == {"0416": 1, "04b8X1": 2}
    said = [record.getMessage() for record in caplog.records]
    assert said == [
        "usb printer 04b8:0e28:X1 chosen, 1 others there",
        "usb printer 0416:5011 chosen, 0 others there",
    ]
    assert [found.selector for found in usb.printers(bus)] == ["0416:5011"]


def test_the_kernels_driver_steps_aside_for_a_job_and_comes_back(tmp_path: Path) -> None:
    bus, printer = UsbBus(), plugged(tmp_path, EPSON)
    bus.plug_in(printer)
    link = UsbLink("", SHORT, bus)
    link.open()
    assert not printer.has_kernel_driver
    with pytest.raises(DeviceBusy):
        UsbLink("", SHORT, bus).open()
    link.close()
    assert printer.has_kernel_driver
    assert not printer.is_claimed


class ThinBus(UsbBus):
    """A bus whose printers take a few bytes at a time."""

    def bulk_write(self, handle: int, ep: int, intf: int, data: Any, timeout: int) -> int:
        time.sleep(min(timeout / 1000, 0.05))
        return super().bulk_write(handle, ep, intf, data[:8], timeout)


def test_a_usb_printer_that_takes_little_has_no_longer_than_one_that_takes_nothing(
    tmp_path: Path,
) -> None:
    bus, printer = ThinBus(), plugged(tmp_path, EPSON)
    bus.plug_in(printer)
    link = UsbLink("", Waits(connect_s=2, write_s=0.2, close_s=0.1), bus)
    link.open()
    link.write(b"\x1b@")
    with pytest.raises(DeviceBusy, match="too little"):
        link.write(bytes(2000))
    link.close()
    bus.unplug(printer)


@pytest.mark.parametrize("device", ["first", "04b8", "04b8:0e28:", "usb:04b8:0e28"])
def test_a_usb_printer_is_named_by_its_numbers(device: str) -> None:
    with pytest.raises(DeviceMisuse, match="04b8:0e28:SERIAL"):
        UsbLink(device)


def test_an_address_where_nothing_prints_is_a_missing_printer(tmp_path: Path) -> None:
    with NetworkPrinter(tmp_path / "tray", PAPER_80) as printer:
        address = printer.address
    with pytest.raises(DeviceMissing, match=f"{address[1]}: Connection refused"):
        NetworkLink(*address, SHORT).open()


def test_a_connection_that_is_closed_at_once_loses_no_tail(tmp_path: Path) -> None:
    """The answer that nobody reads would make the kernel reset the connection."""
    with NetworkPrinter(tmp_path / "tray", PAPER_80) as printer:
        link = NetworkLink(*printer.address)
        link.open()
        link.write(JOB * 3 + status.BARRIER)
        link.close()
        assert slips(tmp_path) == {"tray": 3}


def test_what_a_printer_has_not_taken_is_dropped_and_never_comes_out_later() -> None:
    """A clean end would let the kernel send the rest of the slip whenever the cover closes."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        link = NetworkLink(*server.getsockname(), SHORT)
        link.open()
        line, _ = server.accept()
        with pytest.raises(DeviceBusy):
            link.write(JOB * 100)
        link.close()
        with line, line.makefile("rb") as received, pytest.raises(ConnectionResetError):
            received.read()


def test_a_serial_line_is_set_as_it_was_told(tmp_path: Path) -> None:
    device = tmp_path / "line"
    with LinePrinter(tmp_path / "tray", PAPER_80, device):
        for flow, is_set in (("rtscts", (True, False)), ("xonxoff", (False, True))):
            link = SerialLink(device, 460_800, flow, SHORT)
            link.open()
            number = os.open(device, os.O_RDWR | os.O_NOCTTY)
            inward, _, control, _, _, speed, _ = termios.tcgetattr(number)
            os.close(number)
            link.close()
            assert speed == termios.B460800
            assert (bool(control & termios.CRTSCTS), bool(inward & termios.IXON)) == is_set


def test_a_line_in_use_is_busy_and_one_that_is_not_there_missing(tmp_path: Path) -> None:
    device = tmp_path / "line"
    for link in (SerialLink(device, waits=SHORT), FileLink(device, SHORT)):
        with pytest.raises(DeviceMissing, match="line"):
            link.open()
    with LinePrinter(tmp_path / "tray", PAPER_80, device):
        holder = serial.Serial(str(device), exclusive=True)
        for link in (SerialLink(device, waits=SHORT), FileLink(device, SHORT)):
            with pytest.raises(DeviceBusy, match="line"):
                link.open()
        holder.close()


def test_a_plain_file_is_appended_to_and_answers_nothing(tmp_path: Path) -> None:
    path = tmp_path / "slips.bin"
    path.write_bytes(b"before")
    link = FileLink(path, SHORT)
    link.open()
    link.write(JOB)
    assert link.read(0.1) == b""
    link.close()
    assert path.read_bytes() == b"before" + JOB
    assert Printer(link).print(JOB) == Outcome(Verdict.NOT_STARTED, DeviceBusy.code)


@pytest.mark.parametrize(
    "link",
    [
        UsbLink(backend=UsbBus()),
        NetworkLink("localhost"),
        SerialLink(Path("x")),
        FileLink(Path("x")),
    ],
    ids=lambda link: type(link).__name__,
)
def test_a_link_that_is_not_open_takes_nothing(
    link: UsbLink | NetworkLink | SerialLink | FileLink,
) -> None:
    for use in (lambda: link.write(b"x"), lambda: link.read(0)):
        with pytest.raises(DeviceLost):
            use()
