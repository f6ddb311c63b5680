"""What idle glasses show: edited by officers, released signed, fetched and counted by kiosks."""

import re
import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
import requests

from sync.bulletin import BULLETIN_FILE, MOST_ITEMS, Bulletin, Item, Said, open_bulletin
from sync.central import municipality
from sync.central.cases.models import Case
from sync.central.content.models import Item as Kept
from sync.central.content.models import Shown
from sync.central.content.posting import newest_bulletin, post, retire
from sync.central.errors import TooManyItems
from sync.central.intake.signing import in_envelope
from sync.central.officers.creating import create_officer
from sync.central.officers.models import Officer
from sync.client import Client
from sync.errors import BadMessage, BadSignature
from sync.guidance import Guidance
from sync.identity import join
from sync.signature import sign_payload
from sync.wire import PATHS, ItemShown, encode
from tests.sync.central.kiosk import HOST, instant
from tests.sync.central.running import WAIT_S

NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)
TODAY = date(2026, 11, 24)
SENT = {
    "kind": "news",
    "title_th": "ประชุมประชาคมหมู่ 3",
    "title_en": "Village meeting",
    "words_th": "ศาลากลางบ้าน 18.00 น.",
    "rank": "10",
}


def key_of(key_id):
    return {key.id: key.key for key in municipality.keys().keyring.central}[key_id]


@pytest.fixture
def desk(db, client):
    create_officer("somsri")
    client.force_login(Officer.objects.get())
    return client


def at(client, path, **sent):
    extra = {"SERVER_NAME": HOST}
    return client.post(path, sent, **extra) if sent else client.get(path, **extra)


def released(client):
    answer = at(client, PATHS["bulletin"])
    return open_bulletin(answer.content, key_of)


def kept(**facts):
    item = Kept(**{"kind": "news", "title_th": "ข่าว", "rank": 50, **facts})
    post(item, Officer.objects.get(), NOW)
    return item


def test_what_an_officer_writes_is_released_signed_and_changed_by_each_edit(desk):
    assert at(desk, PATHS["bulletin"]).status_code == 404
    assert at(desk, "/staff/content/new", **SENT).status_code == 302
    first = released(desk)
    assert [(each.title.th, each.title.en) for each in first.items] == [
        ("ประชุมประชาคมหมู่ 3", "Village meeting")
    ]
    path = f"/staff/content/{first.items[0].item_id}"
    assert "ศาลากลางบ้าน" in at(desk, path).content.decode()
    at(desk, path, **{**SENT, "title_th": "เลื่อนประชุม"})
    assert (released(desk).version, released(desk).items[0].title.th) == (2, "เลื่อนประชุม")
    at(desk, path, **{**SENT, "title_th": "เลื่อนประชุม"})
    assert released(desk).version == 2
    at(desk, f"{path}/off", sure="yes")
    assert (released(desk).version, released(desk).items) == (3, [])
    assert "นำออกแล้ว" in at(desk, "/staff/content").content.decode()


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"title_th": ""}, "title_th"),
        ({"title_th": "ก" * 91}, "title_th"),
        ({"words_th": "ก" * 241}, "words_th"),
        ({"kind": "poster"}, "โปรดระบุสิ่งที่ได้ดำเนินการ"),
        ({"kind": "advertisement"}, "kind"),
        ({"first_on": "2026-12-02", "last_on": "2026-12-01"}, "วันสุดท้ายอยู่ก่อนวันแรก"),
        ({"first_on": "someday"}, "someday"),
        ({"rank": "0"}, "rank"),
    ],
)
def test_what_could_not_be_shown_is_sent_back_with_all_that_was_typed(desk, changes, complaint):
    answer = at(desk, "/staff/content/new", **{**SENT, "words_en": "At 6 pm", **changes})
    assert answer.status_code == 400
    page = answer.content.decode()
    assert complaint in page
    assert "At 6 pm" in page
    assert newest_bulletin() is None


def test_the_neighbours_languages_are_released_and_come_back_into_the_form(desk):
    sent = {**SENT, "title_km": "ប្រជុំភូមិ", "words_lo": "ສາລາ", "outcome_my": "x"}
    at(desk, "/staff/content/new", **sent)
    [item] = released(desk).items
    assert (item.title.km, item.title.lo, item.words.lo) == ("ប្រជុំភូមិ", "", "ສາລາ")
    assert item.outcome.my == ""  # only a poster says what was done
    page = at(desk, f"/staff/content/{item.item_id}").content.decode()
    assert "ប្រជុំភូមិ" in page
    assert "<details open>" in page
    assert "<details>" in at(desk, "/staff/content/new").content.decode()
    assert at(desk, "/staff/content/new", **{**SENT, "title_my": "က" * 91}).status_code == 400


def test_only_officers_edit(client, db):
    for path in ("/staff/content", "/staff/content/new"):
        assert at(client, path).headers["Location"].startswith("/staff/sign-in")
    assert at(client, "/staff/content/new", **SENT).status_code == 302
    assert not Kept.objects.exists()


def test_a_poster_tells_of_a_case_that_is_done_and_holds_none_of_its_words(kiosk, desk):
    kiosk.send(kiosk.case(words="ไฟดับหน้าบ้านป้าสมใจ")[0])
    found = Case.objects.get()
    path = f"/staff/content/new?case={found.pk}"
    assert at(desk, path).status_code == 404
    Case.objects.update(status="closed")
    assert "ป้าสมใจ" not in at(desk, path).content.decode()
    poster = {**SENT, "kind": "poster", "outcome_th": "เปลี่ยนหลอดไฟแล้ว"}
    assert at(desk, path, **poster).status_code == 302
    assert Kept.objects.get().case == found
    assert b"case" not in at(desk, PATHS["bulletin"]).content.lower()
    assert released(desk).items[0].outcome.th == "เปลี่ยนหลอดไฟแล้ว"


