"""A gap between a device and central is noticed, told to both, and healed by sending again."""

from datetime import UTC, datetime
from importlib import import_module

import pytest
from django.apps import apps

from sync.central.cases.models import Case
from sync.central.fleet.models import Device
from sync.central.intake.models import Attachment, Record
from sync.central.officers.creating import create_officer
from sync.central.officers.models import Officer
from sync.reference import reference_for
from sync.signature import open_signed
from sync.tally import chain_of
from sync.wire import MOST_MISSING, Signed, Tally, TallyAnswer, decode, digest_of, encode
from tests.sync.central.kiosk import HOST, rating


@pytest.fixture
def records(kiosk):
    """Five cases by number, as the kiosk keeps them; nothing sent yet."""
    return {number: kiosk.case(number=number)[0] for number in range(1, 6)}


def chain(kiosk, records):
    return chain_of(
        (str(reference_for(kiosk.code, number)), digest_of(record))
        for number, record in sorted(records.items())
    )


def tally(kiosk, records, through=None, without=()):
    message = Tally(
        through=max(records, default=0) if through is None else through,
        chain=chain(kiosk, records),
        without=list(without),
    )
    response = kiosk.post("tally", encode(message))
    assert response.status_code == 200, response.content
    answer = decode(
        open_signed(decode(response.content, Signed), kiosk.facts.central_key), TallyAnswer
    )
    assert (answer.device_code, answer.through) == (kiosk.code, message.through)
    assert answer.chain == message.chain
    return answer.agreed, answer.missing


def forget(number):
    """As a central does that was restored from an older backup."""
    lost = Record.objects.get(number=number)
    Case.objects.filter(pk=lost.pk).delete()
    Attachment.objects.filter(record=lost).delete()
    lost.delete()


def test_the_same_cases_agree(kiosk, records):
    kiosk.send(rating(), *records.values(), rating())
    assert tally(kiosk, records) == (True, [])
    device = Device.objects.get()
    assert (device.tally_is_agreed, device.tally_missing, device.agreed_through) == (True, 0, 5)


def test_no_case_agrees_with_no_case(kiosk):
    assert tally(kiosk, {}) == (True, [])


def test_the_order_in_which_cases_came_does_not_matter(kiosk, records):
    for number in (5, 2, 4, 1, 3):
        kiosk.send(records[number])
    assert tally(kiosk, records) == (True, [])


def test_a_lost_case_is_noticed_and_healed_by_sending_it_again(kiosk, records):
    kiosk.send(*records.values())
    tally(kiosk, records)
    forget(2)
    forget(4)
    assert tally(kiosk, records) == (False, [2, 4])
    device = Device.objects.get()
    assert (device.tally_is_agreed, device.tally_missing, device.agreed_through) == (False, 2, 5)
    kiosk.send(records[2], records[4])
    assert tally(kiosk, records) == (True, [])


def test_other_bytes_are_noticed_although_nothing_is_missing(kiosk, records):
    kiosk.send(*records.values())
    other = {**records, 3: kiosk.case(number=3)[0]}
    assert tally(kiosk, other) == (False, [])
    assert Device.objects.get().tally_missing == 0


def test_what_central_refused_is_left_out_on_both_sides(kiosk, records):
    without = {number: records[number] for number in (1, 2, 5)}
    kiosk.send(*without.values())
    assert tally(kiosk, without, through=5, without=[3, 4, 9]) == (True, [])


def test_cases_after_the_tally_do_not_disturb_it(kiosk, records):
    kiosk.send(*records.values())
    first = {number: records[number] for number in (1, 2, 3)}
    assert tally(kiosk, first) == (True, [])


def test_of_two_cases_with_one_number_the_first_counts(kiosk, records):
    kiosk.send(*records.values())
    kiosk.send(kiosk.case(number=3)[0])
    assert tally(kiosk, records) == (True, [])


