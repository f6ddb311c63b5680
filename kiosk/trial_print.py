"""Papers that staff ask for: printed by the spooler that owns the printer, or without one here.

A request and its answer are small files in the runtime folder, told of by doorbells. Who
holds `print.lock` owns the printer.
"""

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from hardware.errors import DeviceBusy
from hardware.printer.printer import Outcome, Verdict
from kiosk.files import write_atomically
from sync.doorbell import PRINT_BELL, Doorbell, ring

_LOCK = "print.lock"
_REQUESTS = "test-print.*.request"


class PaperRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A paper that waits for nobody: its kind and its words, as `kiosk.papers` knows them."""

    paper: str
    words: bytes


@contextmanager
def owning_printer(runtime_dir: Path) -> Iterator[None]:
    """Own the printer, among the processes of this device.

    Raises:
        DeviceBusy: another process owns it.
    """
    runtime_dir.mkdir(parents=True, exist_ok=True)
    with (runtime_dir / _LOCK).open("wb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise DeviceBusy("the spooler has the printer") from error
        yield


def ask(runtime_dir: Path, request: PaperRequest, timeout_s: float) -> Outcome:
    """Have the running spooler print a paper.

    A spooler that has not begun within `timeout_s` loses the request: NOT_STARTED.
    """
    question = runtime_dir / f"test-print.{os.getpid()}.request"
    answer = question.with_suffix(".answer")
    with Doorbell(question.with_suffix(".sock")) as bell:
        try:
            write_atomically(question, msgspec.json.encode(request))
            ring(runtime_dir / PRINT_BELL)
            return _await(answer, bell, timeout_s) or _withdraw(question)
        finally:
            answer.unlink(missing_ok=True)
            bell.path.unlink(missing_ok=True)


def answer_all(runtime_dir: Path, print_asked: Callable[[PaperRequest], Outcome]) -> None:
    """Print the papers that were asked for and say how it went."""
    for question in sorted(runtime_dir.glob(_REQUESTS)):
        try:
            request = msgspec.json.decode(question.read_bytes(), type=PaperRequest)
            question.unlink()
        except FileNotFoundError:
            continue  # withdrawn in this moment
        outcome = print_asked(request)
        write_atomically(question.with_suffix(".answer"), msgspec.json.encode(outcome))
        ring(question.with_suffix(".sock"))


def _await(answer: Path, bell: Doorbell, timeout_s: float) -> Outcome | None:
    give_up_at = time.monotonic() + timeout_s
    while (left_s := give_up_at - time.monotonic()) > 0:
        bell.wait(left_s)
        if answer.exists():
            return msgspec.json.decode(answer.read_bytes(), type=Outcome)
    return None


def _withdraw(question: Path) -> Outcome:
    try:
        question.unlink()
    except FileNotFoundError:
        return Outcome(Verdict.UNKNOWN, DeviceBusy.code)
    return Outcome(Verdict.NOT_STARTED, DeviceBusy.code)
