import json
from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.case import Instant
from sync.errors import BadMessage
from sync.records import (
    CaseSubmitted,
    RatingExplained,
    RatingGiven,
    Record,
    SurveyAnswered,
    WordsAdded,
)
from sync.wire import (
    LARGEST_RECORD,
    Acknowledgement,
    Answer,
    Batch,
    Beat,
    Signed,
    decode,
    decode_record,
    digest_of,
    encode,
)
from tests.sync.samples import INSTANT

instants = st.builds(
    Instant,
    wall=st.datetimes(min_value=datetime(1970, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    boot_id=st.text(max_size=64),
    monotonic_s=st.floats(0, 1e9),
    trusted=st.booleans(),
)
cases = st.builds(
    CaseSubmitted,
    case_id=st.uuids(),
    reference=st.text("A10-Y", min_size=9, max_size=15),
    captured=instants,
    sealed_to=st.text(max_size=64),
    sealed=st.binary(max_size=4000),
)
ratings = st.builds(
    RatingGiven,
    rating_id=st.uuids(),
    division_code=st.from_regex(r"\A[a-z0-9_-]{1,64}\Z"),
    score=st.integers(1, 5),
    captured=instants,
    language=st.text(max_size=8),
)
codes = st.from_regex(r"\A[a-z0-9_-]{1,64}\Z")
explanations = st.builds(
    RatingExplained,
    explanation_id=st.uuids(),
    rating_id=st.uuids(),
    captured=instants,
    sealed_to=st.text(max_size=64),
    sealed=st.binary(max_size=4000),
)
surveys = st.builds(
    SurveyAnswered,
    answers_id=st.uuids(),
    survey_code=codes,
    survey_version=st.integers(1, 2**31 - 1),
    division_code=codes,
    captured=instants,
    sealed_to=st.text(max_size=64),
    sealed=st.binary(max_size=4000),
)
additions = st.builds(
    WordsAdded,
    added_id=st.uuids(),
    captured=instants,
    sealed_to=st.text(max_size=64),
    sealed=st.binary(max_size=4000),
)
records = st.one_of(cases, ratings, explanations, surveys, additions)


@given(records)
def test_a_record_is_read_as_it_was_written(record: Record) -> None:
    raw = encode(record)
    assert decode_record(raw) == record
    assert encode(decode_record(raw)) == raw


@given(st.lists(records, max_size=8), instants)
def test_a_batch_carries_records_byte_for_byte(sent: list[Record], at: Instant) -> None:
    raws = [encode(record) for record in sent]
    batch = Batch(records=[msgspec.Raw(raw) for raw in raws], sent=at)
    received = decode(encode(batch), Batch)
    assert [bytes(raw) for raw in received.records] == raws
    assert received.sent == at


@given(records, st.text(min_size=1).filter(str.isidentifier), st.integers())
def test_fields_of_a_later_version_are_passed_over_and_survive_in_a_batch(
    record: Record, name: str, value: int
) -> None:
    later = json.dumps({**json.loads(encode(record)), f"later_{name}": value}).encode()
    assert decode_record(later) == record
    batch = Batch(records=[msgspec.Raw(later)], sent=INSTANT)
    assert bytes(decode(encode(batch), Batch).records[0]) == later


@given(ratings)
def test_fields_with_a_default_may_be_missing(rating: RatingGiven) -> None:
    fields = json.loads(encode(rating))
    del fields["language"]
    earlier = decode_record(json.dumps(fields).encode())
    assert isinstance(earlier, RatingGiven)
    assert earlier.language == "th"


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_whatever_arrives_is_a_record_or_a_bad_message(raw: bytes) -> None:
    with pytest.raises(BadMessage):
        decode_record(raw)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("score", 0),
        ("score", 6),
        ("score", "4"),
        ("division_code", "งานช่าง"),
        ("division_code", ""),
        ("rating_id", "not-one"),
        ("type", "rating_taken"),
        ("captured", None),
        ("language", "far too long"),
    ],
)
def test_a_bad_field_is_named_and_its_words_are_not_repeated(field: str, value: object) -> None:
    rating = RatingGiven(rating_id=INSTANT_ID, division_code="works", score=4, captured=INSTANT)
    fields = json.loads(encode(rating)) | {field: value}
    with pytest.raises(BadMessage) as caught:
        decode_record(json.dumps(fields).encode())
    assert field in str(caught.value)
    assert "far too long" not in str(caught.value)


INSTANT_ID = msgspec.convert(
    "01932c07-52a7-7bc1-8c3f-000000000001", type=CaseSubmitted.__annotations__["case_id"]
)


def test_a_wall_clock_without_a_zone_is_refused() -> None:
    rating = RatingGiven(rating_id=INSTANT_ID, division_code="works", score=4, captured=INSTANT)
    raw = encode(rating).replace(b"02:05:00Z", b"02:05:00")
    with pytest.raises(BadMessage, match="wall"):
        decode_record(raw)


def test_a_record_larger_than_allowed_is_not_even_parsed() -> None:
    with pytest.raises(BadMessage, match="too large"):
        decode_record(b" " * (LARGEST_RECORD + 1))


def test_a_batch_of_too_many_is_refused() -> None:
    raw = b'{"records": [' + b",".join([b"{}"] * 101) + b'], "sent": ' + encode(INSTANT) + b"}"
    with pytest.raises(BadMessage, match="records"):
        decode(raw, Batch)


@given(st.binary(max_size=99), st.binary(max_size=99))
def test_different_bytes_have_different_digests(one: bytes, other: bytes) -> None:
    assert (digest_of(one) == digest_of(other)) == (one == other)
    assert len(digest_of(one)) == 64


def test_other_messages_are_read_as_they_were_written() -> None:
    answers = [Answer(digest="a" * 64, outcome="refused", code="seal_refused")]
    for message in (
        Acknowledgement(device_code="A1", answers=answers, answered_at=INSTANT.wall),
        Signed(payload=b"\x00\xff", signature=b"s", key_id="central-1"),
        Beat(sent=INSTANT, version="0.1.0", waiting=3, vitals={"disk_free": 7, "printer": "ok"}),
    ):
        assert decode(encode(message), type(message)) == message
