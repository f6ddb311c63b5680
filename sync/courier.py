"""The courier: carries what waits under one device code to central, text before pictures.

An agent has one for its own code, and for a short time one for each former code under
which something still waits.
"""

import logging
import threading
from collections.abc import Callable, Collection, Iterator, Sequence

from sync import outbox
from sync.case import Instant
from sync.client import Client, Verdict
from sync.errors import BadMessage, Refused, Unreachable
from sync.store import OutboxEntry, Store
from sync.uploading import Uploads
from sync.wire import LONGEST_BATCH, BootClock, decode_record, digest_of

log = logging.getLogger(__name__)

DAMAGED = "damaged"
"""Parked because its bytes are not those that were kept: the card has changed them."""


class Courier:
    """Carries records and attachments. `progressed` is called after each answer of use."""

    def __init__(
        self,
        store: Store,
        client: Client,
        clock: Callable[[], Instant],
        stop: threading.Event,
        progressed: Callable[[], None] = lambda: None,
    ) -> None:
        self._store = store
        self._client = client
        self._clock = clock
        self._stop = stop
        self._progressed = progressed
        self._uploads = Uploads(store, client, clock)
        self.parked: set[str] = set()
        """Codes with which records were parked since somebody last looked."""

    def enrol(self) -> None:
        """Introduce the device; safe to repeat.

        Raises:
            Unreachable, Refused: central did not take it.
        """
        self._client.enrol()
        self._store.note_enrolled(self._client.device_code, self._clock().wall)
        log.info("enrolled as %s", self._client.device_code)

    def is_enrolled(self) -> bool:
        """Whether central has taken this code's key, as far as the store knows."""
        return self._store.link_state(self._client.device_code).enrolled_at is not None

    def carry(self) -> None:
        """Send until nothing waits or `stop` is set.

        Raises:
            Unreachable, Refused: central did not answer usefully, or will not have us.
        """
        self._records()
        self._uploads.begin_pass()
        for attachment in self._attachments():
            self._uploads.advance(attachment)
            self._progressed()
            self._records()

    def _records(self) -> None:
        """Send batch after batch; every one settles something, or raises."""
        while not self._stop.is_set():
            batch = outbox.batch_of(self._store.waiting(LONGEST_BATCH, self._client.device_code))
            if not batch:
                return
            if damaged := [entry for entry in batch if digest_of(entry.record) != entry.digest]:
                for entry in damaged:
                    self._park(entry.digest, DAMAGED)
                continue
            try:
                self._send(batch)
            except (Unreachable, Refused):
                self._store.postpone([entry.digest for entry in batch])
                raise
            self._progressed()

    def _attachments(self) -> Iterator[OutboxEntry]:
        """The attachment to go on with, again and again, until none is left that may go."""
        while not self._stop.is_set():
            entry = self._store.next_attachment(self._client.device_code, self._uploads.put_off)
            if entry is None:
                return
            yield entry

    def _send(self, entries: Sequence[OutboxEntry]) -> None:
        records = [entry.record for entry in entries]
        try:
            verdict = self._client.send(records, self._boots_of(records))
        except Refused as refusal:
            self._after_refusal(entries, refusal)
        else:
            self._settle(verdict, {entry.digest for entry in entries})

    def _boots_of(self, records: Sequence[bytes]) -> list[BootClock]:
        """When the boots of these records began; a record that is damaged names none."""
        named = []
        for record in records:
            try:
                named.append(decode_record(record).captured.boot_id)
            except BadMessage:
                continue
        return self._store.boots(dict.fromkeys(named))

    def _after_refusal(self, entries: Sequence[OutboxEntry], refusal: Refused) -> None:
        """Find the one record that spoils a batch; park it only when it is surely to blame."""
        step = outbox.step_after(refusal, len(entries))
        if step is outbox.Step.WAIT:
            raise refusal
        if step is outbox.Step.DIVIDE:
            for half in outbox.halves(entries):
                self._send(half)
            return
        self._client.send([])  # refused too? then it is not this record's fault: raises
        self._park(entries[0].digest, refusal.code)

    def _settle(self, verdict: Verdict, sent: Collection[str]) -> None:
        if not any(answer.digest in sent for answer in verdict.answers):
            raise Unreachable("central answered none of these records")
        taken = outbox.acknowledged(verdict.answers)
        if taken:
            now = self._clock().wall
            self._store.acknowledge(taken, verdict.envelope, now, verdict.answered_at)
        for digest, code in outbox.refused(verdict.answers).items():
            self._park(digest, code)

    def _park(self, digest: str, code: str) -> None:
        self._store.park(digest, code, self._clock().wall)
        self.parked.add(code)
        log.warning("parked record %.12s: %s", digest, code)
