"""Slips in the store: which is next, which is too old, and that no key outlives its slip."""

import random
import sqlite3
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import uuid6

from sync.store import Paper, SlipState, Store
from tests.sync.samples import INSTANT, NOW, rating_record
from tests.sync.test_store import files_of, later, submit

FIVE_MINUTES = timedelta(minutes=5)


def test_slips_are_claimed_one_by_one_oldest_first(store: Store) -> None:
    cases = [submit(store, b"words") for _ in range(2)]
    first = store.claim_slip(NOW)
    assert first is not None
    assert (first.job_id, first.state, first.slip) == (cases[0], SlipState.PRINTING, b"words")
    assert store.slip_state(cases[0]) == (SlipState.PRINTING, "")
    second = store.claim_slip(NOW)
    assert second is not None
    assert second.job_id == cases[1]
    assert store.claim_slip(NOW) is None


def test_a_slip_that_did_not_start_waits_again_with_its_words(store: Store) -> None:
    case_id = submit(store, b"words")
    store.claim_slip(NOW)
    store.slip_not_started(case_id, "paper_out")
    assert store.slip_state(case_id) == (SlipState.WAITING, "paper_out")
    again = store.claim_slip(NOW)
    assert again is not None
    assert again.slip == b"words"
    assert store.slip_state(case_id) == (SlipState.PRINTING, "")


def test_a_slip_in_doubt_is_neither_claimed_again_nor_wiped(store: Store) -> None:
    case_id = submit(store, b"words")
    store.claim_slip(NOW)
    store.slip_unknown(case_id, "device_lost")
    assert store.slip_state(case_id) == (SlipState.UNKNOWN, "device_lost")
    assert store.claim_slip(NOW) is None
    assert store.slip_jobs(1)[0].slip == b"words"


def test_old_slips_expire_and_fresh_ones_do_not(store: Store) -> None:
    old = submit(store, b"words", at=later(0))
    fresh = submit(store, b"words", at=later(240))
    assert store.expire_slips(later(301), FIVE_MINUTES) == 1
    assert store.slip_state(old) == (SlipState.EXPIRED, "too_late")
    assert store.slip_state(fresh) == (SlipState.WAITING, "")
    assert store.expire_slips(later(301), FIVE_MINUTES) == 0


@pytest.mark.parametrize("year", [1970, 2026, 2099])
def test_a_slip_of_a_minute_ago_outlives_any_leap_of_the_wall_clock(
    store: Store, year: int
) -> None:
    case_id = submit(store, b"words", at=later(0, wall=datetime(1970, 1, 1, 0, 1, tzinfo=UTC)))
    leapt = later(60, wall=datetime(year, 11, 1, tzinfo=UTC))
    assert store.expire_slips(leapt, FIVE_MINUTES) == 0
    assert store.slip_state(case_id)[0] == SlipState.WAITING


def test_a_slip_of_an_earlier_boot_expires_though_the_wall_clock_went_back(store: Store) -> None:
    yesterday = submit(store, b"words", at=later(0, wall=datetime(2099, 1, 1, tzinfo=UTC)))
    assert store.expire_slips(later(1, boot_id="boot-2"), FIVE_MINUTES) == 1
    assert store.slip_state(yesterday) == (SlipState.EXPIRED, "too_late")


def test_slips_found_half_printed_at_start_expire(store: Store) -> None:
    printing, unknown, waiting = (submit(store, b"words") for _ in range(3))
    store.claim_slip(NOW)
    store.claim_slip(NOW)
    store.slip_unknown(unknown, "device_lost")
    assert store.recover_slips() == 2
    assert store.slip_state(printing) == (SlipState.EXPIRED, "found_at_start")
    assert store.slip_state(unknown) == (SlipState.EXPIRED, "found_at_start")
    assert store.slip_state(waiting) == (SlipState.WAITING, "")


def test_an_expired_slip_is_not_brought_back(store: Store) -> None:
    case_id = submit(store, b"words")
    store.claim_slip(NOW)
    store.recover_slips()
    store.slip_not_started(case_id, "late")
    store.slip_unknown(case_id, "late")
    assert store.slip_state(case_id) == (SlipState.EXPIRED, "found_at_start")


