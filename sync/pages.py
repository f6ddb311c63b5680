"""Rows as they lie in a SQLite file's pages, whatever became of the trees above them.

Salvage reads leaves, not trees: a trampled page costs what stood in it and nothing else,
be it a leaf, an inner page, an index or the first page with the schema. Deleted rows do
not come back, because `secure_delete` overwrote them. The format is
https://www.sqlite.org/fileformat2.html; chapters stand at the functions.
"""

import struct
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Self

Value = None | int | float | str | bytes
Row = tuple[int, tuple[Value, ...]]
"""A rowid and its columns; an INTEGER PRIMARY KEY stands as None in its column."""

MAGIC = b"SQLite format 3\0"
TABLE_LEAF = 0x0D
LONGEST_PAYLOAD = 32 * 1024 * 1024
"""Bytes of one row; more than any that a store keeps."""

_USUAL_SIZE = 4096
_INTEGERS = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8}
"""Serial type to bytes (2.1)."""
_WAL_HEAD, _FRAME_HEAD = 32, 24


class Unreadable(Exception):
    """A cell that is not what a cell can be, or whose pages cannot be read."""


class Pages:
    """The pages of a database file, each as its log last committed it."""

    def __init__(self, path: Path) -> None:
        """Open the file and the log beside it; either may be missing."""
        self._files = [file.open("rb") for file in (path, _log_of(path)) if file.exists()]
        self._main = self._files[0] if path.exists() else None
        self._log = self._files[-1] if _log_of(path).exists() else None
        self._newer: dict[int, int] = {}
        self.size = self._page_size()
        if self._log:
            self._read_log()
        self.unreadable = 0
        """Pages and cells that the last reading of all rows could not read."""

    def rows(self) -> Iterator[Row]:
        """Every row of every table, in the order of the pages."""
        self.unreadable = 0
        for number in range(1, self._count() + 1):
            try:
                page = self._page(number)
                yield from self._leaf(page, 100 if number == 1 else 0)
            except Unreadable:
                self.unreadable += 1

    def close(self) -> None:
        """Let go of the files."""
        for file in self._files:
            file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _page_size(self) -> int:
        """As the first page says, else the log (1.3.2, 4.1), else the usual."""
        head = _read(self._main, 0, 100) if self._main else b""
        if head.startswith(MAGIC) and len(head) == 100:
            found = int.from_bytes(head[16:18], "big")
            return _sane_size(65536 if found == 1 else found)
        head = _read(self._log, 0, _WAL_HEAD) if self._log else b""
        return _sane_size(int.from_bytes(head[8:12], "big"))

    def _count(self) -> int:
        length = self._main.seek(0, 2) if self._main else 0
        return max([length // self.size, *self._newer])

    def _page(self, number: int) -> bytes:
        if number in self._newer:
            page = _read(self._log, self._newer[number], self.size)
        else:
            page = _read(self._main, (number - 1) * self.size, self.size)
        if len(page) != self.size:
            raise Unreadable(f"page {number}")
        return page

    def _leaf(self, page: bytes, start: int) -> Iterator[Row]:
        """The cells of a table's leaf (1.6); no cell, where the page is another kind."""
        if page[start] != TABLE_LEAF:
            return
        count = int.from_bytes(page[start + 3 : start + 5], "big")
        pointers = page[start + 8 : start + 8 + 2 * count]
        for (at,) in struct.iter_unpack(">H", pointers[: len(pointers) // 2 * 2]):
            try:
                yield self._cell(page, at)
            except (Unreadable, UnicodeDecodeError, IndexError):
                self.unreadable += 1

    def _cell(self, page: bytes, at: int) -> Row:
        length, at = _varint(page, at)
        rowid, at = _varint(page, at)
        if not 0 < length <= LONGEST_PAYLOAD:
            raise Unreadable("payload")
        return rowid, _values(self._payload(page, at, length))

    def _payload(self, page: bytes, at: int, length: int) -> bytes:
        """What stands in the page, and the rest from its chain (1.6)."""
        local = _local(length, self.size)
        parts, rest = [page[at : at + local]], length - local
        following = int.from_bytes(page[at + local : at + local + 4], "big") if rest else 0
        while rest > 0:
            if not following:
                raise Unreadable("chain")
            onward = self._page(following)
            following = int.from_bytes(onward[:4], "big")
            parts.append(onward[4 : 4 + rest])
            rest -= len(parts[-1])
        payload = b"".join(parts)
        if len(payload) != length:
            raise Unreadable("payload")
        return payload

    def _read_log(self) -> None:
        """Which page's newest committed state lies where in the log (4.2-4.4).

        Each frame is held to the sum of the one before it as that one states it, so a
        trampled frame costs itself only.
        """
        head = _read(self._log, 0, _WAL_HEAD)
        if len(head) < _WAL_HEAD or head[:3] != b"\x37\x7f\x06":
            return
        order = ">" if head[3] & 1 else "<"
        pending: dict[int, int] = {}
        at, before = _WAL_HEAD, struct.unpack(">II", head[24:32])
        while len(frame := _read(self._log, at, _FRAME_HEAD + self.size)) > _FRAME_HEAD:
            number, commits = struct.unpack(">II", frame[:8])
            stated = struct.unpack(">II", frame[16:24])
            is_ours = frame[8:16] == head[16:24]
            if is_ours and stated == _sum(order, frame[:8] + frame[_FRAME_HEAD:], before):
                pending[number] = at + _FRAME_HEAD
                if commits:
                    self._newer.update(pending)
                    pending.clear()
            at, before = at + _FRAME_HEAD + self.size, stated


def _log_of(path: Path) -> Path:
    return path.with_name(f"{path.name}-wal")


def _read(file: object, at: int, length: int) -> bytes:
    """Bytes of a file; fewer where it ends, none where the disk gives none."""
    try:
        file.seek(at)  # type: ignore[attr-defined]
        found: bytes = file.read(length)  # type: ignore[attr-defined]
    except OSError:
        return b""
    return found


def _sane_size(found: int) -> int:
    is_power = found.bit_count() == 1
    return found if is_power and 512 <= found <= 65536 else _USUAL_SIZE


def _local(length: int, usable: int) -> int:
    """How much of a payload stands in its leaf (1.6)."""
    most = usable - 35
    if length <= most:
        return length
    least = (usable - 12) * 32 // 255 - 23
    wanted = least + (length - least) % (usable - 4)
    return wanted if wanted <= most else least


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """A number of 1-9 bytes, and where it ends (1.6)."""
    value = 0
    for step in range(8):
        byte = data[at + step]
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, at + step + 1
    return value << 8 | data[at + 8], at + 9


def _values(payload: bytes) -> tuple[Value, ...]:
    """The columns of a record (2.1)."""
    head, at = _varint(payload, 0)
    body, found = head, []
    while at < head:
        kind, at = _varint(payload, at)
        value, body = _value(payload, body, kind)
        found.append(value)
    if body != len(payload):
        raise Unreadable("record")
    return tuple(found)


def _value(payload: bytes, at: int, kind: int) -> tuple[Value, int]:
    if kind in (0, 8, 9):
        return {0: None, 8: 0, 9: 1}[kind], at
    if kind in _INTEGERS:
        end = at + _INTEGERS[kind]
        return int.from_bytes(payload[at:end], "big", signed=True), end
    if kind == 7:
        return struct.unpack(">d", payload[at : at + 8].ljust(8, b"\0"))[0], at + 8
    if kind < 12:
        raise Unreadable("serial type")
    end = at + (kind - 12) // 2
    if end > len(payload):
        raise Unreadable("record")
    return (payload[at:end].decode() if kind & 1 else payload[at:end]), end


def _sum(order: str, data: bytes, before: Sequence[int]) -> tuple[int, int]:
    """The log's running checksum over pairs of 32-bit words (4.2)."""
    first, second = before
    for one, two in struct.iter_unpack(f"{order}II", data[: len(data) // 8 * 8]):
        first = (first + one + second) & 0xFFFFFFFF
        second = (second + two + first) & 0xFFFFFFFF
    return first, second
