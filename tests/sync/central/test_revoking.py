"""A device that is revoked: nothing from it, at once; what was agreed before stands."""

from datetime import UTC, datetime, timedelta

import pytest

from sync.central.cases.models import Case
from sync.central.errors import DeviceUnknown
from sync.central.fleet.models import Device
from sync.central.fleet.revoking import revoke
from sync.central.officers.creating import create_officer
from sync.central.officers.models import Officer
from sync.client import Client
from sync.errors import Refused
from sync.identity import join
from sync.wire import Beat
from tests.sync.central.kiosk import HOST, empty_batch, instant


def shows(client, path):
    return client.get(f"{path}?lang=en", SERVER_NAME=HOST)


def test_nothing_from_a_revoked_device_is_taken(kiosk):
    revoke("A1", "stolen", datetime.now(UTC))
    answers = [
        kiosk.send_raw(empty_batch()),
        kiosk.beat(),
        kiosk.post("tally", b"{}"),
        kiosk.exchange("GET", "attachments", "/" + "0" * 64),
        kiosk.exchange("PUT", "attachments", "/" + "0" * 64 + "/0", b"x"),
    ]
    assert [answer.json()["code"] for answer in answers] == ["device_unknown"] * 5
    assert kiosk.enrol().json()["code"] == "enrolment_refused"


def test_the_first_revocation_stands(kiosk):
    first = datetime(2026, 11, 1, tzinfo=UTC)
    revoke("A1", "stolen", first)
    assert revoke("A1", "found", datetime.now(UTC)).revoked_at == first
    assert Device.objects.get().revoked_why == "stolen"


def test_a_code_that_was_never_handed_out_cannot_be_revoked(db):
    with pytest.raises(DeviceUnknown, match="Z9"):
        revoke("Z9", "", datetime.now(UTC))


def test_a_slip_whose_case_came_before_still_opens_it(kiosk, client):
    record, path = kiosk.case()
    kiosk.send(record)
    revoke("A1", "", datetime.now(UTC))
    assert shows(client, path).status_code == 200


def test_a_slip_whose_case_never_came_opens_nothing_any_more(kiosk, client):
    _, path = kiosk.case()
    assert "not yet at the centre" in shows(client, path).content.decode()
    Device.objects.update(agreed_through=9)
    revoke("A1", "", datetime.now(UTC))
    unknown = shows(client, path)
    assert unknown.status_code == 404
    assert unknown.content == shows(client, path[:-1] + "Z").content


@pytest.mark.parametrize(("agreed_through", "status"), [(0, 404), (1, 200)])
def test_a_case_that_came_later_is_shown_only_where_it_was_agreed(
    kiosk, client, agreed_through, status
):
    record, path = kiosk.case(number=1)
    kiosk.send(record)
    earlier = Case.objects.get().received_at - timedelta(seconds=1)
    Device.objects.update(revoked_at=earlier, agreed_through=agreed_through)
    assert shows(client, path).status_code == status


def test_officers_are_warned_of_a_case_that_came_after_the_revocation(kiosk, client):
    kiosk.send(kiosk.case()[0])
    case = Case.objects.get()
    create_officer("somsri")
    client.force_login(Officer.objects.get())
    address = f"/staff/cases/{case.pk}"
    revoke("A1", "", case.received_at + timedelta(seconds=1))
    assert "after the kiosk was revoked" not in shows(client, address).content.decode()
    Device.objects.update(revoked_at=case.received_at)
    assert "after the kiosk was revoked" in shows(client, address).content.decode()


def test_the_operator_revokes_by_command_and_it_counts_at_once(running_central):
    output = running_central.folder / "r7.toml"
    running_central.command("join-file", "R7", "--output", str(output))
    client = Client(join(output, running_central.folder / "r7"), instant)
    client.enrol()
    client.beat(Beat(sent=instant()))
    done = running_central.command("revoke", "R7", "--reason", "stolen\x07")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("R7 is revoked since ")
    with pytest.raises(Refused, match="device_unknown"):
        client.beat(Beat(sent=instant()))
    wrong = running_central.command("revoke", "Q9")
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert wrong.stderr == "central: no device code Q9 was handed out; next: central fleet\n"
