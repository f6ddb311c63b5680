"""A second way to the guard at boot, of the release before, while another one is on trial.

The switch gives the system the new release's units, and one of those starts the guard after
a power cut. If that very unit is broken, nothing would judge the release any more. So the
former release's stays under a name of its own, beyond the reach of the new one's drop-ins.
"""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from kiosk.updating.places import Places
from sync.whole import put, sync_folder

UNIT = "resume-update.service"
"""Neither `rapfang-*` nor `kiosk-*`: a release's units and drop-ins are called so."""
_OF_RELEASE = ("rapfang-trial.service", "rapfang-.service.d/*.conf")
_UNITS = "etc/systemd/system"
_WANTED = f"{_UNITS}/multi-user.target.wants"
_READABLE = 0o644
_ONCE_MORE = "\n[Install]\nWantedBy=multi-user.target\n"


def insure(where: Places, version: str) -> None:
    """Have the guard of release `version` start at boot, whatever another one brings.

    No reload: the manager reads it when the machine starts. Raises OSError.
    """
    units = where.release(version) / "share/systemd"
    parts = [path for name in _OF_RELEASE for path in sorted(units.glob(name))]
    text = "\n".join(path.read_text() for path in parts) + _ONCE_MORE
    unit, wanted = where.system / _UNITS / UNIT, where.system / _WANTED / UNIT
    wanted.parent.mkdir(parents=True, exist_ok=True)
    put(unit, text.encode(), _READABLE)
    with contextlib.suppress(FileExistsError):
        wanted.symlink_to(f"/{_UNITS}/{UNIT}")
    sync_folder(wanted.parent)


def release(where: Places) -> None:
    """Nothing is on trial any more. A rest is harmless: its condition does not hold."""
    for path in (where.system / _WANTED / UNIT, where.system / _UNITS / UNIT):
        with contextlib.suppress(OSError):
            path.unlink()


@contextlib.contextmanager
def one_guard(where: Places) -> Iterator[None]:
    """At boot both units may start it; the second waits and finds what the first has done."""
    path: Path = where.state / "guard.lock"
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
