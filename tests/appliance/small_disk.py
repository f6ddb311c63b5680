"""A disk for what a guest's services keep, so small that a test can fill it."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.appliance.guest import Guest

SERVICES = ("kiosk-ui", "kiosk-print", "kiosk-sync")
KEPT = "var/lib/kiosk"
DISK, FILLER = "400m", f"/{KEPT}/filler"
"""More than is called a full disk; and what takes it all, which is root's."""


@contextmanager
def small_disk(box: Guest) -> Iterator[Path]:
    """What the services keep lies on a disk of its own, here by its place; afterwards as before."""
    below, small = box.root / KEPT, Path(f"/proc/{box.leader()}/root/{KEPT}")
    box.run("systemctl", "stop", "kiosk.target", *SERVICES)
    box.run("mount", "-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", f"/{KEPT}")
    subprocess.run(["cp", "--archive", f"{below}/.", small], check=True)
    box.run("systemctl", "start", "kiosk.target", *SERVICES)
    try:
        yield small
    finally:
        box.run("systemctl", "stop", "kiosk.target", *SERVICES)
        make_room(box)
        subprocess.run(["find", below, "-mindepth", "1", "-delete"], check=True)
        subprocess.run(["cp", "--archive", f"{small}/.", below], check=True)
        box.run("umount", f"/{KEPT}")
        box.run("systemctl", "start", "kiosk.target", *SERVICES)


def served_by(box: Guest) -> list[str]:
    """The services' processes: others after a watchdog, a crash or a reboot."""
    asked = box.run("systemctl", "show", "--value", "--property=MainPID", *SERVICES)
    return asked.stdout.split()


def slips_in(kept: Path) -> int:
    return len(list(kept.glob("tray/slip-*.png")))


def fill(box: Guest) -> None:
    """Not a byte is left."""
    done = box.run("dd", "if=/dev/zero", f"of={FILLER}", "bs=64k", check=False)
    assert "No space left on device" in done.stderr, done.stderr


def make_room(box: Guest) -> None:
    """As before it was filled."""
    box.run("rm", "--force", FILLER)
