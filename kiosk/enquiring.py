"""Asks the agent how a case stands without keeping the glass waiting."""

import threading
from collections.abc import Callable
from pathlib import Path

from sync.desk import AGENT_AWAY, Told, ask
from sync.inquiry import Inquiry

PATIENCE_S = 15.0
"""How long a resident may be kept waiting; the agent gives up before."""


class Enquirer:
    """One question at a time; `ring` tells the glass that it was answered.

    An answer that nobody waits for any more is dropped unread.
    """

    def __init__(
        self, desk: Path, ring: Callable[[], None], patience_s: float = PATIENCE_S
    ) -> None:
        self._desk = desk
        self._ring = ring
        self._patience_s = patience_s
        self._lock = threading.Lock()
        self._turn = 0
        self._told: Told | None = None

    def ask(self, inquiry: Inquiry) -> None:
        """Begin to ask; whoever asked before is forgotten."""
        turn = self._begin()
        threading.Thread(
            target=self._fetch, args=(turn, inquiry), name="enquirer", daemon=True
        ).start()

    def told(self) -> Told | None:
        """What came of it, None while it is being asked. Told once."""
        with self._lock:
            told, self._told = self._told, None
        return told

    def drop(self) -> None:
        """Nobody waits for the answer any more."""
        self._begin()

    def _begin(self) -> int:
        with self._lock:
            self._turn += 1
            self._told = None
            return self._turn

    def _fetch(self, turn: int, inquiry: Inquiry) -> None:
        told = ask(self._desk, inquiry, self._patience_s)
        with self._lock:
            if turn != self._turn:
                return
            self._told = told
        self._ring()


class Nobody:
    """Asks nobody: where there is no agent to ask."""

    def ask(self, inquiry: Inquiry) -> None:
        """Nothing follows."""

    def told(self) -> Told | None:
        """There is nobody to tell anything."""
        return Told(failure=AGENT_AWAY)

    def drop(self) -> None:
        """Nothing was asked."""
