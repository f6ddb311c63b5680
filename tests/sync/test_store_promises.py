"""What the store remembers about central: attachments, tallies, boots, spent codes."""

import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import uuid6

from sync.case import Instant
from sync.errors import NewCodeNeeded
from sync.reference import reference_for
from sync.store import Store, Submission, TallyState
from sync.tally import chain_of
from sync.wire import BootClock, TallyAnswer, digest_of
from tests.sync.samples import INSTANT, NOW, rating_record, submission

DAY = timedelta(days=1)


def keep(store: Store, code: str = "A1", attachments: list[bytes] | None = None) -> uuid.UUID:
    """One case under a device code."""
    case_id = uuid6.uuid7()

    def compose(number: int) -> Submission:
        return submission(case_id, number, code=code, attachments=attachments or [])

    store.submit(case_id, INSTANT, compose)
    return case_id


def take(store: Store, *digests: str, at: datetime = NOW) -> None:
    store.acknowledge(digests, b"word", NOW, at)


def take_all(store: Store, at: datetime = NOW) -> None:
    take(store, *[entry.digest for entry in store.waiting(1000)], at=at)


def answer(through: int, *missing: int, agreed: bool = False) -> TallyAnswer:
    return TallyAnswer(
        device_code="A1",
        through=through,
        chain="0" * 64,
        agreed=agreed,
        answered_at=NOW,
        missing=list(missing),
    )


def test_attachments_wait_apart_and_are_never_sent_as_records(store: Store) -> None:
    keep(store, attachments=[b"first sealed", b"second sealed"])
    assert len(store.waiting(9)) == 1
    counts = store.outbox_counts()
    assert (counts.waiting, counts.attachments) == (1, 2)
    entry = store.next_attachment("A1")
    assert entry is not None
    assert (entry.record, entry.digest) == (b"first sealed", digest_of(b"first sealed"))
    assert entry.record_id == uuid.UUID(hex=entry.digest[:32])
    assert entry.device_code == "A1"
    assert store.next_attachment("B2") is None


def test_an_attachment_that_central_holds_makes_room_for_the_next(store: Store) -> None:
    keep(store, attachments=[b"first", b"second"])
    store.attachments_taken([digest_of(b"first")], b"word", NOW, NOW)
    following = store.next_attachment("A1")
    assert following is not None
    assert following.record == b"second"
    store.park(following.digest, "too_large", NOW)
    assert store.next_attachment("A1") is None
    assert (store.outbox_counts().attachments, store.outbox_counts().parked) == (0, 1)
    assert [(entry.state, entry.reason) for entry in store.outbox_entries(9)] == [
        ("attachment_parked", "too_large"),
        ("waiting", ""),
    ]


def test_an_attachment_is_not_acknowledged_as_a_record_is(store: Store) -> None:
    keep(store, attachments=[b"sealed"])
    take(store, digest_of(b"sealed"))
    assert store.next_attachment("A1") is not None


def test_records_wait_under_the_code_they_were_kept_under(store: Store) -> None:
    first = keep(store, "A1")
    second = keep(store, "B2")
    rating = uuid6.uuid7()
    store.keep_rating(rating, INSTANT, rating_record(rating))
    store.mark_spent("A1", "salvaged", NOW)
    assert [entry.record_id for entry in store.waiting(9, "A1")] == [first]
    assert [entry.record_id for entry in store.waiting(9, "B2")] == [second, rating]
    assert store.waiting_codes() == ["A1", "B2"]
    take_all(store)
    assert store.waiting_codes() == []


def test_while_no_code_is_spent_the_present_one_is_all_there_is(store: Store) -> None:
    assert store.waiting_codes() == []
    keep(store, attachments=[b"sealed"])
    take_all(store)
    assert store.waiting_codes() == ["A1"], "the attachment"


