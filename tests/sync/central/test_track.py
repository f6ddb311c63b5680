import re
from datetime import UTC, datetime, timedelta

import pytest

from sync.case import Kind
from sync.central.cases.changing import Step, change_status
from sync.central.cases.models import Case
from sync.central.fleet.models import Device
from sync.central.officers.models import Officer
from sync.deadline import THAILAND, day_in_words
from sync.reference import grouped
from tests.sync.central.kiosk import HOST, Kiosk


def look(client, path, **headers):
    return client.get(path, SERVER_NAME=HOST, headers=headers)


def body(response):
    return response.content.decode()


def arrived(kiosk, **facts):
    record, path = kiosk.case(**facts)
    kiosk.send(record)
    return path


def test_a_slip_opens_its_case_in_thai(kiosk, client):
    path = arrived(kiosk)
    page = look(client, path)
    assert page.status_code == 200
    text = body(page)
    reference = path.split("/")[2]
    due = day_in_words(Case.objects.get().due_on)
    for words in ("ศูนย์รับเรื่องของท่านแล้ว", reference, "ไฟฟ้าสาธารณะ", "หมู่ที่ 3", due, "ท่าเกษม"):
        assert words in text
    assert '<html lang="th">' in text


def test_it_reads_in_any_case_and_grouping(kiosk, client):
    path = arrived(kiosk)
    _, _, reference, key = path.split("/")
    for written in (
        path.lower(),
        f"/t/{reference.lower()}/{grouped(key)}",
        f"/T/{reference.replace('-', '')}/{key}/",
    ):
        assert reference in body(look(client, written))


@pytest.mark.parametrize(
    ("query", "accept", "lang"),
    [
        ("?lang=en", "th", "en"),
        ("", "en-GB,en;q=0.9,th;q=0.8", "en"),
        ("?lang=th", "en", "th"),
        ("", "", "th"),
        ("?lang=xx", "de", "th"),
        ("", "km,my;q=0.5", "th"),
    ],
)
def test_the_language_is_asked_for_or_thai(kiosk, client, query, accept, lang):
    page = look(client, arrived(kiosk) + query, **{"Accept-Language": accept})
    assert f'<html lang="{lang}">' in body(page)
    assert page.headers["Content-Language"] == lang


def test_neither_words_nor_contact_are_on_the_page(kiosk, client):
    text = body(look(client, arrived(kiosk, words="ไฟดับที่ปากซอย", place="ข้างบ้านครูสมศรี")))
    for words in ("ไฟดับ", "สมชาย", "0812345678", "สมศรี"):
        assert words not in text


def test_a_confidential_case_shows_no_topic_and_no_place(kiosk, client):
    text = body(look(client, arrived(kiosk, kind=Kind.CORRUPTION)))
    assert "ไฟฟ้าสาธารณะ" not in text
    assert "หมู่ที่" not in text


def test_looking_changes_nothing(kiosk, client, django_assert_num_queries):
    path = arrived(kiosk)
    before = list(Case.objects.values()), list(Device.objects.values())
    with django_assert_num_queries(5) as queries:
        look(client, path)
    assert all(query["sql"].startswith("SELECT") for query in queries.captured_queries)
    assert (list(Case.objects.values()), list(Device.objects.values())) == before


def test_the_page_sets_no_cookie_and_guards_itself(kiosk, client):
    page = look(client, arrived(kiosk))
    assert not page.cookies
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in page.headers["X-Robots-Tag"]
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    text = body(page)
    assert "<script" not in text
    assert "style=" not in text
    assert len(page.content) < 30_000


def test_the_page_repeats_no_key(kiosk, client):
    path = arrived(kiosk)
    assert path.rsplit("/", 1)[1] not in body(look(client, path))


def test_only_safe_methods_are_answered(kiosk, client):
    path = arrived(kiosk)
    assert client.head(path, SERVER_NAME=HOST).status_code == 200
    assert client.post(path, SERVER_NAME=HOST).status_code == 405


def on_its_way(kiosk):
    return kiosk.case()[1]


def test_a_genuine_slip_before_its_case_says_where_it_is(kiosk, client):
    heard_at = datetime.now(THAILAND).replace(hour=0, minute=0, second=1)
    Device.objects.update(heard_at=heard_at)
    path = on_its_way(kiosk)
    page = look(client, path + "?lang=en")
    assert page.status_code == 200
    assert "Received at kiosk A1, not yet at the centre." in body(page)
    assert "That kiosk was last heard from at 00:00." in body(page)
    assert "รับเรื่องไว้แล้วที่เครื่อง A1 ยังไม่ถึงศูนย์" in body(look(client, path))


