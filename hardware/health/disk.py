"""The disk: room, wear, what the file system has noticed, and whether it tells the truth."""

import errno
import os
import re
from datetime import UTC, datetime

from hardware.health.machine import Machine
from hardware.health.vital import Limits, Severity, Vital, counted, not_told

FREE_MB = Limits(warn=1000, bad=200, band=100)
"""200 MB may not hold a week of cases with drawings."""
FEWEST_FILES = 1000
WEAR_PERCENT = Limits(warn=80, bad=100)
SAMPLE_BYTES = 64 * 1024
"""Written and read back; what an SD card calls a sector of its own is no larger."""

_PAST_ITS_LIFE = 0x0B
_PRE_EOL: dict[int, Severity] = {2: "warn", 3: "bad"}
"""JEDEC eMMC, PRE_EOL_INFO: 80 % of the spare blocks are used; nearly all are."""
_NEW_CARD = "copy /var/lib/kiosk to a stick; then a new card"
_MAKE_ROOM = "du -xh / | sort -h | tail; journalctl --vacuum-time=7d"


def disk_free(machine: Machine, before: Severity) -> Vital:
    """Room where the store lies, in MB."""
    try:
        space = machine.space()
    except OSError as error:
        return not_told("disk_free", f"{machine.data_dir}: {error.strerror}")
    free_mb = space.free_bytes // 1_000_000
    if space.free_files is not None and space.free_files < FEWEST_FILES:
        value = f"{space.free_files} files more"
        return Vital(name="disk_free", value=value, severity="bad", advice=_MAKE_ROOM)
    return counted("disk_free", free_mb, "MB free", FREE_MB, before, _MAKE_ROOM)


def disk_mount(machine: Machine, _before: Severity) -> Vital:
    """Whether the file system still takes what is written; ext4 stops after errors."""
    try:
        is_read_only = machine.space().is_read_only
    except OSError as error:
        return not_told("disk_mount", f"{machine.data_dir}: {error.strerror}")
    advice = "dmesg | tail; reboot; if it stays: a new card"
    if is_read_only:
        return Vital(name="disk_mount", value="read only", severity="bad", advice=advice)
    return Vital(name="disk_mount", value="takes writes", severity="fine", advice=advice)


def disk_wear(machine: Machine, before: Severity) -> Vital:
    """How much of its life an eMMC has used, in % (JEDEC life time estimates, steps of ten)."""
    told = machine.read_each("sys/block/mmcblk*/device/life_time").values()
    steps = [int(step, 16) for text in told for step in re.findall(r"0x[0-9a-fA-F]{2}\b", text)]
    used = [step * 10 for step in steps if 0 < step <= _PAST_ITS_LIFE]
    if not used:
        return not_told("disk_wear", _why_no_wear(machine))
    found = counted("disk_wear", max(used), "% used", WEAR_PERCENT, before, _NEW_CARD)
    spare = machine.read_each("sys/block/mmcblk*/device/pre_eol_info").values()
    for severity in (_PRE_EOL.get(_number(text)) for text in spare):
        if severity == "bad" or (severity and found.severity == "fine"):
            value = f"{found.value} % used, spare blocks low"
            return Vital(name="disk_wear", value=value, severity=severity, advice=_NEW_CARD)
    return found


def _number(text: str) -> int:
    return int(text, 16) if re.fullmatch(r"0x[0-9a-fA-F]{1,2}", text) else 0


def _why_no_wear(machine: Machine) -> str:
    kinds = machine.read_each("sys/block/mmcblk*/device/type").values()
    return "an SD card does not tell its wear" if "SD" in kinds else "this disk does not tell it"


def disk_errors(machine: Machine, _before: Severity) -> Vital:
    """Errors that ext4 has counted since it was last checked, and when it met the last."""
    counts = {
        path: int(text)
        for path, text in machine.read_each("sys/fs/ext4/*/errors_count").items()
        if text.isdecimal()
    }
    if not counts:
        return not_told("disk_errors", "no ext4 here")
    total, advice = sum(counts.values()), "reboot with fsck.mode=force; if they grow: a new card"
    if not total:
        unit = "counted by ext4"
        return Vital(name="disk_errors", value=0, unit=unit, severity="fine", advice=advice)
    value = f"{total}{_dates(machine, max(counts, key=counts.__getitem__))}"
    return Vital(name="disk_errors", value=value, severity="bad", advice=advice)


def _dates(machine: Machine, path: str) -> str:
    folder = path.removesuffix("errors_count")
    told = [machine.read(f"{folder}{which}_error_time") or "" for which in ("first", "last")]
    days = [
        f"{datetime.fromtimestamp(int(text), UTC):%Y-%m-%d}"
        for text in told
        if re.fullmatch(r"[1-9]\d{0,10}", text)
    ]
    return f", {' to '.join(dict.fromkeys(days))}" if days else ""


def disk_test(machine: Machine, _before: Severity) -> Vital:
    """Whether what is written comes back; a dying card says yes and gives something else."""
    sample = os.urandom(SAMPLE_BYTES)
    try:
        is_true = machine.write_and_read(sample) == sample
    except OSError as error:
        advice = _MAKE_ROOM if error.errno in (errno.ENOSPC, errno.EDQUOT) else _NEW_CARD
        value = f"not written: {error.strerror}"
        return Vital(name="disk_test", value=value, severity="bad", advice=advice)
    if not is_true:
        value = "gives back other bytes than were written"
        return Vital(name="disk_test", value=value, severity="bad", advice=_NEW_CARD)
    return Vital(
        name="disk_test", value="gives back what was written", severity="fine", advice=_NEW_CARD
    )
