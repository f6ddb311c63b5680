"""One contract for every cable: the same bad days, told in the same words."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hardware.errors import CoverOpen, DeviceBusy, DeviceLost, DeviceMissing, PaperOut
from hardware.printer import escpos
from hardware.printer.document import Document, Line, Role
from hardware.printer.paper import PAPER_80
from hardware.printer.printer import Outcome, Printer, Verdict
from hardware.printer.raster import render
from tests.hardware.printer.cables import CABLES, Bench

PICTURE = render(Document(tuple(Line("น้ำท่วม", Role.TITLE) for _ in range(12))), PAPER_80)
JOB = escpos.encode(PICTURE)
PRINTED = Outcome(Verdict.PRINTED)
BUFFERED = 2000
"""Less than a small printer's buffer holds."""


@pytest.fixture(params=CABLES, ids=lambda cable: cable.__name__)
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    tray = tmp_path / "tray"
    tray.mkdir()
    with request.param(tray) as bench:
        yield bench


@pytest.fixture
def printer(bench: Bench) -> Printer:
    return Printer(bench.link, done_s=2)


def test_every_byte_arrives_and_the_printer_says_so(bench: Bench, printer: Printer) -> None:
    printer.check()
    assert printer.print(JOB) == PRINTED
    assert printer.print(JOB) == PRINTED
    assert bench.slips() == [JOB, JOB]


@pytest.mark.parametrize(
    ("controls", "code"),
    [
        ({"paper": False}, PaperOut.code),
        ({"cover_open": True}, CoverOpen.code),
        ({"answers": "none"}, DeviceBusy.code),
        ({"answers": "garbage"}, DeviceBusy.code),
    ],
)
def test_a_printer_that_is_not_well_or_does_not_say_so_starts_nothing(
    bench: Bench, printer: Printer, controls: dict[str, object], code: str
) -> None:
    bench.control(**controls)
    assert printer.print(JOB) == Outcome(Verdict.NOT_STARTED, code)
    bench.control()
    assert printer.print(JOB) == PRINTED
    assert bench.slips() == [JOB]


def test_a_printer_unplugged_before_a_job_is_missing_and_found_again(
    bench: Bench, printer: Printer
) -> None:
    bench.unplug()
    assert printer.print(JOB) == Outcome(Verdict.NOT_STARTED, DeviceMissing.code)
    bench.plug_in()
    assert printer.print(JOB) == PRINTED
    bench.unplug()
    with pytest.raises(DeviceMissing):
        printer.check()
    bench.plug_in()
    printer.check()
    assert bench.slips() == [JOB]


def test_a_cable_pulled_in_mid_job_is_lost_and_nobody_knows(bench: Bench, printer: Printer) -> None:
    bench.control(lost_after_bytes=1024)
    assert printer.print(JOB) == Outcome(Verdict.UNKNOWN, DeviceLost.code)
    bench.mend()
    assert printer.print(JOB) == PRINTED
    assert bench.slips() == [JOB]


def test_a_printer_that_stalls_holds_nobody_longer_than_its_time_outs(
    bench: Bench, printer: Printer
) -> None:
    bench.control(stall_after_bytes=1024)
    assert printer.print(JOB * 8) == Outcome(Verdict.UNKNOWN, DeviceBusy.code)
    bench.mend()
    assert printer.print(JOB) == PRINTED
    assert bench.slips() == [JOB]


def test_a_cover_opened_in_mid_job_is_told_as_long_as_the_printer_can_be_asked(
    bench: Bench, printer: Printer
) -> None:
    bench.control(cover_opens_after_bytes=len(JOB) - BUFFERED)
    assert printer.print(JOB) == Outcome(Verdict.UNKNOWN, CoverOpen.code)
    bench.mend()
    assert printer.print(JOB) == PRINTED


def test_a_link_closes_twice_and_unopened_and_is_lost_when_closed(bench: Bench) -> None:
    bench.link.close()
    bench.link.open()
    bench.link.close()
    bench.link.close()
