"""A slip in doubt, with the real store: what whoever waits for it says, and what follows."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import msgspec
import pytest

from kiosk.clerk import Clerk
from kiosk.handing import ASKED, MOST_COPIES, Handing
from kiosk.scene import BoxState, Leave, TellSlip
from sync.case import Instant
from sync.store import SlipState, Store
from tests.sync.samples import INSTANT, NOW, submission

KEY = b"K7QM2R9XH4TBW0ZD"
FIVE_MINUTES = timedelta(minutes=5)


class Desk:
    """A store with a slip in doubt, and somebody who waits for it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.now, self.rung = folder, INSTANT, 0
        self.store = Store.open(folder / "store.db")
        self.handing = Handing(self.store, lambda: self.now, self._ring)
        self.case_id = self.doubt()

    def doubt(self) -> UUID:
        """One more slip of which nobody knows whether it came out."""
        case_id = uuid4()
        self.store.submit(case_id, self.now, lambda number: submission(case_id, number, KEY))
        self.store.claim_slip(NOW)
        self.store.slip_unknown(case_id, "device_lost")
        return case_id

    def pass_s(self, seconds: float) -> Instant:
        self.now = msgspec.structs.replace(self.now, monotonic_s=self.now.monotonic_s + seconds)
        return self.now

    def fail_again(self) -> None:
        """The copy's fate is unknown too."""
        assert self.store.claim_slip(NOW)
        self.store.slip_unknown(self.case_id, "device_lost")

    def keeps_key(self) -> bool:
        return any(KEY in path.read_bytes() for path in self.folder.glob("store.db*"))

    def _ring(self) -> None:
        self.rung += 1


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    yield desk
    desk.store.close()


def test_a_slip_that_came_out_is_printed_and_its_key_is_wiped(desk: Desk) -> None:
    assert desk.handing.state(desk.case_id) == ASKED
    assert desk.keeps_key()
    desk.handing.came_out(desk.case_id)
    assert desk.handing.state(desk.case_id) == SlipState.PRINTED
    assert not desk.keeps_key()
    assert desk.rung == 0


def test_one_that_did_not_is_printed_again_as_a_copy(desk: Desk) -> None:
    desk.handing.print_again(desk.case_id)
    assert desk.handing.state(desk.case_id) == SlipState.WAITING
    assert desk.rung == 1
    job = desk.store.claim_slip(NOW)
    assert job is not None
    assert (job.job_id, job.slip, job.copies) == (desk.case_id, KEY, 1)


def test_every_copy_is_asked_for_until_there_are_enough(desk: Desk) -> None:
    for _ in range(MOST_COPIES):
        assert desk.handing.state(desk.case_id) == ASKED
        desk.handing.print_again(desk.case_id)
        desk.fail_again()
    assert desk.handing.state(desk.case_id) == SlipState.UNKNOWN, "nobody is asked any more"
    desk.handing.print_again(desk.case_id)
    assert desk.store.claim_slip(NOW) is None


def test_an_answer_given_twice_is_one_answer(desk: Desk) -> None:
    desk.handing.print_again(desk.case_id)
    desk.handing.print_again(desk.case_id)
    desk.handing.came_out(desk.case_id)
    job = desk.store.claim_slip(NOW)
    assert job is not None
    assert job.copies == 1


def test_whoever_asks_for_a_copy_late_still_gets_it(desk: Desk) -> None:
    desk.pass_s(290)
    desk.handing.print_again(desk.case_id)
    assert desk.store.expire_slips(desk.pass_s(20), FIVE_MINUTES) == 0
    assert desk.store.claim_slip(NOW) is not None


def test_an_answer_after_its_expiry_brings_nothing_back(desk: Desk) -> None:
    desk.store.expire_slips(desk.pass_s(301), FIVE_MINUTES)
    desk.handing.print_again(desk.case_id)
    desk.handing.came_out(desk.case_id)
    assert desk.handing.state(desk.case_id) == SlipState.EXPIRED
    assert desk.store.claim_slip(NOW) is None


def test_a_slip_in_doubt_is_given_up_with_the_visit(desk: Desk) -> None:
    desk.handing.leave(desk.case_id)
    assert desk.store.slip_state(desk.case_id) == (SlipState.EXPIRED, "nobody_said")
    assert not desk.keeps_key()


def test_one_that_waits_or_is_being_printed_outlives_the_visit(desk: Desk) -> None:
    desk.handing.print_again(desk.case_id)
    desk.handing.leave(desk.case_id)
    assert desk.handing.state(desk.case_id) == SlipState.WAITING
    desk.store.claim_slip(NOW)
    desk.handing.leave(desk.case_id)
    assert desk.handing.state(desk.case_id) == SlipState.PRINTING


def test_only_the_visit_that_submitted_a_case_can_answer_for_its_slip(desk: Desk) -> None:
    clerk = Clerk(object(), desk.handing, BoxState)
    for answer in (TellSlip(came_out=True), TellSlip(came_out=False), Leave()):
        clerk.hear(answer)
    assert desk.handing.state(desk.case_id) == ASKED
