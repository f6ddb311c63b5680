"""What a salvage left under device codes of before: sent, compared and deleted as the rest.

It goes under the key of its own code, to where central is now. Where that key is gone, or
central takes it no more, the present code asks once a day whether central has those very
bytes from elsewhere, as from a backup. Whatever stands in the way of one code is noted for
that code and holds up nobody else.
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path

import msgspec

from sync.case import Instant
from sync.client import Client
from sync.courier import Courier
from sync.errors import BadMessage, Refused, Unreachable
from sync.identity import FORMER_DIR, Identity, former_codes, load_identity
from sync.store import Store, Unsent
from sync.tallying import EVERY_S, Tallies
from sync.wire import MOST_HELD, HeldQuestion, RecordBytes

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
        self._due_s: dict[str, float] = {}
        self._trouble: dict[str, str] = {}

    def hurry(self) -> None:
        """Have the next `carry` ask what central has from elsewhere, whatever the day says."""
        self._due_s.clear()

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
        """What cannot be sent any more, central may have from a backup; then nothing waits.

        Asked once a day, for nothing new comes to wait under a former code; at the next pass
        again where central was not heard out.
        """
        if time.monotonic() >= self._due_s.get(code, 0.0) and self._heard_out(code):
            self._due_s[code] = time.monotonic() + EVERY_S
        if code in self._store.waiting_codes():
            self._note_failing(code, reason)
        else:
            self._note_reached(code)

    def _heard_out(self, code: str) -> bool:
        """Ask about all that waits, page after page; False when central did not answer."""
        after, settled = 0, 0
        try:
            while unsent := self._store.unsent_of(code, after, MOST_HELD):
                if self._stop.is_set():
                    return False
                settled += self._settle_held(code, unsent)
                after = unsent[-1].number
        except Unreachable:
            return False
        except Refused as refusal:
            log.info("central does not tell what it has of %s: %s", code, refusal.code)
        if settled:
            log.info("central has %d of what waited under %s from elsewhere", settled, code)
        return True

    def _settle_held(self, code: str, unsent: Sequence[Unsent]) -> int:
        """Ask about these; how many of them central has."""
        records = [
            RecordBytes(record_id=each.record_id, digest=each.digest)
            for each in unsent
            if not each.is_attachment
        ]
        addresses = [each.digest for each in unsent if each.is_attachment]
        question = HeldQuestion(about=code, records=records, attachments=addresses)
        answer, envelope = self._client.held(question)
        word = (envelope, self._clock().wall, answer.answered_at)
        if answer.records:
            self._store.acknowledge(answer.records, *word)
        if answer.attachments:
            self._store.attachments_taken(answer.attachments, *word)
        return len(answer.records) + len(answer.attachments)

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
