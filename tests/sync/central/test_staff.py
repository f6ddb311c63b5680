import re
import uuid
from datetime import UTC, datetime

import pytest
from django.urls import get_resolver

from sync.case import Kind
from sync.central.cases.changing import NEXT
from sync.central.cases.models import Case, HouseNote, Status, StatusChange
from sync.central.officers.creating import create_first_officer, create_officer
from sync.central.officers.models import Officer
from tests.sync.central.kiosk import HOST


@pytest.fixture
def case(kiosk):
    record, path = kiosk.case(words="ท่อตัน <b>มาก</b>")
    kiosk.send(record)
    found = Case.objects.get()
    found.path = path
    return found


@pytest.fixture
def officer(db):
    create_officer("somsri")
    return Officer.objects.get()


@pytest.fixture
def desk(client, officer):
    client.force_login(officer)
    return client


def see(client, path):
    return client.get(path, SERVER_NAME=HOST)


def act(client, case, **fields):
    path = f"/staff/cases/{case.pk}/status"
    return client.post(path, {"changes_seen": 0, **fields}, SERVER_NAME=HOST)


def test_an_officer_signs_in_with_the_first_password(db, client):
    password = create_first_officer()
    assert create_first_officer() == ""
    page = see(client, "/staff/sign-in")
    assert 'name="csrfmiddlewaretoken"' in page.content.decode()
    fields = {"username": "officer", "password": password}
    answer = client.post("/staff/sign-in", fields, SERVER_NAME=HOST)
    assert answer.headers["Location"] == "/staff/"
    assert answer.cookies["sessionid"]["path"] == "/staff/"
    assert answer.cookies["sessionid"]["httponly"]
    assert see(client, "/staff/").status_code == 200
    assert client.post("/staff/sign-out", SERVER_NAME=HOST).status_code == 302
    assert see(client, "/staff/").status_code == 302


def test_a_wrong_password_is_told_without_saying_which_part(officer, client):
    answers = [
        client.post("/staff/sign-in", {"username": name, "password": "x"}, SERVER_NAME=HOST)
        for name in ("somsri", "nobody")
    ]
    texts = [re.sub(r'value="[^"]*"', "", a.content.decode()) for a in answers]
    assert texts[0] == texts[1]
    assert "ชื่อหรือรหัสผ่านไม่ถูกต้อง" in texts[0]


def test_no_page_of_officers_opens_without_signing_in(case, client):
    places = [name for name in get_resolver().reverse_dict if isinstance(name, str)]
    closed = {"cases", "case", "status", "house-note", "password"}
    assert closed <= set(places)
    paths = ["", f"cases/{case.pk}", f"cases/{case.pk}/status", f"cases/{case.pk}/house-notes"]
    for path in [*paths, "password"]:
        for method in (client.get, client.post):
            answer = method(f"/staff/{path}", SERVER_NAME=HOST)
            assert answer.status_code == 302
            assert answer.headers["Location"].startswith("/staff/sign-in")
    assert Case.objects.get().status == "received"


def test_forms_of_other_sites_are_refused(case, officer):
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    strict.force_login(officer)
    assert act(strict, case, status="screening").status_code == 403
    assert Case.objects.get().status == "received"


def test_the_list_shows_open_cases_and_filters_by_status(case, desk):
    assert case.reference in see(desk, "/staff/").content.decode()
    assert case.reference in see(desk, "/staff/?status=received").content.decode()
    for other in ("screening", "in_progress", "answered", "closed", "overdue"):
        assert case.reference not in see(desk, f"/staff/?status={other}").content.decode()
    assert see(desk, "/staff/?status=nonsense&page=x").status_code == 200


def test_a_case_is_shown_whole_and_as_text(case, desk):
    text = see(desk, f"/staff/cases/{case.pk}").content.decode()
    for words in ("ท่อตัน &lt;b&gt;มาก&lt;/b&gt;", "สมชาย", "0812345678", "หมู่ที่ 3", "A1"):
        assert words in text


def test_no_such_case_is_a_page(desk):
    assert see(desk, f"/staff/cases/{uuid.uuid4()}").status_code == 404


def test_a_status_change_shows_on_the_track_page(case, desk):
    assert act(desk, case, status="screening").status_code == 302
    note = "ช่างจะเข้าซ่อมวันพุธ"
    fields = {"status": "in_progress", "division_code": "works", "public_note": note}
    assert act(desk, case, **fields, changes_seen=1).status_code == 302
    text = see(desk, case.path).content.decode()
    assert "กองช่างกำลังดูแลเรื่องของท่าน" in text
    assert note in text
    english = see(desk, case.path + "?lang=en").content.decode()
    assert "Public Works Division is working on your case." in english


def test_history_keeps_who_did_what(case, desk, officer):
    act(desk, case, status="screening")
    change = StatusChange.objects.get()
    assert (change.status, change.officer, change.case.status) == (
        "screening",
        officer,
        "screening",
    )
    assert "somsri" in see(desk, f"/staff/cases/{case.pk}").content.decode()


