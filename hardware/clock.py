"""The device's clocks. A Pi has no battery: until NTP answers, its wall clock is a guess."""

import ctypes
import time
from datetime import UTC, datetime
from pathlib import Path

import msgspec

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_TIME_ERROR = 5
"""What adjtimex(2) returns while the kernel's clock is not synchronised."""


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """One look at the clocks: wall in UTC, seconds since the boot that `boot_id` names."""

    wall: datetime
    boot_id: str
    monotonic_s: float
    trusted: bool


def read(*, assume_trusted: bool = False) -> Reading:
    """Look at the clocks now; `assume_trusted` where something else keeps the time."""
    return Reading(
        wall=datetime.now(UTC),
        boot_id=_BOOT_ID.read_text().strip(),
        monotonic_s=time.monotonic(),
        trusted=assume_trusted or is_synchronised(),
    )


def is_synchronised() -> bool:
    """Whether the kernel's clock has been disciplined (adjtimex(2), by timesyncd or chrony)."""
    timex = ctypes.create_string_buffer(512)
    return ctypes.CDLL(None).adjtimex(timex) not in (_TIME_ERROR, -1)
