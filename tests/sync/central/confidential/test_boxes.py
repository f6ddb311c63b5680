"""What central keeps of a report about corruption: boxes, whatever a device sends."""

import uuid

import msgspec
import pytest

from hardware.fake.microphone import tone
from hardware.microphone import encoded
from sync.case import CaseContent, Kind
from sync.central import municipality
from sync.central.cases.models import Case, HouseNote, Opening
from sync.central.confidential.upgrading import seal_readable
from sync.central.intake.models import Record
from sync.central.officers.creating import create_officer
from sync.central.officers.models import Officer
from sync.confiding import SealingKeys, seal_attachment
from sync.drawing import MEDIA_TYPE, Drawing, encode_drawing
from sync.errors import BadSeal
from sync.records import CaseSubmitted
from sync.seal import open_sealed, seal
from sync.voice import MEDIA_TYPE as VOICE
from sync.wire import decode, digest_of, encode
from tests.sync.central.confidential.reports import (
    NOTE,
    NOW,
    WORDS,
    post,
    sealed_twice,
    unlocked,
)
from tests.sync.central.kiosk import CORRUPTION_KEY, HOST, Kiosk, instant


def test_intake_keeps_a_box_and_nothing_of_what_it_says(case):
    silent = (case.words, case.topic_code, case.village_code, case.place)
    assert silent == ("", "", "", "")
    assert (case.kind, case.sealed_to) == ("corruption", "corruption-1")
    inner = decode(open_sealed(bytes(case.confidential), CORRUPTION_KEY), CaseContent)
    assert inner.words == WORDS


@pytest.mark.parametrize("is_old", [False, True], ids=["sealed twice", "by an old kiosk"])
def test_what_was_sent_again_is_read_with_the_case_and_not_before(case, kiosk, desk, is_old):
    other = "เรียกเงินอีกครั้ง"
    again = sealed_twice(kiosk, 1, other, case.pk)
    if is_old:
        changes = {"kind": Kind.CORRUPTION, "words": other, "number": 1}
        again = kiosk.case(case_id=case.pk, **changes)[0]
    kiosk.send(again)
    unlocked(desk)
    page = desk.get(f"/staff/cases/{case.pk}", SERVER_NAME=HOST).content.decode()
    assert other not in page
    opened = post(desk, f"cases/{case.pk}/open", reason="ตรวจสอบ").content.decode()
    assert WORDS in opened
    assert other in opened


def test_what_an_old_kiosk_sealed_once_is_sealed_again_before_it_is_kept(kiosk):
    record, path = kiosk.case(kind=Kind.CORRUPTION, words=WORDS)
    assert kiosk.send(record)[0].outcome == "acknowledged"
    kept, case = Record.objects.get(), Case.objects.get()
    assert kept.digest == digest_of(record)
    assert bytes(kept.raw) != record
    assert open_sealed(bytes(kept.raw), CORRUPTION_KEY) == record
    assert (case.words, case.contact_name, case.contact_phone) == ("", "", "")
    inner = decode(open_sealed(bytes(case.confidential), CORRUPTION_KEY), CaseContent)
    assert (inner.words, inner.contact.name) == (WORDS, "สมชาย")
    for intake in municipality.keys().intakes.values():
        for box in (bytes(kept.raw), bytes(case.confidential)):
            with pytest.raises(BadSeal):
                open_sealed(box, intake)
    assert kiosk.send(record)[0].outcome == "acknowledged"
    assert kiosk.client.get(path, SERVER_NAME=HOST).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_what_an_older_central_kept_readable_is_sealed_by_migrating(client):
    kiosk = Kiosk.create("A1", client)
    assert kiosk.enrol().status_code == 201
    kiosk.send(kiosk.case(words=WORDS)[0])
    case = Case.objects.get()
    Case.objects.update(kind="corruption")
    create_officer("malee", confidential=True)
    HouseNote.objects.create(case=case, words=NOTE, officer=Officer.objects.get(), written_at=NOW)
    raw = bytes(Record.objects.get().raw)
    for _ in range(2):
        seal_readable(municipality.keys().keyring.corruption)
    found, note = Case.objects.get(), HouseNote.objects.get()
    assert (found.words, found.topic_code, found.contact_name, note.words) == ("", "", "", "")
    content = decode(open_sealed(bytes(found.confidential), CORRUPTION_KEY), CaseContent)
    assert (content.words, content.contact.name) == (WORDS, "สมชาย")
    assert open_sealed(bytes(note.sealed), CORRUPTION_KEY).decode() == NOTE
    assert open_sealed(bytes(Record.objects.get().raw), CORRUPTION_KEY) == raw