def test_a_note_in_the_house_stays_in_the_house(case, desk):
    path = f"/staff/cases/{case.pk}/house-notes"
    assert desk.post(path, {"words": "โทรหาผู้ใหญ่บ้าน"}, SERVER_NAME=HOST).status_code == 302
    assert HouseNote.objects.get().words == "โทรหาผู้ใหญ่บ้าน"
    assert "โทรหา" in see(desk, f"/staff/cases/{case.pk}").content.decode()
    assert "โทรหา" not in see(desk, case.path).content.decode()


@pytest.mark.parametrize(
    ("fields", "status", "words"),
    [
        ({"status": "answered"}, 422, "โปรดเขียนคำตอบ"),
        ({"status": "answered", "public_note": "   "}, 422, "โปรดเขียนคำตอบ"),
        ({"status": "closed"}, 422, "โปรดเขียนคำตอบ"),
        ({"status": "received"}, 422, "ทำขั้นตอนนี้"),
        ({"status": "nonsense"}, 422, "ทำขั้นตอนนี้"),
        ({}, 422, "ทำขั้นตอนนี้"),
        ({"status": "in_progress", "division_code": "nowhere"}, 422, "ทำขั้นตอนนี้"),
        ({"status": "screening", "changes_seen": 3}, 409, "มีผู้อื่นแก้ไข"),
        ({"status": "screening", "public_note": "\x00"}, 422, "ทำขั้นตอนนี้"),
    ],
)
def test_a_step_that_cannot_be_taken_says_why_and_changes_nothing(
    case, desk, fields, status, words
):
    answer = act(desk, case, **fields)
    assert answer.status_code == status
    assert words in answer.content.decode()
    assert Case.objects.get().status == "received"
    assert not StatusChange.objects.exists()


def test_a_double_click_takes_one_step(case, desk):
    fields = {"status": "in_progress", "division_code": "works"}
    assert [act(desk, case, **fields).status_code for _ in range(2)] == [302, 409]
    assert StatusChange.objects.count() == 1


def test_what_was_written_is_not_lost_when_a_step_is_refused(case, desk):
    answer = act(desk, case, status="answered", public_note="ซ่อมเสร็จแล้ว", changes_seen=9)
    assert "ซ่อมเสร็จแล้ว" in answer.content.decode()


def test_every_status_leads_on_and_every_step_has_a_name(case, desk):
    for status in Status:
        Case.objects.update(status=status)
        page = see(desk, f"/staff/cases/{case.pk}").content.decode()
        assert NEXT[status]
        assert page.count('type="radio"') == len(NEXT[status])


def test_a_confidential_case_is_worked_on_only_with_the_right(kiosk, client):
    kiosk.send(kiosk.case(kind=Kind.CORRUPTION, words="เรียกเงิน")[0])
    case = Case.objects.get()
    for name, confidential in (("somsri", False), ("malee", True)):
        create_officer(name, confidential=confidential)
        client.force_login(Officer.objects.get(username=name))
        listed = see(client, "/staff/").content.decode()
        page = see(client, f"/staff/cases/{case.pk}").content.decode()
        assert "เรียกเงิน" not in page
        assert ("เนื้อหาถูกปิดผนึกไว้" in page) is confidential
        assert "ไฟฟ้าสาธารณะ" not in listed
        assert case.reference in listed
        assert (act(client, case, status="screening").status_code == 302) is confidential
        path = f"/staff/cases/{case.pk}/house-notes"
        wrote = client.post(path, {"words": "x"}, SERVER_NAME=HOST)
        assert (wrote.status_code == 302) is confidential
        asked = client.post(f"/staff/cases/{case.pk}/open", {"reason": "x"}, SERVER_NAME=HOST)
        assert (asked.status_code == 302) is confidential


def test_a_revision_is_flagged_and_can_be_read(case, kiosk, desk):
    kiosk.send(kiosk.case(case_id=case.pk, number=1, words="อื่น")[0])
    text = see(desk, f"/staff/cases/{case.pk}").content.decode()
    assert "ส่งเรื่องนี้ซ้ำ" in text
    assert "ท่อตัน" in text
    assert text.index("ท่อตัน") < text.index("อื่น"), "and told after the first"


def test_an_officer_chooses_a_language_and_a_new_password(desk, officer):
    assert "Cases" in see(desk, "/staff/?lang=en").content.decode()
    assert "Cases" in see(desk, "/staff/").content.decode()
    officer.set_password("Old-password-123")
    officer.save()
    desk.force_login(officer)
    fields = {
        "old_password": "Old-password-123",
        "new_password1": "Quite-another-77",
        "new_password2": "Quite-another-77",
    }
    assert desk.post("/staff/password", fields, SERVER_NAME=HOST).status_code == 302
    officer.refresh_from_db()
    assert officer.check_password("Quite-another-77")


def test_overdue_cases_are_found(case, desk):
    Case.objects.update(due_on=datetime(2020, 1, 1, tzinfo=UTC).date())
    assert case.reference in see(desk, "/staff/?status=overdue").content.decode()
    Case.objects.update(status=Status.ANSWERED)
    assert case.reference not in see(desk, "/staff/?status=overdue").content.decode()
