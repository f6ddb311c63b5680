"""Mails about kiosks: once when something begins, once when it is over."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from msgspec.structs import replace

from sync.central.fleet import alerting
from sync.central.fleet.alerting import KEPT, LEASE, MOST_IN_ONE_MAIL, Side, alert
from sync.central.fleet.models import Alert, Device
from sync.central.fleet.revoking import revoke
from sync.central.worker import pass_once
from sync.wire import Beat
from tests.sync.central.kiosk import instant
from tests.sync.central.test_fleet import WELL, device, note_beat
from tests.sync.central.test_mailing import BrokenBackend  # noqa: F401  (named in the settings)

NOW = datetime.now(UTC)
PAPER_OUT = {**WELL, "printer": "paper_out", "printer.is": "bad"}


@pytest.fixture(autouse=True)
def _mailed(db, settings):
    to = "technician@municipality.invalid, second@municipality.invalid"
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, fleet_mail_to=to)


def beats(code="A1", vitals=None, at=NOW, sent=None):
    Device.objects.filter(code=code).update(heard_at=at)
    note_beat(code, Beat(sent=sent or instant(wall=at), vitals=vitals or WELL), at)


def subjects():
    return [sent.subject for sent in mail.outbox]


BEGUN, OVER = "เครื่องรับเรื่องขัดข้อง 1 รายการ", "เครื่องรับเรื่องกลับเป็นปกติ 1 รายการ"


def test_paper_that_is_out_is_mailed_once_and_once_when_it_is_back():
    device("A1", vitals=PAPER_OUT)
    for _ in range(3):
        alert(NOW)
    [sent] = mail.outbox
    assert sent.subject == BEGUN
    assert sent.to == ["technician@municipality.invalid", "second@municipality.invalid"]
    assert "A1  กระดาษหมด  " in sent.body
    assert "/staff/devices" in sent.body
    beats()
    for _ in range(3):
        alert(NOW)
    assert subjects() == [BEGUN, OVER]
    assert "A1  กลับเป็นปกติ  กระดาษหมด" in mail.outbox[1].body
    beats(vitals=PAPER_OUT)
    alert(NOW)
    assert subjects() == [BEGUN, OVER, BEGUN]


@pytest.mark.parametrize(
    ("vitals", "words"),
    [
        ({**WELL, "printer": "device_missing", "printer.is": "bad"}, "เครื่องพิมพ์ขัดข้อง"),
        ({**WELL, "disk_errors": "3", "disk_errors.is": "bad"}, "ดิสก์เสียหรือเต็ม"),
        ({**WELL, "services": "given up: kiosk-ui", "services.is": "bad"}, "หยุดทำงาน"),
        ({**WELL, "screen": 900, "screen.is": "bad"}, "จอหรือบริการของเครื่องหยุดทำงาน"),
        ({**WELL, "services": 4, "services.is": "warn"}, None),
        ({**WELL, "disk_wear": 90, "disk_wear.is": "warn"}, None),
        ({**WELL, "printer": "paper_low", "printer.is": "warn"}, None),
        ({**WELL, "temperature": 84, "temperature.is": "bad"}, None),
    ],
)
def test_what_is_mailed_of_a_beat(vitals, words):
    device("A1", vitals=vitals)
    alert(NOW)
    assert ([words in sent.body for sent in mail.outbox] == [True]) if words else not mail.outbox


def test_a_clock_and_a_digest_that_are_wrong_are_mailed():
    device("A1", sent=instant(wall=NOW - timedelta(hours=7)))
    Device.objects.update(tally_at=NOW - timedelta(hours=1), tally_is_agreed=False)
    alert(NOW)
    [sent] = mail.outbox
    assert "นาฬิกาไม่ตรง" in sent.body
    assert "เรื่องที่ศูนย์ไม่ตรงกับที่เครื่อง" in sent.body


def test_what_central_does_not_accept_is_mailed_until_somebody_has_seen_to_it():
    device("A1")
    Device.objects.update(parked=1)
    alert(NOW)
    Device.objects.update(parked=0)
    alert(NOW)
    assert subjects() == [BEGUN, OVER]
    assert "ศูนย์ไม่รับรายการจากเครื่อง" in mail.outbox[0].body


def test_what_begins_is_mailed_with_what_to_type_and_what_is_over_without():
    device("A1", vitals={**WELL, "services": "given up: kiosk-ui", "services.is": "bad"})
    device("B2", vitals=PAPER_OUT)
    device("C3")
    Device.objects.filter(code="C3").update(parked=1)
    alert(NOW)
    lines = {line[:2]: line for line in mail.outbox[0].body.splitlines()}
    assert lines["A1"].endswith("  → kiosk doctor")
    assert lines["C3"].endswith("  → kiosk outbox")
    assert "→" not in lines["B2"], "paper needs a roll"
    beats("A1")
    beats("B2")
    Device.objects.update(parked=0)
    alert(NOW)
    assert len(mail.outbox) == 2
    assert "→" not in mail.outbox[1].body


def test_a_glass_and_a_service_that_stop_together_make_one_line():
    stopped = {"services": "given up: kiosk-ui", "services.is": "bad"}
    device("A1", vitals={**WELL, **stopped, "screen": 900, "screen.is": "bad"})
    alert(NOW)
    assert subjects() == [BEGUN]


def test_a_kiosk_that_falls_silent_is_mailed_until_it_speaks_again():
    device("A1", now=NOW - timedelta(minutes=61))
    alert(NOW)
    beats()
    alert(NOW)
    assert subjects() == [BEGUN, OVER]
    assert "ไม่ติดต่อศูนย์" in mail.outbox[0].body


def test_silence_while_central_itself_was_away_is_nobodys():
    """After a night without power at the centre every kiosk was unheard for hours."""
    device("A1", now=NOW - timedelta(hours=9))
    alert(NOW, up_since=NOW - timedelta(minutes=5))
    assert not mail.outbox
    later = NOW + timedelta(hours=1)
    alert(later, up_since=NOW - timedelta(minutes=5))
    assert subjects() == [BEGUN]
    alert(later, up_since=later)
    assert subjects() == [BEGUN]


def test_a_town_whose_line_is_down_makes_one_mail():
    for number in range(MOST_IN_ONE_MAIL):
        device(f"B{number}", now=NOW - timedelta(hours=2))
    alert(NOW)
    assert subjects() == [BEGUN.replace("1", "50")]


def test_what_was_over_before_anybody_was_told_is_told_to_nobody(settings):
    device("A1", vitals=PAPER_OUT)
    working = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = "tests.sync.central.test_mailing.BrokenBackend"
    alert(NOW)
    settings.EMAIL_BACKEND = working
    beats()
    alert(NOW)
    assert not mail.outbox
    assert Alert.objects.get().ended_at


def test_what_could_not_be_sent_is_sent_in_the_next_pass(settings):
    device("A1", vitals=PAPER_OUT)
    working = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = "tests.sync.central.test_mailing.BrokenBackend"
    alert(NOW)
    settings.EMAIL_BACKEND = working
    alert(NOW)
    assert subjects() == [BEGUN]


def test_a_claim_keeps_other_workers_away_until_it_lapses():
    device("A1", vitals=PAPER_OUT)
    alerting._note({("A1", Alert.About.PAPER)}, NOW, is_deaf=False)
    assert len(alerting._claim(Side.BEGUN, NOW)) == 1
    alert(NOW)
    assert not mail.outbox
    alert(NOW + LEASE + timedelta(seconds=1))
    assert subjects() == [BEGUN]


def test_nothing_is_mailed_of_a_revoked_kiosk_nor_where_nobody_is_named(settings):
    device("A1", vitals=PAPER_OUT)
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, fleet_mail_to="")
    alert(NOW)
    assert not Alert.objects.exists()
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, fleet_mail_to="t@municipality.invalid")
    alert(NOW)
    revoke("A1", "stolen", NOW)
    alert(NOW)
    assert subjects() == [BEGUN]
    assert Alert.objects.get().ended_at


def test_the_worker_mails_and_forgets_what_is_long_over():
    device("A1", vitals=PAPER_OUT)
    pass_once(NOW)
    beats()
    pass_once(NOW)
    assert BEGUN in subjects()
    pass_once(NOW + KEPT + timedelta(days=1))
    assert not Alert.objects.filter(about="paper").exists()
