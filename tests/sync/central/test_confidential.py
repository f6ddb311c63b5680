"""Cases about corruption at central: sealed to their own key, opened by officers, logged."""

import uuid
from datetime import UTC, datetime

import msgspec
import pytest
from django.core import mail

from hardware.fake.microphone import tone
from hardware.microphone import encoded
from sync.case import CaseContent, Kind
from sync.central import municipality
from sync.central.cases.mailing import mail_due
from sync.central.cases.models import Case, HouseNote, Opening
from sync.central.confidential import session
from sync.central.confidential.holding import (
    MOST_TRIES,
    TRIES_WITHIN,
    from_paper,
    grant,
    make_key,
    make_recovery,
    on_paper,
    unlock,
    withdraw,
)
from sync.central.confidential.models import CorruptionKey, Holder, Share
from sync.central.confidential.upgrading import seal_readable
from sync.central.confidential.wrapping import MODERATE, Cost
from sync.central.errors import KeyRefused
from sync.central.intake.models import Record
from sync.central.officers.creating import create_officer
from sync.central.officers.models import Officer
from sync.confiding import SealingKeys, seal_attachment, seal_case
from sync.drawing import MEDIA_TYPE, Drawing, encode_drawing
from sync.errors import BadSeal
from sync.records import Attachment as Announced
from sync.records import CaseSubmitted
from sync.seal import open_sealed, public_key_of, seal
from sync.voice import MEDIA_TYPE as VOICE
from sync.wire import decode, digest_of, encode
from tests.sync.central.kiosk import CORRUPTION_KEY, HOST, Kiosk, instant

WORDS = "ผู้อำนวยการเรียกเงินใต้โต๊ะ"
NOTE = "นัดพยานวันจันทร์"
PASSPHRASE = "เจ็ดช้างข้ามคลองหลังวัด"
CHEAP = Cost(operations=1, memory=8192)
NOW = datetime(2026, 11, 1, 2, 5, tzinfo=UTC)


@pytest.fixture
def recovery(db):
    """The recovery key; the corruption key of these tests is shared with it."""
    told = make_recovery(NOW)
    key = CorruptionKey.objects.create(
        name="corruption-1", public=public_key_of(CORRUPTION_KEY), made_at=NOW
    )
    holder = Holder.objects.get()
    Share.objects.create(key=key, holder=holder, sealed=seal(CORRUPTION_KEY, bytes(holder.public)))
    return told


@pytest.fixture
def officer(recovery):
    create_officer("malee", confidential=True)
    found = Officer.objects.get(username="malee")
    grant(found, PASSPHRASE, recovery, NOW, CHEAP)
    return found


@pytest.fixture
def desk(client, officer):
    client.force_login(officer)
    return client


@pytest.fixture
def case(kiosk):
    kiosk.send(sealed_twice(kiosk, 1))
    return Case.objects.get()


def sealed_twice(kiosk, number, words=WORDS, case_id=None, enclosed=()):
    """A record as a kiosk of today makes it; `enclosed`: sealed, and what they are."""
    keyring = municipality.keys().keyring
    _, path = kiosk.case(number=number)
    reference, key = path.split("/")[2:]
    content = CaseContent(
        kind=Kind.CORRUPTION,
        topic_code="street_light",
        words=words,
        tracking_key=key,
        place="หลังที่ว่าการ",
        excluded=["works-head", "long-gone"],
        attachments=[told for _, told in enclosed],
    )
    keys = SealingKeys(intake=keyring.intake, corruption=keyring.corruption)
    return encode(
        CaseSubmitted(
            case_id=case_id or uuid.uuid4(),
            reference=reference,
            captured=instant(),
            sealed_to=keyring.intake.id,
            sealed=seal_case(content, keys),
            attachments=[
                Announced(address=told.address, size=len(sealed)) for sealed, told in enclosed
            ],
        )
    )


def post(desk, path, **fields):
    return desk.post(f"/staff/{path}", fields, SERVER_NAME=HOST)


def unlocked(desk):
    answer = post(desk, "corruption", passphrase=PASSPHRASE)
    assert answer.status_code == 302
    return answer


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


