"""The power fails at any moment: whose slip was allowed to print is on the disk, whole, once.

The system calls of a real day at the store are recorded. From them the disks are built that
a power cut could have left, and the real start-up code opens each of them.
"""

import hashlib
import shutil
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random

import msgspec
import pytest

from tests.faults.disk import UNSEEN, Disk, power_cuts
from tests.faults.ledger import IS_LONG, Ledger
from tests.faults.promises import Known, broken
from tests.faults.trace import Event, record
from tests.faults.workload import Mark

DEEDS = 400 if IS_LONG else 60
STATES = 4000 if IS_LONG else 100
FEWEST = 1500 if IS_LONG else 60
"""Different disks that must have been tried for the suite to count as done."""

Traced = tuple[Path, list[Event]]
Judge = Callable[[Path, Known], list[str]]


@pytest.fixture(scope="module")
def days(tmp_path_factory: pytest.TempPathFactory) -> Traced:
    return traced(tmp_path_factory.mktemp("days"), DEEDS)


def traced(folder: Path, deeds: int, *words: str, fault: str = "") -> Traced:
    """The events of some days below `folder/box`; they go on where earlier ones ended."""
    box, marks = folder / "box", folder / "marks"
    box.mkdir(exist_ok=True)
    workload = [sys.executable, "-m", "tests.faults.workload", str(box / "state"), str(marks)]
    return box, record([*workload, str(deeds), *words], box, marks, folder / "trace", fault)


class Replay:
    """Disks a power cut may have left, each tried once."""

    def __init__(self, traced: Traced, folder: Path, judge: Judge = broken) -> None:
        """`judge` starts what lies in a folder and says what is wrong."""
        self._box, self._events = traced
        self._judge = judge
        self._folder = folder / "box"
        self._chance = Random(1)
        self._seen: set[bytes] = set()
        self.broken: dict[str, list[str]] = {}
        self.ways: Counter[str] = Counter()

    def run(self, states: int, since: int = 0, until: int = sys.maxsize) -> None:
        """Try about `states` different disks, spread over the trace or a part of it."""
        disk, known = Disk(str(self._box)), Known()
        changes = [
            number
            for number, event in enumerate(self._events)
            if event.deed != "mark" and since <= number < until
        ]
        cuts = Counter(self._chance.choices(changes, k=states))
        for number, event in enumerate(self._events):
            disk.play(number, event)
            if event.deed == "mark":
                mark = msgspec.json.decode(event.data, type=Mark)
                known[mark.what, mark.key] = mark
            elif disk.pending():
                self._cut(number, disk, known, cuts[number])

    def says(self, words: str) -> bool:
        """Whether any promise was found broken in these words."""
        return any(words in said for told in self.broken.values() for said in told)

    def _cut(self, number: int, disk: Disk, known: Known, count: int) -> None:
        ways = [*power_cuts(disk.pending(), self._chance)]
        for way, reached in self._chance.sample(ways, min(count, len(ways))):
            files = disk.after_power_cut(reached)
            if self._is_new(files):
                self.ways[way] += 1
                self._lay_out(files)
                if said := self._judge(self._folder / "state", known):
                    self.broken[f"after event {number}, {way}"] = said

    def _is_new(self, files: dict[str, bytes]) -> bool:
        disk = hashlib.sha256()
        for path, content in sorted(files.items()):
            disk.update(f"{path} {len(content)} ".encode() + content)
        before = len(self._seen)
        self._seen.add(disk.digest())
        return len(self._seen) > before

    def _lay_out(self, files: dict[str, bytes]) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir()
        first: dict[int, Path] = {}
        for name, content in files.items():
            path = self._folder / Path(name).relative_to(self._box)
            path.parent.mkdir(parents=True, exist_ok=True)
            if content and id(content) in first:
                path.hardlink_to(first[id(content)])
                continue
            first[id(content)] = path
            path.write_bytes(content)
            if name.endswith(".db") and self._chance.random() < 0.5:
                path.with_name(path.name + UNSEEN).write_bytes(self._chance.randbytes(32768))


def test_whatever_the_moment_every_promise_is_kept(
    days: Traced, fast_folder: Path, ledger: Ledger
) -> None:
    replay = Replay(days, fast_folder)
    replay.run(STATES)
    tried = replay.ways.total()
    ledger.count("disk states after a power cut", tried, len(replay.broken))
    assert replay.broken == {}
    assert tried >= FEWEST
    assert min(replay.ways.values()) > 0


def without_syncs(events: list[Event]) -> list[Event]:
    return [event for event in events if event.deed != "sync"]


def without_syncs_of_the_log(events: list[Event]) -> list[Event]:
    return [event for event in events if event.deed != "sync" or not event.path.endswith("-wal")]


def without_syncs_of_names(events: list[Event]) -> list[Event]:
    return [event for event in events if event.deed != "sync" or not event.path.endswith("state")]


@pytest.mark.parametrize(
    ("leave_out", "found"),
    [
        (without_syncs, ["allowed to print and is not here", "does not start"]),
        (without_syncs_of_the_log, ["is not here", "is waiting, not printing", "given twice"]),
        (without_syncs_of_names, ["allowed to print and is not here"]),
    ],
)
def test_a_store_that_forgets_to_sync_would_be_found_out(
    days: Traced,
    fast_folder: Path,
    leave_out: Callable[[list[Event]], list[Event]],
    found: list[str],
) -> None:
    box, events = days
    replay = Replay((box, leave_out(events)), fast_folder)
    replay.run(150)
    for words in found:
        assert replay.says(words), words


def test_a_store_in_synchronous_normal_would_be_found_out(
    tmp_path: Path, fast_folder: Path
) -> None:
    replay = Replay(traced(tmp_path, 40, "1", "NORMAL"), fast_folder)
    replay.run(80)
    assert replay.says("allowed to print and is not here")
    assert replay.says("was given twice")


@pytest.mark.parametrize("syncs", range(8, 28) if IS_LONG else [23])
def test_what_a_failed_sync_left_in_the_kernels_memory_is_not_built_upon(
    tmp_path: Path, fast_folder: Path, ledger: Ledger, syncs: int
) -> None:
    """From some sync on all fail; the services end; a healthy start follows, and a power cut."""
    box, events = traced(tmp_path, 20, str(syncs), fault=f"fdatasync:error=EIO:when={syncs}+")
    events += traced(tmp_path, 2, f"{syncs} after")[1]
    ended = max(n for n, event in enumerate(events) if event.deed == "failed sync")
    replay = Replay((box, events), fast_folder)
    replay.run(200, ended, ended + 80)
    ledger.count("power cuts after failed syncs", replay.ways.total(), len(replay.broken))
    assert replay.broken == {}