def test_a_spent_code_takes_no_case_and_uses_no_number(store: Store) -> None:
    kept = keep(store)
    store.mark_spent("A1", "salvaged", NOW)
    assert store.is_spent("A1")
    assert not store.is_spent("B2")
    with pytest.raises(NewCodeNeeded):
        keep(store)
    assert store.outbox_counts().waiting == 1
    assert not store.submit(kept, INSTANT, lambda _: pytest.fail("composed")).is_new
    keep(store, "B2")
    assert store.slip_jobs(1)[0].reference == str(reference_for("B2", 2))


def test_the_tally_ends_before_the_first_case_that_still_waits(store: Store) -> None:
    assert (store.tally("A1").through, store.tally("A1").chain) == (0, "0" * 64)
    for _ in range(5):
        keep(store)
    entries = store.waiting(9)
    take(store, *[entries[index].digest for index in (0, 1, 3)])
    store.park(entries[2].digest, "record_unreadable", NOW)
    tally = store.tally("A1")
    assert (tally.through, tally.without) == (4, [3])
    assert tally.chain == chain_of(
        (str(reference_for("A1", number)), entries[number - 1].digest) for number in (1, 2, 4)
    )


def test_the_tally_stays_the_same_when_sent_records_are_deleted(store: Store) -> None:
    for _ in range(3):
        keep(store)
    take_all(store)
    before = store.tally("A1")
    store.note_tally("A1", answer(3, agreed=True), NOW)
    assert store.delete_settled("A1", NOW + DAY) == 3
    assert store.outbox_entries(9) == []
    assert store.tally("A1") == before


def test_a_disagreement_keeps_what_was_agreed_before(store: Store) -> None:
    assert store.tally_state("A1") is None
    store.note_tally("A1", answer(3, agreed=True), NOW)
    store.note_tally("A1", answer(5, 2, 4), NOW + DAY)
    assert store.tally_state("A1") == TallyState(
        agreed_through=3, through=5, is_agreed=False, missing=[2, 4], compared_at=NOW + DAY
    )


def test_what_central_lacks_waits_again_if_it_is_still_here(store: Store) -> None:
    cases = [keep(store) for _ in range(4)]
    entries = store.waiting(9)
    take(store, *[entry.digest for entry in entries[:3]])
    store.park(entries[3].digest, "refused", NOW)
    assert store.resend("A1", [1, 3, 4, 9]) == 2
    assert [entry.record_id for entry in store.waiting(9)] == [cases[0], cases[2]]
    assert store.tally("A1").through == 0
    assert store.resend("A1", []) == 0


def test_with_a_case_that_central_lacks_its_attachments_go_again(store: Store) -> None:
    keep(store, attachments=[b"one sealed"])
    keep(store, attachments=[b"another sealed"])
    take_all(store)
    for sealed in (b"one sealed", b"another sealed"):
        store.attachments_taken([digest_of(sealed)], b"word", NOW, NOW)
    assert store.next_attachment("A1") is None
    assert store.resend("A1", [2]) == 1
    again = store.next_attachment("A1")
    assert again is not None
    assert again.record == b"another sealed"
    assert store.outbox_counts().attachments == 1


def test_nothing_is_deleted_before_its_grace_by_centrals_clock(store: Store) -> None:
    keep(store)
    take_all(store, at=NOW)
    store.note_tally("A1", answer(1, agreed=True), NOW)
    assert store.delete_settled("A1", NOW) == 0
    assert store.delete_settled("A1", NOW + timedelta(seconds=1)) == 1


def test_cases_go_only_as_far_as_a_tally_agrees(store: Store) -> None:
    for _ in range(3):
        keep(store)
    rating = uuid6.uuid7()
    store.keep_rating(rating, INSTANT, rating_record(rating))
    take_all(store)
    assert store.delete_settled("A1", NOW + DAY) == 1, "the rating, which no tally counts"
    store.note_tally("A1", answer(2, agreed=True), NOW)
    store.note_tally("A1", answer(3, 1), NOW)
    assert store.delete_settled("A1", NOW + DAY) == 0
    store.note_tally("A1", answer(2, agreed=True), NOW)
    assert store.delete_settled("A1", NOW + DAY) == 2
    assert len(store.outbox_entries(9)) == 1


