"""A printer on USB: bulk transfers to its printer interface (USB printer class 1.1).

Nothing is kept between jobs but what to look for: after a replug the printer has another
address, and the next job finds it there. The kernel's usblp is asked to step aside for
the job and comes back after it.
"""

import contextlib
import errno
import logging
import re
import time
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, NamedTuple

import msgspec
import usb.backend.libusb1
import usb.core
import usb.util

from hardware.errors import DeviceBusy, DeviceLost, DeviceMissing, DeviceMisuse, HardwareError
from hardware.printer.link import Waits

log = logging.getLogger(__name__)

PRINTER_CLASS = 7
_ANSWER_BYTES = 512
"""A multiple of every packet size below SuperSpeed's, else a long answer is an error."""
_LEAST_MS = 1
"""No time at all means for ever to libusb."""
_SELECTOR = re.compile(
    r"(?P<vendor>[0-9a-f]{4}):(?P<product>[0-9a-f]{4})(:(?P<serial>.+))?", re.IGNORECASE
)


class Found(msgspec.Struct, frozen=True, order=True):
    """A printer on the bus: where it is plugged in, and what it is called.

    `port` is stable while the plug stays where it is, as the address is not. `selector` is
    what `device` in the settings takes: `vvvv:pppp`, and the serial number if it tells one.
    """

    port: tuple[int, ...]
    selector: str
    name: str


class _Ends(NamedTuple):
    """The interface and its endpoints; `inward` is None where the printer cannot answer."""

    device: Any
    interface: int
    outward: Any
    inward: Any


class UsbLink:
    """The printer that `device` names, or the first one on the bus.

    Args:
        device: `vvvv:pppp` or `vvvv:pppp:serial`; empty for the first printer, by port.
        waits: the time-outs.
        backend: the bus, as pyusb has it; libusb's where none is given.

    Raises:
        DeviceMisuse: `device` reads otherwise.
    """

    def __init__(self, device: str = "", waits: Waits = Waits(), backend: Any = None) -> None:  # noqa: B008  frozen
        self._wanted = _SELECTOR.fullmatch(device) if device else None
        if device and self._wanted is None:
            raise DeviceMisuse(f"{device!r} is not like 04b8:0e28 or 04b8:0e28:SERIAL")
        self._waits = waits
        self._backend = backend
        self._ends: _Ends | None = None
        self._has_stepped_aside = False
        self._chosen = ""

    def open(self) -> None:
        """Find and claim it. Raises DeviceMissing: not plugged in; DeviceBusy: in use."""
        device = self._find()
        with _watched(DeviceMissing):
            self._ends = _ends(device)
            self._take(self._ends)

    def write(self, data: bytes) -> None:
        """Send `data`. Raises DeviceBusy: not taken in time; DeviceLost: unplugged."""
        ends, give_up_at = self._open_ends(), time.monotonic() + self._waits.write_s
        while data:
            left_s = give_up_at - time.monotonic()
            if left_s <= 0:
                raise DeviceBusy("the printer takes too little")
            with _watched(DeviceLost):
                taken = ends.outward.write(data, _ms(left_s))
            if not taken:
                raise DeviceBusy("the printer takes no more")
            data = data[taken:]

    def read(self, timeout_s: float) -> bytes:
        """What came within `timeout_s`. Raises DeviceLost: unplugged."""
        ends = self._open_ends()
        if ends.inward is None:
            return b""
        with _watched(DeviceLost), contextlib.suppress(usb.core.USBTimeoutError):
            return bytes(ends.inward.read(_ANSWER_BYTES, _ms(timeout_s)))
        return b""

    def close(self) -> None:
        """Let it go, and give it back to the kernel's driver."""
        ends, self._ends = self._ends, None
        if ends is None:
            return
        with contextlib.suppress(usb.core.USBError):  # unplugged
            usb.util.release_interface(ends.device, ends.interface)
            if self._has_stepped_aside:
                ends.device.attach_kernel_driver(ends.interface)
        self._has_stepped_aside = False
        usb.util.dispose_resources(ends.device)

    def _take(self, ends: _Ends) -> None:
        try:
            with contextlib.suppress(NotImplementedError):
                if ends.device.is_kernel_driver_active(ends.interface):
                    ends.device.detach_kernel_driver(ends.interface)
                    self._has_stepped_aside = True
            usb.util.claim_interface(ends.device, ends.interface)
        except usb.core.USBError:
            self.close()
            raise

    def _find(self) -> Any:
        """The wanted device. Says which one was chosen whenever that changes."""
        found = sorted(
            (
                (found, device)
                for device in _printers(self._backend)
                if self._is_wanted(found := _found(device))
            ),
            key=lambda pair: pair[0],
        )
        if not found:
            raise DeviceMissing("the printer is not on the USB")
        (chosen, device), *others = found
        if chosen.selector != self._chosen:
            self._chosen = chosen.selector
            log.info("usb printer %s chosen, %d others there", chosen.selector, len(others))
        return device

    def _is_wanted(self, found: Found) -> bool:
        if self._wanted is None:
            return True
        wanted = self._wanted.group().lower()
        return wanted in (found.selector.lower(), found.selector.lower()[: len("vvvv:pppp")])

    def _open_ends(self) -> _Ends:
        if self._ends is None:
            raise DeviceLost("the printer is not open")
        return self._ends