def test_an_absurd_tally_is_answered_quickly_and_names_no_more_than_allowed(kiosk, records):
    kiosk.send(records[2])
    agreed, missing = tally(kiosk, {2: records[2]}, through=2**31 - 1)
    assert not agreed
    assert missing == [number for number in range(1, MOST_MISSING + 2) if number != 2]
    assert Device.objects.get().tally_missing == 2**31 - 2


def test_cases_that_came_before_numbers_were_kept_count_too(kiosk, records):
    kiosk.send(*records.values(), rating())
    Record.objects.update(number=None)
    import_module("sync.central.intake.migrations.0003_numbers_of_cases").fill_numbers(apps, None)
    assert Record.objects.filter(number=None).count() == 1
    assert tally(kiosk, records) == (True, [])


@pytest.mark.parametrize(
    "body",
    [
        b'{"through":-1,"chain":"' + b"0" * 64 + b'"}',
        b'{"through":2147483648,"chain":"' + b"0" * 64 + b'"}',
        b'{"through":1,"chain":"' + b"G" * 64 + b'"}',
        b'{"through":1,"chain":"' + b"0" * 64 + b'\\n"}',
        b'{"through":1,"chain":"' + b"0" * 64 + b'","without":[0]}',
        b'{"through":1,"chain":"' + b"0" * 64 + b'","without":' + b"[1" + b",1" * 1000 + b"]}",
        b"{}",
    ],
)
def test_a_tally_beyond_its_limits_is_refused(kiosk, body):
    response = kiosk.post("tally", body)
    assert (response.status_code, response.json()["code"]) == (400, "batch_unreadable")
    assert Device.objects.get().tally_at is None


def page(client, path="/staff/devices", language="en"):
    return client.get(f"{path}?lang={language}", SERVER_NAME=HOST).content.decode()


@pytest.fixture
def officer(client, db):
    create_officer("somsri")
    client.force_login(Officer.objects.get())


def test_officers_see_how_each_kiosk_stands(kiosk, client, officer, records):
    assert "not compared yet" in page(client)
    kiosk.send(*records.values())
    tally(kiosk, records)
    kiosk.beat(waiting=17, parked=4)
    shown = page(client)
    assert "agreed up to case 5" in shown
    assert "<td" in shown
    assert ">17<" in shown
    assert "4 refused" in shown
    assert "ตรงกันถึงเรื่องที่ 5" in page(client, language="th")


def test_officers_notice_a_gap_where_they_work(kiosk, client, officer, records):
    kiosk.send(*records.values())
    tally(kiosk, records)
    assert "does not hold the same cases" not in page(client, "/staff/")
    forget(3)
    tally(kiosk, records)
    assert "1 case is missing here" in page(client)
    assert "does not hold the same cases" in page(client, "/staff/")
    tally(kiosk, {**records, 3: kiosk.case(number=3)[0]}, without=[3])
    kiosk.send(records[3])
    tally(kiosk, {**records, 5: kiosk.case(number=5)[0]})
    assert "the contents differ" in page(client)


def test_a_revoked_kiosk_is_shown_as_such(kiosk, client, officer):
    Device.objects.update(revoked_at=datetime.now(UTC), revoked_why="stolen <b>")
    shown = page(client)
    assert "Revoked" in shown
    assert "stolen &lt;b&gt;" in shown


def test_the_page_of_kiosks_needs_a_sign_in(client, db):
    assert client.get("/staff/devices", SERVER_NAME=HOST).status_code == 302


def test_an_older_tally_that_comes_late_hides_no_gap(kiosk, records):
    """Sticks come in any order."""
    kiosk.send(*records.values())
    older = {number: records[number] for number in (1, 2)}
    forget(4)
    assert tally(kiosk, records) == (False, [4])
    assert tally(kiosk, older) == (True, [])
    device = Device.objects.get()
    assert (device.tally_through, device.tally_is_agreed, device.tally_missing) == (5, False, 1)
    assert device.agreed_through == 2
