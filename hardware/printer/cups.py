"""A CUPS queue: whatever CUPS can print on, at the price of knowing least.

CUPS says when it has handed a job on, never that paper came out, and a printer's answers
do not come through it. So a slip is never PRINTED: the outcome is UNKNOWN without an error
once the job has left the queue, and a person is asked. Only what CUPS refuses, or a queue
that stands still, is NOT_STARTED. `lp` and its kin are programs of `cups-client`.
"""

import contextlib
import os
import re
import subprocess
import time
from collections.abc import Callable

from hardware.errors import DeviceBusy, DeviceFault, DeviceMissing, HardwareError
from hardware.printer.mute import OUT_S
from hardware.printer.printer import Outcome, Verdict

_PROGRAM_S = 5.0
_GLANCE_S = 0.25
_JOB = re.compile(rb"request id is (\S+) ")


class CupsPrinter:
    """A raw job for each slip on the queue `name`.

    Args:
        name: as `lpstat -p` tells it.
        done_s: how long a job may stand in the queue before it is cancelled.
        pulse: called before each question to CUPS: whoever waits is alive.
        rest: sleeps while the paper comes out.
    """

    def __init__(
        self,
        name: str,
        done_s: float,
        pulse: Callable[[], None] = lambda: None,
        rest: Callable[[float], None] = time.sleep,
    ) -> None:
        self._name = name
        self._done_s = done_s
        self._pulse = pulse
        self._rest = rest

    def check(self) -> bool:
        """Whether the queue prints. False: CUPS tells nothing of how much paper is left.

        Raises:
            DeviceMissing: there is no such queue, or no CUPS.
            DeviceFault: it is stopped.
            DeviceBusy: CUPS does not answer.
        """
        told = self._run("lpstat", "-p", self._name)
        if b" disabled since" in told.splitlines()[0]:
            raise DeviceFault(f"the queue {self._name} is stopped")
        return False

    def print(self, data: bytes, started: Callable[[], None] = lambda: None) -> Outcome:
        """Put a job into the queue and wait until CUPS has handed it on."""
        try:
            self.check()
            job = _number(self._run("lp", "-d", self._name, "-o", "raw", "-", given=data))
        except HardwareError as error:
            return Outcome(Verdict.NOT_STARTED, error.code)
        started()
        try:
            self._await(job)
        except HardwareError as error:
            with contextlib.suppress(HardwareError):
                self._run("cancel", job)
            return Outcome(Verdict.UNKNOWN, error.code)
        self._rest(OUT_S)
        return Outcome(Verdict.UNKNOWN)

    def _await(self, job: str) -> None:
        give_up_at = time.monotonic() + self._done_s
        while any(line.startswith(job.encode() + b" ") for line in self._unfinished()):
            if time.monotonic() >= give_up_at:
                raise DeviceBusy(f"the queue {self._name} does not move")
            time.sleep(_GLANCE_S)

    def _unfinished(self) -> list[bytes]:
        return self._run("lpstat", "-W", "not-completed", "-o", self._name).splitlines()

    def _run(self, *command: str, given: bytes = b"") -> bytes:
        self._pulse()
        return _run(*command, given=given)


def queues() -> list[str]:
    """The queues that CUPS has; none where it is not installed or does not answer."""
    with contextlib.suppress(HardwareError):
        return [line.decode() for line in _run("lpstat", "-e").splitlines()]
    return []


def _number(told: bytes) -> str:
    found = _JOB.search(told)
    if found is None:
        raise DeviceBusy("CUPS gave the job no number")
    return found[1].decode()


def _run(*command: str, given: bytes = b"") -> bytes:
    """What a program of CUPS' said.

    Raises:
        DeviceMissing: it is not installed, or knows no such queue.
        DeviceBusy: it did not come back in time.
    """
    try:
        done = subprocess.run(
            command,
            input=given,
            capture_output=True,
            check=True,
            timeout=_PROGRAM_S,
            env={**os.environ, "LC_ALL": "C"},
        )
    except FileNotFoundError as error:
        raise DeviceMissing("install the Debian package cups-client") from error
    except subprocess.TimeoutExpired as error:
        raise DeviceBusy("CUPS does not answer") from error
    except subprocess.CalledProcessError as error:
        raise DeviceMissing(error.stderr.decode(errors="replace").strip()) from error
    return done.stdout
