"""The spooler with the real store, real doorbells and a printer that can really fail."""

import logging
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import msgspec
import pytest

from hardware.fake.printer import VirtualPrinter
from hardware.printer.escpos import sever
from hardware.printer.paper import PAPER_80
from kiosk import printing, slip
from kiosk.roll import PAPER_CHANGED
from sync.store import Paper, SlipState, Submission
from tests.kiosk.spooling import KEY, Desk, words


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with closing(Desk(tmp_path)) as desk:
        yield desk


def test_a_slip_is_printed_once_and_its_key_is_wiped(desk: Desk) -> None:
    spooler, case_id = desk.spooler(), desk.submit()
    assert desk.keeps_key()
    assert spooler.run_once() is False
    assert spooler.run_once() is False
    assert desk.slips() == ["slip-0001"]
    assert desk.store.slip_state(case_id) == (SlipState.PRINTED, "")
    assert not desk.keeps_key()


def test_slips_come_out_in_the_order_of_submission(desk: Desk) -> None:
    spooler = desk.spooler()
    for _ in range(3):
        desk.submit()
    spooler.run_once()
    expected = [
        printing.job_for(slip.document_for(words(f"A1-{n:04d}-X")), desk.config.printer)
        for n in (1, 2, 3)
    ]
    assert [path.read_bytes() for path in sorted(desk.tray.glob("*.bin"))] == expected


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ({"paper": False}, "paper_out"),
        ({"cover_open": True}, "cover_open"),
        ({"missing": True}, "device_missing"),
        ({"answers": "none"}, "device_busy"),
        ({"answers": "garbage"}, "device_busy"),
    ],
)
def test_a_slip_waits_until_the_printer_is_well_and_comes_out_once(
    desk: Desk, fault: dict[str, object], code: str
) -> None:
    spooler = desk.spooler()
    desk.control(**fault)
    case_id = desk.submit()
    assert spooler.run_once() is True
    assert spooler.run_once() is True
    assert desk.store.slip_state(case_id) == (SlipState.WAITING, code)
    assert desk.printer_state() == code
    desk.control()
    assert spooler.run_once() is False
    assert desk.slips() == ["slip-0001"]
    assert desk.store.slip_state(case_id)[0] is SlipState.PRINTED
    assert desk.printer_state() == "ok"


def test_a_printer_that_goes_away_in_mid_slip_is_never_sent_it_again(desk: Desk) -> None:
    spooler, case_id = desk.spooler(), desk.submit()
    desk.control(lost_after_bytes=3000)
    spooler.run_once()
    assert desk.store.slip_state(case_id) == (SlipState.UNKNOWN, "device_lost")
    desk.control()
    spooler.run_once()
    assert desk.slips() == []
    desk.spooler().run_once()
    assert desk.store.slip_state(case_id)[0] is SlipState.EXPIRED
    assert desk.slips() == []
    assert not desk.keeps_key()


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ({"stall_after_bytes": 1024}, "device_busy"),
        ({"lost_after_bytes": 1024}, "device_lost"),
        ({"cover_opens_after_bytes": 1024}, "cover_open"),
    ],
)
def test_a_slip_that_broke_off_is_asked_for_and_comes_out_once_more_at_most(
    desk: Desk, fault: dict[str, object], code: str
) -> None:
    spooler, case_id = desk.spooler(), desk.submit()
    desk.control(**fault)
    spooler.run_once()
    assert desk.store.slip_state(case_id) == (SlipState.UNKNOWN, code)
    desk.control()
    spooler.run_once()
    assert desk.slips() == [], "nobody has said anything yet"
    assert desk.store.print_copy(case_id, desk.clock.now, 2)
    for _ in range(2):
        spooler.run_once()
    assert len(desk.slips()) == 1
    assert desk.store.slip_state(case_id)[0] is SlipState.PRINTED


class Recorded(VirtualPrinter):
    """Remembers all that was sent to it, apart from questions."""

    sent = b""

    def write(self, data: bytes) -> None:
        """As it is."""
        super().write(data)
        self.sent += b"" if data.startswith(b"\x10\x04") else data


def test_half_a_slip_is_cut_off_before_the_next_resident_has_theirs(desk: Desk) -> None:
    link = Recorded(desk.tray, PAPER_80, patience_s=0.2)
    spooler = desk.spooler(link)
    desk.submit()
    desk.control(lost_after_bytes=3000)
    spooler.run_once()
    desk.control()
    link.sent = b""
    desk.submit()
    desk.submit()
    spooler.run_once()
    alone, together = link.sent.count(b"\x1b@"), link.sent.count(b"\x1dV")
    assert (alone, together) == (3, 3), "one scrap, two slips"
    assert link.sent.startswith(sever())
    assert len(desk.slips()) == 2


def test_a_roll_that_ends_in_mid_slip_is_asked_for_and_its_copy_waits_for_the_refill(
    desk: Desk,
) -> None:
    (desk.tray / "roll.json").write_text('{"roll_mm": 60}')
    spooler, case_id = desk.spooler(), desk.submit()
    spooler.run_once()
    assert desk.store.slip_state(case_id) == (SlipState.UNKNOWN, "paper_out")
    assert desk.store.print_copy(case_id, desk.clock.now, 2)
    assert spooler.run_once() is True
    assert desk.store.slip_state(case_id)[0] is SlipState.WAITING
    (desk.tray / "roll.json").unlink()
    for _ in range(2):
        spooler.run_once()
    assert len(desk.slips()) == 1
    assert desk.store.slip_state(case_id)[0] is SlipState.PRINTED


