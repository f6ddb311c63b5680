"""The board: its power, its heat, its memory, how busy it is."""

import math
import re

from hardware.health.machine import Machine
from hardware.health.vital import Limits, Severity, Vital, counted, not_told

TEMPERATURE_C = Limits(warn=75, bad=82, band=4)
"""A Pi slows down from 80 °C on and halves its pace at 85 (Raspberry Pi, frequency management)."""
MEMORY_MB = Limits(warn=150, bad=60, band=30)
PRESSURE_PERCENT = Limits(warn=10, bad=40, band=5)
LOAD_PER_CORE = Limits(warn=4, bad=math.inf, band=1)
"""Never bad: an update or a backup is busy, and done after a while."""

_UNDER_VOLTAGE, _CAPPED, _THROTTLED, _SOFT_LIMIT = 1, 2, 4, 8
"""`vcgencmd get_throttled`: now; since boot the same, 16 bits higher."""
_SINCE_BOOT = 16
_THROTTLED_FILES = "sys/devices/platform/soc*/*firmware/get_throttled"
_ALARM = "in0_lcrit_alarm"

_POWER = "the maker's power supply, and a short, thick cable"
_WAITED = "% of a minute spent waiting for memory"
_AIR = "give it air: fan, heat sink, shade, clean openings"


def voltage(machine: Machine, _before: Severity) -> Vital:
    """Whether the power supply holds its voltage, now and since boot."""
    flags, alarm = _throttled(machine), _under_voltage_alarm(machine)
    if flags is None and alarm is None:
        return not_told("voltage", "this board does not measure it")
    flags = flags or 0
    if alarm or flags & _UNDER_VOLTAGE:
        return Vital(name="voltage", value="too low now", severity="bad", advice=_POWER)
    if flags & _UNDER_VOLTAGE << _SINCE_BOOT:
        value = "was too low since boot"
        return Vital(name="voltage", value=value, severity="warn", advice=_POWER)
    return Vital(name="voltage", value="holds", severity="fine", advice=_POWER)


def throttling(machine: Machine, _before: Severity) -> Vital:
    """Whether the board slows itself down, for heat or for want of power."""
    flags = _throttled(machine)
    if flags is None:
        return not_told("throttling", "this board does not say")
    advice = _POWER if flags & (_UNDER_VOLTAGE | _UNDER_VOLTAGE << _SINCE_BOOT) else _AIR
    severity: Severity
    if flags & _THROTTLED:
        value, severity = "slowed down now", "bad"
    elif flags & (_CAPPED | _SOFT_LIMIT):
        value, severity = "held back now", "warn"
    elif flags >> _SINCE_BOOT & (_CAPPED | _THROTTLED | _SOFT_LIMIT):
        value, severity = "was slowed down since boot", "warn"
    else:
        value, severity = "full pace", "fine"
    return Vital(name="throttling", value=value, severity=severity, advice=advice)


def _throttled(machine: Machine) -> int | None:
    """The firmware's flags.

    First from the firmware itself: the kernel's file is deprecated, shows nothing since
    boot on newer kernels and leaves a warning in the log of those that still have it.
    """
    told = machine.ask("vcgencmd", "get_throttled")
    texts = [told.rpartition("=")[2]] if told else []
    texts += machine.read_each(_THROTTLED_FILES).values()
    for text in texts:
        if re.fullmatch(r"(0x)?[0-9a-fA-F]{1,8}", text):
            return int(text, 16)
    return None


def _under_voltage_alarm(machine: Machine) -> bool | None:
    """What the driver `rpi_volt` saw within its last two seconds."""
    for path, name in machine.read_each("sys/class/hwmon/hwmon*/name").items():
        if name == "rpi_volt":
            alarm = machine.read(path.removesuffix("name") + _ALARM)
            return {"0": False, "1": True}.get(alarm or "")
    return None


def temperature(machine: Machine, before: Severity) -> Vital:
    """The hottest zone, in °C."""
    found = machine.read_each("sys/class/thermal/thermal_zone*/temp").values()
    zones = [int(text) / 1000 for text in found if re.fullmatch(r"-?\d{1,7}", text)]
    zones = [zone for zone in zones if -40 <= zone <= 150]  # a sensor that is not fitted says 0 K
    if not zones:
        return not_told("temperature", "no sensor")
    return counted("temperature", round(max(zones), 1), "°C", TEMPERATURE_C, before, _AIR)


def memory(machine: Machine, before: Severity) -> Vital:
    """Memory that is free or can be freed, in MB (proc(5), MemAvailable)."""
    told = machine.read("proc/meminfo") or ""
    found = re.search(r"^MemAvailable:\s+(\d+) kB", told, re.MULTILINE)
    if not found:
        return not_told("memory", "/proc/meminfo cannot be read")
    free_mb = int(found[1]) * 1024 // 1_000_000
    advice = "ps aux --sort=-rss | head; a restart frees it"
    return counted("memory", free_mb, "MB free", MEMORY_MB, before, advice)


def pressure(machine: Machine, before: Severity) -> Vital:
    """Share of the last minute in which something waited for memory, in % (PSI, some avg60)."""
    told = machine.read("proc/pressure/memory") or ""
    found = re.search(r"^some .*\bavg60=(\d+\.\d+)", told, re.MULTILINE)
    if not found:
        return not_told("pressure", "the kernel does not count it (psi=1)")
    advice = "ps aux --sort=-rss | head; a restart frees it"
    return counted("pressure", float(found[1]), _WAITED, PRESSURE_PERCENT, before, advice)


def load(machine: Machine, before: Severity) -> Vital:
    """How many things want to run, for each core, over five minutes."""
    found = re.match(r"\d+\.\d+ (\d+\.\d+) ", machine.read("proc/loadavg") or "")
    if not found:
        return not_told("load", "/proc/loadavg cannot be read")
    each = round(float(found[1]) / machine.cores, 2)
    return counted(
        "load", each, "programs a core", LOAD_PER_CORE, before, "top; what is it busy with?"
    )


def uptime(machine: Machine, _before: Severity) -> Vital:
    """Hours since boot."""
    found = re.match(r"\d+(\.\d+)? ", machine.read("proc/uptime") or "")
    if not found:
        return not_told("uptime", "/proc/uptime cannot be read")
    hours = round(float(found[0]) / 3600, 1)
    return Vital(name="uptime", value=hours, unit="h since boot", severity="fine")
