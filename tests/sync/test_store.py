import hashlib
import threading
import uuid
from datetime import timedelta
from pathlib import Path

import pytest
import uuid6

from sync.case import Instant
from sync.errors import StoreDamaged
from sync.store import NEWEST_MIGRATION, Kept, SlipState, Store, Submission
from tests.sync.samples import INSTANT, NOW, case_record, rating_record, submission


def later(seconds: float, boot_id: str = INSTANT.boot_id, wall=NOW) -> Instant:
    """That long after INSTANT on the boot's clock, whatever the wall clock says."""
    monotonic_s = INSTANT.monotonic_s + seconds
    return Instant(wall=wall, boot_id=boot_id, monotonic_s=monotonic_s, trusted=True)


def submit(store: Store, slip: bytes = b"{}", at: Instant = INSTANT) -> uuid.UUID:
    case_id = uuid6.uuid7()
    store.submit(case_id, at, lambda number: submission(case_id, number, slip))
    return case_id


def files_of(store_path: Path) -> bytes:
    """Every byte that stands in the store's files."""
    return b"".join(path.read_bytes() for path in store_path.parent.glob("store*"))


def test_a_submission_becomes_a_case_an_outbox_entry_and_a_slip_job(store: Store) -> None:
    case_id = uuid6.uuid7()
    kept = store.submit(case_id, INSTANT, lambda number: submission(case_id, number, b"words"))
    assert kept == Kept(reference="A1-0001-V", is_new=True)
    (entry,) = store.waiting(10)
    assert entry.record_id == case_id
    assert entry.record == case_record(case_id, kept.reference)
    assert entry.digest == hashlib.sha256(entry.record).hexdigest()
    (job,) = store.slip_jobs(10)
    assert (job.job_id, job.reference, job.slip) == (case_id, kept.reference, b"words")
    assert (job.state, job.kept_at) == (SlipState.WAITING, NOW)


def test_the_same_case_twice_is_one_case(store: Store) -> None:
    case_id = uuid6.uuid7()
    first = store.submit(case_id, INSTANT, lambda number: submission(case_id, number))

    def never(number: int) -> Submission:
        raise AssertionError("composed again")

    assert store.submit(case_id, INSTANT, never) == Kept(reference=first.reference, is_new=False)
    assert store.outbox_counts().waiting == 1
    assert store.slip_counts() == {"waiting": 1}


def test_when_composing_fails_nothing_is_kept_and_no_number_is_used(store: Store) -> None:
    def fails(number: int) -> Submission:
        raise ValueError("no key")

    with pytest.raises(ValueError, match="no key"):
        store.submit(uuid6.uuid7(), INSTANT, fails)
    assert store.outbox_counts().waiting == 0
    submit(store)
    assert store.slip_jobs(1)[0].reference == "A1-0001-V"


def test_a_rating_is_kept_once(store: Store) -> None:
    rating_id = uuid6.uuid7()
    assert store.keep_rating(rating_id, INSTANT, rating_record(rating_id))
    assert not store.keep_rating(rating_id, INSTANT, rating_record(rating_id))
    assert store.outbox_counts().waiting == 1
    assert store.slip_counts() == {}


def test_everything_is_there_after_closing_and_opening(tmp_path: Path) -> None:
    with Store.open(tmp_path / "store.db") as first:
        case_id = submit(first, b"words")
        before = (first.waiting(9), first.slip_jobs(9), first.outbox_counts())
    with Store.open(tmp_path / "store.db") as second:
        assert (second.waiting(9), second.slip_jobs(9), second.outbox_counts()) == before
        submit(second)
        assert [job.reference for job in second.slip_jobs(9)] == ["A1-0002-S", "A1-0001-V"]
        assert second.slip_state(case_id) == (SlipState.WAITING, "")


def test_waiting_records_come_oldest_first_and_only_so_many(store: Store) -> None:
    cases = [submit(store) for _ in range(5)]
    assert [entry.record_id for entry in store.waiting(3)] == cases[:3]


def test_acknowledged_records_stay_and_are_not_sent_again(store: Store) -> None:
    for _ in range(3):
        submit(store)
    first, second, third = store.waiting(3)
    store.acknowledge([first.digest, second.digest], b"signed by central", NOW, NOW)
    assert store.waiting(9) == [third]
    counts = store.outbox_counts()
    assert (counts.waiting, counts.acknowledged) == (1, 2)
    assert {entry.record for entry in store.outbox_entries(9)} == {
        first.record,
        second.record,
        third.record,
    }


def test_an_acknowledgement_is_kept_once_for_its_whole_batch(store: Store, tmp_path: Path) -> None:
    for _ in range(50):
        submit(store)
    store.acknowledge([entry.digest for entry in store.waiting(50)], b"signed by central", NOW, NOW)
    store.close()
    assert files_of(tmp_path / "state" / "store.db").count(b"signed by central") == 1


def test_a_parked_record_keeps_its_reason_and_waits_for_a_person(store: Store) -> None:
    submit(store)
    submit(store)
    first, second = store.waiting(2)
    store.park(first.digest, "seal_refused", NOW)
    assert store.waiting(9) == [second]
    listed = store.outbox_entries(9)
    assert [(entry.state, entry.reason) for entry in listed] == [
        ("parked", "seal_refused"),
        ("waiting", ""),
    ]
    assert store.outbox_counts().parked == 1


