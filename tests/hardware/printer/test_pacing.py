"""Printers that are hurried easily, that broke off, or that say nothing."""

from pathlib import Path

import pytest

from hardware.errors import CoverOpen, DeviceLost, DeviceMisuse, PaperOut
from hardware.fake.interpreter import Act, Reader, picture_of
from hardware.fake.printer import VirtualPrinter
from hardware.printer import escpos, status
from hardware.printer.escpos import Habits
from hardware.printer.file import FileLink
from hardware.printer.mute import OUT_S, MutePrinter
from hardware.printer.pacing import PacedLink
from hardware.printer.paper import PAPER_80
from hardware.printer.printer import Outcome, Printer, Verdict
from tests.hardware.printer.cables import SHORT
from tests.hardware.printer.test_links import JOB, PICTURE, PRINTED

RASTER = escpos.longest_raster(576, Habits())


def dots_of(job: bytes) -> list[bytes]:
    return [command.raw for command in Reader().take(job) if command.act is Act.DOTS]


class StubbornPrinter:
    """A printer that forgets nothing when its cable is pulled: it waits for the rest."""

    def __init__(self) -> None:
        self.acts: list[Act] = []
        self.dots: list[bytes] = []
        self.lost_after_bytes = 0
        self._reader = Reader()
        self._answers = b""

    def open(self) -> None: ...

    def write(self, data: bytes) -> None:
        if data.startswith(b"\x10\x04"):
            self._answers += b"\x12"
            return
        taken = data[: self.lost_after_bytes] if self.lost_after_bytes else data
        for command in self._reader.take(taken):
            self.acts.append(command.act)
            self._answers += b"\0" if command.act is Act.ANSWER else b""
            self.dots += [command.raw] if command.act is Act.DOTS else []
        if taken != data:
            raise DeviceLost("pulled")

    def read(self, timeout_s: float) -> bytes:
        answers, self._answers = self._answers, b""
        return answers

    def close(self) -> None: ...


def test_a_picture_that_broke_off_does_not_swallow_the_next_slip() -> None:
    stubborn = StubbornPrinter()
    printer = Printer(PacedLink(stubborn, 0, RASTER))
    stubborn.lost_after_bytes = 500
    assert printer.print(JOB) == Outcome(Verdict.UNKNOWN, DeviceLost.code)
    stubborn.lost_after_bytes = 0
    stubborn.acts.clear()
    assert printer.print(JOB) == PRINTED
    after = stubborn.acts[stubborn.acts.index(Act.RESET) :]
    assert after.count(Act.CUT) == 1
    assert stubborn.dots[1:] == dots_of(JOB)
    stubborn.acts.clear()
    assert printer.print(JOB) == PRINTED
    assert Act.NOTHING not in stubborn.acts


def test_without_blank_dots_it_would() -> None:
    """The stubborn printer is stubborn: else the test above shows nothing."""
    stubborn = StubbornPrinter()
    printer = Printer(stubborn, done_s=0)
    stubborn.lost_after_bytes = 500
    printer.print(JOB)
    stubborn.lost_after_bytes = 0
    stubborn.dots.clear()
    stubborn.acts.clear()
    assert printer.print(JOB) == Outcome(Verdict.UNKNOWN, DeviceMisuse.code)
    assert Act.RESET not in stubborn.acts


def test_each_part_is_followed_by_its_pause_and_a_question_by_none() -> None:
    rests: list[float] = []
    printer = Printer(PacedLink(StubbornPrinter(), 0.02, RASTER, rests.append))
    assert printer.print(JOB) == PRINTED
    parts = len(list(escpos.pieces(JOB)))
    assert parts > 2
    assert rests == [0.02] * (parts + 1)


def test_parts_end_with_a_raster_and_lose_nothing() -> None:
    *parts, tail = escpos.pieces(JOB)
    assert b"".join((*parts, tail)) == JOB
    for part in parts:
        assert [command.act for command in Reader().take(part)][-1] is Act.DOTS
    assert Act.DOTS not in [command.act for command in Reader().take(tail)]


@pytest.mark.parametrize("rows", [8, 48, 64, 96, 100, 128, 240, 255])
def test_a_printer_gets_no_more_rows_than_it_takes(rows: int) -> None:
    heights = [
        command.rows
        for command in Reader().take(escpos.encode(PICTURE, Habits(rows=rows)))
        if command.act is Act.DOTS
    ]
    assert all(0 < height <= rows and height % 48 for height in heights)


def test_where_feeds_count_otherwise_blank_rows_are_sent_as_dots() -> None:
    job = escpos.encode(PICTURE, Habits(feeds_dots=False))
    assert Act.FEED not in [command.act for command in Reader().take(job)]
    assert picture_of(job).tobytes() == PICTURE.tobytes()


def test_without_a_cutter_a_slip_is_fed_past_the_edge() -> None:
    commands = list(Reader().take(escpos.encode(PICTURE, Habits(has_cutter=False))))
    assert Act.CUT not in [command.act for command in commands]
    with_cut = list(Reader().take(escpos.encode(PICTURE)))
    fed = sum(command.rows for command in commands) - sum(command.rows for command in with_cut)
    assert fed == 144


def test_a_mute_printers_slip_is_sent_and_never_printed(tmp_path: Path) -> None:
    path = tmp_path / "slips.bin"
    path.touch()
    told: list[str] = []
    rests: list[float] = []
    printer = MutePrinter(FileLink(path, SHORT), answers=False, rest=rests.append)
    printer.check()
    assert printer.print(JOB, lambda: told.append("started")) == Outcome(Verdict.UNKNOWN)
    assert told == ["started"]
    assert rests == [OUT_S], "nobody is asked while paper still comes"
    assert path.read_bytes() == JOB


def test_a_printer_that_only_tells_how_it_is_is_asked_before(tmp_path: Path) -> None:
    tray = tmp_path / "tray"
    tray.mkdir()
    virtual = VirtualPrinter(tray, PAPER_80, patience_s=0.1)
    printer = MutePrinter(virtual, answers=True, rest=lambda _: None)
    assert printer.print(JOB) == Outcome(Verdict.UNKNOWN)
    (tray / "control.json").write_text('{"cover_open": true}')
    assert printer.print(JOB) == Outcome(Verdict.NOT_STARTED, CoverOpen.code)
    assert len(list(tray.glob("slip-*.bin"))) == 1
    assert status.BARRIER not in (tray / "slip-0001.bin").read_bytes()


def test_and_after_the_paper_had_its_time_while_it_still_has_the_cable(tmp_path: Path) -> None:
    def run_out(_: float) -> None:
        (tmp_path / "control.json").write_text('{"paper": false}')

    virtual = VirtualPrinter(tmp_path, PAPER_80, patience_s=0.1)
    printer = MutePrinter(virtual, answers=True, rest=run_out)
    assert printer.print(JOB) == Outcome(Verdict.UNKNOWN, PaperOut.code)
