"""Tallies: whether central still holds what it signed for, and what follows from that."""

import logging
import time
from collections.abc import Callable
from datetime import timedelta

from sync.case import Instant
from sync.client import Client
from sync.errors import Refused
from sync.store import Store, TallyState
from sync.wire import Tally, TallyAnswer

log = logging.getLogger(__name__)

EVERY_S = 24 * 60 * 60


class Tallies:
    """Compares one device code's cases with central; `grace` is kept after its word."""

    def __init__(self, store: Store, clock: Callable[[], Instant], grace: timedelta) -> None:
        self._store = store
        self._clock = clock
        self._grace = grace
        self._due_s = 0.0

    def hurry(self) -> None:
        """Have the next `compare` ask, whatever the day says."""
        self._due_s = 0.0

    def compare(self, client: Client) -> bool:
        """Once a day: compare, heal, delete. True when cases wait again because of it.

        Raises:
            Unreachable, Refused: central did not answer usefully, or will not have us.
        """
        if time.monotonic() < self._due_s:
            return False
        try:
            return self._compare(client)
        except Refused as refusal:
            if refusal.code not in ("not_found", "method_not_allowed"):
                raise
        self._due_s = time.monotonic() + EVERY_S  # a central from before there were tallies
        return False

    def _compare(self, client: Client) -> bool:
        code = client.device_code
        tally, before = self._store.tally(code), self._store.tally_state(code)
        answer = client.compare(tally)
        self._store.note_tally(code, answer, self._clock().wall)
        self._due_s = time.monotonic() + EVERY_S
        if answer.agreed:
            self._delete(answer, before)
            return False
        again = self._store.resend(code, numbers_to_resend(tally, answer, before))
        log.warning(
            "central lacks %d of %d cases; %d sent again", len(answer.missing), tally.through, again
        )
        if again:
            self.hurry()
        return again > 0

    def _delete(self, answer: TallyAnswer, before: TallyState | None) -> None:
        """Let go of what central has held for longer than the grace, by central's clock."""
        if before and not before.is_agreed:
            log.info("central holds all %d cases again", answer.through)
        gone = self._store.delete_settled(answer.device_code, answer.answered_at - self._grace)
        if gone:
            log.info("deleted %d records that central has had for %s", gone, self._grace)


def numbers_to_resend(tally: Tally, answer: TallyAnswer, before: TallyState | None) -> list[int]:
    """Which cases should go again: those central lacks, or all where contents differ.

    All of them only once: where that did not help, as with a copied device, it never will,
    however many cases have come since.
    """
    if answer.missing:
        return answer.missing
    if before and not before.is_agreed and not before.missing:
        return []
    return [number for number in range(1, tally.through + 1) if number not in set(tally.without)]