def printers(backend: Any = None) -> list[Found]:
    """Every printer on the bus, in the order in which `UsbLink` chooses.

    Raises:
        HardwareError: libusb is not installed; the message names the package.
    """
    return sorted(_found(device) for device in _printers(backend))


def _printers(backend: Any) -> Iterable[Any]:
    devices = usb.core.find(find_all=True, backend=backend or _libusb(), custom_match=_is_printer)
    with _watched(DeviceMissing):
        return list(devices)


@cache
def _libusb() -> Any:
    backend = usb.backend.libusb1.get_backend()
    if backend is None:
        raise HardwareError("USB needs libusb: install the Debian package libusb-1.0-0")
    return backend


def _is_printer(device: Any) -> bool:
    return any(_interfaces(device))


def _interfaces(device: Any) -> Iterator[Any]:
    """Its printer interfaces; none of a device that went away while it was asked."""
    with contextlib.suppress(usb.core.USBError):
        for configuration in device:
            yield from usb.util.find_descriptor(
                configuration, find_all=True, bInterfaceClass=PRINTER_CLASS
            )


def _ends(device: Any) -> _Ends:
    """Where to write to and read from; its first alternate setting prints on every model."""
    for interface in _interfaces(device):
        ways = {
            usb.util.endpoint_direction(end.bEndpointAddress): end
            for end in interface
            if usb.util.endpoint_type(end.bmAttributes) == usb.util.ENDPOINT_TYPE_BULK
        }
        if outward := ways.get(usb.util.ENDPOINT_OUT):
            number = interface.bInterfaceNumber
            return _Ends(device, number, outward, ways.get(usb.util.ENDPOINT_IN))
    raise DeviceMissing("the printer has nothing to write to")


def _found(device: Any) -> Found:
    selector = f"{device.idVendor:04x}:{device.idProduct:04x}"
    if serial := _told(device, device.iSerialNumber):
        selector += f":{serial}"
    makers = (_told(device, index) for index in (device.iManufacturer, device.iProduct))
    ports = (device.bus or 0, *(device.port_numbers or ()))
    return Found(port=ports, selector=selector, name=" ".join(filter(None, makers)))


def _told(device: Any, index: int) -> str:
    """A string of the device's; empty when it tells none, or not to this user."""
    with contextlib.suppress(usb.core.USBError, ValueError, NotImplementedError):
        return ((index and usb.util.get_string(device, index)) or "").strip("\0 ")
    return ""


def _ms(wait_s: float) -> int:
    return max(_LEAST_MS, round(wait_s * 1000))


@contextlib.contextmanager
def _watched(otherwise: type[HardwareError]) -> Iterator[None]:
    """USB's errors in our words: time and claim are busy, the rest is `otherwise`."""
    try:
        yield
    except usb.core.USBTimeoutError as error:
        raise DeviceBusy("the printer takes no more") from error
    except usb.core.USBError as error:
        if error.errno == errno.EBUSY:
            raise DeviceBusy("another program has the printer") from error
        if error.errno == errno.EACCES:
            raise DeviceMissing("this user may not use the printer; see the udev rules") from error
        raise otherwise(f"the printer on USB: {error.strerror}") from error
