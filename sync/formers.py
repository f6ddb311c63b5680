"""What a salvage left under device codes of before: sent, compared and deleted as the rest.

It goes under the key of its own code, to where central is now. Where that key is gone, or
central takes it no more, the present code asks whether central has those very bytes from
elsewhere, as from a backup. Whatever stands in the way
of one code is noted for that code and holds up nobody else.
"""

import contextlib
import logging
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import msgspec

from sync.case import Instant
from sync.client import Client
from sync.courier import Courier
from sync.errors import BadMessage, Refused, Unreachable
from sync.identity import FORMER_DIR, Identity, former_codes, load_identity
from sync.store import Store
from sync.tallying import Tallies
from sync.wire import MOST_HELD, HeldQuestion

log = logging.getLogger(__name__)

IDENTITY_LOST = "identity_lost"
"""Something waits under a code whose key is not on this device any more."""


class Formers:
    """Carries what former codes have; `client` speaks for the present one."""

    def __init__(
        self,
        store: Store,
        client: Client,
        clock: Callable[[], Instant],
        stop: threading.Event,
        state_dir: Path,
        grace: timedelta,
    ) -> None:
        self._store = store
        self._client = client
        self._clock = clock
        self._stop = stop
        self._state_dir = state_dir
        self._grace = grace
        self._tallies: dict[str, Tallies] = {}
        self._trouble: dict[str, str] = {}

    def carry(self) -> None:
        """One former code after the other, as far as each comes.

        Raises:
            StoreFull, StoreDamaged: the store takes no writing.
        """
        known = former_codes(self._state_dir)
        waiting = [code for code in self._store.waiting_codes() if code != self._present]
        for code in dict.fromkeys([*known, *waiting]):
            if self._stop.is_set() or code == self._present:
                continue
            try:
                self._carry(code)
            except Unreachable as failure:
                self._note_failing(code, failure.code)
            except Refused as failure:
                self._look_elsewhere(code, failure.code)
            except (BadMessage, OSError):
                if code in waiting:
                    self._look_elsewhere(code, IDENTITY_LOST)
            else:
                self._note_reached(code)

    @property
    def _present(self) -> str:
        return self._client.device_code

    def _carry(self, code: str) -> None:
        client = self._client.under(self._identity(code))
        try:
            courier = Courier(self._store, client, self._clock, self._stop)
            if not courier.is_enrolled():
                courier.enrol()
            courier.carry()
            if self._compared(code, client):
                courier.carry()
        finally:
            client.close()

    def _look_elsewhere(self, code: str, reason: str) -> None:
        """What cannot be sent any more, central may have from a backup; then nothing waits."""
        with contextlib.suppress(Unreachable, Refused):  # a central that cannot tell
            while self._settle_held(code):
                log.info("central has what waited under %s from elsewhere", code)
        if code in self._store.waiting_codes():
            self._note_failing(code, reason)
        else:
            self._note_reached(code)

    def _settle_held(self, code: str) -> bool:
        """Ask about the oldest that waits; whether there may be more of it."""
        unsent = self._store.unsent_of(code, MOST_HELD)
        if not unsent or self._stop.is_set():
            return False
        answer, envelope = self._client.held(HeldQuestion(about=code, digests=list(unsent)))
        now, records = self._clock().wall, [each for each in answer.digests if not unsent[each]]
        if records:
            self._store.acknowledge(records, envelope, now, answer.answered_at)
        for address in set(answer.digests) - set(records):
            self._store.attachment_taken(address, envelope, now, answer.answered_at)
        return bool(answer.digests)

    def _compared(self, code: str, client: Client) -> bool:
        """Once a day; a fresh line each pass, one memory of what was compared."""
        if code not in self._tallies:
            self._tallies[code] = Tallies(self._store, self._clock, self._grace)
        return self._tallies[code].compare(client)

    def _identity(self, code: str) -> Identity:
        """The former key and secrets; address and keys of central as they are now."""
        former, present = load_identity(self._state_dir / FORMER_DIR / code), self._client.identity
        if former.root_key != present.root_key:
            return former
        own = ("device_code", "device_key", "enrolment_code", "slip_secret")
        return msgspec.structs.replace(present, **{name: getattr(former, name) for name in own})

    def _note_failing(self, code: str, reason: str) -> None:
        if self._trouble.get(code) == reason:
            return
        self._trouble[code] = reason
        log.warning("what waits under %s stays here: %s", code, reason)
        self._store.note_failing(code, reason, self._clock().wall)

    def _note_reached(self, code: str) -> None:
        if self._store.link_state(code).failing_since:
            self._store.note_reached(code, self._clock().wall)
        self._trouble.pop(code, None)
