"""Where the glass asks the agent something live: a Unix socket, one question a connection.

The glass does no network itself. A question is an `Inquiry` in JSON, ended by closing the
sending side; the answer is a `Told`. Neither is kept, and neither is logged.
"""

import contextlib
import logging
import os
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Self

import msgspec

from sync.errors import BadMessage, Refused, SyncError, Unreachable
from sync.inquiry import Inquiry, InquiryAnswer
from sync.wire import decode, encode

log = logging.getLogger(__name__)

DESK_SOCKET = "desk.sock"
LARGEST_QUESTION = 4096
LARGEST_ANSWER = 1024 * 1024
AGENT_AWAY = "agent_away"
"""Nobody sits at the desk: the service does not run, or did not answer in time."""

_PATIENCE_S = 2.0
"""How long a visitor at the desk may take to say its question."""
_PIECE = 64 * 1024


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a question: an answer, or the code of why there is none.

    A code is `unreachable`, `agent_away`, or central's own for a refusal.
    """

    answer: InquiryAnswer | None = None
    failure: str = ""


class Desk:
    """Answers questions one after the other, on a thread that sleeps in between."""

    def __init__(self, path: Path, inquire: Callable[[Inquiry], InquiryAnswer]) -> None:
        """Sit down at `path`, for this user only.

        Raises:
            OSError: the socket cannot be made there.
        """
        self._inquire = inquire
        path.unlink(missing_ok=True)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.bind(os.fspath(path))
        path.chmod(0o600)  # nobody can connect before it listens
        self._socket.listen(4)
        self._thread = threading.Thread(target=self._serve, name="desk", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Get up; who is being answered is answered still. The path stays, as a bell's does."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _serve(self) -> None:
        while True:
            try:
                visitor, _ = self._socket.accept()
            except OSError:
                return
            with visitor, contextlib.suppress(OSError):
                visitor.settimeout(_PATIENCE_S)
                visitor.sendall(encode(self._told(_read_all(visitor, LARGEST_QUESTION))))

    def _told(self, question: bytes) -> Told:
        try:
            return Told(answer=self._inquire(decode(question, Inquiry)))
        except (BadMessage, Refused) as error:
            return Told(failure=error.code)
        except Unreachable:
            return Told(failure=Unreachable.code)
        except SyncError as error:
            log.warning("a question could not be asked: %s", error.code)
            return Told(failure=error.code)


def ask(path: Path, inquiry: Inquiry, timeout_s: float) -> Told:
    """Ask whoever sits at the desk; no step takes longer than `timeout_s`. Never raises."""
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as desk:
            desk.settimeout(timeout_s)
            desk.connect(os.fspath(path))
            desk.sendall(encode(inquiry))
            desk.shutdown(socket.SHUT_WR)
            return decode(_read_all(desk, LARGEST_ANSWER), Told)
    except (OSError, BadMessage):
        return Told(failure=AGENT_AWAY)


def _read_all(peer: socket.socket, most: int) -> bytes:
    """Everything until the peer has said its all. Raises OSError: too much, or too slow."""
    heard = bytearray()
    while piece := peer.recv(_PIECE):
        heard += piece
        if len(heard) > most:
            raise OSError("too long a message")
    return bytes(heard)
