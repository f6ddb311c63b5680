"""Serving: gunicorn for the web and the worker for mails, as two children of one parent.

When one child ends, so does the other: the service manager starts all of it again.
"""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from types import FrameType
from typing import NoReturn

from sync.central.environment import Environment

PATIENCE_S = 15
_PR_SET_PDEATHSIG = 1


class _Told(Exception):
    """A signal told us to end."""


def run(environment: Environment) -> int:
    """Serve until told to end (0), or until a child ends by itself (1)."""
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, _stop)
    children = [_start(_web(environment)), _start([sys.executable, "-m", "sync.central", "worker"])]
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT)
    except _Told:
        return 0
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        _end(children)
    return 1


def web(environment: Environment) -> NoReturn:
    """Become gunicorn, which tells a service manager by itself that it serves."""
    command = _web(environment)
    os.execv(command[0], command)  # noqa: S606 no shell is wanted


def _web(environment: Environment) -> list[str]:
    return [
        *(sys.executable, "-m", "gunicorn", "--no-control-socket"),
        *("--config", "python:sync.central.gunicorn"),
        *("--bind", f"127.0.0.1:{environment.port}", "--workers", str(environment.workers)),
        "sync.central.wsgi:application",
    ]


def _start(command: Sequence[str]) -> subprocess.Popen[bytes]:
    """A child in a group of its own, so that Ctrl-C reaches only us and we end it in order."""
    return subprocess.Popen(
        command, stdin=subprocess.DEVNULL, process_group=0, preexec_fn=_end_with_parent
    )


def _end(children: Sequence[subprocess.Popen[bytes]]) -> None:
    for child in children:
        child.terminate()
    for child in children:
        try:
            child.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def _end_with_parent() -> None:
    """Even a killed parent leaves nothing behind (prctl(2), PR_SET_PDEATHSIG)."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _stop(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 a signal handler
    raise _Told
