"""A disk without power: what may lie on it, given what was asked of it.

Until a file is synced, each of its sectors of 512 bytes holds any of the contents it was
given since the last sync, whatever the others hold. Its length is any of its lengths since;
what a cut took away is gone if that length is there. A name in a directory is there, or gone,
or another file's, in any order, until that directory is synced. Ext4 promises more than that; a
model that promises less finds more.

After a failed sync the kernel takes what it could not write for written. Such sectors stay
in doubt, whatever syncs succeed later, until they are written anew.
"""

from collections.abc import Callable, Iterator
from pathlib import PurePosixPath
from random import Random

from tests.faults.trace import Event

SECTOR = 512
PAGE = 4096
UNSEEN = "-shm"
"""Shared memory: SQLite makes it anew at each start, so its content may be anything."""

Reached = Callable[[int, str, int], bool]
"""Whether event number `n` reached the disk at (file or name, sector; -1: length or name)."""
Versions = list[tuple[int, bytes]]


class File:
    """A file's content as synced, and everything that came since."""

    def __init__(self, number: int) -> None:
        self.name = f"file {number}"
        self._synced = bytearray()
        self._latest = bytearray()
        self._since: dict[int, Versions] = {}
        self._lengths: list[tuple[int, int]] = []
        self._in_doubt: set[int] = set()
        self._cuts: set[int] = set()

    def write(self, event: int, at: int, data: bytes) -> None:
        """Bytes, with zeros before them where the file was shorter."""
        self._resize(event, max(len(self._latest), at + len(data)))
        self._latest[at : at + len(data)] = data
        for sector in range(at // SECTOR, (at + len(data) - 1) // SECTOR + 1):
            self._note(event, sector)

    def append(self, event: int, data: bytes) -> None:
        """Bytes at the end."""
        self.write(event, len(self._latest), data)

    def cut(self, event: int, length: int) -> None:
        """To a length; what lay behind it reads as zeros if the file grows again."""
        before = len(self._latest)
        self._cuts.add(event)
        self._resize(event, length)
        for sector in range(length // SECTOR, -(-before // SECTOR)):
            self._note(event, sector)

    def sync(self) -> None:
        """All of it is on the disk, but for what an earlier sync gave up."""
        del self._synced[len(self._latest) :]
        self._synced.extend(bytes(len(self._latest) - len(self._synced)))
        for sector in [*(self._since.keys() - self._in_doubt)]:
            begin = sector * SECTOR
            self._synced[begin : begin + SECTOR] = self._latest[begin : begin + SECTOR]
            del self._since[sector]
        self._lengths.clear()

    def sync_in_vain(self) -> None:
        """Nobody knows what is on the disk, and the kernel will not try again."""
        self._in_doubt.update(self._since)

    def after_power_cut(self, reached: Reached) -> bytes:
        """What is read from it if just this reached the disk."""
        length, arrived = len(self._synced), set[int]()
        for event, given in self._lengths:
            if reached(event, self.name, -1):
                length = given
                arrived.add(event)
        found = bytearray(self._synced[:length])
        found.extend(bytes(length - len(found)))
        for sector, versions in self._since.items():
            begin = sector * SECTOR
            for event, content in reversed(versions):
                is_cut = event in self._cuts
                is_there = event in arrived if is_cut else reached(event, self.name, sector)
                if begin < length and is_there:
                    found[begin : begin + SECTOR] = content.ljust(SECTOR, b"\0")[: length - begin]
                    break
        return bytes(found)

    def _resize(self, event: int, length: int) -> None:
        if length != len(self._latest):
            self._lengths.append((event, length))
        del self._latest[length:]
        self._latest.extend(bytes(length - len(self._latest)))

    def _note(self, event: int, sector: int) -> None:
        self._in_doubt.discard(sector)
        content = bytes(self._latest[sector * SECTOR : (sector + 1) * SECTOR])
        self._since.setdefault(sector, []).append((event, content))


class Disk:
    """Files by their names, and who holds what back until it is synced.

    `root` is a directory that was there before anything began.
    """

    def __init__(self, root: str) -> None:
        self._files = 0
        self._root = root
        self._directories: set[str] = set()
        self._synced: dict[str, File | None] = {}
        self._since: dict[str, list[tuple[int, File | None]]] = {}
        self._pending: list[int] = []

    def play(self, event: int, what: Event) -> None:
        """One event; events are numbered in their order. Marks are not the disk's business."""
        if what.path.endswith(UNSEEN) or what.deed == "mark":
            return
        if what.deed in ("sync", "failed sync"):
            self._sync(what)
            return
        self._pending.append(event)
        if what.deed in ("write", "append", "cut"):
            self._change(event, what)
        else:
            self._change_names(event, what)

    def after_power_cut(self, reached: Reached) -> dict[str, bytes]:
        """What is found by which name if just this reached the disk; files only.

        Two names of one file have the same object.
        """
        found = {}
        for path in dict.fromkeys([*self._synced, *self._since]):
            file = self._synced.get(path)
            for event, given in self._since.get(path, []):
                file = given if reached(event, path, -1) else file
            if file:
                found[path] = file
        there = self._directories & {*found}
        contents = {file: file.after_power_cut(reached) for file in dict.fromkeys(found.values())}
        return {
            path: contents[file]
            for path, file in found.items()
            if path not in self._directories
            and all(parent in there for parent in self._directories_above(path))
        }

    def pending(self) -> list[int]:
        """The latest events: those since the last sync, and some before."""
        return self._pending

    def _change(self, event: int, what: Event) -> None:
        file = self._latest(what.path)
        assert file, what.path
        match what.deed:
            case "write":
                file.write(event, what.at, what.data)
            case "append":
                file.append(event, what.data)
            case "cut":
                file.cut(event, what.at)

    def _change_names(self, event: int, what: Event) -> None:
        file = self._latest(what.path)
        match what.deed:
            case "create" | "mkdir":
                self._create(event, what, file)
            case "link":
                self._name(event, what.to, file)
            case "rename":
                self._name(event, what.to, file)
                self._name(event, what.path, None)
            case "remove":
                self._name(event, what.path, None)

    def _create(self, event: int, what: Event, file: File | None) -> None:
        if file is None:
            self._files += 1
            self._name(event, what.path, File(self._files))
        if what.deed == "mkdir":
            self._directories.add(what.path)

    def _sync(self, what: Event) -> None:
        file = self._latest(what.path)
        if what.deed == "failed sync":
            if file:
                file.sync_in_vain()
            return
        if file:
            file.sync()
        for name in [one for one in self._since if str(PurePosixPath(one).parent) == what.path]:
            self._synced[name] = self._since.pop(name)[-1][1]
        self._pending = self._pending[-6:]

    def _directories_above(self, path: str) -> Iterator[str]:
        """Those that were made on the way; the root has always been there."""
        for parent in PurePosixPath(path).parents:
            if parent == PurePosixPath(self._root):
                return
            yield str(parent)

    def _latest(self, path: str) -> File | None:
        since = self._since.get(path)
        return since[-1][1] if since else self._synced.get(path)

    def _name(self, event: int, path: str, file: File | None) -> None:
        self._since.setdefault(path, []).append((event, file))


def power_cuts(pending: list[int], chance: Random) -> Iterator[tuple[str, Reached]]:
    """Every way in which the power may fail here, by name; `pending` are the latest events."""
    here, last, some = pending[-1], chance.choice(pending), chance.random()
    pages: dict[tuple[int, str, int], bool] = {}

    def on_page(event: int, where: str, sector: int) -> bool:
        page = (event, where, sector * SECTOR // PAGE)
        return pages.setdefault(page, chance.random() < some)

    yield "all of it arrived", lambda *_: True
    yield "nothing unsynced arrived", lambda *_: False
    yield "in order, up to a point", lambda event, *_: event <= last
    yield "all but the last", lambda event, *_: event < here
    yield "one is missing", lambda event, *_: event != last
    yield "only one arrived", lambda event, *_: event == last
    yield "some pages", on_page
    yield "some sectors", lambda *_: chance.random() < some
    yield "the last is torn", lambda event, *_: event < here or chance.random() < some
    yield "names alone", lambda _event, where, _sector: not where.startswith("file ")
    yield "all but names", lambda _event, where, _sector: where.startswith("file ")
    yield "lengths alone", lambda _event, _where, sector: sector < 0
    yield "all but lengths", lambda _event, _where, sector: sector >= 0
