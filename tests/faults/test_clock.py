"""A box has no clock of its own: 1970 after each boot, 2099 after a bad one, right after NTP.

Whatever it shows, cases keep their order and their numbers, sending goes on, and central tells
a corrected time from a guess.
"""

import gzip
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from deploy.demo.processes import Processes
from deploy.demo.product import program
from sync.deadline import THAILAND, due_on
from sync.reference import parse_reference
from sync.store import SlipState
from sync.wire import PATHS
from tests.faults.faultproxy import Fault, FaultProxy
from tests.faults.town import PROFILE, Box, KnownCase, Town, assert_all_settled, load_profile

IN_1970 = datetime(1970, 1, 1, 0, 1, tzinfo=UTC) - datetime.now(UTC)
IN_2099 = datetime(2099, 12, 31, tzinfo=UTC) - datetime.now(UTC)
RIGHT = timedelta(0)
NEAR = timedelta(minutes=2)
"""How far a corrected time may be off; what it corrects are hours and decades."""

WAIT_S = 40


@pytest.fixture
def proxy(town: Town) -> Iterator[FaultProxy]:
    with FaultProxy(town.port) as running:
        yield running


@pytest.fixture
def box(town: Town, proxy: FaultProxy, tmp_path: Path) -> Iterator[Box]:
    device = Box(town.join_file(), tmp_path / "box", proxy.url)
    yield device
    device.close()


def set_clock(box: Box, ahead: timedelta, *, trusted: bool) -> None:
    box.clock.ahead, box.clock.trusted = ahead, trusted


def case_of(town: Town, reference: str) -> KnownCase:
    [found] = [case for case in town.cases() if case.reference == reference]
    return found


def test_order_and_numbers_do_not_come_from_the_clock(
    town: Town, proxy: FaultProxy, box: Box
) -> None:
    references = []
    for ahead in (IN_1970, IN_2099, RIGHT, IN_2099, IN_1970, RIGHT):
        set_clock(box, ahead, trusted=ahead == RIGHT)
        references += [box.submit().reference for _ in range(2)]
    assert [parse_reference(reference).number for reference in references] == [*range(1, 13)]
    assert box.agent.pass_once()
    [batch] = [m for m in proxy.delivered if PATHS["records"].encode() in m.first_line]
    sent = json.loads(gzip.decompress(batch.body))["records"]
    assert [record["reference"] for record in sent] == references
    assert_all_settled(box)


@pytest.mark.parametrize("ahead", [IN_1970, IN_2099], ids=["1970", "2099"])
def test_within_one_boot_a_wrong_clock_is_put_right(town: Town, box: Box, ahead: timedelta) -> None:
    set_clock(box, ahead, trusted=False)
    before = box.submit()
    box.clock.pass_by(timedelta(hours=3))
    after = box.submit()
    assert before.due_on is after.due_on is None
    assert box.agent.pass_once()
    known = case_of(town, before.reference)
    assert abs(known.captured_wall_at - (datetime.now(UTC) + ahead)) < NEAR
    assert not known.captured_trusted
    assert abs(known.received_at - known.submitted_at - timedelta(hours=3)) < NEAR
    later = case_of(town, after.reference)
    assert abs(later.received_at - later.submitted_at) < NEAR
    assert not known.due_was_printed


def test_a_leap_to_the_right_time_in_mid_session_keeps_the_order(town: Town, box: Box) -> None:
    set_clock(box, IN_1970, trusted=False)
    first = box.submit()
    box.clock.pass_by(timedelta(minutes=10))
    set_clock(box, -timedelta(hours=2), trusted=True)
    box.clock.pass_by(timedelta(hours=2))
    second = box.submit()
    assert box.agent.pass_once()
    earlier, later = (case_of(town, receipt.reference) for receipt in (first, second))
    assert earlier.submitted_at < later.submitted_at
    assert abs(later.submitted_at - earlier.submitted_at - timedelta(minutes=130)) < NEAR
    assert (first.due_on is None, second.due_on is None) == (True, False)
    assert (earlier.due_was_printed, later.due_was_printed) == (False, True)
    assert later.due_on == second.due_on


@pytest.mark.parametrize(
    ("ahead", "trusted"), [(IN_1970, False), (IN_2099, False), (IN_2099, True)]
)
def test_what_another_boot_guessed_stays_a_guess_and_runs_no_deadline(
    town: Town, box: Box, ahead: timedelta, trusted: bool
) -> None:
    set_clock(box, ahead, trusted=trusted)
    receipt = box.submit()
    box.clock.boot()
    set_clock(box, RIGHT, trusted=True)
    assert box.agent.pass_once()
    known = case_of(town, receipt.reference)
    assert known.submitted_at is None
    assert abs(known.received_at - datetime.now(UTC)) < NEAR
    if not trusted:
        profile = load_profile(PROFILE)
        today = known.received_at.astimezone(THAILAND).date()
        assert known.due_on == due_on(today, profile.deadline, profile.holidays)
        assert not known.due_was_printed


