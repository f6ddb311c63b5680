"""Stores of earlier releases open here; and an earlier release runs on today's store."""

import shutil
import sqlite3
import uuid
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from sync.errors import StoreTooNew
from sync.migrations import READING_SET
from sync.salvage import salvage
from sync.store import STORE_FILE, STORE_READING, Paper, SlipState, Store
from sync.tally import chain_of
from tests.sync.released import store_0_1_0 as old
from tests.sync.samples import INSTANT, NOW, case_record, rating_record, submission

CASES = [uuid.UUID(int=number) for number in range(1, 7)]
RATING = uuid.UUID(int=99)
FIVE_MINUTES = timedelta(minutes=5)


def composed(case_id: uuid.UUID, number: int) -> tuple[bytes, str, bytes]:
    made = submission(case_id, number, b"words of the slip")
    return made.record, made.reference, made.slip


def keep_old(connection: sqlite3.Connection, case_id: uuid.UUID) -> str:
    return old.submit(connection, case_id, NOW, lambda number: composed(case_id, number))


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store that 0.1.0 used: two cases sent, one refused, three and a rating waiting."""
    path = tmp_path_factory.mktemp("released") / STORE_FILE
    connection = old.create(path)
    for case_id in CASES:
        keep_old(connection, case_id)
    old.keep_rating(connection, RATING, NOW, rating_record(RATING))
    entries = connection.execute(old.WAITING, (3,)).fetchall()
    digests = [row[1] for row in entries]
    old.acknowledge(connection, digests[:2], NOW)
    connection.execute(old.PARK, ("seal_refused", NOW.isoformat(), digests[2]))
    connection.execute(old.CLAIM_SLIP, (NOW.isoformat(),))
    connection.execute(old.SLIP_PRINTED, (NOW.isoformat(), str(CASES[0])))
    connection.execute(old.NOTE_REACHED, ("A1", NOW.isoformat()))
    connection.close()
    return path


@pytest.fixture
def path(written: Path, tmp_path: Path) -> Path:
    """A copy of that store."""
    shutil.copy(written, tmp_path / STORE_FILE)
    return tmp_path / STORE_FILE


@pytest.fixture
def rolled_back(path: Path) -> Iterator[sqlite3.Connection]:
    """That store after today's release has used it, in the hands of 0.1.0 again."""
    with Store.open(path) as store:
        store.submit(
            uuid.UUID(int=7),
            INSTANT,
            lambda number: submission(uuid.UUID(int=7), number, attachments=[b"sealed picture"]),
        )
    connection = old.connect(path)
    yield connection
    connection.close()


def test_everything_an_earlier_release_kept_is_there(path: Path) -> None:
    with Store.open(path) as store:
        assert store.damages() == []
        counts = store.outbox_counts()
        assert (counts.waiting, counts.parked, counts.acknowledged) == (4, 1, 2)
        assert [entry.record_id for entry in store.waiting(9)] == [*CASES[3:], RATING]
        assert store.waiting(1)[0].record == case_record(CASES[3], "A1-0004-N")
        assert store.slip_counts() == {"waiting": 5, "printed": 1}
        assert store.link_state("A1").reached_at == NOW


def test_what_it_kept_is_known_under_its_code_and_goes_into_the_tally(path: Path) -> None:
    with Store.open(path) as store:
        assert store.waiting_codes() == ["A1"]
        assert len(store.waiting(9, "A1")) == 4
        tally = store.tally("A1")
        assert (tally.through, tally.without) == (3, [3])
        records = [
            (reference, old.digest_of(case_record(case_id, reference)))
            for case_id, reference in zip(CASES, ("A1-0001-V", "A1-0002-S"), strict=False)
        ]
        assert tally.chain == chain_of(records)


def test_numbers_go_on_where_it_stopped_and_its_cases_are_known(path: Path) -> None:
    with Store.open(path) as store:
        again = store.submit(CASES[0], INSTANT, lambda _: pytest.fail("composed again"))
        assert (again.reference, again.is_new) == ("A1-0001-V", False)
        new = uuid.uuid4()
        kept = store.submit(new, INSTANT, lambda number: submission(new, number))
        assert kept.reference.startswith("A1-0007-")


def test_slips_it_left_never_come_out(path: Path) -> None:
    with Store.open(path) as store:
        assert store.expire_slips(INSTANT, FIVE_MINUTES) == 5
        assert store.slip_state(CASES[1]) == (SlipState.EXPIRED, "too_late")


def test_what_it_acknowledged_stays_until_central_has_dated_it(path: Path) -> None:
    with Store.open(path) as store:
        assert store.delete_settled("A1", NOW + timedelta(days=999)) == 0


