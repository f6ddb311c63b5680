"""What a kiosk printed when its box was opened, checked against what central holds."""

import hashlib

import pytest

from sync.central.intake.models import Record
from sync.central.officers.creating import create_officer
from sync.central.officers.models import Officer
from sync.tally import anchor_url, in_rows
from tests.sync.central.kiosk import HOST
from tests.sync.central.test_tallying import chain, forget


@pytest.fixture
def records(kiosk):
    return {number: kiosk.case(number=number)[0] for number in range(1, 6)}


@pytest.fixture
def officer(client, db):
    create_officer("somsri")
    client.force_login(Officer.objects.get())


def path_of(kiosk, records, without=()):
    kept = {number: records[number] for number in records if number not in without}
    url = anchor_url(
        "https://centre.example", kiosk.code, max(records), chain(kiosk, kept), without
    )
    assert url == url.upper()
    return url.removeprefix("HTTPS://CENTRE.EXAMPLE")


def shown(client, path):
    response = client.get(f"{path}?lang=en", SERVER_NAME=HOST)
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("typed", [str, str.lower])
def test_the_cases_of_that_day_are_still_the_same(kiosk, client, officer, records, typed):
    kiosk.send(*records.values())
    path = path_of(kiosk, records)
    kiosk.send(kiosk.case(number=6)[0])
    told = shown(client, typed(path))
    assert "holds the very cases 1 to 5" in told
    assert "<br>".join(in_rows(chain(kiosk, records))) in told


def test_a_case_that_was_taken_away_is_named(kiosk, client, officer, records):
    kiosk.send(*records.values())
    forget(4)
    told = shown(client, path_of(kiosk, records))
    assert "lacks cases" in told
    assert "then: 4" in told


def test_a_case_that_was_changed_is_told(kiosk, client, officer, records):
    kiosk.send(*records.values())
    other = hashlib.sha256(b"other words").hexdigest()
    Record.objects.filter(number=3).update(digest=other)
    assert "a case is not what it was" in shown(client, path_of(kiosk, records))


def test_a_number_that_central_refused_is_left_out(kiosk, client, officer, records):
    kiosk.send(*(record for number, record in records.items() if number not in (2, 3)))
    assert "holds the very cases" in shown(client, path_of(kiosk, records, without=(2, 3)))


def test_looking_changes_nothing(kiosk, client, officer, records):
    kiosk.send(*records.values())
    forget(4)
    shown(client, path_of(kiosk, records))
    assert "not compared yet" in shown(client, "/staff/devices")


@pytest.mark.parametrize("path", ["/A/ZZ/5/" + "0" * 64, "/A/A1/9999999999/" + "0" * 64])
def test_what_no_kiosk_printed_is_not_found(kiosk, client, officer, path):
    assert client.get(path, SERVER_NAME=HOST).status_code == 404


def test_only_an_officer_may_look(kiosk, client, records):
    kiosk.send(*records.values())
    response = client.get(path_of(kiosk, records), SERVER_NAME=HOST)
    assert response.status_code == 302
