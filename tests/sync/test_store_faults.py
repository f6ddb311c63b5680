"""Power, disk and processes that fail, for real, while the store writes."""

import resource
import shutil
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import uuid6

from sync.errors import StoreDamaged, StoreFull, StoreReadOnly
from sync.store import Store
from tests.sync.samples import INSTANT, NOW, submission

SUBMITTER = """
import sys, uuid
from pathlib import Path
from sync.store import Store
from tests.sync.samples import INSTANT, NOW, submission
store = Store.open(Path(sys.argv[1]))
while True:
    case_id = uuid.uuid4()
    print(case_id, flush=True)
    kept = store.submit(case_id, INSTANT, lambda number: submission(case_id, number, b"w" * 700))
    print(kept.reference, flush=True)
"""


def kill_while_submitting(path: Path, after_s: float) -> list[str]:
    """What a submitting process said before it was killed: case ids and references in turn."""
    with subprocess.Popen(
        [sys.executable, "-c", SUBMITTER, str(path)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        time.sleep(after_s)
        process.send_signal(signal.SIGKILL)
        return [first.strip(), *process.stdout.read().split()]


def number_of(reference: str) -> int:
    return int(reference.split("-")[1])


def test_a_killed_process_loses_nothing_it_promised_and_halves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    promised: dict[str, str] = {}
    for kill in range(15):
        said = kill_while_submitting(path, after_s=0.004 * kill)
        promised.update(zip(said[0::2], said[1::2], strict=False))
        with Store.open(path) as store:
            retry = uuid.UUID(said[-1] if len(said) % 2 else said[-2])
            kept = store.submit(
                retry, INSTANT, lambda number, case_id=retry: submission(case_id, number)
            )
            assert promised.setdefault(str(retry), kept.reference) == kept.reference
    with Store.open(path) as store:
        slips = {str(job.job_id): job.reference for job in store.slip_jobs(99_999)}
        entries = [str(entry.record_id) for entry in store.waiting(99_999)]
        assert store.damages() == []
    assert slips == promised
    assert sorted(entries) == sorted(slips)
    assert [number_of(reference) for reference in reversed(slips.values())] == [
        *range(1, len(slips) + 1)
    ]


@contextmanager
def small_disk(directory: Path) -> Iterator[None]:
    """A file system of 768 KiB at `directory`."""
    mount = shutil.which("mount")
    if not mount:
        pytest.skip("no mount here")
    options = ["-t", "tmpfs", "-o", "size=768k", "tmpfs", str(directory)]
    if subprocess.run([mount, *options], capture_output=True, check=False).returncode:
        pytest.skip("mounting is for root")
    try:
        yield
    finally:
        subprocess.run(["umount", str(directory)], check=True)


@contextmanager
def small_files() -> Iterator[None]:
    """No file of this process may grow past 384 KiB."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (384 * 1024, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def submit_until_full(store: Store) -> int:
    """How many submissions were kept before the disk took no more."""
    for kept in range(10_000):
        case_id = uuid6.uuid7()
        try:
            store.submit(case_id, INSTANT, lambda number, key=case_id: submission(key, number))
        except StoreFull:
            return kept
    raise AssertionError("never full")


def assert_whole(store: Store, kept: int) -> None:
    """Exactly `kept` cases, each with all of its parts."""
    assert store.outbox_counts().waiting == kept
    assert store.slip_counts().get("waiting", 0) == kept
    numbers = [number_of(job.reference) for job in store.slip_jobs(99_999)]
    assert numbers == [*range(kept, 0, -1)]
    assert store.damages() == []


def test_a_full_disk_keeps_nothing_by_halves_and_recovers(tmp_path: Path) -> None:
    with small_disk(tmp_path):
        ballast = tmp_path / "ballast"
        ballast.write_bytes(b"\0" * 128 * 1024)
        with Store.open(tmp_path / "store.db") as store:
            kept = submit_until_full(store)
            assert kept > 3
            assert_whole(store, kept)
            ballast.unlink()
            case_id = uuid6.uuid7()
            store.submit(case_id, INSTANT, lambda number: submission(case_id, number))
            assert_whole(store, kept + 1)
        with Store.open(tmp_path / "store.db") as store:
            assert_whole(store, kept + 1)


def test_a_size_limit_keeps_nothing_by_halves_and_recovers(tmp_path: Path) -> None:
    with Store.open(tmp_path / "store.db") as store:
        with small_files():
            kept = submit_until_full(store)
            assert kept > 3
        assert_whole(store, kept)
        case_id = uuid6.uuid7()
        store.submit(case_id, INSTANT, lambda number: submission(case_id, number))
        assert_whole(store, kept + 1)


def test_a_disk_full_from_the_start_is_said_so(tmp_path: Path) -> None:
    with small_disk(tmp_path):
        ballast = tmp_path / "ballast"
        ballast.write_bytes(b"\0" * 752 * 1024)
        with pytest.raises(StoreFull):
            Store.open(tmp_path / "store.db")
        ballast.unlink()
        with Store.open(tmp_path / "store.db") as store:
            assert_whole(store, 0)


def print_all(store: Store) -> None:
    while job := store.claim_slip(NOW):
        store.slip_printed(job.job_id, NOW)


def test_a_full_disk_may_stop_the_wiping_but_harms_nothing(tmp_path: Path) -> None:
    with small_disk(tmp_path):
        ballast = tmp_path / "ballast"
        ballast.write_bytes(b"\0" * 300 * 1024)
        with Store.open(tmp_path / "store.db") as store:
            submit_until_full(store)
            with pytest.raises(StoreFull):
                print_all(store)
            assert store.damages() == []
            ballast.unlink()
            store.recover_slips()
            print_all(store)
            assert set(store.slip_counts()) <= {"printed", "expired"}
            assert (tmp_path / "store.db-wal").stat().st_size == 0


FAULTY = """
import sys, uuid
from pathlib import Path
from sync.errors import SyncError
from sync.store import Store
from tests.sync.samples import INSTANT, submission

def submit(store, case_id):
    try:
        kept = store.submit(case_id, INSTANT, lambda number: submission(case_id, number))
        return kept.reference
    except SyncError as error:
        return f"{error.code} {error}"

store = Store.open(Path(sys.argv[1]))
case_id = uuid.UUID(int=1)
print(submit(store, uuid.UUID(int=9)), flush=True)
before = store._database._connection
Path(sys.argv[2]).touch()
print(submit(store, case_id), flush=True)
print(submit(store, case_id), flush=True)
print(before is store._database._connection, store._database._is_suspect, flush=True)
try:
    print(store.look(), flush=True)
except SyncError as error:
    print(error.code, flush=True)
"""


def with_fault(tmp_path: Path, calls: str, fault: str, until: str = "+") -> list[str]:
    """What a store says whose system calls fail from the moment that a file appears.

    strace counts calls, so those of a fault-free run are counted first. `until` is "+"
    for ever, or empty for one of each.
    """
    strace = shutil.which("strace")
    if not strace:
        pytest.skip("no strace here")
    store, marker, trace = tmp_path / "store.db", tmp_path / "marker", tmp_path / "trace"
    command = [sys.executable, "-c", FAULTY, str(store), str(marker)]
    watch = [strace, "-qq", "-o", str(trace), "-e", f"trace={calls},open,openat"]
    if subprocess.run([*watch, *command], check=False, capture_output=True).returncode:
        pytest.skip("strace may not trace here")
    before, _, _ = trace.read_text().partition(f'"{marker}"')
    names = tuple(f"{call}(" for call in calls.split(","))
    counts = {name: sum(line.startswith(name) for line in before.splitlines()) for name in names}
    for path in tmp_path.glob("store*"):
        path.unlink()
    marker.unlink()
    rules = [f"{name[:-1]}:{fault}:when={count + 1}{until}" for name, count in counts.items()]
    faults = [part for rule in rules for part in ("-e", f"inject={rule}")]
    command = [*watch, *faults, *command]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    return done.stdout.splitlines()


def test_after_a_failed_fsync_the_connection_is_never_used_again(tmp_path: Path) -> None:
    said = with_fault(tmp_path, "fdatasync,fsync", "error=EIO")
    assert said[0] == "A1-0001-V"
    assert [line.split()[0] for line in said[1:3]] == ["store_damaged", "store_damaged"]
    assert said[3:] == ["False True", "store_damaged"]
    with Store.open(tmp_path / "store.db") as store:
        assert store.damages() == []
        assert store.slip_jobs(9)[-1].reference == "A1-0001-V"


def test_a_card_that_takes_no_writing_is_damage_and_not_a_full_disk(tmp_path: Path) -> None:
    said = with_fault(tmp_path, "pwrite64", "error=EIO")
    assert [line.split()[0] for line in said[1:3]] == ["store_damaged", "store_damaged"]
    assert said[4] == "store_damaged"
    with Store.open(tmp_path / "store.db") as store:
        assert store.damages() == []
        assert_whole(store, 1)


def test_a_file_system_that_became_read_only_is_called_so(tmp_path: Path) -> None:
    said = with_fault(tmp_path, "pwrite64", "error=EROFS")
    assert [line.split()[0] for line in said[1:3]] == ["store_read_only", "store_read_only"]


def test_one_failed_fsync_costs_one_try(tmp_path: Path) -> None:
    said = with_fault(tmp_path, "fdatasync", "error=EIO", until="")
    assert said[1].startswith("store_damaged")
    assert said[2:] == ["A1-0002-S", "False False", "None"]
    with Store.open(tmp_path / "store.db") as store:
        assert_whole(store, 2)


def test_a_read_only_disk_is_seen_before_anybody_types(tmp_path: Path) -> None:
    with small_disk(tmp_path):
        with Store.open(tmp_path / "store.db") as store, pytest.raises(StoreFull):
            store.look()
        subprocess.run(["mount", "-o", "remount,ro", str(tmp_path)], check=True)
        with pytest.raises(StoreReadOnly):
            Store.open(tmp_path / "store.db")


def test_a_store_that_was_taken_away_is_noticed_while_idle(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with Store.open(path) as store:
        store.look()
        path.rename(tmp_path / "elsewhere.db")
        with pytest.raises(StoreDamaged):
            store.look()
        path.write_bytes((tmp_path / "elsewhere.db").read_bytes())
        with pytest.raises(StoreDamaged):
            store.look()
