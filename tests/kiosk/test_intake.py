from datetime import UTC, date, datetime
from pathlib import Path

import msgspec
import nacl.public
import pytest
from uuid6 import uuid7

from kiosk import slip
from kiosk.errors import AnswerInvalid
from kiosk.form.model import Addition, Draft, Questionnaire, Rating, Remark
from kiosk.intake import Intake
from kiosk.profile import load_profile
from sync import records, wire
from sync.adding import AddedWords
from sync.case import CaseContent, Instant
from sync.errors import StoreFull
from sync.identity import Identity
from sync.opinion import Explanation, SurveyAnswers
from sync.reference import is_genuine, parse_reference
from sync.seal import open_sealed
from sync.store import Store

PROFILE = load_profile(Path(__file__).parents[2] / "deploy/profiles/tha-kasem/profile.toml")
INTAKE_KEY = nacl.public.PrivateKey(b"i" * 32)
IDENTITY = Identity(
    device_code="A1",
    public_url="https://rapfang.example.th",
    central_url="https://rapfang.example.th",
    slip_secret=b"s" * 32,
    intake_key_id="intake-1",
    intake_key=bytes(INTAKE_KEY.public_key),
    central_key_id="central-1",
    central_key=b"c" * 32,
    enrolment_code="once",
    device_key=b"d" * 32,
)
NOON = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)


class Bells:
    """Counts its rings and what was on the disk at each."""

    def __init__(self, store):
        self._store = store
        self.kept_when_rung = []

    def __call__(self):
        self.kept_when_rung.append(self._store.outbox_counts().waiting)


class FullStore:
    """A disk that takes no more."""

    def submit(self, case_id, kept_at, compose):
        compose(1)
        raise StoreFull("no space left")

    def keep_rating(self, rating_id, kept_at, record, paper=None):
        raise StoreFull("no space left")


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path / "store.db") as store:
        yield store


def at(wall: datetime, *, trusted: bool = True):
    return lambda: Instant(wall=wall, boot_id="boot", monotonic_s=12.5, trusted=trusted)


def complaint(**answers) -> Draft:
    given = {
        "topic_code": "street_light",
        "words": "ไฟดับที่ปากซอย",
        "village_code": "village-3",
        "name": "สมชาย",
        "phone": "๐๘๑-๒๓๔-๕๖๗๘",
    }
    return Draft(case_id=uuid7(), chance=b"1234567", **(given | answers))


def opened(store: Store) -> tuple[records.CaseSubmitted, CaseContent]:
    [entry] = store.waiting(10)
    record = wire.decode_record(entry.record)
    assert isinstance(record, records.CaseSubmitted)
    plain = open_sealed(record.sealed, bytes(INTAKE_KEY))
    return record, msgspec.json.decode(plain, type=CaseContent)


def test_a_complaint_is_on_the_disk_before_anybody_is_woken(store):
    bells = Bells(store)
    receipt = Intake(IDENTITY, PROFILE, store, at(NOON), bells).submit(complaint(), "th")
    assert bells.kept_when_rung == [1]
    assert receipt.reference.startswith("A1-0001-")


def test_what_was_said_can_be_read_with_the_intake_key_only(store):
    receipt = Intake(IDENTITY, PROFILE, store, at(NOON), lambda: None).submit(complaint(), "en")
    record, content = opened(store)
    assert record.reference == receipt.reference
    assert record.sealed_to == "intake-1"
    assert content.words == "ไฟดับที่ปากซอย"
    assert content.topic_code == "street_light"
    assert content.village_code == "village-3"
    assert (content.contact.name, content.contact.phone) == ("สมชาย", "0812345678")
    assert content.language == "en"
    assert content.privacy_notice_version == PROFILE.privacy_notice.version
    assert content.tracking_key == receipt.tracking_key
    [entry] = store.waiting(10)
    for said in ("ไฟดับ", "street_light", "สมชาย", receipt.tracking_key):
        assert said.encode() not in entry.record