def test_what_waits_or_is_parked_is_never_deleted(store: Store) -> None:
    for _ in range(3):
        keep(store, attachments=[uuid6.uuid7().bytes])
    entries = store.waiting(9)
    take(store, entries[0].digest)
    store.park(entries[1].digest, "refused", NOW)
    store.note_tally("A1", answer(3, agreed=True), NOW)
    assert store.delete_settled("A1", NOW + DAY) == 1
    counts = store.outbox_counts()
    assert (counts.waiting, counts.parked, counts.attachments) == (1, 1, 3)


def test_a_sealed_record_is_nowhere_in_the_files_once_deleted(store: Store, tmp_path: Path) -> None:
    keep(store, attachments=[b"SEALED-PICTURE" * 50])
    (record,) = store.waiting(1)
    take_all(store)
    store.attachments_taken([digest_of(b"SEALED-PICTURE" * 50)], b"WORD-OF-CENTRAL", NOW, NOW)
    store.note_tally("A1", answer(1, agreed=True), NOW)
    assert store.delete_settled("A1", NOW + DAY) == 2
    store.close()
    content = (tmp_path / "state" / "store.db").read_bytes()
    assert b"SEALED-PICTURE" not in content
    assert record.record[-500:] not in content


def test_central_words_that_nobody_needs_go_too_but_never_the_newest(store: Store) -> None:
    for day in range(3):
        keep(store)
        take_all(store, at=NOW + day * DAY)
    store.note_tally("A1", answer(3, agreed=True), NOW)
    assert store.delete_settled("A1", NOW + 9 * DAY) == 3
    assert store.clock_floor() == NOW + 2 * DAY
    with store._database.reading() as connection:
        assert connection.execute("SELECT count(*) FROM acknowledgements").fetchone() == (1,)


def test_more_than_one_transactions_worth_is_deleted(store: Store) -> None:
    for _ in range(450):
        rating = uuid6.uuid7()
        store.keep_rating(rating, INSTANT, rating_record(rating))
    take_all(store)
    assert store.delete_settled("A1", NOW + DAY) == 450


def test_a_boot_is_known_by_centrals_last_word(store: Store) -> None:
    store.note_boot("boot-1", NOW)
    store.note_boot("boot-2", NOW + DAY)
    store.note_boot("boot-1", NOW - DAY)
    assert store.boots(["boot-1", "boot-9", "boot-1"]) == [
        BootClock(boot_id="boot-1", began_at=NOW - DAY)
    ]


def dated(wall: datetime, *, trusted: bool) -> Instant:
    return Instant(wall=wall, boot_id="boot-1", monotonic_s=1, trusted=trusted)


def keep_dated(store: Store, captured: Instant) -> None:
    import msgspec

    from sync.records import RatingGiven
    from sync.wire import encode

    rating = RatingGiven(rating_id=uuid6.uuid7(), division_code="works", score=3, captured=captured)
    store.keep_rating(rating.rating_id, captured, encode(rating))
    assert msgspec.json.decode(encode(rating))["captured"]["trusted"] == captured.trusted


def test_the_clock_floor_is_the_newest_record_a_trusted_clock_dated(store: Store) -> None:
    assert store.clock_floor() is None
    keep_dated(store, dated(datetime(2099, 1, 1, tzinfo=UTC), trusted=False))
    assert store.clock_floor() is None
    keep_dated(store, dated(NOW, trusted=True))
    keep_dated(store, dated(datetime(1970, 1, 1, tzinfo=UTC), trusted=False))
    assert store.clock_floor() == NOW


def test_centrals_word_lifts_the_floor_and_ends_a_wrong_one(store: Store) -> None:
    keep_dated(store, dated(datetime(2099, 1, 1, tzinfo=UTC), trusted=True))
    take_all(store, at=NOW)
    assert store.clock_floor() == NOW