def test_no_poster_tells_of_corruption(kiosk, desk):
    kiosk.send(kiosk.case()[0])
    Case.objects.update(status="closed", kind="corruption")
    assert at(desk, f"/staff/content/new?case={Case.objects.get().pk}").status_code == 404


def test_what_is_over_is_not_released_and_what_is_to_come_is(desk):
    kept(title_th="เมื่อวาน", last_on=TODAY - timedelta(days=1))
    kept(title_th="พรุ่งนี้", first_on=TODAY + timedelta(days=1))
    assert [item.title.th for item in released(desk).items] == ["พรุ่งนี้"]


def test_they_stand_in_the_officers_order_on_the_glass_and_in_the_list(desk):
    for title, rank in (("สาม", 30), ("หนึ่ง", 10), ("สอง", 20)):
        kept(title_th=title, rank=rank)
    assert [item.title.th for item in released(desk).items] == ["หนึ่ง", "สอง", "สาม"]
    page = at(desk, "/staff/content").content.decode()
    assert page.index("หนึ่ง") < page.index("สอง") < page.index("สาม")


def test_there_are_never_more_than_fit(desk):
    for _ in range(MOST_ITEMS):
        last = kept()
    with pytest.raises(TooManyItems):
        kept()
    assert Kept.objects.count() == MOST_ITEMS
    assert at(desk, "/staff/content/new", **SENT).status_code == 400
    retire(last.pk, Officer.objects.get(), NOW)
    assert len(released(desk).items) == MOST_ITEMS - 1
    kept()


def test_an_item_is_in_force_on_its_days_and_on_an_unknown_day_only_without_days():
    def item(first_on=None, last_on=None):
        return Item(
            item_id=uuid.uuid4(),
            kind="news",
            title=Said(th="ข่าว"),
            first_on=first_on,
            last_on=last_on,
        )

    before, after = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
    for first_on, last_on, is_on in (
        (None, None, True),
        (TODAY, TODAY, True),
        (before, after, True),
        (after, None, False),
        (None, before, False),
    ):
        assert item(first_on, last_on).is_in_force(TODAY) is is_on
    assert item().is_in_force(None)
    assert not item(before, after).is_in_force(None)


def test_a_bulletin_by_a_stranger_is_refused_and_a_language_of_tomorrow_is_not(db):
    item = (
        b'{"item_id":"%s","kind":"song","title":{"th":"x","fr":"y"}}' % str(uuid.uuid4()).encode()
    )
    later = b'{"version":1,"issued_at":"2026-11-24T00:00:00Z","items":[%s]}' % item
    with pytest.raises(BadSignature):
        open_bulletin(encode(sign_payload(later, b"x" * 32, "central-1")), key_of)
    signed = in_envelope(Bulletin(version=1, issued_at=NOW, items=[]))
    assert open_bulletin(encode(signed), key_of).items == []
    with pytest.raises(BadMessage):
        open_bulletin(b"{}", key_of)


def test_counts_of_a_day_only_grow_and_unknown_items_are_left_out(kiosk, desk):
    item = kept()
    for times, seconds in ((3, 30), (2, 20), (5, 50)):
        counted = ItemShown(item_id=item.pk, on=TODAY, times=times, seconds=seconds)
        stray = ItemShown(item_id=uuid.uuid4(), on=TODAY, times=1, seconds=1)
        assert kiosk.beat(shown=[counted, stray]).status_code == 200
    row = Shown.objects.get()
    assert (row.times, row.seconds, row.device_id) == (5, 50, "A1")
    assert "5 ครั้ง" in at(desk, "/staff/content").content.decode()


def at_desk(central, path, files=None, **sent):
    """What an officer's browser sends to a running central."""
    with requests.Session() as session:
        for page, form, enclosed in (
            ("/staff/sign-in", {"username": "officer", "password": central.password}, None),
            (path, sent, files),
        ):
            shown = session.get(central.url + page, timeout=WAIT_S).text
            token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', shown)[1]
            form["csrfmiddlewaretoken"] = token
            assert session.post(central.url + page, form, files=enclosed, timeout=WAIT_S).ok


def write_an_item(central, **more):
    at_desk(central, "/staff/content/new", **more, **SENT)


def test_a_kiosk_fetches_it_and_keeps_what_it_has_when_the_disk_or_a_stranger_changed_it(
    running_central, tmp_path
):
    join_file, state = tmp_path / "join.toml", tmp_path / "state"
    join_file.write_text(running_central.command("join-file", "B1").stdout)
    client = Client(join(join_file, state), instant)
    write_an_item(running_central)
    Guidance(client, state).refresh()
    path, key_of_box = state / BULLETIN_FILE, client.identity.central_key_called
    assert open_bulletin(path.read_bytes(), key_of_box).items[0].title.th == SENT["title_th"]
    path.write_bytes(path.read_bytes().replace(b"central-1", b"central-9"))
    Guidance(client, state).refresh()
    assert open_bulletin(path.read_bytes(), key_of_box).items[0].title.en == "Village meeting"
