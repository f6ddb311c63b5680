"""Attachments on their way: piece by piece, from where central's copy ends."""

import logging
from collections import Counter
from collections.abc import Callable

from sync.case import Instant
from sync.client import Client, Uploaded
from sync.errors import Refused, Unreachable
from sync.store import OutboxEntry, Store
from sync.wire import ATTACHMENT_PIECE, AttachmentStatus, digest_of

log = logging.getLogger(__name__)

NOT_YET = frozenset({"attachment_unknown", "not_found", "method_not_allowed"})
"""Central does not know its case, or is of a release without attachments: it may wait."""
OFFSET_REFUSED = "offset_refused"
START_AGAIN = frozenset({OFFSET_REFUSED, "attachment_refused"})
"""Ours and central's idea of it differ: central's counts, and then a person decides."""
PARKS = frozenset({"too_large", "batch_unreadable"})
"""Central will never have it."""
MOST_STARTS = 3


class Uploads:
    """Carries one device code's attachments; `put_off` are those that wait for another pass."""

    def __init__(self, store: Store, client: Client, clock: Callable[[], Instant]) -> None:
        self._store = store
        self._client = client
        self._clock = clock
        self._held: dict[str, AttachmentStatus] = {}
        self._starts: Counter[tuple[str, str]] = Counter()
        self.put_off: set[str] = set()

    def begin_pass(self) -> None:
        """What was put off may be tried again."""
        self.put_off.clear()

    def advance(self, entry: OutboxEntry) -> None:
        """Ask how far it is, or send the next piece.

        Raises:
            Unreachable, Refused: central did not answer usefully, or will not have us.
        """
        try:
            if digest_of(entry.record) != entry.digest:
                self._park(entry, "damaged")
            elif entry.digest not in self._held:
                self._note(entry, self._client.attachment_status(entry.digest))
            else:
                self._note(entry, self._next_piece(entry, self._held[entry.digest].received))
        except Refused as refusal:
            self._after(refusal, entry)

    def _next_piece(self, entry: OutboxEntry, offset: int) -> Uploaded:
        piece = entry.record[offset : offset + ATTACHMENT_PIECE]
        return self._client.send_piece(entry.digest, offset, piece)

    def _note(self, entry: OutboxEntry, uploaded: Uploaded) -> None:
        status = uploaded.status
        if status.is_complete:
            self._forget(entry.digest)
            at = self._clock().wall
            self._store.attachments_taken([entry.digest], uploaded.envelope, at, status.answered_at)
            return
        known = self._held.get(entry.digest)
        if status.received >= len(entry.record) or (known and status.received <= known.received):
            raise Unreachable("central's copy of an attachment does not grow")
        if known:
            del self._starts[entry.digest, OFFSET_REFUSED]
        self._held[entry.digest] = status

    def _after(self, refusal: Refused, entry: OutboxEntry) -> None:
        self._held.pop(entry.digest, None)
        if refusal.code in NOT_YET:
            self.put_off.add(entry.digest)
        elif refusal.code in START_AGAIN and self._may_start(entry.digest, refusal.code):
            log.info("attachment %.12s starts again: %s", entry.digest, refusal.code)
        elif refusal.code in PARKS | START_AGAIN:
            self._park(entry, refusal.code)
        else:
            raise refusal

    def _may_start(self, address: str, code: str) -> bool:
        """A place that differs is forgotten once a piece was taken; bytes that differ stay so."""
        self._starts[address, code] += 1
        return self._starts[address, code] < MOST_STARTS

    def _park(self, entry: OutboxEntry, code: str) -> None:
        self._forget(entry.digest)
        self._store.park(entry.digest, code, self._clock().wall)
        log.warning("parked attachment %.12s: %s", entry.digest, code)

    def _forget(self, address: str) -> None:
        self._held.pop(address, None)
        for code in START_AGAIN:
            del self._starts[address, code]
