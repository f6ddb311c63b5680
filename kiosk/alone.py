"""One technician's deed at a time; the second is told whose it is and since when."""

import fcntl
import getpass
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from kiosk.config import Config
from kiosk.errors import Busy

LOCK_FILE = "deed.lock"
"""In the runtime folder: who holds it, as JSON. The kernel lets go of it with its holder."""


class Holder(msgspec.Struct, frozen=True):
    """A technician's sign-in name, the verb, and since when."""

    user: str
    verb: str
    since: datetime


@contextmanager
def alone(config: Config, verb: str) -> Iterator[None]:
    """Hold the box's deeds while `verb` runs.

    Raises:
        Busy: another holds them.
        OSError: the runtime folder takes no lock.
    """
    config.runtime_dir.mkdir(parents=True, exist_ok=True)
    handle = os.open(config.runtime_dir / LOCK_FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _give_to_owner(handle, config.runtime_dir)
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        _write(handle, Holder(_user(), verb, datetime.now(UTC)))
        yield
        os.ftruncate(handle, 0)
    except BlockingIOError as error:
        raise Busy(f"{_told(handle)}; next: wait, or ask them") from error
    finally:
        os.close(handle)


def last_deed(config: Config) -> int:
    """A number that changes whenever a deed begins or ends; nobody is held up by asking.

    Raises:
        Busy: one goes on.
        OSError: the lock cannot be read.
    """
    try:
        handle = os.open(config.runtime_dir / LOCK_FILE, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return 0
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        return os.fstat(handle).st_mtime_ns
    except BlockingIOError as error:
        raise Busy(f"{_told(handle)}; next: wait, or ask them") from error
    finally:
        os.close(handle)


def _give_to_owner(handle: int, folder: Path) -> None:
    """What root made first, the box's own user has to be able to open next time."""
    owner = folder.stat()
    if os.geteuid() == 0:
        os.fchown(handle, owner.st_uid, owner.st_gid)


def _write(handle: int, holder: Holder) -> None:
    os.ftruncate(handle, 0)
    os.pwrite(handle, msgspec.json.encode(holder), 0)


def _told(handle: int) -> str:
    try:
        holder = msgspec.json.decode(os.pread(handle, 4096, 0), type=Holder)
    except msgspec.MsgspecError:  # it has begun in this moment
        return "somebody else is at this box"
    return f"{holder.user} is at `kiosk {holder.verb}` since {holder.since:%H:%M:%SZ}"


def _user() -> str:
    """Who signed in, behind a sudo or not."""
    try:
        return os.environ.get("SUDO_USER") or getpass.getuser()
    except (KeyError, OSError):  # nobody's number: no such line in passwd
        return f"user {os.getuid()}"
