"""A disk that this machine's own kernel writes to, each write and flush of which is logged.

`qemu-storage-daemon` shows the disk as a file (FUSE), a loop device makes it one again. No
machine is emulated, so it is as fast as the disk; the file system and its journal are the kernel's.
"""

import contextlib
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

NEEDED = ("qemu-storage-daemon", "losetup", "mke2fs", "e2fsck")
DISK_BYTES = 512 << 20


def hindrance() -> str:
    """Why there can be no such disk here; empty where there can."""
    lacking = [name for name in NEEDED if shutil.which(name) is None]
    lacking += [name for name in ("/dev/fuse", "/dev/loop-control") if not Path(name).exists()]
    return f"there is no {', '.join(lacking)} (Debian: qemu-utils)" if lacking else ""


def made(disk: Path) -> Path:
    """An empty disk with one ext4, as Debian makes it."""
    with disk.open("wb") as file:
        file.truncate(DISK_BYTES)
    subprocess.run(["mke2fs", "-q", "-t", "ext4", disk], check=True)
    return disk


@contextlib.contextmanager
def mounted_and_logged(disk: Path, log: Path) -> Iterator[Path]:
    """Where the disk is mounted; what is done there is written to it, and to the log."""
    window, place = disk.with_suffix(".window"), disk.with_suffix(".mount")
    log.write_bytes(b"")
    window.write_bytes(b"")
    options = (
        f"driver=file,node-name=file,filename={disk}",
        f"driver=file,node-name=log,filename={log}",
        "driver=blklogwrites,node-name=disk,file=file,log=log",
    )
    export = f"type=fuse,id=window,node-name=disk,mountpoint={window},writable=on"
    command = [*(f"--blockdev={option}" for option in options), f"--export={export}"]
    daemon = subprocess.Popen(["qemu-storage-daemon", *command])
    try:
        while not window.stat().st_size and daemon.poll() is None:
            time.sleep(0.05)
        with mounted(window, place):
            yield place
    finally:
        daemon.terminate()
        daemon.wait()


@contextlib.contextmanager
def mounted(disk: Path, place: Path, *options: str) -> Iterator[Path]:
    """A disk's file system, at a place of this machine."""
    place.mkdir(exist_ok=True)
    attach = ["losetup", "--find", "--show", disk]
    device = subprocess.run(attach, check=True, capture_output=True, text=True).stdout.strip()
    try:
        subprocess.run(["mount", *options, device, place], check=True)
        try:
            yield place
        finally:
            subprocess.run(["umount", place], check=True)
    finally:
        subprocess.run(["losetup", "--detach", device], check=True)


def size(log: Path) -> int:
    """How long the log is by now, in bytes."""
    return log.stat().st_size
