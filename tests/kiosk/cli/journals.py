"""A real journal file, as systemd writes it, with entries of our own."""

import subprocess
from collections.abc import Iterable
from pathlib import Path

REMOTE = "/lib/systemd/systemd-journal-remote"
BEGAN_US = 1_790_000_000_000_000


def make_journal(path: Path, entries: Iterable[tuple[str, str]]) -> Path:
    """Entries of (unit, words), a second apart."""
    written = "".join(
        f"__CURSOR=s=aa;i={number}\n__REALTIME_TIMESTAMP={BEGAN_US + number * 1_000_000}\n"
        f"__MONOTONIC_TIMESTAMP={number}\n_BOOT_ID={'0' * 31}1\n_MACHINE_ID={'0' * 31}1\n"
        f"PRIORITY=6\n_SYSTEMD_UNIT={unit}\nMESSAGE={words}\n\n"
        for number, (unit, words) in enumerate(entries, 1)
    )
    exported = path.with_suffix(".export")
    exported.write_text(written)
    subprocess.run(
        [REMOTE, "--output", path, exported], check=True, capture_output=True, timeout=60
    )
    return path