def test_a_trusted_time_counts_in_another_boot_too(town: Town, box: Box) -> None:
    set_clock(box, -timedelta(days=3), trusted=True)
    receipt = box.submit()
    box.clock.boot()
    set_clock(box, RIGHT, trusted=True)
    assert box.agent.pass_once()
    known = case_of(town, receipt.reference)
    assert known.submitted_at == known.captured_wall_at
    assert known.due_was_printed
    assert known.due_on == receipt.due_on


def test_a_leap_takes_no_slip_away_and_brings_none_out_late(box: Box) -> None:
    after = timedelta(minutes=5)
    set_clock(box, IN_1970, trusted=False)
    receipt = box.submit()
    for ahead in (IN_2099, RIGHT, IN_1970):
        set_clock(box, ahead, trusted=False)
        assert box.store.expire_slips(box.clock(), after) == 0
    box.clock.pass_by(after + timedelta(seconds=1))
    set_clock(box, IN_1970 - timedelta(seconds=1), trusted=False)
    assert box.store.expire_slips(box.clock(), after) == 1
    assert box.store.slip_state(receipt.case_id)[0] is SlipState.EXPIRED
    box.submit()
    box.clock.boot()
    assert box.store.expire_slips(box.clock(), after) == 1, "the boot before"


class FakedTime:
    """A box's processes under `libfaketime`; how wrong their clock is can change while they run.

    The seconds since boot go on as they are, as a real clock's would.
    """

    def __init__(self, town: Town, folder: Path, central_url: str) -> None:
        self.folder = folder
        self.state = folder / "state"
        self._clock = folder / "clock"
        self._settings = folder / "kiosk.toml"
        self._settings.write_text(
            f'[device]\nstate_dir = "{self.state}"\nruntime_dir = "{folder / "run"}"\n'
            f'profile = "{PROFILE}"\n'
            f'[printer]\ndriver = "virtual"\ntray_dir = "{folder / "tray"}"\n'
            '[clock]\ntrust = "assume"\n'
            # No child is waited for: libfaketime 0.9.10 may stretch `time.sleep` by decades.
            f'[health]\ndriver = "virtual"\nmachine_dir = "{folder / "machine"}"\n'
        )
        self.set(RIGHT)
        join_file = folder / "join.toml"
        join_file.write_text(town.join_file().replace(town.url, central_url))
        self.run(program("kiosk"), "enrol", join_file)

    def set(self, ahead: timedelta) -> None:
        """Make the wall clock wrong by `ahead`, for whoever looks from now on."""
        draft = self._clock.with_suffix(".draft")
        draft.write_text(f"{ahead.total_seconds():+.0f}\n")
        draft.replace(self._clock)

    def environment(self) -> dict[str, str]:
        [library] = Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1")
        return {
            "KIOSK_CONFIG": str(self._settings),
            "LD_PRELOAD": str(library),
            "FAKETIME_TIMESTAMP_FILE": str(self._clock),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }

    def run(self, *command: str | Path) -> str:
        """What a command printed, run to its end under this clock."""
        done = subprocess.run(
            [str(word) for word in command],
            env={**os.environ, **self.environment()},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def submit(self) -> str:
        """The reference of a case that was just submitted."""
        return self.run(sys.executable, "-m", "tests.faults.counter", "ไฟดับ").split()[0]

    def slips(self) -> int:
        """How many slips have come out."""
        return len(list((self.folder / "tray").glob("slip-*.bin")))


def wait_until(is_so, what: str) -> None:
    deadline = time.monotonic() + WAIT_S
    while not is_so():
        assert time.monotonic() < deadline, f"waited {WAIT_S} s for {what}"
        time.sleep(0.05)


def test_the_real_processes_live_through_1970_and_2099(town: Town, tmp_path: Path) -> None:
    with FaultProxy(town.port) as proxy, Processes(tmp_path / "log") as processes:
        device = FakedTime(town, tmp_path, proxy.url)
        device.set(IN_1970)
        for service in ("sync", "print"):
            processes.start(service, [program("kiosk"), service], device.environment())
        references = []

        def submit_and_wait() -> None:
            references.append(device.submit())
            wait_until(lambda: device.slips() == len(references), "its slip")
            wait_until(lambda: references[-1] in {c.reference for c in town.cases()}, "central")

        submit_and_wait()  # its first answer tells the agent how wrong the clock is
        device.set(IN_2099)
        submit_and_wait()
        proxy.will([Fault.SAY_500])
        references.append(device.submit())
        wait_until(lambda: Fault.SAY_500 in proxy.met, "the refusal")
        device.set(IN_1970)  # while the agent waits to try again
        wait_until(lambda: references[-1] in {c.reference for c in town.cases()}, "a new try")
        device.set(RIGHT)
        submit_and_wait()
        assert device.slips() == len(references)
        assert [parse_reference(reference).number for reference in references] == [1, 2, 3, 4]
        for reference in references:
            known = case_of(town, reference)
            assert abs(known.submitted_at - known.received_at) < NEAR