def test_a_paper_is_kept_with_its_record_once(store: Store) -> None:
    rating_id, words = uuid6.uuid7(), bytearray(b"thank you")
    record = rating_record(rating_id)
    assert store.keep_rating(rating_id, INSTANT, record, Paper("voucher", words))
    assert words == bytes(9), "whoever kept it has the words no more"
    assert not store.keep_rating(rating_id, INSTANT, record, Paper("voucher", b"again"))
    job = store.claim_slip(NOW)
    assert job is not None
    assert (job.job_id, job.paper, job.reference, job.slip) == (
        rating_id,
        "voucher",
        "",
        b"thank you",
    )
    assert store.claim_slip(NOW) is None


def test_a_paper_without_a_record_waits_in_line_with_slips(store: Store) -> None:
    first, anchor = submit(store), uuid6.uuid7()
    assert store.keep_paper(anchor, Paper("anchor", b"digest"), INSTANT)
    assert not store.keep_paper(anchor, Paper("anchor", b"digest"), INSTANT)
    submit(store)
    jobs = [store.claim_slip(NOW) for _ in range(3)]
    assert [job and job.paper for job in jobs] == ["slip", "anchor", "slip"]
    assert jobs[0] is not None
    assert jobs[0].job_id == first


def test_the_slip_of_an_unknown_case_is_an_error(store: Store) -> None:
    with pytest.raises(KeyError):
        store.slip_state(uuid6.uuid7())


WIPES: dict[str, Callable[[Store, uuid.UUID], object]] = {
    "printed": lambda store, case_id: store.slip_printed(case_id, NOW),
    "expired": lambda store, case_id: store.expire_slips(later(86_400), FIVE_MINUTES),
    "found at start": lambda store, case_id: (store.claim_slip(NOW), store.recover_slips()),
}


@pytest.mark.parametrize("how", WIPES)
@pytest.mark.parametrize("length", [16, 600, 9000])
def test_a_tracking_key_is_nowhere_in_the_files_once_its_slip_is(
    how: str, length: int, store: Store, tmp_path: Path
) -> None:
    path = tmp_path / "state" / "store.db"
    words = (b"K7QM2R9XK7QM2R9X" * (length // 16 + 1))[:length]
    case_id = submit(store, words)
    assert b"K7QM2R9XK7QM2R9X" in files_of(path)
    WIPES[how](store, case_id)
    assert b"K7QM2R9X" not in files_of(path)
    assert store.slip_jobs(1)[0].slip == b""


def test_no_key_survives_busy_days_of_slips_of_many_lengths(store: Store, tmp_path: Path) -> None:
    chance = random.Random(7)
    waiting: list[tuple[uuid.UUID, bytes]] = []
    gone: list[bytes] = []
    for number in range(250):
        key = b"KEY%013d" % number
        case_id = submit(store, bytes(chance.randbytes(chance.randrange(900))) + key)
        waiting.append((case_id, key))
        if chance.random() < 0.8:
            case_id, key = waiting.pop(chance.randrange(len(waiting)))
            store.slip_printed(case_id, NOW)
            gone.append(key)
    content = files_of(tmp_path / "state" / "store.db")
    assert [key for key in gone if key in content] == []
    assert all(key in content for _, key in waiting)


def test_a_reader_outside_the_lock_delays_the_wiping_of_the_log_but_not_the_rest(
    store: Store, tmp_path: Path
) -> None:
    path = tmp_path / "state" / "store.db"
    case_id = submit(store, b"K7QM2R9X")
    stranger = sqlite3.connect(path)
    stranger.execute("PRAGMA busy_timeout = 0")
    stranger.execute("BEGIN")
    stranger.execute("SELECT * FROM cases").fetchall()
    store._database._connection.execute("PRAGMA busy_timeout = 20")
    store.slip_printed(case_id, NOW)
    assert store.slip_state(case_id)[0] == SlipState.PRINTED
    stranger.close()
    submit(store)
    assert b"K7QM2R9X" not in files_of(path)
