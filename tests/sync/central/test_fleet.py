"""How each kiosk is, told on a page, by command and to whoever may look after it."""

import gzip
import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from msgspec.structs import replace

from sync.central import municipality
from sync.central.fleet.beating import note_beat
from sync.central.fleet.joining import create_device
from sync.central.fleet.judging import Limits, State, judge, worst_first
from sync.central.fleet.models import Deed, Device
from sync.central.fleet.revoking import revoke
from sync.central.fleet.telling import as_lines, fleet
from sync.central.officers.creating import create_officer, make_technician
from sync.central.officers.models import Officer
from sync.identity import join
from sync.wire import Beat
from tests.sync.central.kiosk import HOST, instant
from tests.sync.central.test_tallying import page

NOW = datetime.now(UTC)
WELL = {"worst": "fine", "printer": "ok", "temperature": 48.3, "disk_mount": "takes writes"}


@pytest.fixture
def officer(client, db):
    create_officer("somsri")
    found = Officer.objects.get()
    client.force_login(found)
    return found


@pytest.fixture
def technician(client, officer):
    make_technician("somsri")
    return officer


def device(code, now=NOW, vitals=None, sent=None, **said):
    """A kiosk that has enrolled and beaten."""
    create_device(code, now)
    mine = Device.objects.filter(code=code)
    mine.update(enrolled_at=now, heard_at=now, public_key=b"k" * 32)
    beat = Beat(sent=sent or instant(wall=now), version="1", vitals=vitals or WELL, **said)
    note_beat(code, beat, now)
    return mine


def limits():
    return Limits.of(municipality.environment())


def judged(code="A1", now=NOW):
    return judge(Device.objects.get(code=code), now, limits())


def see(client, path, language="en"):
    return client.get(f"/staff/devices{path}?lang={language}", SERVER_NAME=HOST)


def act(client, path, **fields):
    return client.post(f"/staff/devices{path}", fields, SERVER_NAME=HOST)


@pytest.mark.parametrize(
    ("said", "state", "words"),
    [
        ({}, "fine", "Well"),
        ({"vitals": {**WELL, "printer": "paper_low", "printer.is": "warn"}}, "watch", "is low"),
        ({"vitals": {**WELL, "printer": "paper_out", "printer.is": "bad"}}, "trouble", "of paper"),
        ({"vitals": {**WELL, "temperature": 84.0, "temperature.is": "bad"}}, "trouble", "84 °C"),
        ({"parked": 2}, "trouble", "2 records refused"),
        ({"sent": instant(wall=NOW - timedelta(hours=7))}, "trouble", "Clock 7 hours behind"),
        ({"sent": instant(wall=NOW + timedelta(seconds=119))}, "fine", "Clock 1 minute ahead"),
        ({"waiting": 3, "oldest_waiting_at": NOW - timedelta(days=2)}, "watch", "3 records wait"),
        ({"waiting": 3, "oldest_waiting_at": NOW - timedelta(hours=2)}, "fine", "oldest"),
        ({"now": NOW - timedelta(minutes=61)}, "silent", "Not heard from"),
        ({"now": NOW - timedelta(minutes=30)}, "fine", "Well"),
    ],
)
def test_what_a_kiosk_tells_makes_its_one_word(client, officer, said, state, words):
    device("A1", **said)
    assert judged().state == state
    shown = page(client)
    assert words in shown
    assert re.search(rf'<span class="badge is-{state}"><svg class="sign".*</svg> \S', shown)


def test_what_has_not_enrolled_or_was_revoked_needs_nobody(client, officer):
    create_device("A1", NOW - timedelta(days=9))
    device("B2", now=NOW - timedelta(days=9))
    revoke("B2", "stolen <b>", NOW)
    assert (judged("A1").state, judged("B2").state) == ("new", "revoked")
    assert judged("A1").findings == judged("B2").findings == []
    assert "stolen &lt;b&gt;" in page(client)


def test_a_gap_counts_once_it_has_had_the_time_to_heal(db):
    mine = device("A1")
    mine.update(tally_at=NOW, tally_is_agreed=False, tally_missing=2)
    assert judged().state == "fine"
    [found] = judged(now=NOW + timedelta(minutes=6)).findings
    assert (found.code, found.severity, found.value) == ("digest", "bad", 2)


