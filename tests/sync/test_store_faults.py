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

from sync.errors import StoreFull
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
        slips = {str(job.case_id): job.reference for job in store.slip_jobs(99_999)}
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
        store.slip_printed(job.case_id, NOW)


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