def test_what_central_acknowledged_is_never_parked_or_counted_again(store: Store) -> None:
    submit(store)
    (entry,) = store.waiting(1)
    store.acknowledge([entry.digest], b"signed", NOW, NOW)
    store.park(entry.digest, "late", NOW)
    store.postpone([entry.digest])
    (found,) = store.outbox_entries(1)
    assert (found.state, found.reason, found.attempts) == ("acknowledged", "", 0)


def test_a_list_for_the_technician_shows_trouble_first(store: Store) -> None:
    for _ in range(6):
        submit(store)
    entries = store.waiting(6)
    store.acknowledge([entries[0].digest, entries[1].digest], b"signed", NOW, NOW)
    store.park(entries[2].digest, "seal_refused", NOW)
    assert [entry.digest for entry in store.outbox_entries(5)] == [
        entries[index].digest for index in (2, 5, 4, 3, 1)
    ]


def test_the_oldest_waiting_record_tells_how_far_behind_we_are(store: Store) -> None:
    assert store.outbox_counts().oldest_waiting_at is None
    submit(store)
    submit(store, at=later(3600, wall=NOW + timedelta(hours=1)))
    assert store.outbox_counts().oldest_waiting_at == NOW


def test_the_settings_are_the_durable_ones(store: Store, tmp_path: Path) -> None:
    connection = store._database._connection
    found = {
        name: connection.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("journal_mode", "synchronous", "secure_delete", "temp_store")
    }
    assert found == {"journal_mode": "wal", "synchronous": 2, "secure_delete": 1, "temp_store": 2}


def test_the_files_are_private_to_their_owner(store: Store, tmp_path: Path) -> None:
    submit(store)
    modes = {path.stat().st_mode & 0o777 for path in (tmp_path / "state").iterdir()}
    assert modes == {0o600}


def test_two_processes_worth_of_stores_take_turns(tmp_path: Path) -> None:
    def work() -> None:
        with Store.open(tmp_path / "store.db") as own:
            for _ in range(40):
                submit(own)
                own.claim_slip(NOW)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with Store.open(tmp_path / "store.db") as store:
        references = [job.reference for job in store.slip_jobs(999)]
        assert sorted(int(reference.split("-")[1]) for reference in references) == [*range(1, 161)]
        assert store.slip_counts() == {"printing": 160}
        assert store.damages() == []


def test_what_is_no_database_is_damage_and_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    path.write_bytes(b"not a database at all " * 400)
    before = path.read_bytes()
    with pytest.raises(StoreDamaged):
        Store.open(path)
    assert path.read_bytes() == before


def test_a_trampled_page_is_damage(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with Store.open(path) as store:
        for _ in range(20):
            submit(store)
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xa5" * (len(content) - 4096)
    path.write_bytes(content)
    with pytest.raises(StoreDamaged), Store.open(path) as store:
        submit(store)


def test_a_directory_that_may_not_be_made_is_reported_as_damage(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreDamaged):
        Store.open(tmp_path / "file" / "store.db")


def test_the_newest_migration_is_the_one_that_opening_looks_for(tmp_path: Path) -> None:
    from sync.migrations import MIGRATIONS

    assert [step.name for step in MIGRATIONS._migrations][-1] == NEWEST_MIGRATION
    with Store.open(tmp_path / "store.db") as store:
        connection = store._database._connection
        rows = connection.execute("SELECT name FROM _sqlite_migrations").fetchall()
    assert [name for (name,) in rows] == [step.name for step in MIGRATIONS._migrations]


def test_an_up_to_date_store_opens_without_loading_sqlite_utils(tmp_path: Path) -> None:
    import subprocess
    import sys

    Store.open(tmp_path / "store.db").close()
    code = (
        "import sys; from pathlib import Path; from sync.store import Store; "
        f"Store.open(Path({str(tmp_path / 'store.db')!r})).close(); "
        "sys.exit('sqlite_utils' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_migration_that_fails_leaves_no_trace(tmp_path: Path) -> None:
    from sqlite_utils import Migrations

    from sync import migrations
    from sync.database import Database

    broken = Migrations("store")

    @broken()
    def half(db) -> None:
        db.table("half").create({"a": int})
        raise RuntimeError("power cut")

    with Database(tmp_path / "store.db") as database:
        with pytest.raises(RuntimeError), database.writing() as connection:
            broken.apply(migrations.Database(connection, execute_plugins=False))
        with database.reading() as connection:
            assert connection.execute("SELECT name FROM sqlite_master").fetchall() == []


def test_the_link_to_central_remembers_since_when(store: Store) -> None:
    later = NOW + timedelta(hours=1)
    assert store.link_state("A1").reached_at is None
    store.note_enrolled("A1", NOW)
    store.note_reached("A1", NOW)
    store.note_failing("A1", "unreachable", later)
    store.note_failing("A1", "device_unknown", later + timedelta(hours=1))
    link = store.link_state("A1")
    assert (link.enrolled_at, link.reached_at, link.failing_since) == (NOW, NOW, later)
    assert link.reason == "device_unknown"
    store.note_failing("A1", "unreachable", later, reached_at=NOW + timedelta(minutes=55))
    assert store.link_state("A1").reached_at == NOW + timedelta(minutes=55)
    assert store.link_state("A1").failing_since == later
    store.note_reached("A1", later)
    assert (store.link_state("A1").failing_since, store.link_state("A1").reason) == (None, "")
    assert store.link_state("B2").enrolled_at is None
