"""What the store hands out and takes: its rows as structs, and instants as texts."""

from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum
from uuid import UUID

import msgspec

Value = None | int | float | str | bytes
"""What a column may hold."""
Statement = tuple[str, tuple[Value, ...]]
"""An SQL statement and what goes into it."""


class OutboxState(StrEnum):
    """Where a record or an attachment is.

    A record waits, is parked (refused, kept for a person) or acknowledged. Attachments
    have states of their own, which no earlier release knows: it leaves them alone.
    """

    WAITING = "waiting"
    PARKED = "parked"
    ACKNOWLEDGED = "acknowledged"
    ATTACHMENT = "attachment"
    ATTACHMENT_PARKED = "attachment_parked"
    ATTACHMENT_TAKEN = "attachment_taken"


SLIP = "slip"
"""The kind of paper that each case has one of."""


class SlipState(StrEnum):
    """How far a slip is; only the last two have lost their words."""

    WAITING = "waiting"
    PRINTING = "printing"
    UNKNOWN = "unknown"
    PRINTED = "printed"
    EXPIRED = "expired"


class Submission(msgspec.Struct, frozen=True, kw_only=True):
    """A case ready to be kept: the encoded record, its reference, the words of its slip.

    `attachments` are sealed bytes, each with its SHA-256 as address in the record. A `slip`
    that can be wiped is wiped once it is kept.
    """

    record: bytes
    reference: str
    slip: bytes | bytearray
    attachments: list[bytes] = []


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """What a submission became; not `is_new` when it had been kept before."""

    reference: str
    is_new: bool


class OutboxEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A record on its way; or an attachment, whose address its `digest` is.

    `reason` is the code it was parked with, if it was; `settled_at` is when it was
    acknowledged or parked. `device_code` names the identity that has to send it; empty
    means the present one.
    """

    record_id: UUID
    digest: str
    record: bytes
    attempts: int
    state: OutboxState
    reason: str
    kept_at: datetime
    settled_at: datetime | None = None
    device_code: str = ""


class Unsent(msgspec.Struct, frozen=True, kw_only=True):
    """What waits, by name only; `number` is its place in the outbox, which never changes."""

    number: int
    record_id: UUID
    digest: str
    is_attachment: bool


class OutboxCounts(msgspec.Struct, frozen=True, kw_only=True):
    """How many records are where, and since when the oldest waits.

    `attachments` wait too; those that were refused count as parked.
    """

    waiting: int
    parked: int
    acknowledged: int
    oldest_waiting_at: datetime | None
    attachments: int = 0


class Paper(msgspec.Struct, frozen=True):
    """Something to print: what kind of paper it is, and its words.

    `kind` is the printing process's business; a case's own is `slip`. Words that can be
    wiped are wiped once they are kept.
    """

    kind: str
    words: bytes | bytearray


class SlipJob(msgspec.Struct, frozen=True, kw_only=True):
    """A paper to print; `slip`, its words, is empty once printed or expired.

    `job_id` is the case's id for a slip, else that of the record it was kept with. Only a
    slip has a `reference`. `copies` counts the reprints that were asked for.
    """

    job_id: UUID
    reference: str
    slip: bytes
    state: SlipState
    kept_at: datetime
    reason: str = ""
    paper: str = SLIP
    copies: int = 0


class LinkState(msgspec.Struct, frozen=True, kw_only=True):
    """How it stands with central: None means never, or for `failing_since`, it is well."""

    enrolled_at: datetime | None = None
    reached_at: datetime | None = None
    failing_since: datetime | None = None
    reason: str = ""


class TallyState(msgspec.Struct, frozen=True, kw_only=True):
    """What the last comparison with central came to.

    `agreed_through` is the last number up to which both ever held the same; `missing`
    are the numbers central lacked of 1 to `through`.
    """

    agreed_through: int
    through: int
    is_agreed: bool
    missing: list[int]
    compared_at: datetime


def text_of(at: datetime) -> str:
    """UTC, always with microseconds, so that texts sort as instants do."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def instant_of(text: str | None) -> datetime | None:
    """The instant that a text stands for; None and the empty text stand for none."""
    return datetime.fromisoformat(text) if text else None


def entry_of(row: Sequence[object]) -> OutboxEntry:
    """A row of the outbox, its columns in the order of the struct's fields."""
    return msgspec.convert(
        dict(zip(OutboxEntry.__struct_fields__, row, strict=True)), OutboxEntry, strict=False
    )


def unsent_of(row: Sequence[object]) -> Unsent:
    """A row that waits, its columns in the order of the struct's fields."""
    return msgspec.convert(
        dict(zip(Unsent.__struct_fields__, row, strict=True)), Unsent, strict=False
    )


_DISTANCE = b" " * 4096
"""At least a page: what a row has behind it lies in pages of its own, outside the tree.

Balancing its trees, SQLite moves rows from leaf to leaf and, secure_delete or not, leaves their
bytes behind; a slip's words would outlive their wiping there. Overflow pages never move,
and are overwritten when they are let go. JSON does not mind blanks before it.
"""


def out_of_the_tree(slip: bytes | bytearray) -> bytearray:
    """A slip's words as they are kept: so far into the row that no leaf ever holds them."""
    return bytearray(_DISTANCE) + slip


def slip_job_of(row: Sequence[object]) -> SlipJob:
    """A row of the slip jobs, its columns in the order of the struct's fields."""
    job = msgspec.convert(
        dict(zip(SlipJob.__struct_fields__, row, strict=True)), SlipJob, strict=False
    )
    return msgspec.structs.replace(job, slip=job.slip.removeprefix(_DISTANCE))