def test_the_key_is_genuine_and_stands_in_the_address(store):
    receipt = Intake(IDENTITY, PROFILE, store, at(NOON), lambda: None).submit(complaint(), "th")
    reference = parse_reference(receipt.reference)
    assert is_genuine(receipt.tracking_key, IDENTITY.slip_secret, reference)
    assert receipt.tracking_url == (
        f"HTTPS://RAPFANG.EXAMPLE.TH/T/{receipt.reference}/{receipt.tracking_key}"
    )
    assert receipt.tracking_key not in repr(receipt)


def test_submitting_the_same_case_again_is_the_same_case(store):
    intake, said = Intake(IDENTITY, PROFILE, store, at(NOON), lambda: None), complaint()
    assert intake.submit(said, "th") == intake.submit(said, "th")
    assert store.outbox_counts().waiting == 1
    assert len(store.slip_jobs(10)) == 1


def test_the_slip_says_what_and_where_and_by_when(store):
    receipt = Intake(IDENTITY, PROFILE, store, at(NOON), lambda: None).submit(complaint(), "th")
    job = store.claim_slip(NOON)
    assert job is not None
    words = slip.decode(job.slip)
    assert words.reference == receipt.reference
    assert words.tracking_url == receipt.tracking_url
    assert (words.topic, words.division) == ("ไฟฟ้าสาธารณะ", "กองช่าง")
    assert words.place == "หมู่ที่ 3 (ตัวอย่าง)"
    assert words.submitted_on == date(2026, 11, 23)
    assert words.due_on == receipt.due_on == date(2026, 12, 8)


def test_a_holiday_moves_the_day_on_the_slip(store):
    profile = msgspec.structs.replace(PROFILE, holidays=[date(2026, 12, 8)])
    receipt = Intake(IDENTITY, profile, store, at(NOON), lambda: None).submit(complaint(), "th")
    job = store.claim_slip(NOON)
    assert job is not None
    assert slip.decode(job.slip).due_on == receipt.due_on == date(2026, 12, 9)


def test_a_slip_in_another_language_has_its_topic_and_place_in_thai_beside_it(store):
    said = complaint(topic_code="fire", place="ใกล้วัด")
    Intake(IDENTITY, PROFILE, store, at(NOON), lambda: None).submit(said, "en")
    job = store.claim_slip(NOON)
    assert job is not None
    words = slip.decode(job.slip)
    assert (words.topic, words.topic_th) == ("Fire or open burning", "เพลิงไหม้/เผาในที่โล่ง")
    assert (words.place, words.place_th) == ("Village 3 (example) ใกล้วัด", "หมู่ที่ 3 (ตัวอย่าง)")
    assert words.division_th == "สำนักปลัดเทศบาล"
    assert (words.call_first, words.call_first_phone) == ("Fire brigade", "199")


def test_a_late_evening_in_utc_is_already_tomorrow_in_thailand(store):
    evening = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
    Intake(IDENTITY, PROFILE, store, at(evening), lambda: None).submit(complaint(), "th")
    job = store.claim_slip(evening)
    assert job is not None
    assert slip.decode(job.slip).submitted_on == date(2026, 11, 24)


def test_a_clock_that_guesses_promises_no_day(store):
    intake = Intake(IDENTITY, PROFILE, store, at(NOON, trusted=False), lambda: None)
    assert intake.submit(complaint(), "th").due_on is None
    record, content = opened(store)
    assert content.due_on is None
    assert not record.captured.trusted
    job = store.claim_slip(NOON)
    assert job is not None
    assert slip.decode(job.slip).submitted_on is None


def test_not_sure_where_is_kept_as_not_said(store):
    Intake(IDENTITY, PROFILE, store, at(NOON), lambda: None).submit(
        complaint(village_code="", name="", phone=""), "th"
    )
    _, content = opened(store)
    assert content.village_code == ""
    assert (content.contact.name, content.contact.phone) == ("", "")


def test_an_answer_that_slipped_through_is_stopped_and_uses_no_number(store):
    intake = Intake(IDENTITY, PROFILE, store, at(NOON), lambda: None)
    with pytest.raises(AnswerInvalid):
        intake.submit(complaint(words="  "), "th")
    assert intake.submit(complaint(), "th").reference.startswith("A1-0001-")