def test_what_a_beat_says_of_the_line_is_belied_by_its_coming(db):
    """The agent looks at its vitals before the first beat after an outage goes through."""
    device("A1", vitals={**WELL, "worst": "bad", "central": "not reached", "central.is": "bad"})
    assert judged().state == "fine"


def test_the_worst_stand_first(db):
    device("A1")
    device("B2", vitals={**WELL, "speaker": "not plugged in", "speaker.is": "warn"})
    device("C3", parked=1)
    device("D4", now=NOW - timedelta(days=1))
    create_device("E5", NOW)
    device("F6")
    revoke("F6", "", NOW)
    order = [each.device.code for each in worst_first(Device.objects.all(), NOW, limits())]
    assert order == ["D4", "C3", "B2", "E5", "A1", "F6"]


def test_a_vital_keeps_its_moment_while_it_is_as_it_was(db):
    later, latest = NOW + timedelta(minutes=5), NOW + timedelta(minutes=10)
    device("A1", vitals={**WELL, "temperature": 76.0, "temperature.is": "warn"})

    def since(vitals, at):
        note_beat("A1", Beat(sent=instant(wall=at), vitals=vitals), at)
        return {each.name: each.since for each in judged(now=at).vitals}

    warmer = {**WELL, "temperature": 79.0, "temperature.is": "warn", "printer": "paper_out"}
    assert since(warmer, later) == {"temperature": NOW, "disk_mount": NOW, "printer": later}
    hot = {**warmer, "temperature": 83.0, "temperature.is": "bad"}
    assert since(hot, latest) == {"temperature": latest, "disk_mount": NOW, "printer": later}


def test_a_kiosks_own_page_tells_its_vitals_in_words_and_since_when(client, officer):
    device("A1", vitals={**WELL, "disk_test": "gives back other bytes than were written"})
    device("B2", vitals={**WELL, "disk_errors": "12, <b>3</b>", "disk_errors.is": "bad"})
    assert "อ่านกลับได้ไม่ตรงกับที่เขียน" in see(client, "/A1", "th").content.decode()
    shown = see(client, "/B2").content.decode()
    assert "12, &lt;b&gt;3&lt;/b&gt;" in shown
    assert "since" in shown
    assert see(client, "/Z9").status_code == 404


def test_a_clock_that_runs_wild_is_told_and_breaks_no_page(client, officer):
    wild = instant(wall=datetime(1, 1, 1, tzinfo=UTC), trusted=False)
    device("A1", sent=wild, waiting=1, oldest_waiting_at=datetime(9999, 12, 31, tzinfo=UTC))
    assert judged().state == "trouble"
    for path in ("", "/A1"):
        assert "behind" in see(client, path).content.decode()
    assert Device.objects.get().oldest_waiting_at is None


@pytest.mark.parametrize("odd", [True, None, 2**62, -0.5, "", "\u202ex"])
def test_a_vital_that_nobody_knows_yet_is_shown_as_it_came(client, officer, odd):
    device("A1", vitals={**WELL, "new_thing": odd, "new_thing.is": "bad", "printer": odd})
    for path in ("", "/A1"):
        assert "new_thing" in see(client, path).content.decode()


def test_more_kiosks_ask_the_database_no_oftener_and_the_page_stays_small(client, officer):
    def asked():
        with CaptureQueriesContext(connection) as queries:
            assert see(client, "").status_code == 200
        return len(queries)

    device("A1")
    few = asked()
    for number in range(59):
        device(f"B{number}", vitals={**WELL, "load": 0.1, "load.is": "warn"})
    assert asked() == few
    assert len(gzip.compress(see(client, "", "th").content)) < 8_000


def test_no_page_of_kiosks_needs_a_script(client, technician):
    device("A1")
    for path in ("", "/A1", "/new", "/A1/revoke"):
        assert "<script" not in see(client, path).content.decode()


