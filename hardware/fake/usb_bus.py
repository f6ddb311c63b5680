"""A virtual USB with printers on it, as a backend of pyusb's.

The kernel lets no test make a USB device, so the bus is exchanged under pyusb instead:
`usb.backend.IBackend` is its public interface, and everything above it is the real thing.
"""

import errno
import itertools
import time
from array import array
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import usb.backend
import usb.core

from hardware.errors import DeviceLost
from hardware.fake.port import GLANCE_S, Port
from hardware.fake.printer import VirtualPrinter
from hardware.printer.paper import Paper

OUTWARD, INWARD = 0x01, 0x82
_BULK, _PACKET = 2, 64
_GET_DESCRIPTOR, _STRING = 6, 3
_ENGLISH = b"\x09\x04"


class UsbPrinter:
    """A printer with a USB plug.

    Args:
        tray: as `hardware.fake.printer` has it.
        paper: what it is loaded with.
        ids: vendor and product.
        serial: its serial number; empty where it tells none, as many clones do.
    """

    def __init__(
        self, tray: Path, paper: Paper, ids: tuple[int, int] = (0x04B8, 0x0E28), serial: str = ""
    ) -> None:
        self.ids = ids
        self.serial = serial
        self.has_kernel_driver = True
        self.is_claimed = False
        self._printer = VirtualPrinter(tray, paper)
        self._port: Port | None = None
        self._answers = b""

    @property
    def strings(self) -> list[str]:
        """Maker, product and serial number, from index 1."""
        return ["Virtual", "Receipt Printer", self.serial]

    def start(self) -> None:
        """Somebody has claimed it."""
        if self.is_claimed:
            raise _error("Resource busy", errno.EBUSY)
        self._printer.open()
        self._port, self._answers, self.is_claimed = Port(self._printer), b"", True

    def stop(self) -> None:
        """It was let go, or its plug was pulled."""
        self._printer.close()
        self._port, self.is_claimed = None, False

    def take(self, data: bytes) -> int:
        """As much of `data` as its buffer has room for. Raises DeviceLost: pulled."""
        if self._port is None:
            raise DeviceLost("nobody has claimed the printer")
        taken = min(len(data), self._port.room)
        self._port.receive(data[:taken])
        self._answers += self._port.work()
        return taken

    def told(self, most: int) -> bytes:
        """What it has to say, at most `most` bytes. Raises DeviceLost: pulled."""
        self.take(b"")
        answers, self._answers = self._answers[:most], self._answers[most:]
        return answers


