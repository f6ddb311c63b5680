import json
import uuid
from datetime import UTC, date, datetime, timedelta

import pytest

from sync.case import Contact, Kind
from sync.central.cases.models import Case
from sync.central.fleet.models import Device
from sync.central.intake.models import Record, Revision
from sync.central.surveys.models import Rating
from sync.wire import LARGEST_RECORD, digest_of
from tests.sync.central.kiosk import Kiosk, instant, rating


def outcomes(answers):
    return [(answer.outcome, answer.code) for answer in answers]


def test_a_case_is_opened_and_kept_with_its_bytes(kiosk):
    record, _ = kiosk.case(words="ท่อตัน\nหน้าบ้าน", place="ซอย 3", topic_code="drain")
    [answer] = kiosk.send(record)
    assert (answer.digest, answer.outcome) == (digest_of(record), "acknowledged")
    case = Case.objects.get()
    assert (case.words, case.place, case.topic_code) == ("ท่อตัน\nหน้าบ้าน", "ซอย 3", "drain")
    assert (case.contact_name, case.contact_phone) == ("สมชาย", "0812345678")
    assert case.status == "received"
    assert bytes(Record.objects.get(pk=case.pk).raw) == record


def test_a_rating_is_kept(kiosk):
    assert outcomes(kiosk.send(rating(score=5))) == [("acknowledged", "")]
    kept = Rating.objects.get()
    assert (kept.score, kept.division_code, kept.device_id) == (5, "works", "A1")


def test_fields_central_does_not_know_survive_in_the_bytes(kiosk):
    fields = json.loads(rating())
    record = json.dumps({**fields, "mood_of_the_day": "sunny"}).encode()
    kiosk.send(record)
    assert b"mood_of_the_day" in bytes(Record.objects.get().raw)


def test_the_same_bytes_again_are_acknowledged_again_and_kept_once(kiosk):
    record, _ = kiosk.case()
    first, again = kiosk.send(record), kiosk.send(record)
    assert first == again
    assert (Case.objects.count(), Record.objects.count(), Revision.objects.count()) == (1, 1, 0)


def test_the_same_bytes_twice_in_one_batch_are_kept_once(kiosk):
    record = rating()
    assert outcomes(kiosk.send(record, record)) == [("acknowledged", "")] * 2
    assert Rating.objects.count() == 1


def test_other_bytes_under_a_known_id_become_a_revision_and_change_nothing(kiosk):
    case_id = uuid.uuid4()
    first, _ = kiosk.case(words="แรก", case_id=case_id, number=1)
    second, _ = kiosk.case(words="สอง", case_id=case_id, number=1)
    kiosk.send(first)
    for _again in range(2):
        assert outcomes(kiosk.send(second)) == [("acknowledged", "")]
    assert Case.objects.get().words == "แรก"
    assert bytes(Record.objects.get().raw) == first
    assert bytes(Revision.objects.get().raw) == second


def test_other_bytes_in_the_same_batch_become_a_revision_too(kiosk):
    rating_id = uuid.uuid4()
    answers = kiosk.send(rating(1, rating_id), rating(5, rating_id))
    assert outcomes(answers) == [("acknowledged", "")] * 2
    assert (Rating.objects.get().score, Revision.objects.count()) == (1, 1)


def test_bad_records_are_refused_by_name_and_the_rest_is_taken(kiosk, client):
    other = Kiosk.create("B2", client)
    foreign, _ = other.case()
    good, _ = kiosk.case()
    wrong_seal = json.loads(kiosk.case()[0])
    wrong_seal["sealed"] = "AAAA"
    wrong_key = {**json.loads(kiosk.case()[0]), "sealed_to": "intake-99"}
    wrong_check = {**json.loads(kiosk.case(number=9)[0]), "reference": "A1-0009-0"}
    large = json.dumps({**json.loads(rating()), "more": "x" * LARGEST_RECORD}).encode()
    batch = [
        b"{}",
        b'{"type":"case_submitted"}',
        b'{"type":"who_knows","id":1}',
        large,
        foreign,
        json.dumps(wrong_check).encode(),
        json.dumps(wrong_seal).encode(),
        json.dumps(wrong_key).encode(),
        good,
        b"[]",
        b"null",
    ]
    assert outcomes(kiosk.send(*batch)) == [
        ("refused", "record_unreadable"),
        ("refused", "record_unreadable"),
        ("refused", "record_unreadable"),
        ("refused", "record_too_large"),
        ("refused", "reference_refused"),
        ("refused", "reference_refused"),
        ("refused", "seal_refused"),
        ("refused", "seal_refused"),
        ("acknowledged", ""),
        ("refused", "record_unreadable"),
        ("refused", "record_unreadable"),
    ]
    assert Case.objects.count() == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"words": "นับ\x00ศูนย์"},
        {"place": "\x00"},
        {"contact": Contact(name="\x00")},
        {"form_version": 2**63},
        {"tracking_key": "abcdefgh12345678"},
        {"tracking_key": "!!!!!!!!!!!!!!!!"},
    ],
)
def test_contents_no_database_can_hold_are_refused(kiosk, changes):
    key = changes.pop("tracking_key", None)
    record, _ = kiosk.case(key=key, **changes)
    assert outcomes(kiosk.send(record)) == [("refused", "record_unreadable")]


