"""Words that came later: authorised by the slip, shown to officers, named on the track page."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from sync.adding import AddedWords, seal_added
from sync.case import Kind
from sync.central import municipality
from sync.central.cases.adding import open_waiting_additions, with_new_words
from sync.central.cases.changing import Step, change_status
from sync.central.cases.models import Addition, Case
from sync.central.fleet.revoking import revoke
from sync.central.intake.models import Record
from sync.central.officers.creating import create_officer
from sync.central.officers.models import Officer
from sync.confiding import SealingKeys
from sync.keyring import PublicKey
from sync.records import WordsAdded
from sync.seal import open_sealed
from sync.wire import encode
from tests.sync.central.kiosk import CORRUPTION_KEY, Kiosk, instant
from tests.sync.central.test_inquiring import inquire

MORE = "ตอนนี้ดับสามดวงแล้ว"


def added(kiosk, path, *, words=MORE, is_confidential=False, knows_key=True, **changes):
    """A record as a kiosk makes it, with the slip of `path`."""
    reference, key = path.split("/")[2:]
    said = AddedWords(**{"reference": reference, "tracking_key": key, "words": words, **changes})
    intake = PublicKey(id=kiosk.facts.intake_key_id, key=kiosk.facts.intake_key)
    corruption = municipality.keys().keyring.corruption if knows_key else None
    keys = SealingKeys(intake=intake, corruption=corruption)
    return encode(
        WordsAdded(
            added_id=uuid.uuid4(),
            captured=instant(),
            sealed_to=intake.id,
            sealed=seal_added(said, keys, is_confidential=is_confidential),
        )
    )


@pytest.fixture
def path(kiosk):
    record, path = kiosk.case()
    kiosk.send(record)
    return path


@pytest.fixture
def desk(client):
    create_officer("somsri")
    client.force_login(Officer.objects.get(username="somsri"))
    return client


def outcome(answers):
    [answer] = answers
    return answer.outcome, answer.code


def test_an_officer_reads_them_with_the_case(kiosk, path, desk):
    assert outcome(kiosk.send(added(kiosk, path))) == ("acknowledged", "")
    page = desk.get(f"/staff/cases/{Case.objects.get().pk}").content.decode()
    assert MORE in page
    assert "ผู้แจ้งแจ้งเพิ่มเติม" in page


def test_the_list_tells_of_them_until_an_officer_takes_a_step(kiosk, path, desk):
    assert not with_new_words().exists()
    kiosk.send(added(kiosk, path))
    reference = path.split("/")[2]
    assert reference in desk.get("/staff/?status=words_added").content.decode()
    officer, case = Officer.objects.get(), Case.objects.get()
    change_status(case.pk, Step(status="screening", changes_seen=0), officer, datetime.now(UTC))
    assert not with_new_words().exists()


def test_they_may_come_from_another_kiosk(kiosk, path, client):
    other = Kiosk.create("B2", client)
    other.enrol()
    other.send(added(other, path))
    assert Addition.objects.get().device_id == "B2"


def test_the_reporter_sees_that_they_came_and_nobody_sees_which(kiosk, path, client):
    kiosk.send(added(kiosk, path))
    page = client.get(f"{path}?lang=th").content.decode()
    assert "ท่านแจ้งเพิ่มเติมที่เครื่อง A1" in page
    assert MORE not in page
    story = inquire(kiosk, path).story
    assert len(story.added_at) == 1
    assert MORE not in encode(story).decode()


def test_without_the_slip_they_are_refused(kiosk, path):
    reference = path.split("/")[2]
    for wrong in (f"/T/{reference}/{kiosk.key_for(1)}", f"/T/{reference}/{'0' * 16}"):
        assert outcome(kiosk.send(added(kiosk, wrong))) == ("refused", "slip_refused")
    _, unsent = kiosk.case()
    assert outcome(kiosk.send(added(kiosk, unsent))) == ("refused", "slip_refused")
    assert not Addition.objects.exists()


def test_a_slip_from_a_stolen_kiosk_adds_nothing(kiosk, path, client):
    revoke("A1", "stolen", datetime.now(UTC) - timedelta(hours=1))
    other = Kiosk.create("B2", client)
    other.enrol()
    assert outcome(other.send(added(other, path))) == ("refused", "slip_refused")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"words": "  "}, "record_unreadable"),
        ({"confided": b"x", "confided_to": "corruption-1"}, "record_unreadable"),
        ({"tracking_key": "k7qm2r9xk7qm2r9x"}, "reference_refused"),
        ({"reference": "A1-0042-8"}, "reference_refused"),
    ],
)
def test_what_does_not_hold_up_is_refused(kiosk, path, changes, code):
    assert outcome(kiosk.send(added(kiosk, path, **changes))) == ("refused", code)


def test_the_same_words_sent_twice_are_kept_once(kiosk, path):
    record = added(kiosk, path)
    kiosk.send(record)
    kiosk.send(record)
    assert Addition.objects.count() == 1


@pytest.mark.parametrize("knows_key", [True, False])
def test_words_to_a_case_about_corruption_open_with_its_key_only(kiosk, client, knows_key):
    record, path = kiosk.case(kind=Kind.CORRUPTION)
    kiosk.send(record)
    kiosk.send(added(kiosk, path, is_confidential=True, knows_key=knows_key))
    kept = Addition.objects.get()
    assert kept.words == ""
    assert open_sealed(bytes(kept.confided), CORRUPTION_KEY).decode() == MORE
    raw = bytes(Record.objects.get(pk=kept.pk).raw)
    assert raw.startswith(b'{"') is knows_key  # bytes by chance begin so once in 65,536


def test_words_under_a_lost_key_wait_and_are_authorised_once_it_is_back(kiosk, path):
    kiosk.send(added(kiosk, path))
    kept = Addition.objects.get()
    case = kept.case
    Addition.objects.update(case=None, words="", waits_for=kiosk.facts.intake_key_id)
    assert open_waiting_additions() == 1
    kept.refresh_from_db()
    assert (kept.case, kept.words, kept.waits_for) == (case, MORE, "")
    assert open_waiting_additions() == 0
