"""Whether the short form can run here, and what a run says at its end where it cannot."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

SKIPPED = (
    "No system was booted: whether our units run under systemd is NOT tested here; why, the",
    "skipped test says. `make appliance`, as root on a Debian, boots one and proves all of it.",
)
NEEDED = ("systemd-nspawn", "nsenter", "unshare", "mount", "systemd-sysusers")


def hindrance() -> str:
    """Why this machine cannot be looked at as a guest; empty where it can."""
    if os.geteuid() != 0:
        return "it needs root"
    if lacking := [name for name in NEEDED if shutil.which(name) is None]:
        return f"there is no {', '.join(lacking)} (Debian: systemd-container)"
    python = f"/usr/bin/python{sys.version_info.major}.{sys.version_info.minor}"
    for path in ("/lib/systemd/systemd", python, "/usr/bin/dbus-daemon"):
        if not Path(path).exists():
            return f"there is no {path}"
    return _no_overlay()


def _no_overlay() -> str:
    with tempfile.TemporaryDirectory() as folder:
        for name in ("upper", "work", "root"):
            (Path(folder) / name).mkdir()
        layers = f"lowerdir=/,upperdir={folder}/upper,workdir={folder}/work"
        mount = f"mount -t overlay rapfang -o {layers} {folder}/root"
        tried = subprocess.run(
            ["unshare", "--mount", "sh", "-c", mount], capture_output=True, text=True
        )
    return tried.stderr.strip()
