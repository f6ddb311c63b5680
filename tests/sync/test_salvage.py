"""From stores that are damaged for real: what stands in sound pages comes back."""

import os
import random
import shutil
import sqlite3
import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import uuid6

from sync import salvage as salvaging
from sync.errors import NewCodeNeeded, StoreDamaged
from sync.reference import reference_for
from sync.salvage import Salvaged, salvage
from sync.store import STORE_FILE, SlipState, Store
from sync.wire import TallyAnswer
from tests.sync.samples import INSTANT, NOW, rating_record, submission

CASES = 40
PAGE = 4096


def filled(folder: Path, cases: int = CASES) -> Path:
    """A store with cases, of which some are acknowledged, one parked and one printed."""
    with Store.open(folder / STORE_FILE) as store:
        for _ in range(cases):
            case_id = uuid6.uuid7()
            store.submit(
                case_id, INSTANT, lambda number, key=case_id: submission(key, number, b"K7QM2R9X")
            )
        rating = uuid6.uuid7()
        store.keep_rating(rating, INSTANT, rating_record(rating))
        entries = store.waiting(cases)
        store.acknowledge([entry.digest for entry in entries[:10]], b"word", NOW, NOW)
        if cases > 10:
            store.park(entries[10].digest, "refused", NOW)
        store.slip_printed(entries[0].record_id, NOW)
        store.note_boot("boot-1", NOW)
    return folder / STORE_FILE


def content_of(path: Path) -> set[tuple[str, str, bytes]]:
    with Store.open(path) as store:
        return {(str(e.record_id), e.state, e.record) for e in store.outbox_entries(9999)}


def trample(path: Path, *numbers: int, by: bytes = b"\xa5" * PAGE) -> None:
    """Overwrite pages, counted from 1."""
    with path.open("r+b") as file:
        for number in numbers:
            file.seek((number - 1) * PAGE)
            file.write(by)


def pages_of(path: Path, table: str, kind: str) -> list[int]:
    """The pages of a table or index: `leaf` or `internal`."""
    with sqlite3.connect(path) as connection:
        query = "SELECT pageno FROM dbstat WHERE name = ? AND pagetype = ?"
        found = [number for (number,) in connection.execute(query, (table, kind)).fetchall()]
    connection.close()
    return found


def assert_sound(path: Path) -> None:
    with Store.open(path) as store:
        assert store.damages() == []
        with store._database.reading() as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


def test_a_sound_store_goes_over_whole(tmp_path: Path) -> None:
    path = filled(tmp_path)
    before = content_of(path)
    told = salvage(path, "A1", NOW)
    assert (told.cases, told.records, told.lost, told.unreadable) == (CASES, CASES + 1, [], 0)
    assert content_of(path) == before
    assert_sound(path)


def test_the_damaged_files_stay_byte_for_byte(tmp_path: Path) -> None:
    path = filled(tmp_path)
    trample(path, 3)
    before = path.read_bytes()
    told = salvage(path, "A1", NOW)
    assert (Path(told.kept_in) / STORE_FILE).read_bytes() == before
    assert told.kept_in == str(tmp_path / "damaged" / "20261101T020500Z")


def test_the_first_page_with_the_schema_may_be_gone(tmp_path: Path) -> None:
    path = filled(tmp_path)
    before = content_of(path)
    trample(path, 1)
    with pytest.raises(StoreDamaged):
        Store.open(path)
    assert salvage(path, "A1", NOW).lost == []
    assert content_of(path) == before


def test_trampled_inner_pages_and_indexes_cost_no_record(tmp_path: Path) -> None:
    path = filled(tmp_path)
    before = content_of(path)
    inner = pages_of(path, "outbox", "internal")
    indexes = [
        number
        for name in ("idx_outbox_state", "sqlite_autoindex_cases_1", "idx_cases_reference")
        for number in pages_of(path, name, "leaf")
    ]
    assert inner
    assert indexes
    trample(path, *inner, *indexes)
    assert salvage(path, "A1", NOW).lost == []
    assert content_of(path) == before
    assert_sound(path)


