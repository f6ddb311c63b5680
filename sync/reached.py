"""When central last answered, in a file that lies in memory: the store hears of it once an hour."""

import contextlib
from datetime import datetime
from pathlib import Path

FILE = "central.reached"
"""In the runtime directory: a device code and an instant (ISO 8601, with its zone)."""


def note(runtime_dir: Path, device_code: str, at: datetime) -> None:
    """Central answered this device usefully; whoever reads meanwhile sees this or the last one."""
    fresh = runtime_dir / f".{FILE}.new"
    with contextlib.suppress(OSError):  # the folder is full: what the store knows is shown
        fresh.write_text(f"{device_code} {at.isoformat()}\n")
        fresh.replace(runtime_dir / FILE)


def last(runtime_dir: Path, device_code: str) -> datetime | None:
    """When central answered last since the boot; None where nothing here tells of this code."""
    try:
        code, at = (runtime_dir / FILE).read_text().split()
        return datetime.fromisoformat(at) if code == device_code else None
    except (OSError, ValueError):
        return None