def test_a_technician_gets_a_join_file_that_lets_a_kiosk_in_and_is_kept_nowhere(
    client, technician, tmp_path
):
    answer = act(client, "/new", code=" b2 ")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"] == 'attachment; filename="kiosk-join.toml"'
    assert answer.headers["Cache-Control"] == "no-store"
    (tmp_path / "j.toml").write_bytes(answer.content)
    identity = join(tmp_path / "j.toml", tmp_path / "state")
    assert identity.device_code == "B2"
    deed = Deed.objects.get()
    assert (deed.device_id, deed.what, deed.officer) == ("B2", "join_file", technician)
    assert identity.enrolment_code.encode() not in bytes(Device.objects.get().enrolment_hash)


@pytest.mark.parametrize(("code", "words"), [("A1", "handed out before"), ("1A", "no device code")])
def test_a_code_that_cannot_be_handed_out_is_told_and_changes_nothing(
    client, technician, code, words
):
    create_device("A1", NOW)
    client.get("/staff/devices?lang=en", SERVER_NAME=HOST)
    answer = act(client, "/new", code=code)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert (Device.objects.count(), Deed.objects.count()) == (1, 1)


def test_a_kiosk_is_revoked_on_the_page_by_typing_its_code_once_more(client, technician):
    device("A1")
    assert act(client, "/A1/revoke", code="B2", reason="stolen").status_code == 422
    assert Device.objects.get().revoked_at is None
    answer = act(client, "/A1/revoke", code="a1", reason="stolen\x07")
    assert answer.headers["Location"] == "/staff/devices/A1"
    assert Device.objects.get().revoked_why == "stolen"
    act(client, "/A1/revoke", code="A1", reason="found")
    assert [deed.what for deed in Deed.objects.all()] == ["join_file", "revoked"]
    assert Deed.objects.last().officer == technician
    shown = see(client, "/A1").content.decode()
    assert "Nothing is taken from this kiosk" in shown
    assert "somsri" in shown
    assert "by command" in shown


@pytest.mark.parametrize("path", ["/new", "/A1/revoke"])
def test_only_technicians_make_join_files_and_revoke(client, officer, path):
    device("A1")
    for answer in (see(client, path), act(client, path, code="A1"), act(client, path, code="B2")):
        assert answer.status_code == 403
    assert (Device.objects.count(), Device.objects.get().revoked_at) == (1, None)
    for open_to_all in ("", "/A1"):
        assert not re.search(
            r'href="/staff/devices/(new|A1/revoke)"', page(client, f"/staff/devices{open_to_all}")
        )
    make_technician("somsri")
    assert 'href="/staff/devices/A1/revoke"' in see(client, "/A1").content.decode()
    make_technician("somsri", withdraw=True)
    assert see(client, path).status_code == 403


def test_what_was_done_cannot_be_changed_or_taken_out(db):
    create_device("A1", NOW)
    deed = Deed.objects.get()
    with pytest.raises(TypeError):
        deed.save()
    with pytest.raises(TypeError):
        deed.delete()


def test_the_command_tells_what_the_page_tells(db):
    device("A1", vitals={**WELL, "printer": "paper_out", "printer.is": "bad"}, waiting=2)
    [told] = fleet(NOW)
    assert (told.device_code, told.state, told.printer, told.waiting) == (
        "A1",
        "trouble",
        "paper_out",
        2,
    )
    [line] = as_lines([replace(told, heard_at=None)])
    assert line == "A1   trouble  never              printer paper_out"


def test_the_operator_asks_for_the_fleet(running_central):
    running_central.command("join-file", "T1")
    done = running_central.command("fleet", "--json")
    mine = {each["device_code"]: each for each in json.loads(done.stdout)["devices"]}["T1"]
    assert (mine["state"], mine["heard_at"], mine["vitals"]) == ("new", None, [])
    assert "T1   new" in running_central.command("fleet").stdout
    assert running_central.command("technician", "nobody").returncode == 2
    assert running_central.command("technician", "officer").returncode == 0


def test_states_are_told_apart_without_colour(db):
    from sync.central.signs import SIGNS

    assert len({SIGNS[state] for state in State}) == len(State)
