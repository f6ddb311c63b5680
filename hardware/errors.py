"""What can go wrong with a device, in one tree.

HardwareError
├── DeviceMissing        it is not there: unplugged, never fitted
├── DeviceBusy           it is there and does not answer in time
├── DeviceLost           it went away while in use
├── DeviceFault          it says itself that something is wrong
│   ├── PaperOut
│   ├── CoverOpen
│   └── Overheated
└── DeviceMisuse         we asked for what no device can do (also a ValueError)

`code` is stable: translations, `kiosk doctor --json` and central's fleet page key on it.
"""


class HardwareError(Exception):
    """Something is wrong with a device."""

    code = "hardware"


class DeviceMissing(HardwareError):
    """The device is not there."""

    code = "device_missing"


class DeviceBusy(HardwareError):
    """The device did not answer in time."""

    code = "device_busy"


class DeviceLost(HardwareError):
    """The device went away while in use."""

    code = "device_lost"


class DeviceFault(HardwareError):
    """The device reports a fault of its own."""

    code = "device_fault"


class PaperOut(DeviceFault):
    """The paper roll is used up."""

    code = "paper_out"


class CoverOpen(DeviceFault):
    """The printer's cover is open."""

    code = "cover_open"


class Overheated(DeviceFault):
    """The print head is too hot; it recovers by itself."""

    code = "overheated"


class DeviceMisuse(HardwareError, ValueError):
    """The request makes no sense for this device."""

    code = "device_misuse"
