"""Signing up for an activity: taken in once, listed by places, kept while a key is lost."""

import shutil
import uuid
from datetime import timedelta

import pytest

from sync.case import Contact
from sync.central.content.models import Item, SignUp
from sync.central.content.signing_up import forget_sign_ups, open_waiting_sign_ups
from sync.central.intake.models import Record, Revision
from sync.central.keys import Reloaded, load
from sync.central.keys.changing import bring_back, declare_lost, find_root
from sync.central.officers.creating import create_officer
from sync.central.officers.models import Officer
from sync.central.worker import pass_once
from sync.records import SignedUp
from sync.seal import seal
from sync.signing_up import SignUp as Said
from sync.wire import encode
from tests.sync.central.kiosk import HOST, instant
from tests.sync.central.test_bulletin import SENT, at, desk, released  # noqa: F401  (a fixture)
from tests.sync.central.test_opinions import outcomes


def sign_up(kiosk, said=None, **changes):
    said = Said(contact=Contact(name="สมใจ", phone="0812345678")) if said is None else said
    facts = {
        "sign_up_id": uuid.uuid4(),
        "item_id": uuid.uuid4(),
        "captured": instant(),
        "sealed_to": kiosk.facts.intake_key_id,
        "sealed": seal(said if isinstance(said, bytes) else encode(said), kiosk.facts.intake_key),
    }
    return encode(SignedUp(**{**facts, **changes}))


def test_who_signed_up_is_kept_once(kiosk):
    key, item_id = uuid.uuid4(), uuid.uuid4()
    first = sign_up(kiosk, sign_up_id=key, item_id=item_id)
    other = sign_up(kiosk, sign_up_id=key, item_id=item_id)
    assert outcomes(kiosk.send(first, first, other)) == [("acknowledged", "")] * 3
    kept = SignUp.objects.get()
    assert (kept.item_id, kept.name, kept.phone) == (item_id, "สมใจ", "0812345678")
    assert (kept.device_id, kept.sealed_to) == ("A1", "")
    assert (Record.objects.count(), Revision.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    "said",
    [
        b"no JSON",
        b"{}",
        b'{"contact":{}}',
        b'{"contact":{"name":"  "}}',
        b'{"contact":{"name":"a\\u0000b"}}',
        b'{"contact":{"name":"%s"}}' % (b"x" * 201),
    ],
)
def test_who_cannot_be_read_is_refused(kiosk, said):
    assert outcomes(kiosk.send(sign_up(kiosk, said))) == [("refused", "record_unreadable")]
    assert not SignUp.objects.exists()


def test_under_a_strange_key_nobody_signs_up(kiosk):
    found = kiosk.send(sign_up(kiosk, sealed_to="intake-9"))
    assert outcomes(found) == [("refused", "seal_refused")]


def test_officers_see_who_comes_and_who_waits_in_the_order_of_signing_up(desk, kiosk):  # noqa: F811
    at(desk, "/staff/content/new", **{**SENT, "kind": "activity", "places": "1"})
    [item] = released(desk).items
    assert item.places == 1
    for name in ("คนแรก", "คนที่สอง"):
        said = Said(contact=Contact(name=name))
        kiosk.send(sign_up(kiosk, said, item_id=item.item_id))
    page = at(desk, f"/staff/content/{item.item_id}").content.decode()
    assert "สมัครแล้ว 2 คน รับได้ 1 ที่" in page
    assert page.index("คนแรก") < page.index("คนที่สอง") < page.index("อยู่ในรายชื่อสำรอง")


def test_only_an_activity_has_places(desk):  # noqa: F811
    at(desk, "/staff/content/new", **{**SENT, "places": "20"})
    assert Item.objects.get().places == 0
    for places in ("-1", "10000", "many"):
        sent = {**SENT, "kind": "activity", "places": places}
        assert at(desk, "/staff/content/new", **sent).status_code == 400


def test_only_officers_see_names(client, kiosk, db):
    path = f"/staff/content/{uuid.uuid4()}"
    assert client.get(path, SERVER_NAME=HOST).status_code == 302


def test_while_the_key_is_lost_it_is_kept_and_opened_once_it_is_back(kiosk, settings, tmp_path):
    shutil.copytree(settings.ENVIRONMENT.state_dir / "keys", tmp_path / "keys")
    settings.KEYS = Reloaded(tmp_path, load(tmp_path))
    (tmp_path / "keys" / "intake-1.key").rename(tmp_path / "safe")
    declare_lost(tmp_path, find_root(tmp_path, None), "intake-1")
    assert outcomes(kiosk.send(sign_up(kiosk))) == [("acknowledged", "")]
    assert (SignUp.objects.get().name, SignUp.objects.get().sealed_to) == ("", "intake-1")
    assert open_waiting_sign_ups() == 0
    bring_back(tmp_path, tmp_path / "safe")
    pass_once(instant().wall)
    assert (SignUp.objects.get().name, SignUp.objects.get().sealed_to) == ("สมใจ", "")


NOW = instant().wall
LONG_AGO = NOW - timedelta(days=91)


def activity(officer, **facts):
    return Item.objects.create(
        kind="activity", title_th="ปลูกป่า", officer=officer, edited_at=NOW, **facts
    )


@pytest.fixture
def officer(db):
    create_officer("malee")
    return Officer.objects.get(username="malee")


@pytest.mark.parametrize(
    ("over", "given_days_ago", "is_kept"),
    [
        ({"last_on": LONG_AGO.date()}, 100, False),
        ({"last_on": LONG_AGO.date() + timedelta(days=3)}, 100, True),
        ({"retired_at": LONG_AGO}, 100, False),
        ({}, 400, True),
        (None, 91, False),
        (None, 89, True),
    ],
)
def test_who_signed_up_is_forgotten_a_while_after_the_activity(
    kiosk, officer, over, given_days_ago, is_kept
):
    item_id = uuid.uuid4() if over is None else activity(officer, **over).pk
    kiosk.send(sign_up(kiosk, item_id=item_id))
    SignUp.objects.update(given_at=NOW - timedelta(days=given_days_ago))
    pass_once(NOW)
    assert SignUp.objects.exists() == is_kept
    assert bool(Record.objects.get().raw) == is_kept


def test_a_forgotten_sign_up_that_comes_again_is_no_new_one(kiosk, officer):
    key, item_id = uuid.uuid4(), activity(officer, last_on=LONG_AGO.date()).pk
    first = sign_up(kiosk, sign_up_id=key, item_id=item_id)
    kiosk.send(first, sign_up(kiosk, sign_up_id=key, item_id=item_id))
    assert forget_sign_ups(NOW) == 1
    assert not Revision.objects.exists()
    assert outcomes(kiosk.send(first)) == [("acknowledged", "")]
    assert not SignUp.objects.exists()
    assert bytes(Record.objects.get().raw) == b""
