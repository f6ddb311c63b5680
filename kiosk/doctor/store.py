"""Whether what is kept can be kept: the store and the disk below it."""

import errno
import os
import tempfile
from pathlib import Path

from kiosk.config import Config
from kiosk.doctor.finding import Finding, bad, well
from kiosk.errors import ConfigError
from kiosk.vitals import Facts, last_health, measure
from sync.errors import StoreDamaged, StoreFull, StoreReadOnly, StoreTooNew, SyncError
from sync.store import STORE_FILE, Store, has_been

_FAULTS: dict[int, type[SyncError]] = {
    errno.ENOSPC: StoreFull,
    errno.EDQUOT: StoreFull,
    errno.EROFS: StoreReadOnly,
}
"""What a failed write is called, as the glass and the store call it."""


def store(config: Config) -> Finding:
    """Opens it as a service would, and has SQLite check every page."""
    path = config.state_dir / STORE_FILE
    if not has_been(path):
        raise ConfigError(f"{path}: nothing has been kept yet; next: kiosk enrol JOIN-FILE")
    try:
        with Store.open(path) as opened:
            damages = opened.damages()
    except (StoreFull, StoreDamaged) as error:
        return bad("store", str(error), _mending(config, error.code))
    if damages:
        return bad("store", "; ".join(damages), _mending(config, StoreDamaged.code))
    return well("store", "whole, WAL, synchronous=FULL")


def disk(config: Config) -> Finding:
    """Whether it takes what is written, and has room for a week more."""
    if not config.state_dir.is_dir():
        raise ConfigError(f"{config.state_dir} is not there; next: kiosk enrol JOIN-FILE")
    if is_forgotten(config.state_dir):
        evidence = "what is kept lies in memory, and is gone at the next boot"
        return bad("disk", evidence, "systemctl status rapfang-data; lsblk -f")
    fault = _write_fault(config.state_dir)
    if fault:
        evidence = f"cannot be written to: {fault.strerror}"
        code = _FAULTS.get(fault.errno or 0, StoreDamaged).code
        return bad("disk", evidence, _mending(config, code))
    if is_not_yet_read_only():
        evidence = "the root can still be written to"
        return Finding(
            name="disk", is_well=True, is_worth_a_look=True, evidence=evidence, next="sudo reboot"
        )
    (room,) = measure(config, Facts(), last_health(config).severities(), ["disk_free"])
    return Finding(
        name="disk",
        is_well=room.severity != "bad",
        is_worth_a_look=room.severity == "warn",
        evidence=room.words(),
        next=_mending(config, StoreFull.code),
    )


def is_forgotten(
    directory: Path, root: Path = Path("/"), lower: Path = Path("/media/root-ro")
) -> bool:
    """Whether it lies on a root whose writes stay in memory (`install --read-only-root`)."""
    return lower.is_mount() and directory.stat().st_dev == root.stat().st_dev


def is_not_yet_read_only(
    settings: Path = Path("/etc/overlayroot.local.conf"), lower: Path = Path("/media/root-ro")
) -> bool:
    """Whether the root is to lie under a layer in memory, and does not."""
    wanted = settings.is_file() and 'overlayroot="tmpfs' in settings.read_text()
    return wanted and not lower.is_mount()


def _write_fault(directory: Path) -> OSError | None:
    """What a small file meets on its way to the disk; None when it got there."""
    try:
        handle, name = tempfile.mkstemp(dir=directory, prefix=".doctor-")
        try:
            os.write(handle, bytes(4096))
            os.fsync(handle)
        finally:
            os.close(handle)
            Path(name).unlink()
    except OSError as error:
        return error
    return None


def _mending(config: Config, code: str) -> str:
    """The command that mends a fault of store or disk, or shows what is in the way.

    Nothing is mended on a card that loses what is written: what it has leaves it first.
    """
    if code == StoreFull.code:
        return f"du -xh {config.state_dir} | sort -h | tail"
    if code == StoreTooNew.code:
        return "kiosk update, with the release that was here or a later one"
    if code == StoreReadOnly.code:
        return "dmesg | tail; then: systemctl reboot"
    if (fault := _write_fault(config.state_dir)) and fault.errno not in _FAULTS:
        return f"systemctl stop 'kiosk-*'; cp -a {config.state_dir} STICK; new card"
    return "systemctl stop 'kiosk-*'; kiosk restore --salvage"
