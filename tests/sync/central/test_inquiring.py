"""A kiosk asks how a case stands, for whoever holds its slip."""

import threading
from datetime import UTC, datetime

import pytest

from sync.agent import AgentSettings, Surroundings
from sync.agent import run as run_agent
from sync.case import Kind
from sync.central.cases.changing import Step, change_status
from sync.central.cases.models import Case
from sync.central.fleet.models import Device
from sync.central.officers.models import Officer
from sync.desk import DESK_SOCKET, ask
from sync.doorbell import SYNC_BELL, ring
from sync.identity import join
from sync.inquiry import Inquiry, InquiryAnswer
from sync.reference import reference_for
from sync.signature import open_signed
from sync.wire import Signed, decode, encode
from tests.sync.central.kiosk import Kiosk, instant


def inquire(kiosk, path):
    _, _, reference, key = path.split("/")
    return ask_central(kiosk, Inquiry(reference=reference, key=key))


def ask_central(kiosk, inquiry):
    response = kiosk.post("inquire", encode(inquiry))
    assert response.status_code == 200, response.content
    payload = open_signed(decode(response.content, Signed), kiosk.facts.central_key)
    answer = decode(payload, InquiryAnswer)
    assert (answer.device_code, answer.reference) == (kiosk.code, inquiry.reference)
    return answer


def arrived(kiosk, **facts):
    record, path = kiosk.case(**facts)
    kiosk.send(record)
    return path


def move(status, **facts):
    officer, _ = Officer.objects.get_or_create(username="somsri")
    case = Case.objects.get()
    step = Step(status=status, changes_seen=case.changes.count(), **facts)
    change_status(case.pk, step, officer, datetime.now(UTC))


def test_a_slip_tells_how_its_case_stands_in_codes_and_moments(kiosk):
    path = arrived(kiosk)
    move("in_progress", division_code="works", public_note="ช่างจะไปวันศุกร์")
    story = inquire(kiosk, path).story
    assert (story.status, story.device_code, story.division_code) == ("in_progress", "A1", "works")
    assert (story.topic_code, story.village_code) == ("street_light", "village-3")
    assert story.due_on == Case.objects.get().due_on
    assert story.changes[-1].note == "ช่างจะไปวันศุกร์"
    assert story.answer == ""


def test_the_answer_is_told_once_there_is_one(kiosk):
    path = arrived(kiosk)
    move("answered", public_note="เปลี่ยนหลอดไฟแล้ว")
    assert inquire(kiosk, path).story.answer == "เปลี่ยนหลอดไฟแล้ว"


def test_neither_words_nor_contact_are_told(kiosk):
    told = encode(inquire(kiosk, arrived(kiosk, place="ข้างบ้านครูสมศรี"))).decode()
    for words in ("ไฟดับ", "สมชาย", "0812345678", "สมศรี"):
        assert words not in told


def test_of_a_case_about_corruption_no_code_is_told(kiosk):
    story = inquire(kiosk, arrived(kiosk, kind=Kind.CORRUPTION)).story
    assert (story.topic_code, story.village_code, story.division_code) == ("", "", "")


def test_whatever_is_wrong_gets_one_and_the_same_answer(kiosk):
    _, _, reference, key = arrived(kiosk).split("/")
    other = kiosk.key_for(7)
    unknown = str(reference_for("ZZ", 1))
    for inquiry in (
        Inquiry(reference=reference, key=other),
        Inquiry(reference=unknown, key=key),
        Inquiry(reference="A1-0001-0", key=key),
        Inquiry(reference=reference, key="!" * 16),
    ):
        answer = ask_central(kiosk, inquiry)
        assert (answer.found, answer.story) == ("nothing", None)


def test_a_genuine_slip_whose_case_has_not_come_is_on_its_way(kiosk):
    _, path = kiosk.case()
    assert inquire(kiosk, path).found == "on_its_way"


def test_a_slip_of_another_kiosk_opens_as_well(kiosk, client):
    path = arrived(kiosk)
    other = Kiosk.create("B2", client)
    other.enrol()
    assert inquire(other, path).found == "case"


def test_asking_needs_a_device_in_service(kiosk):
    _, _, reference, key = arrived(kiosk).split("/")
    Device.objects.update(revoked_at=datetime.now(UTC))
    response = kiosk.post("inquire", encode(Inquiry(reference=reference, key=key)))
    assert response.json()["code"] == "device_unknown"


@pytest.mark.parametrize("body", [b"", b"{", b'{"reference":"A1-0001-9"}', b'{"key":1}'])
def test_a_question_that_is_none_is_refused(kiosk, body):
    response = kiosk.post("inquire", body)
    assert (response.status_code, response.json()["code"]) == (400, "batch_unreadable")


def test_a_question_is_read_no_further_than_it_may_be_long(kiosk):
    assert kiosk.post("inquire", b" " * 5000).json()["code"] == "too_large"


def test_the_agent_asks_for_whoever_stands_at_its_desk(running_central, tmp_path):
    join_file = tmp_path / "d7.toml"
    assert running_central.command("join-file", "D7", "--output", str(join_file)).returncode == 0
    identity = join(join_file, tmp_path)
    inquiry = Inquiry(reference=str(reference_for("D7", 1)), key="0" * 16)
    stop, reached = threading.Event(), threading.Event()
    around = Surroundings(
        clock=instant,
        stop=stop,
        alive=lambda status: reached.set() if "reachable" in status else None,
    )
    settings = AgentSettings(state_dir=tmp_path, runtime_dir=tmp_path, timeout_s=5)
    agent = threading.Thread(target=run_agent, args=(settings, around))
    agent.start()
    try:
        assert reached.wait(20)
        answer = ask(tmp_path / DESK_SOCKET, inquiry, 10).answer
    finally:
        stop.set()
        ring(tmp_path / SYNC_BELL, urgent=True)
        agent.join()
    assert answer is not None
    assert (answer.device_code, answer.found) == (identity.device_code, "nothing")
