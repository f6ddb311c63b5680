import pytest

from hardware.errors import (
    CoverOpen,
    DeviceBusy,
    DeviceFault,
    HardwareError,
    Overheated,
    PaperOut,
)
from hardware.printer import status


class Talker:
    """A link to a printer that answers what it was told to, and nothing else."""

    def __init__(self, answers: dict[bytes, bytes], stale: bytes = b"") -> None:
        self.answers = answers
        self.waiting = stale

    def open(self) -> None: ...

    def write(self, data: bytes) -> None:
        self.waiting += self.answers.get(data, b"")

    def read(self, timeout_s: float) -> bytes:
        answer, self.waiting = self.waiting, b""
        return answer

    def close(self) -> None: ...


WELL = {
    status.ASK_OFFLINE_CAUSE: b"\x12",
    status.ASK_PAPER: b"\x12",
    status.ASK_ERROR_CAUSE: b"\x12",
    status.ASK_PRINTER: b"\x12",
}


@pytest.mark.parametrize(
    ("answers", "fault"),
    [
        ({status.ASK_OFFLINE_CAUSE: b"\x16"}, CoverOpen),
        ({status.ASK_OFFLINE_CAUSE: b"\x32", status.ASK_PAPER: b"\x72"}, PaperOut),
        ({status.ASK_OFFLINE_CAUSE: b"\x52", status.ASK_ERROR_CAUSE: b"\x52"}, Overheated),
        ({status.ASK_OFFLINE_CAUSE: b"\x52", status.ASK_ERROR_CAUSE: b"\x1a"}, DeviceFault),
        ({status.ASK_PRINTER: b"\x1a"}, DeviceFault),
        ({status.ASK_OFFLINE_CAUSE: b""}, DeviceBusy),
        ({status.ASK_OFFLINE_CAUSE: b"\xff"}, DeviceBusy),
    ],
)
def test_each_fault_is_told_apart(answers: dict[bytes, bytes], fault: type[HardwareError]) -> None:
    with pytest.raises(fault) as raised:
        status.check(Talker({**WELL, **answers}), 0.1)
    assert raised.type is fault


def test_a_well_printer_passes_and_old_answers_are_not_taken_for_new() -> None:
    status.check(Talker(WELL, stale=b"\x16"), 0.1)


@pytest.mark.parametrize("near_end", [b"\x12", b"\x1e"])
def test_a_roll_near_its_end_still_prints(near_end: bytes) -> None:
    is_low = status.check(Talker({**WELL, status.ASK_PAPER: near_end}), 0.1)
    assert is_low == (near_end == b"\x1e")


def test_the_barrier_waits_for_the_answer_in_turn() -> None:
    status.await_barrier(Talker({status.BARRIER: b"\x00"}), 0.1)
    for answer in (b"", b"\x12"):
        with pytest.raises(DeviceBusy):
            status.await_barrier(Talker({status.BARRIER: answer}), 0.1)


class Dropwise(Talker):
    """Its answers come one by one, whatever is asked."""

    def __init__(self, *answers: bytes) -> None:
        super().__init__({})
        self.coming = list(answers)

    def read(self, timeout_s: float) -> bytes:
        return self.coming.pop(0) if self.coming else b""


def test_an_answer_to_dots_that_read_like_a_question_is_not_the_one_waited_for() -> None:
    status.await_barrier(Dropwise(b"\x12", b"\x1a", b"\x00"), 10)
    status.check(Dropwise(b"", b"\x00", b"\x12", b"\x03\x12", b"\x12"), 10)
    with pytest.raises(DeviceBusy):
        status.await_barrier(Dropwise(b"\x12", b"\x12"), 10)