def test_a_damaged_store_of_it_is_salvaged_too(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[:4096] = b"\xa5" * 4096
    path.write_bytes(content)
    told = salvage(path, "A1", NOW)
    assert (told.cases, told.records, told.lost) == (6, 7, [])


def test_after_a_rollback_it_takes_a_case(rolled_back: sqlite3.Connection, path: Path) -> None:
    case_id = uuid.UUID(int=8)
    reference = keep_old(rolled_back, case_id)
    assert reference.startswith("A1-0008-")
    assert keep_old(rolled_back, case_id) == reference
    with Store.open(path) as store:
        assert store.waiting(99, "A1")[-1].record_id == case_id


def test_after_a_rollback_it_wipes_a_paper_that_it_cannot_print(path: Path) -> None:
    with Store.open(path) as store:
        store.expire_slips(INSTANT, FIVE_MINUTES)
        store.keep_paper(uuid.UUID(int=8), Paper("voucher", b"many thanks"), INSTANT)
    connection = old.connect(path)
    ((job_id, reference, *_),) = connection.execute(old.CLAIM_SLIP, (NOW.isoformat(),)).fetchall()
    assert (job_id, reference) == (str(uuid.UUID(int=8)), "")
    connection.execute(old.SLIP_UNKNOWN, ("slip_unreadable", job_id))
    connection.execute(old.RECOVER_SLIPS)
    connection.close()
    assert b"many thanks" not in path.read_bytes()


def test_after_a_rollback_it_sends_all_records_and_no_attachment(
    rolled_back: sqlite3.Connection,
) -> None:
    rows = rolled_back.execute(old.WAITING, (99,)).fetchall()
    assert [uuid.UUID(row[0]) for row in rows] == [*CASES[3:], RATING, uuid.UUID(int=7)]
    old.acknowledge(rolled_back, [row[1] for row in rows], NOW)
    assert rolled_back.execute(old.WAITING, (99,)).fetchall() == []
    assert dict(rolled_back.execute(old.OUTBOX_COUNTS).fetchall()) == {
        "acknowledged": 7,
        "parked": 1,
        "attachment": 1,
    }


def test_after_a_rollback_it_parks_and_postpones(rolled_back: sqlite3.Connection) -> None:
    first, second = rolled_back.execute(old.WAITING, (2,)).fetchall()
    rolled_back.execute(old.PARK, ("refused", NOW.isoformat(), first[1]))
    rolled_back.execute(old.POSTPONE, (second[1],))
    [left] = rolled_back.execute(old.WAITING, (1,)).fetchall()
    assert (left[1], left[3]) == (second[1], 1)


def test_after_a_rollback_it_prints_slips_and_expires_them(
    rolled_back: sqlite3.Connection, path: Path
) -> None:
    [claimed] = rolled_back.execute(old.CLAIM_SLIP, (NOW.isoformat(),)).fetchall()
    assert claimed[2] == b"words of the slip"
    rolled_back.execute(old.SLIP_PRINTED, (NOW.isoformat(), claimed[0]))
    assert rolled_back.execute(old.SLIP_STATE, (claimed[0],)).fetchall() == [("printed", "")]
    tomorrow = (NOW + timedelta(days=1)).isoformat()
    assert rolled_back.execute(old.EXPIRE_SLIPS, (tomorrow,)).rowcount == 5


def test_what_it_wrote_after_a_rollback_is_settled_when_today_comes_back(
    rolled_back: sqlite3.Connection, path: Path
) -> None:
    keep_old(rolled_back, uuid.UUID(int=8))
    rows = rolled_back.execute(old.WAITING, (99,)).fetchall()
    old.acknowledge(rolled_back, [row[1] for row in rows], NOW)
    rolled_back.close()
    with Store.open(path) as store:
        tally = store.tally("A1")
        assert (tally.through, tally.without) == (8, [3])
        assert store.next_attachment("A1") is not None


def take_later_step(path: Path, *, reading: int = 0) -> None:
    """What a later release may have done to the store before it was taken back."""
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE moods (case_id TEXT PRIMARY KEY, mood TEXT)")
    connection.execute("ALTER TABLE cases ADD COLUMN mood TEXT NOT NULL DEFAULT ''")
    connection.execute(
        "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) "
        "VALUES ('store', 'm099_moods', '2027-01-01')"
    )
    connection.execute(f"PRAGMA user_version = {reading}")
    connection.commit()
    connection.close()


def test_this_release_goes_on_with_what_a_later_one_added(path: Path) -> None:
    Store.open(path).close()
    take_later_step(path, reading=STORE_READING)
    with Store.open(path) as store:
        kept = store.submit(
            uuid.UUID(int=8), INSTANT, lambda number: submission(uuid.UUID(int=8), number)
        )
        assert kept.is_new
        assert store.reference_of(uuid.UUID(int=8)) == kept.reference


def test_a_store_that_only_a_later_release_reads_is_refused_and_left_as_it_is(path: Path) -> None:
    Store.open(path).close()
    take_later_step(path, reading=STORE_READING + 1)
    before = path.read_bytes()
    with pytest.raises(StoreTooNew, match=f"reading {STORE_READING + 1}, this is {STORE_READING}"):
        Store.open(path)
    assert path.read_bytes() == before


def test_what_our_steps_set_is_what_bundles_say(tmp_path: Path) -> None:
    Store.open(tmp_path / STORE_FILE).close()
    connection = sqlite3.connect(tmp_path / STORE_FILE)
    assert connection.execute("PRAGMA user_version").fetchone() == (READING_SET,)
    assert READING_SET <= STORE_READING
    connection.close()
