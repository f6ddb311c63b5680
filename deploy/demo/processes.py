"""Starting processes that end with whoever started them."""

import ctypes
import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType

PATIENCE_S = 10
_PR_SET_PDEATHSIG = 1


class Processes:
    """Children with a log file each; leaving the context ends them, last started first."""

    def __init__(self, log_dir: Path) -> None:
        log_dir.mkdir(parents=True, exist_ok=True)
        self._log_dir = log_dir
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> "Processes":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for name in reversed(list(self._running)):
            self.stop(name)

    def start(
        self,
        name: str,
        command: Sequence[str | Path],
        environment: Mapping[str, str] | None = None,
        keep_open: Sequence[int] = (),
    ) -> subprocess.Popen[bytes]:
        """Start `command`; its output goes to `<log_dir>/<name>.log`.

        The child leads a process group of its own, so that Ctrl-C reaches only us and
        we end the children in order; descriptors in `keep_open` are handed down.
        """
        with self.log(name).open("ab") as log:
            child = subprocess.Popen(
                [str(word) for word in command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, **(environment or {})},
                pass_fds=keep_open,
                process_group=0,
                preexec_fn=_end_with_parent,
            )
        self._running[name] = child
        return child

    def log(self, name: str) -> Path:
        """Where the child's output goes."""
        return self._log_dir / f"{name}.log"

    def ended(self) -> str | None:
        """The name of a child that is no longer running, if any."""
        return next((name for name, p in self._running.items() if p.poll() is not None), None)

    def stop(self, name: str) -> None:
        """Ask the child to end; insist after PATIENCE_S seconds."""
        child = self._running.pop(name)
        child.terminate()
        try:
            child.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def _end_with_parent() -> None:
    """Even a killed parent leaves nothing behind (prctl(2), PR_SET_PDEATHSIG)."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