def test_a_full_disk_is_said_and_nobody_is_woken():
    rung = []
    intake = Intake(IDENTITY, PROFILE, FullStore(), at(NOON), lambda: rung.append(1))
    with pytest.raises(StoreFull):
        intake.submit(complaint(), "th")
    with pytest.raises(StoreFull):
        intake.rate(Rating(rating_id=uuid7(), division_code="works", score=4), "th")
    assert not rung


def test_a_rating_is_kept_once_and_holds_no_person(store):
    intake = Intake(IDENTITY, PROFILE, store, at(NOON), lambda: None)
    rating = Rating(rating_id=uuid7(), division_code="works", score=4)
    intake.rate(rating, "en")
    intake.rate(rating, "en")
    [entry] = store.waiting(10)
    record = wire.decode_record(entry.record)
    assert isinstance(record, records.RatingGiven)
    assert (record.division_code, record.score, record.language) == ("works", 4, "en")


def test_why_a_rating_was_given_is_sealed(store):
    intake = Intake(IDENTITY, PROFILE, store, at(NOON), lambda: None)
    remark = Remark(explanation_id=uuid7(), rating_id=uuid7(), words="ลุงสมชายใจดี")
    intake.explain(remark, "th")
    [entry] = store.waiting(10)
    record = wire.decode_record(entry.record)
    assert isinstance(record, records.RatingExplained)
    assert record.rating_id == remark.rating_id
    assert "สมชาย".encode() not in entry.record
    said = msgspec.json.decode(open_sealed(record.sealed, bytes(INTAKE_KEY)), type=Explanation)
    assert (said.reason, said.words, said.language) == ("", "ลุงสมชายใจดี", "th")


def addition(*, is_confidential: bool) -> Addition:
    return Addition(
        added_id=uuid7(),
        reference="A1-0042-9",
        key="K7QM2R9XK7QM2R9X",
        words="เขาโทรมาขู่",
        is_confidential=is_confidential,
    )


@pytest.mark.parametrize("is_confidential", [True, False])
def test_words_to_a_case_about_corruption_are_closed_to_the_intake_key(store, is_confidential):
    corruption = nacl.public.PrivateKey(b"k" * 32)
    identity = msgspec.structs.replace(
        IDENTITY, corruption_key_id="corruption-1", corruption_key=bytes(corruption.public_key)
    )
    intake = Intake(identity, PROFILE, store, at(NOON), lambda: None)
    intake.add(addition(is_confidential=is_confidential), "th")
    [entry] = store.waiting(10)
    record = wire.decode_record(entry.record)
    said = wire.decode(open_sealed(record.sealed, bytes(INTAKE_KEY)), AddedWords)
    assert bool(said.words) is not is_confidential
    if is_confidential:
        assert open_sealed(said.confided, bytes(corruption)).decode() == "เขาโทรมาขู่"


def test_a_questionnaire_is_sealed_in_one_size_whatever_was_answered(store):
    intake = Intake(IDENTITY, PROFILE, store, at(NOON), lambda: None)
    sizes = set()
    for scores, about in (({"fast": 4}, {}), ({f"q{n}": 3 for n in range(30)}, {"sex": "other"})):
        survey = Questionnaire(
            answers_id=uuid7(),
            survey_code="counter",
            survey_version=2,
            division_code="works",
            questions=tuple(scores),
            scores=scores,
            about=about,
        )
        intake.answer(survey, "km")
        record = wire.decode_record(store.waiting(10)[-1].record)
        assert isinstance(record, records.SurveyAnswered)
        sizes.add(len(record.sealed))
        said = msgspec.json.decode(
            open_sealed(record.sealed, bytes(INTAKE_KEY)), type=SurveyAnswers
        )
        assert (said.scores, said.about, said.language) == (scores, about, "km")
    assert len(sizes) == 1


def test_no_word_of_a_person_and_no_key_is_logged(store, caplog):
    caplog.set_level("DEBUG")
    receipt = Intake(IDENTITY, PROFILE, store, at(NOON), lambda: None).submit(complaint(), "th")
    assert f"case kept reference={receipt.reference}" in caplog.text
    for said in ("ไฟดับ", "สมชาย", "0812345678", receipt.tracking_key):
        assert said not in caplog.text