def test_an_officer_reads_it_for_a_reason_that_is_kept(case, desk):
    page = desk.get(f"/staff/cases/{case.pk}", SERVER_NAME=HOST).content.decode()
    assert WORDS not in page
    locked = post(desk, f"cases/{case.pk}/open", reason="สอบข้อเท็จจริง")
    assert locked.headers["Location"] == f"/staff/corruption?next=/staff/cases/{case.pk}"
    unlocked(desk)
    without = post(desk, f"cases/{case.pk}/open", reason=" ")
    assert (without.status_code, Opening.objects.count()) == (422, 0)
    opened = post(desk, f"cases/{case.pk}/open", reason="สอบข้อเท็จจริง").content.decode()
    assert WORDS in opened
    assert "หลังที่ว่าการ" in opened
    logged = Opening.objects.get()
    assert (logged.officer.username, logged.reason) == ("malee", "สอบข้อเท็จจริง")
    page = desk.get(f"/staff/cases/{case.pk}", SERVER_NAME=HOST).content.decode()
    assert WORDS not in page
    assert "สอบข้อเท็จจริง" in page


def test_who_opens_it_is_told_whom_the_reporter_wants_kept_from_it(case, desk):
    page = desk.get(f"/staff/cases/{case.pk}", SERVER_NAME=HOST).content.decode()
    assert "ผู้อำนวยการกองช่าง" not in page
    unlocked(desk)
    opened = post(desk, f"cases/{case.pk}/open", reason="สอบข้อเท็จจริง").content.decode()
    notice = opened[opened.index("ขอไม่ให้ผู้นี้เห็น") :][:300]
    assert "ผู้อำนวยการกองช่าง" in notice
    assert "long-gone" in notice


def test_an_opening_is_neither_changed_nor_deleted(case, officer):
    opening = Opening.objects.create(case=case, officer=officer, reason="x", opened_at=NOW)
    opening.reason = "y"
    with pytest.raises(TypeError):
        opening.save()
    with pytest.raises(TypeError):
        opening.delete()


def test_a_house_note_is_sealed_and_read_with_the_case(case, desk):
    post(desk, f"cases/{case.pk}/house-notes", words=NOTE)
    note = HouseNote.objects.get()
    assert (note.words, note.sealed_to) == ("", "corruption-1")
    assert NOTE not in desk.get(f"/staff/cases/{case.pk}", SERVER_NAME=HOST).content.decode()
    unlocked(desk)
    assert NOTE in post(desk, f"cases/{case.pk}/open", reason="x").content.decode()


def test_the_key_is_in_the_cookie_and_the_box_in_the_session(case, desk, officer):
    cookie = unlocked(desk).cookies[session.COOKIE]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Strict", "/staff/")
    private = unlock(officer, PASSPHRASE, NOW)
    kept = str(dict(desk.session))
    assert private.hex() not in kept
    assert cookie.value not in kept
    desk.cookies.pop(session.COOKIE)
    assert post(desk, f"cases/{case.pk}/open", reason="x").status_code == 302


def test_a_quarter_of_an_hour_without_use_locks(case, desk):
    unlocked(desk)
    for idle_s, status in ((14 * 60, 200), (15 * 60 + 1, 302)):
        kept = desk.session
        box = kept["confidential"]
        kept["confidential"] = {**box, "at": box["at"] - idle_s}
        kept.save()
        assert post(desk, f"cases/{case.pk}/open", reason="x").status_code == status


def test_signing_out_and_locking_close_the_key(case, desk, officer):
    unlocked(desk)
    post(desk, "corruption/lock")
    assert post(desk, f"cases/{case.pk}/open", reason="x").status_code == 302
    unlocked(desk)
    post(desk, "sign-out")
    desk.force_login(officer)
    assert post(desk, f"cases/{case.pk}/open", reason="x").status_code == 302
    assert Opening.objects.count() == 0


def test_a_wrong_passphrase_opens_nothing(desk, case):
    answer = post(desk, "corruption", passphrase="another one altogether")
    assert answer.status_code == 422
    assert "วลีผ่านไม่ถูกต้อง" in answer.content.decode()
    assert post(desk, f"cases/{case.pk}/open", reason="x").status_code == 302


def test_after_ten_wrong_passphrases_even_the_right_one_waits_a_quarter_of_an_hour(desk, officer):
    for _ in range(MOST_TRIES):
        assert post(desk, "corruption", passphrase="a guess of many").status_code == 422
    answer = post(desk, "corruption", passphrase=PASSPHRASE)
    assert answer.status_code == 429
    assert "กรุณารอ 15 นาที" in answer.content.decode()
    assert "sessionid" not in answer.cookies
    Holder.objects.filter(officer=officer).update(tried_since=datetime.now(UTC) - TRIES_WITHIN)
    unlocked(desk)


