"""What becomes of the kiosks themselves: taken in once, shown to officers."""

import uuid
from datetime import timedelta

import pytest
from msgspec.structs import replace

from sync.central.fleet.models import Event
from sync.central.intake.models import Record
from sync.central.officers.creating import create_officer
from sync.central.officers.models import Officer
from sync.records import DeviceEvent
from sync.wire import encode
from tests.sync.central.kiosk import instant
from tests.sync.central.test_opinions import outcomes
from tests.sync.central.test_tallying import page


@pytest.fixture
def signed_in(client, db):
    create_officer("somsri")
    client.force_login(Officer.objects.get())


def event(kind="cabinet_opened", **changes):
    facts = {"event_id": uuid.uuid4(), "kind": kind, "captured": instant()}
    return encode(DeviceEvent(**{**facts, **changes}))


def test_an_opened_cabinet_is_kept_once(kiosk):
    opened = event(event_id=uuid.uuid4())
    assert outcomes(kiosk.send(opened, opened)) == [("acknowledged", "")] * 2
    kept = Event.objects.get()
    assert (kept.device_id, kept.kind, kept.found_at_start) == ("A1", "cabinet_opened", False)
    assert Record.objects.count() == 1


@pytest.mark.parametrize("kind", ["", "Cabinet", "a b", "x" * 65])
def test_a_kind_that_is_no_code_is_refused(kiosk, kind):
    assert outcomes(kiosk.send(event(kind))) == [("refused", "record_unreadable")]


def test_a_kind_that_nobody_knows_yet_is_kept(kiosk, client, signed_in):
    assert outcomes(kiosk.send(event("struck_by_lightning"))) == [("acknowledged", "")]
    assert "struck_by_lightning" in page(client)


def test_officers_see_what_happened_and_which_cabinet_is_open(kiosk, client, signed_in):
    assert "What became of the kiosks" not in page(client)
    kiosk.send(event())
    assert "The cabinet was opened" in page(client)
    assert "Cabinet open<" in page(client)
    kiosk.send(event("cabinet_closed"))
    assert "The cabinet was closed" in page(client)
    assert "Cabinet open<" not in page(client)
    assert "มีการเปิดตู้" in page(client, language="th")


def test_what_was_found_at_the_start_happened_before(kiosk, client, signed_in):
    kiosk.send(event(found_at_start=True))
    assert "it happened before" in page(client)


def test_a_moment_that_would_be_a_guess_is_not_shown_as_one(kiosk, client, signed_in):
    at = replace(instant(), boot_id="another", trusted=False)
    kiosk.send(event(captured=replace(at, wall=at.wall - timedelta(days=3))))
    assert Event.objects.get().happened_at is None
    assert "clock was not set" in page(client)
