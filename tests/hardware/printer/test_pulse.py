"""Whoever waits for a printer is known to be alive."""

import time
from pathlib import Path

from hardware.errors import DeviceBusy
from hardware.fake.printer import VirtualPrinter
from hardware.printer.paper import PAPER_80
from hardware.printer.printer import Outcome, Printer, Verdict
from hardware.printer.pulse import LONGEST_READ_S, PulsedLink
from tests.hardware.printer.test_links import JOB, PRINTED


class Silence:
    """A link at whose end nobody speaks; each spell of reading ends at once."""

    def __init__(self) -> None:
        self.spells: list[float] = []

    def open(self) -> None: ...

    def write(self, data: bytes) -> None: ...

    def read(self, timeout_s: float) -> bytes:
        self.spells.append(timeout_s)
        return b"\x12" if len(self.spells) == 5 else b""

    def close(self) -> None: ...


def test_a_long_wait_for_an_answer_is_told_of_in_spells() -> None:
    signs: list[int] = []
    silence = Silence()
    link = PulsedLink(silence, lambda: signs.append(len(silence.spells)))
    assert link.read(2.5 * LONGEST_READ_S) == b""
    assert silence.spells == [LONGEST_READ_S, LONGEST_READ_S, LONGEST_READ_S / 2]
    assert signs == [0, 1, 2]
    assert link.read(4 * LONGEST_READ_S) == b"\x12", "an answer ends the wait"
    assert len(silence.spells) == 5


def test_no_time_at_all_is_one_look() -> None:
    silence = Silence()
    assert PulsedLink(silence, lambda: None).read(0) == b""
    assert silence.spells == [0]


def test_a_printer_that_takes_no_more_is_waited_for_between_two_signs(tmp_path: Path) -> None:
    signs: list[float] = []
    virtual = VirtualPrinter(tmp_path, PAPER_80, patience_s=0.3)
    printer = Printer(PulsedLink(virtual, lambda: signs.append(time.monotonic())), done_s=0.2)
    assert printer.print(JOB) == PRINTED
    asked_and_sent = len(signs)
    (tmp_path / "control.json").write_text('{"stall_after_bytes": 1024}')
    assert printer.print(JOB * 8) == Outcome(Verdict.UNKNOWN, DeviceBusy.code)
    assert asked_and_sent > 10, "open, four questions, each part, the end, four more"
    assert len(signs) > asked_and_sent + 6
