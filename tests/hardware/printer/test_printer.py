"""The printer's verdicts, over a device that can really fail."""

import json
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from hardware.errors import CoverOpen, DeviceBusy, DeviceMissing, HardwareError, PaperOut
from hardware.fake.interpreter import picture_of
from hardware.fake.printer import VirtualPrinter
from hardware.printer import escpos
from hardware.printer.document import Document, Line, Role
from hardware.printer.paper import DOTS_PER_MM, PAPER_80
from hardware.printer.printer import Outcome, Printer, Verdict
from hardware.printer.raster import render
from hardware.printer.status import BARRIER

Control = Callable[..., None]
PICTURE = render(Document(tuple(Line("น้ำท่วม", Role.TITLE, bold=True) for _ in range(12))), PAPER_80)
JOB = escpos.encode(PICTURE)
PRINTED = Outcome(Verdict.PRINTED)


def names(tray: Path) -> list[str]:
    return sorted(path.name for path in tray.glob("slip-*"))


def test_a_slip_lands_in_the_tray_as_bytes_and_as_what_they_put_on_paper(
    printer: Printer, tray: Path
) -> None:
    assert printer.print(JOB) == PRINTED
    assert printer.print(JOB) == PRINTED
    assert names(tray) == ["slip-0001.bin", "slip-0001.png", "slip-0002.bin", "slip-0002.png"]
    assert (tray / "slip-0001.bin").read_bytes() == JOB
    with Image.open(tray / "slip-0001.png") as drawn:
        assert drawn.convert("1").tobytes() == PICTURE.tobytes()
    assert picture_of((tray / "slip-0002.bin").read_bytes()).tobytes() == PICTURE.tobytes()


def test_the_start_is_told_once_and_only_when_bytes_went_out(
    printer: Printer, control: Control
) -> None:
    told: list[str] = []
    printer.print(JOB, lambda: told.append("started"))
    assert told == ["started"]
    control(paper=False)
    printer.print(JOB, lambda: told.append("again"))
    assert told == ["started"]


@pytest.mark.parametrize(
    ("controls", "error"),
    [
        ({"paper": False}, PaperOut),
        ({"cover_open": True}, CoverOpen),
        ({"missing": True}, DeviceMissing),
    ],
)
def test_a_fault_before_the_first_byte_is_not_started_and_mends(
    printer: Printer,
    tray: Path,
    control: Control,
    controls: dict[str, bool],
    error: type[HardwareError],
) -> None:
    control(**controls)
    assert printer.print(JOB) == Outcome(Verdict.NOT_STARTED, error.code)
    with pytest.raises(error):
        printer.check()
    assert names(tray) == []
    control()
    printer.check()
    assert printer.print(JOB) == PRINTED


