"""What time it really was, when a kiosk's clock was wrong and it has restarted since."""

from datetime import UTC, datetime, timedelta

import pytest

from sync.central.cases.models import Case
from sync.central.intake.arrival import Arrival
from sync.central.intake.models import Boot
from sync.central.officers.creating import create_officer
from sync.central.officers.models import Officer
from sync.central.surveys.models import Rating
from sync.wire import BootClock
from tests.sync.central.kiosk import HOST, Kiosk, instant, rating

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
IN_1970 = datetime(1970, 1, 1, 0, 5, tzinfo=UTC)


def arrival(**boots):
    return Arrival(device_code="A1", sent=instant(boot_id="now"), received_at=NOW, boots=boots)


def captured(**changes):
    return instant(**{"wall": IN_1970, "boot_id": "older", "trusted": False, **changes})


def test_an_earlier_boots_beginning_tells_the_time():
    began_at = NOW - timedelta(days=2)
    found = arrival(older=began_at).corrected(captured(monotonic_s=600.0))
    assert found == began_at + timedelta(minutes=10)


def test_a_boots_beginning_counts_before_a_clock_that_only_seemed_right():
    began_at = NOW - timedelta(days=2)
    wall = NOW - timedelta(days=400)
    found = arrival(older=began_at).corrected(captured(wall=wall, trusted=True, monotonic_s=0.0))
    assert found == began_at


@pytest.mark.parametrize("monotonic_s", [1e308, 3 * 86_400.0])
def test_what_would_lie_in_the_future_stays_unknown(monotonic_s):
    found = arrival(older=NOW - timedelta(days=2)).corrected(captured(monotonic_s=monotonic_s))
    assert found is None


def test_a_boot_nobody_told_of_leaves_it_unknown():
    assert arrival(other=NOW).corrected(captured()) is None


def test_a_case_of_an_earlier_boot_gets_its_time_and_its_deadline(kiosk):
    began_at = datetime.now(UTC) - timedelta(days=3)
    record, _ = kiosk.case(captured=captured(monotonic_s=60.0))
    kiosk.send(record, boots=[BootClock(boot_id="older", began_at=began_at)])
    case = Case.objects.get()
    assert case.submitted_at == began_at + timedelta(minutes=1)
    assert case.captured_wall_at == IN_1970
    assert case.received_at > case.submitted_at


def test_ratings_of_an_earlier_boot_get_theirs_too(kiosk):
    began_at = datetime.now(UTC) - timedelta(days=3)
    boots = [BootClock(boot_id="older", began_at=began_at)]
    kiosk.send(rating(captured=captured(monotonic_s=60.0)), boots=boots)
    assert Rating.objects.get().given_at == began_at + timedelta(minutes=1)


def test_what_was_told_once_counts_for_later_batches_and_is_not_retold(kiosk, client):
    first = datetime.now(UTC) - timedelta(days=3)
    later = first + timedelta(hours=5)
    kiosk.send(boots=[BootClock(boot_id="older", began_at=first)])
    kiosk.send(boots=[BootClock(boot_id="older", began_at=later)])
    kiosk.send(kiosk.case(captured=captured(monotonic_s=0.0))[0])
    assert Case.objects.get().submitted_at == first
    other = Kiosk.create("B2", client)
    other.enrol()
    other.send(other.case(captured=captured(monotonic_s=0.0))[0])
    assert Case.objects.get(device="B2").submitted_at is None


@pytest.mark.parametrize(
    ("boot_id", "away"),
    [
        ("older", timedelta(days=1)),
        ("older", -timedelta(days=9000)),
        ("ol\u202eder", -timedelta(1)),
    ],
)
def test_a_boot_that_cannot_be_is_passed_over_and_the_batch_taken(kiosk, boot_id, away):
    boots = [BootClock(boot_id=boot_id, began_at=datetime.now(UTC) + away)]
    [answer] = kiosk.send(kiosk.case(captured=captured())[0], boots=boots)
    assert answer.outcome == "acknowledged"
    assert not Boot.objects.exists()


@pytest.fixture
def see(client, db):
    create_officer("somsri")
    client.force_login(Officer.objects.get())

    def page(language="en"):
        case = Case.objects.get()
        address = f"/staff/cases/{case.pk}?lang={language}"
        return client.get(address, SERVER_NAME=HOST).content.decode()

    return page


def test_the_officer_sees_all_three_times_where_they_differ(kiosk, see):
    began_at = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
    boots = [BootClock(boot_id="older", began_at=began_at)]
    kiosk.send(kiosk.case(captured=captured(monotonic_s=60.0))[0], boots=boots)
    shown = see()
    assert "20 November 2026" in shown
    assert "09:01" in shown
    assert "1 January 1970" in shown
    assert "corrected by the centre" in shown
    assert "ตามนาฬิกาของเครื่อง" in see("th")


def test_a_time_nobody_can_correct_is_shown_as_such(kiosk, see):
    kiosk.send(kiosk.case(captured=captured())[0])
    assert "clock was not set" in see()
    assert "cannot be corrected" in see()


def test_a_clock_that_was_right_is_not_talked_about(kiosk, see):
    kiosk.send(kiosk.case()[0])
    assert "clock" not in see()