def test_a_kiosk_silent_for_days_is_shown_with_its_day(kiosk, client):
    Device.objects.update(heard_at=datetime(2026, 11, 1, 2, 5, tzinfo=UTC))
    text = body(look(client, on_its_way(kiosk)))
    assert "1 พฤศจิกายน 2569" in text
    assert "09:05" in text


def test_a_kiosk_never_heard_from_says_so(db, client):
    silent = Kiosk.create("A1", client)
    text = body(look(client, on_its_way(silent) + "?lang=en"))
    assert "has not been heard from yet" in text


def test_a_slip_of_a_revoked_kiosk_without_a_case_opens_nothing(kiosk, client):
    Device.objects.update(revoked_at=datetime.now(UTC))
    assert look(client, on_its_way(kiosk)).status_code == 404


def test_whatever_opens_nothing_gets_one_and_the_same_page(kiosk, client):
    other = Kiosk.create("B2", client)
    reference, key = arrived(kiosk).split("/")[2:]
    wrong = [
        f"/T/{reference}/{key[:-1]}{'0' if key[-1] != '0' else '1'}",  # another key
        f"/T/{reference}/{other.key_for(1)}",  # another device's key
        f"/T/{reference[:-1]}{'0' if reference[-1] != '0' else '1'}/{key}",  # check character
        f"/T/Z9-0001-0/{key}",  # no such device
        f"/T/{reference}/short",
        f"/T/{reference}/{'x' * 61}",
        "/T/nonsense/nonsense",
        f"/T/{reference}",
        f"/T/{reference}/{key}/more",
        "/T/",
        "/t/%00/%ff",
    ]
    pages = {(look(client, path).status_code, look(client, path).content) for path in wrong}
    assert len(pages) == 1
    [(status, content)] = pages
    assert status == 404
    assert "ไม่พบเรื่อง" in content.decode()
    assert reference not in content.decode()


def test_a_stolen_looking_key_of_an_arrived_case_tells_no_more_than_on_its_way(kiosk, client):
    path = arrived(kiosk, number=5)
    forged = path.rsplit("/", 1)[0] + "/" + kiosk.key_for(5)
    text = body(look(client, forged))
    assert "ยังไม่ถึงศูนย์" in text
    assert "ไฟฟ้าสาธารณะ" not in text


def test_reference_and_key_can_be_typed_by_hand(kiosk, client):
    _, _, reference, key = arrived(kiosk).split("/")
    typed = {"reference": reference.lower().replace("-", " "), "key": grouped(key), "lang": "en"}
    answer = client.post("/", typed, SERVER_NAME=HOST)
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"/T/{reference}/{key}?lang=en"


def test_a_typing_mistake_is_pointed_out_without_repeating_the_key(db, client):
    typed = {"reference": "A1-0001-0", "key": "ABCD-EFGH-JKMN-PQRS"}
    answer = client.post("/", typed, SERVER_NAME=HOST)
    assert answer.status_code == 422
    assert "โปรดเทียบกับใบรับเรื่อง" in body(answer)
    assert "PQRS" not in body(answer)


def test_what_was_typed_cannot_become_markup(db, client):
    answer = client.post("/", {"reference": '"><b>x', "key": "<b>"}, SERVER_NAME=HOST)
    assert "<b>" not in body(answer)


def test_the_form_is_there_in_both_languages(db, client):
    assert "ติดตามเรื่อง" in body(look(client, "/"))
    assert "Track your case" in body(look(client, "/?lang=en"))


def test_an_overdue_case_says_so(kiosk, client):
    path = arrived(kiosk)
    Case.objects.update(due_on=(datetime.now(THAILAND) - timedelta(days=1)).date())
    assert "เกินกำหนดแล้ว" in body(look(client, path))


def test_the_answer_is_shown_once_and_as_text(kiosk, client):
    path = arrived(kiosk)
    officer = Officer.objects.create_user("somsri")
    note = "ซ่อมแล้ว <script>alert(1)</script>"
    step = Step(status="answered", public_note=note, changes_seen=0)
    change_status(Case.objects.get().pk, step, officer, datetime.now(UTC))
    text = body(look(client, path))
    assert "เทศบาลตอบเรื่องของท่านแล้ว" in text
    assert text.count("ซ่อมแล้ว") == 1
    assert "<script>" not in text
    assert "somsri" not in text


def test_every_address_on_the_page_is_our_own(kiosk, client):
    for path in (arrived(kiosk), "/", "/T/x/y"):
        for address in re.findall(r'(?:href|src|action)="([^"]*)"', body(look(client, path))):
            assert address.startswith(("/", "?", "tel:")), address