def test_a_tray_that_cannot_be_made_is_a_missing_printer(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    printer = Printer(VirtualPrinter(tmp_path / "file" / "tray", PAPER_80))
    assert printer.print(JOB) == Outcome(Verdict.NOT_STARTED, DeviceMissing.code)


@pytest.mark.parametrize(
    ("controls", "code"),
    [({"lost_after_bytes": 3000}, "device_lost"), ({"stall_after_bytes": 3000}, "device_busy")],
)
def test_a_fault_in_mid_job_leaves_half_a_slip_and_nobody_knows(
    printer: Printer, tray: Path, control: Control, controls: dict[str, int], code: str
) -> None:
    assert len(JOB) > 4000
    control(**controls)
    assert printer.print(JOB) == Outcome(Verdict.UNKNOWN, code)
    assert names(tray) == ["slip-0001.part"]
    assert JOB.startswith((tray / "slip-0001.part").read_bytes())
    control()
    assert printer.print(JOB) == PRINTED
    assert names(tray) == ["slip-0001.part", "slip-0002.bin", "slip-0002.png"]


def test_a_stall_that_ends_in_time_does_no_harm(tray: Path, control: Control) -> None:
    printer = Printer(VirtualPrinter(tray, PAPER_80, patience_s=10))
    control(stall_after_bytes=3000)
    mend = threading.Timer(0.2, control)
    mend.start()
    assert printer.print(JOB) == PRINTED
    mend.join()


def test_a_roll_really_runs_out_and_a_new_one_helps(printer: Printer, tray: Path) -> None:
    tray.mkdir()
    length_mm = PICTURE.height / DOTS_PER_MM
    (tray / "roll.json").write_text(json.dumps({"roll_mm": length_mm * 1.5}))
    assert printer.print(JOB) == Outcome(Verdict.PRINTED, is_paper_low=True)
    assert json.loads((tray / "roll.json").read_text())["roll_mm"] < length_mm / 2
    assert printer.print(JOB) == Outcome(Verdict.UNKNOWN, PaperOut.code)
    assert printer.print(JOB) == Outcome(Verdict.NOT_STARTED, PaperOut.code)
    (tray / "roll.json").unlink()
    assert printer.print(JOB) == PRINTED


def test_low_paper_is_told_of_while_it_still_prints(
    printer: Printer, tray: Path, control: Control
) -> None:
    assert not printer.check()
    control(near_end=True)
    assert printer.check()
    assert printer.print(JOB) == Outcome(Verdict.PRINTED, is_paper_low=True)


class SaysDone(VirtualPrinter):
    """Answers in turn although the paper ended in mid-slip, or a hand came in between.

    `after` are its controls from its answer in turn on.
    """

    def __init__(self, tray: Path, **after: object) -> None:
        super().__init__(tray, PAPER_80, patience_s=0.2)
        self._after, self._path = json.dumps(after), tray / "control.json"

    def write(self, data: bytes) -> None:
        """Whatever comes behind the barrier finds other controls."""
        super().write(data)
        if data == BARRIER:
            self._path.write_text(self._after)


@pytest.mark.parametrize(
    ("after", "outcome"),
    [
        ({"paper": False}, Outcome(Verdict.UNKNOWN, "paper_out")),
        ({"cover_open": True}, Outcome(Verdict.UNKNOWN, "cover_open")),
        ({"answers": "garbage"}, Outcome(Verdict.UNKNOWN, "device_busy")),
    ],
)
def test_success_is_not_believed_of_a_printer_that_is_not_well(
    tray: Path, after: dict[str, object], outcome: Outcome
) -> None:
    tray.mkdir()
    assert Printer(SaysDone(tray, **after), done_s=0.2).print(JOB) == outcome


class PulledAtTheEnd(VirtualPrinter):
    """Its cable is pulled once its answer in turn was heard."""

    def read(self, timeout_s: float) -> bytes:
        """The answer in turn is the last."""
        answer = super().read(timeout_s)
        if answer == b"\0":
            (self._tray / "control.json").write_text('{"missing": true}')
        return answer


def test_a_cable_pulled_after_the_slip_takes_nothing_from_it(tray: Path) -> None:
    printer = Printer(PulledAtTheEnd(tray, PAPER_80, patience_s=0.2), done_s=0.2)
    assert printer.print(JOB) == PRINTED
    assert printer.print(JOB) == Outcome(Verdict.NOT_STARTED, "device_missing")


@pytest.mark.parametrize("answers", ["none", "garbage"])
def test_a_printer_that_speaks_no_sense_is_sent_nothing(
    printer: Printer, tray: Path, control: Control, answers: str
) -> None:
    control(answers=answers)
    assert printer.print(JOB) == Outcome(Verdict.NOT_STARTED, "device_busy")
    assert names(tray) == []


def test_a_printer_in_use_is_busy(link: VirtualPrinter, tray: Path) -> None:
    link.open()
    try:
        other = Printer(VirtualPrinter(tray, PAPER_80))
        assert other.print(JOB) == Outcome(Verdict.NOT_STARTED, DeviceBusy.code)
    finally:
        link.close()


def test_a_misspelt_control_is_an_error_and_not_a_well_printer(
    printer: Printer, control: Control
) -> None:
    control(papper=False)
    with pytest.raises(HardwareError, match="papper"):
        printer.check()