class UsbBus(usb.backend.IBackend):  # type: ignore[misc]  # pyusb has no types
    """What is plugged in; `plug_in` gives a printer an address, another each time."""

    def __init__(self) -> None:
        super().__init__()
        self._addresses = itertools.count(4)
        self._plugged: dict[int, tuple[int, UsbPrinter]] = {}

    def plug_in(self, printer: UsbPrinter, port: int = 1) -> None:
        """Put its plug into `port`."""
        printer.has_kernel_driver = True
        self._plugged[next(self._addresses)] = (port, printer)

    def unplug(self, printer: UsbPrinter) -> None:
        """Pull its plug."""
        for address, (_, there) in list(self._plugged.items()):
            if there is printer:
                del self._plugged[address]
                printer.stop()

    def enumerate_devices(self) -> list[int]:
        return list(self._plugged)

    def get_parent(self, _device: int) -> None:
        return None

    def get_device_descriptor(self, device: int) -> SimpleNamespace:
        port, printer = self._at(device)
        vendor, product = printer.ids
        return SimpleNamespace(
            bLength=18,
            bDescriptorType=1,
            bcdUSB=0x200,
            bDeviceClass=0,
            bDeviceSubClass=0,
            bDeviceProtocol=0,
            bMaxPacketSize0=_PACKET,
            idVendor=vendor,
            idProduct=product,
            bcdDevice=0x100,
            iManufacturer=1,
            iProduct=2,
            iSerialNumber=3 if printer.serial else 0,
            bNumConfigurations=1,
            address=device,
            bus=1,
            port_number=port,
            port_numbers=(port,),
            speed=None,
        )

    def get_configuration_descriptor(self, device: int, config: int) -> SimpleNamespace:
        self._at(device)
        if config:
            raise IndexError(config)
        return SimpleNamespace(
            bLength=9,
            bDescriptorType=2,
            wTotalLength=32,
            bNumInterfaces=1,
            bConfigurationValue=1,
            iConfiguration=0,
            bmAttributes=0xC0,
            bMaxPower=1,
            extra_descriptors=[],
        )

    def get_interface_descriptor(self, _d: int, intf: int, alt: int, _c: int) -> SimpleNamespace:
        if intf or alt:
            raise IndexError(intf)
        return SimpleNamespace(
            bLength=9,
            bDescriptorType=4,
            bInterfaceNumber=0,
            bAlternateSetting=0,
            bNumEndpoints=2,
            bInterfaceClass=7,
            bInterfaceSubClass=1,
            bInterfaceProtocol=2,
            iInterface=0,
            extra_descriptors=[],
        )

    def get_endpoint_descriptor(
        self, _d: int, ep: int, _i: int, _a: int, _c: int
    ) -> SimpleNamespace:
        return SimpleNamespace(
            bLength=7,
            bDescriptorType=5,
            bEndpointAddress=(OUTWARD, INWARD)[ep],
            bmAttributes=_BULK,
            wMaxPacketSize=_PACKET,
            bInterval=0,
            bRefresh=0,
            bSynchAddress=0,
            extra_descriptors=[],
        )

    def open_device(self, device: int) -> int:
        self._at(device)
        return device

    def close_device(self, _handle: int) -> None: ...

    def get_configuration(self, _handle: int) -> int:
        return 1

    def set_configuration(self, handle: int, _value: int) -> None:
        self._at(handle)

    def set_interface_altsetting(self, handle: int, _intf: int, _setting: int) -> None:
        self._at(handle)

    def claim_interface(self, handle: int, _intf: int) -> None:
        printer = self._at(handle)[1]
        if printer.has_kernel_driver:
            raise _error("Resource busy", errno.EBUSY)
        printer.start()

    def release_interface(self, handle: int, _intf: int) -> None:
        self._at(handle)[1].stop()

    def is_kernel_driver_active(self, handle: int, _intf: int) -> bool:
        return self._at(handle)[1].has_kernel_driver

    def detach_kernel_driver(self, handle: int, _intf: int) -> None:
        self._at(handle)[1].has_kernel_driver = False

    def attach_kernel_driver(self, handle: int, _intf: int) -> None:
        self._at(handle)[1].has_kernel_driver = True

    def bulk_write(self, handle: int, _ep: int, _intf: int, data: Any, timeout: int) -> int:
        taken, give_up_at = 0, _until(timeout)
        while taken < len(data):
            taken += self._moved(handle, bytes(data[taken:]))
            if time.monotonic() >= give_up_at:
                break
            if taken < len(data):
                time.sleep(GLANCE_S)
        if not taken:
            raise usb.core.USBTimeoutError("Operation timed out", errno=errno.ETIMEDOUT)
        return taken

    def bulk_read(self, handle: int, _ep: int, _intf: int, buff: Any, timeout: int) -> int:
        give_up_at = _until(timeout)
        while not (told := self._heard(handle, len(buff))):
            if time.monotonic() >= give_up_at:
                raise usb.core.USBTimeoutError("Operation timed out", errno=errno.ETIMEDOUT)
            time.sleep(GLANCE_S)
        buff[: len(told)] = array("B", told)
        return len(told)

    def ctrl_transfer(
        self, handle: int, _type: int, request: int, value: int, _index: int, data: Any, _wait: int
    ) -> int:
        kind, index = divmod(value, 256)
        if (request, kind) != (_GET_DESCRIPTOR, _STRING):
            raise _error("Pipe error", errno.EPIPE)
        printer = self._at(handle)[1]
        text = printer.strings[index - 1].encode("utf-16-le") if index else _ENGLISH
        answer = bytes([2 + len(text), _STRING]) + text
        data[: len(answer)] = array("B", answer)
        return len(answer)

    def _moved(self, handle: int, data: bytes) -> int:
        try:
            return self._at(handle)[1].take(data)
        except DeviceLost as error:
            raise self._lost(handle) from error

    def _heard(self, handle: int, most: int) -> bytes:
        try:
            return self._at(handle)[1].told(most)
        except DeviceLost as error:
            raise self._lost(handle) from error

    def _lost(self, handle: int) -> usb.core.USBError:
        """What the controls pulled is not on the bus any more."""
        self.unplug(self._at(handle)[1])
        return _error("No such device", errno.ENODEV)

    def _at(self, address: int) -> tuple[int, UsbPrinter]:
        if address not in self._plugged:
            raise _error("No such device", errno.ENODEV)
        return self._plugged[address]


def _until(timeout_ms: int) -> float:
    return time.monotonic() + timeout_ms / 1000


def _error(words: str, number: int) -> usb.core.USBError:
    return usb.core.USBError(words, errno=number)
