"""What a disk may hold whose own memory loses what was not flushed: qemu's log of writes.

The format is that of Linux's dm-log-writes (Documentation/admin-guide/device-mapper/
log-writes.rst), which qemu's blklogwrites writes: a super block of a sector, then for each
write a sector that tells of it, and its data. Sectors are of 512 bytes.
"""

import os
import struct
from collections.abc import Iterator
from pathlib import Path
from random import Random

import msgspec

SECTOR = 512
FLUSH, FUA, DISCARD = 1, 2, 4
_SUPER, _ENTRY = struct.Struct("<QQQI"), struct.Struct("<QQQQ")
_MAGIC = 0x6A736677736872
_TORN = 8
"""Sectors that reach the disk together, or not: a page of flash, a block of ext4."""


class Write(msgspec.Struct, frozen=True):
    """One line of the log: where it ends there, and what went where. All in bytes."""

    at: int
    place: int
    length: int
    flags: int

    @property
    def end(self) -> int:
        """How long the log was after it."""
        return self.at + self.length

    @property
    def is_flush(self) -> bool:
        """Whatever was written before it is on the disk from here on."""
        return bool(self.flags & FLUSH)


def read(log: Path) -> list[Write]:
    """All writes of a log, in order; the last may have been cut off and is left out then.

    Raises:
        ValueError: it is no log of writes.
    """
    with log.open("rb") as file:
        magic, _, _, sector = _SUPER.unpack(file.read(_SUPER.size))
        if (magic, sector) != (_MAGIC, SECTOR):
            raise ValueError(f"{log} is no log of writes with sectors of {SECTOR} bytes")
        return list(_entries(file.fileno(), os.fstat(file.fileno()).st_size))


def _entries(file: int, size: int) -> Iterator[Write]:
    at = SECTOR
    while len(header := os.pread(file, _ENTRY.size, at)) == _ENTRY.size:
        place, sectors, flags, data = _ENTRY.unpack(header)
        length = 0 if flags & DISCARD else sectors * SECTOR
        entry = Write(at + SECTOR, place * SECTOR, length, flags)
        if entry.end > size or not (sectors or flags or data):
            return
        yield entry
        at = entry.end


def play(log: Path, writes: list[Write], disk: Path, chance: Random | None = None) -> None:
    """Do these writes on a disk; with `chance`, only what it lets through of each."""
    source = os.open(log, os.O_RDONLY)
    target = os.open(disk, os.O_WRONLY)
    try:
        for write in writes:
            for part, length in _parts(write, chance):
                data = os.pread(source, length, write.at + part)
                os.pwrite(target, data, write.place + part)
    finally:
        os.close(source)
        os.close(target)


def _parts(write: Write, chance: Random | None) -> Iterator[tuple[int, int]]:
    if chance is None:
        yield 0, write.length
        return
    for part in range(0, write.length, _TORN * SECTOR):
        if chance.random() < 0.5:
            yield part, min(_TORN * SECTOR, write.length - part)
