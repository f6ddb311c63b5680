"""A technician's terminal, 60 columns wide, whose line may be lost: a real PTY."""

import errno
import fcntl
import os
import pty
import re
import select
import struct
import sys
import termios
import time
from collections.abc import Sequence

PATIENCE_S = 60.0
_START = "import sys; from kiosk.cli import main; sys.exit(main(sys.argv[1:]))"


class Terminal:
    """Runs `kiosk` with these words; `told` is all that was written so far."""

    def __init__(self, words: Sequence[str], columns: int = 60, rows: int = 24) -> None:
        self.told = b""
        self._status: int | None = None
        self._pid, self._line = pty.fork()
        if self._pid == 0:  # the child: its terminal is the only one it has
            size = struct.pack("HHHH", rows, columns, 0, 0)
            fcntl.ioctl(0, termios.TIOCSWINSZ, size)
            # Not the process's own surroundings: readline puts COLUMNS there behind Python's back.
            around = {**os.environ, "TERM": "xterm-256color"}
            for told in ("COLUMNS", "LINES"):  # by whoever runs the tests; the terminal knows
                around.pop(told, None)
            os.execve(sys.executable, [sys.executable, "-c", _START, *words], around)

    @property
    def shown(self) -> str:
        """All of it, colours and all."""
        return self.told.decode(errors="replace").replace("\r\n", "\n")

    @property
    def words(self) -> str:
        """What stands there, without its colours."""
        return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", self.shown)

    def until(self, words: bytes) -> bytes:
        """Read until these words were written."""
        end_s = time.monotonic() + PATIENCE_S
        while words not in self.told:
            assert time.monotonic() < end_s, self.told
            if not self._read(end_s - time.monotonic()):
                break
        assert words in self.told, self.told
        return self.told

    def type(self, words: bytes) -> None:
        os.write(self._line, words)

    def hang_up(self) -> None:
        """The line is lost: the kernel sends SIGHUP, and what is written fails."""
        os.close(self._line)
        self._line = -1

    def ended(self) -> int:
        """Wait for its end; the exit code, or minus a signal's number."""
        while self._line >= 0 and self._read(PATIENCE_S):
            pass
        if self._status is None:
            _, self._status = os.waitpid(self._pid, 0)
        return os.waitstatus_to_exitcode(self._status)

    def _read(self, patience_s: float) -> bool:
        ready, _, _ = select.select([self._line], [], [], patience_s)
        assert ready, self.told
        try:
            heard = os.read(self._line, 65536)
        except OSError as error:
            if error.errno != errno.EIO:
                raise
            return False
        self.told += heard
        return bool(heard)

    def __enter__(self) -> "Terminal":
        return self

    def __exit__(self, *_: object) -> None:
        if self._line >= 0:
            self.hang_up()
        self.ended()