@pytest.mark.parametrize("wall", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"])
def test_a_moment_outside_every_calendar_is_refused(kiosk, wall):
    record = rating().replace(json.loads(rating())["captured"]["wall"].encode()[:10], wall.encode())
    fields = json.loads(rating())
    fields["captured"]["wall"] = wall
    record = json.dumps(fields).encode()
    assert outcomes(kiosk.send(record)) == [("refused", "record_unreadable")]


def test_a_backslash_u_zero_that_somebody_typed_is_just_words(kiosk):
    record, _ = kiosk.case(words=r"C:\u0000 ไม่ทำงาน")
    assert outcomes(kiosk.send(record)) == [("acknowledged", "")]


def test_a_wrong_clock_is_corrected_within_one_boot(kiosk):
    wrong = instant(wall=datetime(1999, 1, 1, tzinfo=UTC), monotonic_s=400.0, trusted=False)
    record, _ = kiosk.case(captured=wrong)
    before = datetime.now(UTC)
    kiosk.send(record, sent=instant(monotonic_s=1000.0))
    case = Case.objects.get()
    assert abs(case.submitted_at - (before - timedelta(seconds=600))) < timedelta(seconds=5)
    assert case.captured_wall_at == wrong.wall
    assert (case.captured_monotonic_s, case.captured_trusted) == (400.0, False)


def test_no_deadline_runs_on_a_guess(kiosk):
    guess = instant(wall=datetime(1999, 1, 1, tzinfo=UTC), boot_id="older", trusted=False)
    record, _ = kiosk.case(captured=guess)
    kiosk.send(record)
    case = Case.objects.get()
    assert case.submitted_at is None
    assert timedelta(days=14) <= case.due_on - datetime.now(UTC).date() <= timedelta(days=18)


def test_a_monotonic_clock_beyond_reason_is_not_believed(kiosk):
    record, _ = kiosk.case(captured=instant(trusted=False))
    kiosk.send(record, sent=instant(monotonic_s=1e308))
    assert Case.objects.get().submitted_at is None


def test_a_printed_due_day_is_honoured(kiosk):
    record, _ = kiosk.case(due_on=date(2031, 5, 6))
    kiosk.send(record)
    case = Case.objects.get()
    assert (case.due_on, case.due_was_printed) == (date(2031, 5, 6), True)


def test_two_cases_under_one_reference_are_both_kept(kiosk):
    kiosk.send(kiosk.case(number=7, words="หนึ่ง")[0])
    kiosk.send(kiosk.case(number=7, words="สอง")[0])
    assert sorted(Case.objects.values_list("words", flat=True)) == sorted(["หนึ่ง", "สอง"])


def test_the_tracking_key_is_kept_nowhere(kiosk, django_db_blocker):
    record, path = kiosk.case(kind=Kind.SUGGESTION)
    kiosk.send(record)
    key = path.rsplit("/", 1)[1].encode()
    case = Case.objects.values().get()
    assert not any(key in repr(value).encode() for value in case.values())
    assert key not in bytes(Record.objects.get().raw)


def test_hearing_from_a_kiosk_is_noted(kiosk):
    Device.objects.update(heard_at=None)
    kiosk.send()
    assert Device.objects.get().heard_at is not None


def test_a_batch_of_a_hundred_takes_few_statements(kiosk, django_assert_max_num_queries):
    records = [rating() for _ in range(60)] + [kiosk.case()[0] for _ in range(40)]
    with django_assert_max_num_queries(10):
        kiosk.send(*records)
    assert (Rating.objects.count(), Case.objects.count()) == (60, 40)
