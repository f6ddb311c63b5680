import os
from pathlib import Path

import pytest

from hardware.errors import DeviceBusy, DeviceFault, DeviceMissing
from hardware.fake import cups as fake
from hardware.printer import cups
from hardware.printer.cups import CupsPrinter
from hardware.printer.mute import OUT_S
from hardware.printer.printer import Outcome, Verdict
from tests.hardware.printer.test_links import JOB

SENT = Outcome(Verdict.UNKNOWN)


@pytest.fixture
def queue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    queue = tmp_path / "spool" / "slips"
    queue.mkdir(parents=True)
    fake.install(tmp_path / "bin", tmp_path / "spool")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    return queue


def test_a_job_that_cups_has_handed_on_is_sent_and_no_more_is_known(queue: Path) -> None:
    told: list[str] = []
    rests: list[float] = []
    printer = CupsPrinter("slips", done_s=5, rest=rests.append)
    printer.check()
    assert printer.print(JOB, lambda: told.append("started")) == SENT
    assert told == ["started"]
    assert rests == [OUT_S], "nobody is asked while paper still comes"
    assert (queue / "slips-1.done").read_bytes() == JOB
    assert cups.queues() == ["slips"]


def test_a_queue_that_does_not_move_keeps_no_job_for_the_next_hand(queue: Path) -> None:
    (queue / "held").touch()
    signs: list[None] = []
    printer = CupsPrinter("slips", 0.1, lambda: signs.append(None))
    assert printer.print(JOB) == Outcome(Verdict.UNKNOWN, DeviceBusy.code)
    assert len(signs) >= 4, "whoever waits is alive: two questions, the queue's, and its end"
    assert not list(queue.glob("slips-*"))


def test_a_stopped_queue_and_one_that_is_not_there_start_nothing(queue: Path) -> None:
    (queue / "stopped").touch()
    assert CupsPrinter("slips", 1).print(JOB) == Outcome(Verdict.NOT_STARTED, DeviceFault.code)
    with pytest.raises(DeviceMissing, match="Invalid destination name"):
        CupsPrinter("sips", 1).check()
    assert not list(queue.glob("slips-*"))


def test_where_cups_is_not_installed_its_package_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(DeviceMissing, match="cups-client"):
        CupsPrinter("slips", 1).check()
    assert cups.queues() == []
