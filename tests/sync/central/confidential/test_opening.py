"""Who opens cases about corruption at central, for how long, and what is logged."""

from datetime import UTC, datetime

import pytest
from django.core import mail

from sync.central.cases.mailing import mail_due
from sync.central.cases.models import HouseNote, Opening
from sync.central.confidential import session
from sync.central.confidential.holding import (
    MOST_TRIES,
    TRIES_WITHIN,
    from_paper,
    grant,
    make_key,
    on_paper,
    unlock,
    withdraw,
)
from sync.central.confidential.models import Holder, Share
from sync.central.confidential.wrapping import MODERATE
from sync.central.errors import KeyRefused
from sync.central.officers.creating import create_officer
from sync.central.officers.models import Officer
from sync.seal import open_sealed, public_key_of
from tests.sync.central.confidential.reports import (
    CHEAP,
    NOTE,
    NOW,
    PASSPHRASE,
    WORDS,
    post,
    unlocked,
)
from tests.sync.central.kiosk import CORRUPTION_KEY, HOST


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


def test_a_corruption_key_never_bears_a_name_that_the_keyring_has_issued(recovery):
    assert make_key(NOW).id == "corruption-2"
    assert make_key(NOW, "corruption-7").id == "corruption-8"
