"""A virtual machine: a folder laid out as a Pi's /sys and /proc, whose parts can fail.

The readers of `hardware.health` run over it as they are. It is well when it is made; the
methods below make it ill, and so does whoever writes into its files while it runs:

    echo 50005 > machine/sys/devices/platform/soc/soc:firmware/get_throttled
    echo '{"free_mb": 120, "fault": "lies"}' > machine/disk.json

What a program would say stands in `answers/`, in a file called as the command line.
"""

import errno
import os
import time
from pathlib import Path
from typing import Literal

import msgspec

from hardware.health.machine import Machine, Space

_MEMORY = "MemTotal:        1000000 kB\nMemFree:          100000 kB\nMemAvailable:     {} kB\n"
_PRESSURE = "some avg10=0.00 avg60={:.2f} avg300=0.00 total=0\nfull avg10=0.00 avg60=0.00"
_ROUTE = (
    "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"
    "eth0\t00000000\t0100A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0\n"
    "eth0\t0000A8C0\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0\n"
)
_ARP = (
    "IP address       HW type     Flags       HW address            Mask     Device\n"
    "192.168.0.1      0x1         {}         b8:27:eb:00:00:01     *        eth0\n"
)
_THROTTLED = "sys/devices/platform/soc/soc:firmware/get_throttled"
_HEAT = "sys/class/thermal/thermal_zone0/temp"
_ERRORS = "sys/fs/ext4/mmcblk0p2/errors_count"
_LIFE = "sys/block/mmcblk0/device/life_time"
_CARRIER = "sys/class/net/eth0/carrier"
_SET = "run/systemd/timesync/synchronized"
_RTC = "sys/class/rtc/rtc0/since_epoch"
_DRIFT = "drift_s"

_WELL = {
    _THROTTLED: "0",
    "sys/class/hwmon/hwmon0/name": "rpi_volt",
    "sys/class/hwmon/hwmon0/in0_lcrit_alarm": "0",
    _HEAT: "48312",
    _ERRORS: "0",
    "sys/block/mmcblk0/device/type": "MMC",
    _LIFE: "0x01 0x02",
    "sys/block/mmcblk0/device/pre_eol_info": "0x01",
    "proc/meminfo": _MEMORY.format(600_000),
    "proc/pressure/memory": _PRESSURE.format(0),
    "proc/loadavg": "0.21 0.18 0.11 1/180 1234",
    "proc/uptime": "90061.02 300000.00",
    "proc/net/route": _ROUTE,
    "proc/net/arp": _ARP.format("0x2"),
    _CARRIER: "1",
    "sys/class/watchdog/watchdog0/dev": "248:0",
    "sys/class/watchdog/watchdog0/state": "active",
    "sys/class/watchdog/watchdog0/timeout": "14",
    "sys/class/rtc/rtc0/name": "rpi-rtc",
    _SET: "",
    _DRIFT: "0",
}

Fault = Literal["", "full", "io", "lies"]
_ERRNO = {"full": errno.ENOSPC, "io": errno.EIO}


class VirtualDisk(msgspec.Struct, frozen=True, kw_only=True):
    """`disk.json`: room, and what is wrong with it."""

    free_mb: int = 20_000
    free_files: int = 1_000_000
    is_read_only: bool = False
    fault: Fault = ""