def confidential_record(kiosk, **changes):
    """A record whose outer box is as a hostile device may make it."""
    keyring = municipality.keys().keyring
    _, path = kiosk.case()
    reference, key = path.split("/")[2:]
    outer = {"sealed_to": "corruption-1", "sealed": "AAAA", "tracking_key": key, **changes}
    return encode(
        CaseSubmitted(
            case_id=uuid.uuid4(),
            reference=reference,
            captured=instant(),
            sealed_to=keyring.intake.id,
            sealed=seal(msgspec.json.encode(outer), keyring.intake.key),
        )
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"tracking_key": "short"},
        {"tracking_key": "U" * 16},
        {"sealed_to": ""},
        {"sealed_to": "x" * 65},
        {"sealed_to": "corruption\u202e-1"},
        {"sealed": "no base64"},
        {"language": "th\u200b"},
        {"language": "th\u0000"},
        {"due_on": "tomorrow"},
    ],
)
def test_a_hostile_outer_box_is_refused_and_nothing_is_kept(kiosk, changes):
    [answer] = kiosk.send(confidential_record(kiosk, **changes))
    assert (answer.outcome, answer.code) == ("refused", "record_unreadable")
    assert not Case.objects.exists()
    assert not Record.objects.exists()


@pytest.mark.parametrize("sealed_to", ["corruption-1", "corruption-9"])
def test_a_box_that_no_key_opens_is_said_so_and_no_opening_is_logged(kiosk, desk, sealed_to):
    [answer] = kiosk.send(confidential_record(kiosk, sealed_to=sealed_to))
    assert answer.outcome == "acknowledged"
    unlocked(desk)
    page = post(desk, f"cases/{Case.objects.get().pk}/open", reason="x")
    assert page.status_code == 422
    assert "กุญแจของท่านเปิดเรื่องนี้ไม่ได้" in page.content.decode()
    assert not Opening.objects.exists()


def test_no_page_but_that_of_an_opening_tells_what_was_said(desk, case):
    for path in ("", f"cases/{case.pk}", "devices", "corruption"):
        assert WORDS not in desk.get(f"/staff/{path}", SERVER_NAME=HOST).content.decode()
    assert desk.get(f"/staff/cases/{case.pk}/open", SERVER_NAME=HOST).status_code == 405


SHOWN = {
    "drawings": (
        encode_drawing(Drawing(width=1200, height=700, strokes=[[1, 2, 3, 4]])),
        MEDIA_TYPE,
        "image/svg+xml",
    ),
    "recordings": (encoded(memoryview(tone(0.6))), VOICE, VOICE),
}


@pytest.mark.parametrize("kind", SHOWN)
@pytest.mark.parametrize("has_key", [True, False])
def test_what_is_enclosed_with_such_a_case_is_shown_only_to_who_opened_it(
    desk, kiosk, has_key, kind
):
    data, media_type, as_type = SHOWN[kind]
    keyring = municipality.keys().keyring
    keys = SealingKeys(intake=keyring.intake, corruption=keyring.corruption if has_key else None)
    sealed, told = seal_attachment(Kind.CORRUPTION, data, media_type, keys)
    kiosk.send(sealed_twice(kiosk, 1, enclosed=[(sealed, told)]))
    taken = kiosk.exchange("PUT", "attachments", f"/{told.address}/0", sealed)
    assert taken.status_code == 200
    found = Case.objects.get()
    path = f"/staff/cases/{found.pk}/{kind}/{told.address}"
    assert desk.get(path, SERVER_NAME=HOST).status_code == 403
    unlocked(desk)
    assert desk.get(path, SERVER_NAME=HOST).status_code == 403
    opened = post(desk, f"cases/{found.pk}/open", reason="ตรวจสอบ")
    assert told.address in opened.content.decode()
    shown = desk.get(path, SERVER_NAME=HOST)
    assert (shown.status_code, shown.headers["Content-Type"]) == (200, as_type)
    Opening.objects.update(opened_at=NOW)
    assert desk.get(path, SERVER_NAME=HOST).status_code == 403