def test_a_trampled_leaf_costs_its_own_rows_and_they_are_named(tmp_path: Path) -> None:
    path = filled(tmp_path)
    before = content_of(path)
    trample(path, pages_of(path, "outbox", "leaf")[20])
    told = salvage(path, "A1", NOW)
    after = content_of(path)
    assert after < before
    assert len(told.lost) == len(before - after) == 1
    assert told.cases == CASES, "which case it was is still known"
    assert told.records == CASES


def test_cases_whose_own_rows_are_gone_come_back_from_their_records(tmp_path: Path) -> None:
    path = filled(tmp_path)
    trample(path, *pages_of(path, "cases", "leaf"))
    told = salvage(path, "A1", NOW)
    assert (told.cases, told.lost) == (CASES, [])
    with Store.open(path) as store:
        assert store.tally("A1").through == 11
        assert store.tally("A1").without == [11]


def test_what_lost_centrals_word_is_sent_again(tmp_path: Path) -> None:
    path = filled(tmp_path)
    trample(path, *pages_of(path, "acknowledgements", "leaf"))
    salvage(path, "A1", NOW)
    with Store.open(path) as store:
        assert store.outbox_counts().waiting == CASES
        assert store.outbox_counts().parked == 1


def test_no_slip_comes_out_of_a_salvaged_store(tmp_path: Path) -> None:
    path = filled(tmp_path)
    salvage(path, "A1", NOW)
    assert b"K7QM2R9X" not in path.read_bytes()
    with Store.open(path) as store:
        assert store.claim_slip(NOW) is None
        assert store.slip_counts() == {SlipState.EXPIRED: CASES - 1, SlipState.PRINTED: 1}


def test_no_case_is_taken_under_the_old_code(tmp_path: Path) -> None:
    path = filled(tmp_path)
    salvage(path, "A1", NOW)
    case_id = uuid.uuid4()
    with Store.open(path) as store:
        assert store.is_spent("A1")
        with pytest.raises(NewCodeNeeded):
            store.submit(case_id, INSTANT, lambda number: submission(case_id, number))


def test_what_waits_is_sent_under_the_old_code(tmp_path: Path) -> None:
    path = filled(tmp_path)
    salvage(path, "A1", NOW)
    with Store.open(path) as store:
        assert store.waiting_codes() == ["A1"]
        assert len(store.waiting(999, "A1")) == CASES - 11 + 1


def test_records_that_the_tally_vouches_for_are_not_lost(tmp_path: Path) -> None:
    path = filled(tmp_path)
    with Store.open(path) as store:
        answer = TallyAnswer(
            device_code="A1", through=10, chain="0" * 64, agreed=True, answered_at=NOW
        )
        store.note_tally("A1", answer, NOW)
        assert store.delete_settled("A1", NOW + timedelta(days=1)) == 10
    assert salvage(path, "A1", NOW).lost == []


def test_the_last_numbers_count_though_their_rows_are_gone(tmp_path: Path) -> None:
    path = filled(tmp_path)
    last = max(pages_of(path, "outbox", "leaf"))
    with sqlite3.connect(path) as connection:
        connection.execute("DELETE FROM cases WHERE reference = ?", (str(reference_for("A1", 40)),))
    connection.close()
    trample(path, last)
    assert str(reference_for("A1", 40)) in salvage(path, "A1", NOW).lost


def test_a_log_that_a_killed_process_left_is_read_too(tmp_path: Path) -> None:
    path = filled(tmp_path / "first")
    with Store.open(path) as store:
        case_id = uuid6.uuid7()
        store.submit(case_id, INSTANT, lambda number: submission(case_id, number))
        (tmp_path / "second").mkdir()
        for file in (path, path.with_name("store.db-wal")):
            shutil.copy(file, tmp_path / "second")
    told = salvage(tmp_path / "second" / STORE_FILE, "A1", NOW)
    assert (told.cases, told.lost) == (CASES + 1, [])
    assert not (tmp_path / "second" / "store.db-wal").exists()