class VirtualMachine(Machine):
    """The machine in the folder `root`, made well where there is none yet."""

    def __init__(self, data_dir: Path, root: Path, *, assume_clock: bool = False) -> None:
        super().__init__(data_dir, root, assume_clock=assume_clock)
        if not root.exists():
            self.mend()

    def mend(self) -> None:
        """All is well again."""
        for path, text in _WELL.items():
            self.put(path, text)
        self.disk(VirtualDisk())

    def put(self, path: str, text: str) -> None:
        """Have a file say `text`."""
        file = self._root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{text}\n")

    def remove(self, path: str) -> None:
        """Have a file vanish."""
        (self._root / path).unlink(missing_ok=True)

    def throttle(self, flags: int) -> None:
        """The firmware's flags, as `vcgencmd get_throttled` counts them."""
        self.put(_THROTTLED, f"{flags:x}")

    def heat(self, celsius: float) -> None:
        """How hot it is."""
        self.put(_HEAT, str(round(celsius * 1000)))

    def wear(self, percent: int) -> None:
        """How much of its life the eMMC has used."""
        self.put(_LIFE, f"0x01 {percent // 10:#04x}")

    def meet_errors(self, count: int, first_at: int = 0, last_at: int = 0) -> None:
        """What ext4 has counted, and when, in seconds since 1970."""
        self.put(_ERRORS, str(count))
        self.put(_ERRORS.replace("errors_count", "first_error_time"), str(first_at))
        self.put(_ERRORS.replace("errors_count", "last_error_time"), str(last_at))

    def disk(self, state: VirtualDisk) -> None:
        """How the disk is."""
        self.put("disk.json", msgspec.json.encode(state).decode())

    def use_memory(self, free_mb: float, waits_percent: float = 0.0) -> None:
        """Memory that is left, and how much is waited for it."""
        self.put("proc/meminfo", _MEMORY.format(round(free_mb * 1_000_000 / 1024)))
        self.put("proc/pressure/memory", _PRESSURE.format(waits_percent))

    def busy(self, load: float) -> None:
        """How many things want to run."""
        self.put("proc/loadavg", f"{load:.2f} {load:.2f} {load:.2f} 1/180 1234")

    def pull_cable(self) -> None:
        """The network cable is out; the route stays, as it does on a real one."""
        self.put(_CARRIER, "0")

    def lose_route(self) -> None:
        """Nobody gave it an address."""
        self.put("proc/net/route", _ROUTE.splitlines()[0])

    def mute_gateway(self) -> None:
        """The router is dead."""
        self.put("proc/net/arp", _ARP.format("0x0"))

    def lose_time(self) -> None:
        """No time server has answered."""
        self.remove(_SET)

    def drift(self, seconds: int) -> None:
        """How far the battery-backed clock is ahead of the system's."""
        self.put(_DRIFT, str(seconds))

    def stop_watchdog(self) -> None:
        """Nobody opened the hardware's watchdog."""
        self.put("sys/class/watchdog/watchdog0/state", "inactive")

    def read(self, path: str) -> str | None:
        """A file of the folder; a clock goes on from where `drift_s` puts it."""
        told = super().read(path)
        if path == _RTC and told is None and (drift := super().read(_DRIFT)):
            return str(int(time.time()) + int(drift))
        return told

    def ask(self, *command: str) -> str | None:
        """What stands in `answers/`."""
        return self.read(f"answers/{' '.join(command)}")

    @property
    def cores(self) -> int:
        """As a Pi has."""
        return 4

    def is_clock_set(self) -> bool:
        """Whether timesyncd has left its mark."""
        return self._assume_clock or (self._root / _SET).exists()

    def space(self) -> Space:
        """What `disk.json` says."""
        state = self._disk()
        return Space(
            free_bytes=state.free_mb * 1_000_000,
            free_files=state.free_files,
            is_read_only=state.is_read_only,
        )

    def write_and_read(self, data: bytes) -> bytes:
        """As the disk of `disk.json` would: it may refuse, fail, or change a bit on the way."""
        state = self._disk()
        code = errno.EROFS if state.is_read_only else _ERRNO.get(state.fault)
        if code:
            raise OSError(code, os.strerror(code))
        back = super().write_and_read(data)
        return bytes([back[0] ^ 1]) + back[1:] if state.fault == "lies" else back

    def _disk(self) -> VirtualDisk:
        try:
            return msgspec.json.decode((self._root / "disk.json").read_bytes(), type=VirtualDisk)
        except msgspec.MsgspecError as error:
            raise OSError(errno.EIO, "disk.json is not understood") from error
