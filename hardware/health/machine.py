"""Where vitals come from: what the kernel, the firmware and the disk say of themselves.

Readers ask a `Machine` and nothing else, so that they run unchanged over the virtual one.
"""

import contextlib
import errno
import mmap
import os
import subprocess
import tempfile
from pathlib import Path

import msgspec

from hardware import clock

LONGEST_FILE = 64 * 1024
"""Bytes read of a file in /sys or /proc; those that matter are shorter."""
ASKED_S = 5.0
"""How long a program may take to answer."""


class Space(msgspec.Struct, frozen=True, kw_only=True):
    """Room on a file system, for those who are not root."""

    free_bytes: int
    free_files: int | None
    is_read_only: bool


class Machine:
    """The machine this runs on; `data_dir` lies on the partition that holds what is kept.

    `assume_clock` where something else than the network keeps the time.
    """

    def __init__(
        self, data_dir: Path, root: Path = Path("/"), *, assume_clock: bool = False
    ) -> None:
        self.data_dir, self._root = data_dir, root
        self._assume_clock = assume_clock

    def read(self, path: str) -> str | None:
        """The text of a file such as `proc/meminfo`, stripped.

        None where it is not there, not for us to read, gone in this moment or no text.
        """
        return _text(self._root / path)

    def read_each(self, pattern: str) -> dict[str, str]:
        """Those files that match `pattern` and can be read: path below the root → text."""
        found = {path: _text(path) for path in sorted(self._root.glob(pattern))}
        return {
            str(path.relative_to(self._root)): text
            for path, text in found.items()
            if text is not None
        }

    def ask(self, *command: str) -> str | None:
        """What a program prints; None where it is missing, fails or takes too long."""
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, check=True, timeout=ASKED_S
            )
        except (OSError, subprocess.SubprocessError, UnicodeDecodeError):
            return None
        return done.stdout.strip()

    @property
    def cores(self) -> int:
        """How many things it can do at once."""
        return os.cpu_count() or 1

    def is_clock_set(self) -> bool:
        """Whether its clock can be trusted."""
        return self._assume_clock or clock.is_synchronised()

    def space(self) -> Space:
        """Room where the data lies. Raises OSError."""
        told = os.statvfs(self.data_dir)
        return Space(
            free_bytes=told.f_bavail * told.f_frsize,
            free_files=told.f_favail if told.f_files else None,
            is_read_only=bool(told.f_flag & os.ST_RDONLY),
        )

    def write_and_read(self, data: bytes) -> bytes:
        """What the disk gives back of `data`, a multiple of 4096 bytes; leaves no file.

        Raises OSError.
        """
        handle, name = tempfile.mkstemp(dir=self.data_dir, prefix=".health-")
        try:
            Path(name).unlink()
            os.write(handle, data)
            os.fsync(handle)
            return _read_past_cache(handle, len(data))
        finally:
            os.close(handle)


def _text(path: Path) -> str | None:
    with contextlib.suppress(OSError, UnicodeDecodeError), path.open("rb") as file:
        return file.read(LONGEST_FILE).decode().replace("\0", "").strip()
    return None


def _read_past_cache(handle: int, length: int) -> bytes:
    """From the disk itself, or, where a file system can't do that, nearly so."""
    try:
        return _read_directly(handle, length)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.EOPNOTSUPP, errno.ENOENT):
            raise
    os.posix_fadvise(handle, 0, length, os.POSIX_FADV_DONTNEED)
    return os.pread(handle, length, 0)


def _read_directly(handle: int, length: int) -> bytes:
    """O_DIRECT, open(2): into memory that begins where a page does."""
    direct = os.open(f"/proc/self/fd/{handle}", os.O_RDONLY | os.O_DIRECT | os.O_CLOEXEC)
    try:
        with mmap.mmap(-1, length) as aligned:
            return aligned[: os.readv(direct, [aligned])]
    finally:
        os.close(direct)