def test_a_store_that_is_gone_leaves_an_empty_one_and_a_spent_code(tmp_path: Path) -> None:
    told = salvage(tmp_path / STORE_FILE, "A1", NOW)
    assert (told.cases, told.records, told.spent) == (0, 0, ["A1"])
    with Store.open(tmp_path / STORE_FILE) as store:
        assert store.is_spent("A1")


def test_whatever_is_trampled_what_comes_back_is_sound_and_true(tmp_path: Path) -> None:
    """Any pages, any bytes: no made-up row, and no record that stood in a sound page lost."""
    chance = random.Random(11)
    original = filled(tmp_path / "original")
    truth = {(record_id, record) for record_id, _, record in content_of(original)}
    count = original.stat().st_size // PAGE
    for trial in range(12):
        path = tmp_path / str(trial) / STORE_FILE
        path.parent.mkdir()
        shutil.copy(original, path)
        numbers = chance.sample(range(1, count + 1), chance.randrange(1, count // 4))
        trample(path, *numbers, by=chance.randbytes(PAGE))
        hit = set(numbers) & set(pages_of(original, "outbox", "leaf"))
        salvage(path, "A1", NOW)
        found = {(record_id, record) for record_id, _, record in content_of(path)}
        assert found <= truth
        assert len(truth - found) <= 2 * len(hit)
        assert_sound(path)


class PowerCut(BaseException):
    """As if the plug were pulled."""


STEPS: list[str] = ["link", "rename", "unlink", "fsync", "replace", "mkdir", "chown"]


def run_until_cut(path: Path, calls: int, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Salvage until so many system calls that change the disk were made; False at the end."""
    left = [calls]

    def counted(real: Callable[..., object]) -> Callable[..., object]:
        def call(*values: object, **named: object) -> object:
            if left[0] == 0:
                raise PowerCut
            left[0] -= 1
            return real(*values, **named)

        return call

    with monkeypatch.context() as patched:
        for name in STEPS:
            patched.setattr(os, name, counted(getattr(os, name)))
        try:
            salvage(path, "A1", NOW)
        except PowerCut:
            return True
    return False


def test_a_salvage_that_is_cut_off_anywhere_goes_on_the_next_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = filled(tmp_path / "original", 12)
    before = content_of(original)
    trample(original, 1)
    for calls in range(1000):
        path = tmp_path / str(calls) / STORE_FILE
        path.parent.mkdir()
        shutil.copy(original, path)
        was_cut = run_until_cut(path, calls, monkeypatch)
        if was_cut and path.with_suffix(".salvage").exists():
            with pytest.raises(StoreDamaged, match="interrupted"):
                Store.open(path)
        told = salvage(path, "A1", NOW + timedelta(seconds=calls)) if was_cut else None
        assert content_of(path) == before
        assert told is None or told.lost == []
        assert not path.with_suffix(".salvage").exists()
        assert not (path.parent / salvaging.DRAFT_DIR).exists()
        if not was_cut:
            break
    assert calls > 10


def test_a_store_in_use_is_left_alone(tmp_path: Path) -> None:
    path = filled(tmp_path, 1)
    in_use = pytest.raises(StoreDamaged, match="somebody uses it")
    with Store.open(path) as store, store._database.reading(), in_use:
        salvage(path, "A1", NOW)


def test_a_second_salvage_in_the_same_second_keeps_its_files_apart(tmp_path: Path) -> None:
    path = filled(tmp_path)
    first = salvage(path, "A1", NOW)
    with Store.open(path) as store:
        store.begin_code("A1")
    second = salvage(path, "A2", NOW)
    assert second.kept_in != first.kept_in
    assert second.spent == ["A1", "A2"]
    assert second.lost == []


def test_the_report_can_be_read_again(tmp_path: Path) -> None:
    from sync.wire import decode

    path = filled(tmp_path, 3)
    told = salvage(path, "A1", NOW)
    assert decode((Path(told.kept_in) / "salvage.json").read_bytes(), Salvaged) == told
