"""The stick's way out: what waits goes onto it, central's answers on it come home.

For sites without a network. Answers first: whatever central has signed for leaves the stick
and the outbox together. Then what still waits and is not on the stick yet. The store
changes by central's word only, so a lost stick loses nothing.
"""

import contextlib
import gzip
import logging
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import msgspec

from sync import outbox
from sync.case import Instant
from sync.client import Enrolled
from sync.courier import DAMAGED
from sync.errors import BadMessage
from sync.identity import Identity, take_keyring
from sync.signature import open_signed, verify_key_of
from sync.stick import (
    ENROLMENT,
    FOLDER,
    KEYRING,
    LARGEST_FILE,
    TALLY,
    Message,
    StickBatch,
    StickEnrolment,
    StickTally,
    answer_name,
    attachment_name,
    batch_name,
    is_answer,
    is_attachment,
    is_batch,
    read_message,
    write_message,
)
from sync.store import OutboxEntry, Store
from sync.tallying import numbers_to_resend
from sync.whole import put, sync_folder
from sync.wire import (
    Acknowledgement,
    AttachmentStatus,
    Batch,
    Enrolment,
    Signed,
    TallyAnswer,
    decode,
    decode_record,
    digest_of,
    encode,
)

log = logging.getLogger(__name__)

ALL = 10_000_000
"""More records than a device ever holds."""


class Exported(msgspec.Struct, kw_only=True):
    """What one run did under one device code; `ignored` are files that do not count, and why."""

    device_code: str
    settled: int = 0
    refused: int = 0
    records: int = 0
    attachments: int = 0
    ignored: list[str] = []