def test_a_copy_says_so_and_is_printed_once(desk: Desk) -> None:
    spooler, case_id = desk.spooler(), desk.submit()
    desk.control(lost_after_bytes=3000)
    spooler.run_once()
    desk.control()
    assert desk.store.print_copy(case_id, desk.clock.now, 2)
    spooler.run_once()
    spooler.run_once()
    copy = slip.document_for(msgspec.structs.replace(words("A1-0001-X"), is_copy=True))
    [printed] = desk.tray.glob("*.bin")
    assert printed.read_bytes() == printing.job_for(copy, desk.config.printer)
    assert desk.store.slip_state(case_id)[0] is SlipState.PRINTED
    assert not desk.keeps_key()


def test_low_paper_is_told_before_it_is_out_and_slips_go_on(desk: Desk) -> None:
    (desk.tray / "roll.json").write_text('{"roll_mm": 3100}')
    spooler = desk.spooler()
    told = [desk.printer_state()]
    for _ in range(40):
        desk.submit()
        spooler.run_once()
        if desk.printer_state() != told[-1]:
            told.append(desk.printer_state())
    assert told == ["ok", "paper_low", "paper_out"]
    printed = desk.store.slip_counts()["printed"]
    assert printed == len(desk.slips()) > 10


def test_paper_is_counted_where_no_sensor_tells_of_its_end(desk: Desk) -> None:
    desk.roll_m = 1
    spooler = desk.spooler()
    while desk.printer_state() == "ok":
        desk.submit()
        spooler.run_once()
    assert desk.printer_state() == "paper_low"
    assert 5 <= len(desk.slips()) < 10
    (desk.config.runtime_dir / PAPER_CHANGED).touch()
    spooler.run_once()
    assert desk.printer_state() == "ok"
    spooler.run_once()
    assert not (desk.config.runtime_dir / PAPER_CHANGED).exists()


def test_a_roll_that_was_changed_unasked_begins_anew(desk: Desk) -> None:
    desk.roll_m = 0.1
    spooler = desk.spooler()
    desk.submit()
    spooler.run_once()
    assert desk.printer_state() == "paper_low"
    desk.control(paper=False)
    spooler.run_once()
    desk.control()
    spooler.run_once()
    assert desk.printer_state() == "ok"


def test_a_slip_that_waited_too_long_never_comes_out(desk: Desk) -> None:
    spooler = desk.spooler()
    desk.control(paper=False)
    case_id = desk.submit()
    spooler.run_once()
    desk.clock.pass_s(61)
    desk.control()
    assert spooler.run_once() is False
    assert desk.store.slip_state(case_id)[0] is SlipState.EXPIRED
    assert desk.slips() == []
    assert not desk.keeps_key()


def test_yesterdays_slip_found_at_start_never_comes_out(desk: Desk) -> None:
    case_id = desk.submit(msgspec.structs.replace(desk.clock.now, boot_id="boot-0"))
    desk.spooler().run_once()
    assert desk.store.slip_state(case_id)[0] is SlipState.EXPIRED
    assert desk.slips() == []


@pytest.mark.parametrize("year", [1970, 2099])
def test_a_leap_of_the_clock_holds_no_fresh_slip_back(desk: Desk, year: int) -> None:
    spooler, case_id = desk.spooler(), desk.submit()
    desk.clock.pass_s(50)
    desk.clock.leap(datetime(year, 1, 1, tzinfo=UTC))
    spooler.run_once()
    assert desk.store.slip_state(case_id)[0] is SlipState.PRINTED


def test_a_job_that_cannot_be_set_holds_up_nobody(desk: Desk) -> None:
    spooler, broken = desk.spooler(), uuid4()
    desk.store.submit(
        broken, desk.clock.now, lambda _: Submission(record=b"r", reference="A1-0001-X", slip=b"{}")
    )
    good = desk.submit()
    spooler.run_once()
    assert desk.store.slip_state(broken) == (SlipState.EXPIRED, "slip_unreadable")
    assert desk.store.slip_state(good)[0] is SlipState.PRINTED


def test_a_paper_of_a_later_release_holds_up_nobody(desk: Desk) -> None:
    spooler, unheard_of = desk.spooler(), uuid4()
    desk.store.keep_paper(unheard_of, Paper("postcard", b"{}"), desk.clock.now)
    good = desk.submit()
    spooler.run_once()
    assert desk.store.slip_state(unheard_of) == (SlipState.EXPIRED, "slip_unreadable")
    assert desk.store.slip_state(good)[0] is SlipState.PRINTED


def test_the_glass_is_rung_at_each_change_and_only_then(desk: Desk) -> None:
    spooler = desk.spooler()
    assert desk.ui.wait(0), "the printer's first state"
    spooler.run_once()
    assert not desk.ui.wait(0), "nothing changed"
    desk.control(paper=False)
    spooler.run_once()
    assert desk.printer_state() == "paper_out", "seen though no slip waits"
    assert desk.ui.wait(0)
    desk.control()
    desk.submit()
    spooler.run_once()
    assert desk.ui.wait(0)


def test_the_log_tells_the_start_and_never_the_key(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    spooler = desk.spooler()
    desk.submit()
    spooler.run_once()
    desk.submit()
    desk.control(lost_after_bytes=3000)
    spooler.run_once()
    assert "slip started reference=A1-0001-X" in caplog.text
    assert "slip printed reference=A1-0001-X" in caplog.text
    assert "slip unknown reference=A1-0002-X device_lost" in caplog.text
    for private in (KEY, "K7QM", "RAPFANG.EXAMPLE", "ท่าเกษม"):
        assert private not in caplog.text


def test_a_waiting_slip_is_logged_once_and_not_at_each_try(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    spooler = desk.spooler()
    desk.control(paper=False)
    desk.submit()
    spooler.run_once()
    spoken = len(caplog.records)
    for _ in range(3):
        spooler.run_once()
    assert len(caplog.records) == spoken