def test_the_right_passphrase_forgets_the_wrong_ones(desk, officer):
    for _ in range(MOST_TRIES - 1):
        post(desk, "corruption", passphrase="a guess of many")
    unlocked(desk)
    assert Holder.objects.get(officer=officer).tries == 0


def test_only_officers_with_the_right_reach_the_page(client, recovery):
    create_officer("somsri")
    client.force_login(Officer.objects.get())
    assert client.get("/staff/corruption", SERVER_NAME=HOST).status_code == 403


def test_granting_gives_the_right_and_withdrawing_takes_it(client, recovery):
    create_officer("somsri")
    grant(Officer.objects.get(), PASSPHRASE, recovery, NOW, CHEAP)
    client.force_login(Officer.objects.get())
    assert client.get("/staff/corruption", SERVER_NAME=HOST).status_code == 200
    withdraw(Officer.objects.get())
    assert client.get("/staff/corruption", SERVER_NAME=HOST).status_code == 403


def test_a_passphrase_is_neither_the_password_nor_a_few_letters(recovery):
    password = create_officer("somsri")
    for weak in (password, "aaaaaaaaaaaaaaaa", "ababababababab"):
        with pytest.raises(KeyRefused, match="not the officer's password"):
            grant(Officer.objects.get(), weak, recovery, NOW, CHEAP)


def test_unlocking_leads_back_to_the_case_and_to_no_other_site(desk, case):
    path = f"/staff/cases/{case.pk}"
    answer = post(desk, "corruption", passphrase=PASSPHRASE, next=path)
    assert answer.headers["Location"] == path
    for elsewhere in ("https://example.org/", "//example.org/staff/", "/T/A1"):
        answer = post(desk, "corruption", passphrase=PASSPHRASE, next=elsewhere)
        assert answer.headers["Location"] == "/staff/corruption"


def test_who_is_withdrawn_opens_nothing_even_in_an_open_session(desk, case, officer):
    unlocked(desk)
    withdraw(officer)
    assert post(desk, f"cases/{case.pk}/open", reason="x").status_code == 403
    assert not Share.objects.filter(holder__officer=officer).exists()
    with pytest.raises(KeyRefused):
        withdraw(officer)


def test_a_fresh_key_needs_no_passphrase_and_older_cases_stay_readable(officer, recovery):
    second = make_key(NOW)
    assert second.id == "corruption-2"
    private = unlock(officer, PASSPHRASE, NOW)
    keys = {
        share.key_id: open_sealed(bytes(share.sealed), private)
        for share in Holder.objects.get(officer=officer).shares.all()
    }
    assert public_key_of(keys["corruption-2"]) == second.key
    assert keys["corruption-1"] == CORRUPTION_KEY


@pytest.mark.parametrize("typed", ["", "AAAA", "not a key!", on_paper(bytes(32))])
def test_without_the_recovery_key_nobody_is_granted_anything(recovery, typed):
    create_officer("malee", confidential=True)
    with pytest.raises(KeyRefused, match="recovery key"):
        grant(Officer.objects.get(), PASSPHRASE, typed, NOW, CHEAP)
    assert Holder.objects.count() == 1


def test_the_recovery_key_is_read_as_people_type_it(recovery):
    assert from_paper(f" {recovery.lower()} ") == from_paper(recovery.replace("-", ""))


def test_a_short_passphrase_is_refused(recovery):
    create_officer("malee", confidential=True)
    with pytest.raises(KeyRefused, match="at least 12"):
        grant(Officer.objects.get(), "short", recovery, NOW, CHEAP)


def test_in_production_a_guess_costs_what_libsodium_asks_for_keys():
    assert (MODERATE.operations, MODERATE.memory) == (3, 256 * 1024 * 1024)


def test_a_mail_says_nothing_of_it(case):
    mail_due(datetime.now(UTC))
    assert case.reference in mail.outbox[0].body
    assert WORDS not in mail.outbox[0].body
    assert "ทุจริต" not in mail.outbox[0].body


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


def test_a_corruption_key_never_bears_a_name_that_the_keyring_has_issued(recovery):
    assert make_key(NOW).id == "corruption-2"
    assert make_key(NOW, "corruption-7").id == "corruption-8"


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