class Stick:
    """One device code's folder on a stick; `state_dir` is where its identity lies.

    What central acknowledged stays here for `grace` after its word.
    """

    def __init__(
        self,
        stick: Path,
        state_dir: Path,
        identity: Identity,
        clock: Callable[[], Instant],
        grace: timedelta,
    ) -> None:
        self._folder = stick / FOLDER / identity.device_code
        self._state_dir = state_dir
        self._identity = identity
        self._clock = clock
        self._grace = grace
        self.told = Exported(device_code=identity.device_code)

    @property
    def exists(self) -> bool:
        """Whether this code has been on the stick before."""
        return self._folder.is_dir()

    def exchange(self, store: Store) -> None:
        """Settle what central answered, then put on the stick what waits.

        Raises:
            OSError: the stick is full, read-only or gone; what is on it is whole.
            StoreFull, StoreDamaged: the store; the stick is as before.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        for draft in self._folder.glob(".*.draft"):
            draft.unlink()
        self._bring_home(store)
        self._put_enrolment(store)
        on_stick = self._records_on_stick()
        for batch in self._batches(store, on_stick):
            self._put_batch(store, batch)
        self._put_attachments(store)
        self._put_tally(store)

    def _bring_home(self, store: Store) -> None:
        names = sorted(path.name for path in self._folder.iterdir() if is_answer(path.name))
        first = [name for name in names if name == answer_name(KEYRING)]
        for name in [*first, *(name for name in names if name not in first)]:
            try:
                asked = self._settle(store, name)
            except (BadMessage, KeyError) as error:
                self.told.ignored.append(f"{name}: {type(error).__name__}")
                continue
            for done in (asked, name):
                (self._folder / done).unlink(missing_ok=True)
            sync_folder(self._folder)

    def _settle(self, store: Store, name: str) -> str:
        """Take one answer of central's; the name of the file it answers comes back."""
        raw = self._read(name)
        stem = name.partition(".")[0]
        if name == answer_name(KEYRING):
            return self._take_keyring(raw)
        envelope = decode(raw, Signed)
        payload = open_signed(envelope, self._identity.central_key_called(envelope.key_id))
        if name == answer_name(ENROLMENT):
            self._insist(decode(payload, Enrolled).device_code)
            store.note_enrolled(self._identity.device_code, self._clock().wall)
            return ENROLMENT
        if name == answer_name(TALLY):
            return self._note_tally(store, decode(payload, TallyAnswer))
        if stem.isdecimal() and not is_attachment(attachment_name(stem)):
            return self._acknowledge(store, decode(payload, Acknowledgement), raw, stem)
        return self._take_attachment(store, decode(payload, AttachmentStatus), raw)

    def _acknowledge(self, store: Store, word: Acknowledgement, raw: bytes, stem: str) -> str:
        self._insist(word.device_code)
        now = self._clock().wall
        taken = outbox.acknowledged(word.answers)
        store.acknowledge(taken, raw, now, word.answered_at)
        refused = outbox.refused(word.answers)
        for digest, code in refused.items():
            store.park(digest, code, now)
        self.told.settled += len(taken)
        self.told.refused += len(refused)
        return f"{stem}.batch"

    def _take_attachment(self, store: Store, status: AttachmentStatus, raw: bytes) -> str:
        self._insist(status.device_code)
        if not status.is_complete:
            raise BadMessage("central has only a part of it")
        store.attachments_taken([status.address], raw, self._clock().wall, status.answered_at)
        self.told.settled += 1
        return attachment_name(status.address)

    def _note_tally(self, store: Store, answer: TallyAnswer) -> str:
        """Only the answer to the very tally that lies beside it."""
        self._insist(answer.device_code)
        asked = self._own(TALLY)
        if not isinstance(asked, StickTally) or (asked.tally.through, asked.tally.chain) != (
            answer.through,
            answer.chain,
        ):
            raise BadMessage("not an answer to this tally")
        code = self._identity.device_code
        before = store.tally_state(code)
        store.note_tally(code, answer, self._clock().wall)
        if answer.agreed:
            store.delete_settled(code, answer.answered_at - self._grace)
        else:
            store.resend(code, numbers_to_resend(asked.tally, answer, before))
        return TALLY

    def _take_keyring(self, raw: bytes) -> str:
        with contextlib.suppress(BadMessage):  # not newer is no fault
            self._identity = take_keyring(self._state_dir, self._identity, raw)
        return KEYRING

    def _put_enrolment(self, store: Store) -> None:
        if store.link_state(self._identity.device_code).enrolled_at or self._has(ENROLMENT):
            return
        enrolment = Enrolment(
            device_code=self._identity.device_code,
            enrolment_code=self._identity.enrolment_code,
            public_key=verify_key_of(self._identity.device_key),
        )
        self._put(ENROLMENT, self._message(StickEnrolment(enrolment=enrolment)))

    def _records_on_stick(self) -> set[str]:
        """Digests of what lies there unanswered, so that nothing is written twice."""
        found: set[str] = set()
        for path in self._folder.iterdir():
            if not is_batch(path.name):
                continue
            try:
                message = self._own(path.name)
                if isinstance(message, StickBatch):
                    records = decode(gzip.decompress(message.packed), Batch).records
                    found |= {digest_of(bytes(record)) for record in records}
            except (BadMessage, OSError, EOFError) as error:
                self.told.ignored.append(f"{path.name}: {type(error).__name__}")
        return found

    def _batches(self, store: Store, on_stick: set[str]) -> Iterator[list[OutboxEntry]]:
        left: list[OutboxEntry] = []
        for entry in store.waiting(ALL, self._identity.device_code):
            if digest_of(entry.record) != entry.digest:
                store.park(entry.digest, DAMAGED, self._clock().wall)
            elif entry.digest not in on_stick:
                left.append(entry)
        while left:
            batch = outbox.batch_of(left)
            left = left[len(batch) :]
            yield batch

    def _put_batch(self, store: Store, entries: list[OutboxEntry]) -> None:
        records, sent = [entry.record for entry in entries], self._clock()
        named = [sent.boot_id]
        for record in records:
            with contextlib.suppress(BadMessage):
                named.append(decode_record(record).captured.boot_id)
        raws = [msgspec.Raw(record) for record in records]
        batch = Batch(records=raws, sent=sent, boots=store.boots(dict.fromkeys(named)))
        packed = gzip.compress(encode(batch), mtime=0)
        message = StickBatch(device_code=self._identity.device_code, packed=packed)
        self._put(self._next_batch(), self._message(message))
        self.told.records += len(entries)

    def _put_attachments(self, store: Store) -> None:
        put = {path.stem for path in self._folder.iterdir() if is_attachment(path.name)}
        while entry := store.next_attachment(self._identity.device_code, put):
            self._put(attachment_name(entry.digest), entry.record)
            put.add(entry.digest)
            self.told.attachments += 1

    def _put_tally(self, store: Store) -> None:
        tally = store.tally(self._identity.device_code)
        state = store.tally_state(self._identity.device_code)
        is_known = state and state.is_agreed and state.through == tally.through
        if tally.through and not is_known:
            message = StickTally(device_code=self._identity.device_code, tally=tally)
            self._put(TALLY, self._message(message))

    def _next_batch(self) -> str:
        numbers = [int(path.stem) for path in self._folder.iterdir() if is_batch(path.name)]
        return batch_name(max(numbers, default=0) + 1)

    def _message(self, message: Message) -> bytes:
        return write_message(message, self._identity.device_code, self._identity.device_key)

    def _own(self, name: str) -> Message:
        """What this device wrote itself. Raises BadMessage: it did not."""
        return read_message(self._read(name), lambda _: verify_key_of(self._identity.device_key))

    def _read(self, name: str) -> bytes:
        with (self._folder / name).open("rb") as file:
            raw = file.read(LARGEST_FILE + 1)
        if len(raw) > LARGEST_FILE:
            raise BadMessage("too large")
        return raw

    def _insist(self, device_code: str) -> None:
        if device_code != self._identity.device_code:
            raise BadMessage("about another device")

    def _has(self, name: str) -> bool:
        return (self._folder / name).exists()

    def _put(self, name: str, content: bytes) -> None:
        """Write a file: durable, and under its name only when whole."""
        put(self._folder / name, content)
