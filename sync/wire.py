"""Every message between a device and central, validated the same way at both ends.

JSON, named fields with defaults, the version in the path (`/api/v1/`). What they carry are
the records of `sync.records`.
"""

import hashlib
from datetime import date, datetime
from typing import Annotated, Literal, TypeVar
from uuid import UUID

import msgspec

from sync.case import Instant
from sync.errors import BadMessage
from sync.records import Digest, Record

LONGEST_BATCH = 100
"""Records in one request."""
LARGEST_RECORD = 256 * 1024
"""Bytes of one encoded record."""
LARGEST_BODY = 4 * 1024 * 1024
"""Bytes of one request body, before and after gzip."""
ATTACHMENT_PIECE = 256 * 1024
"""Bytes of an attachment in one request; only the last piece may be shorter."""
MOST_SHOWN = 200
"""Items and days that one beat counts."""
MOST_MISSING = 1000
"""Numbers that one tally or its answer names; the rest waits for the next."""

MOST_HELD = 500
"""Records, and as many attachments, that one question of what central holds names."""

PATHS = {
    "enrol": "/api/v1/enrolments",
    "device_key": "/api/v1/device-keys",
    "records": "/api/v1/records",
    "beat": "/api/v1/beats",
    "tally": "/api/v1/tallies",
    "held": "/api/v1/held",
    "inquire": "/api/v1/inquiries",
    "attachments": "/api/v1/attachments",
    "keys": "/api/v1/keys",
    "profile": "/api/v1/profile",
    "bulletin": "/api/v1/bulletin",
    "pictures": "/api/v1/pictures",
    "openapi": "/api/v1/openapi.json",
}

DeviceCode = Annotated[str, msgspec.Meta(min_length=2, max_length=4)]


class BootClock(msgspec.Struct, frozen=True, kw_only=True):
    """When one boot of the device began, by central's clock as the device learnt it then."""

    boot_id: Annotated[str, msgspec.Meta(max_length=64)]
    began_at: Annotated[datetime, msgspec.Meta(tz=True)]


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """Up to LONGEST_BATCH records, each as the bytes it was kept in.

    `boots` names the boots in which these records were captured, where the device knows
    when they began.
    """

    records: Annotated[list[msgspec.Raw], msgspec.Meta(max_length=LONGEST_BATCH)]
    sent: Instant
    boots: Annotated[list[BootClock], msgspec.Meta(max_length=LONGEST_BATCH)] = []


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """Central's word on one record, named by the digest of its bytes.

    `refused` keeps a stable `code`; the record is then parked, not dropped.
    """

    digest: Digest
    outcome: Literal["acknowledged", "refused"]
    code: str = ""


class Acknowledgement(msgspec.Struct, frozen=True, kw_only=True):
    """Answers to one batch, in its order. Only this, signed, allows deletion."""

    device_code: str
    answers: list[Answer]
    answered_at: datetime


class Signed(msgspec.Struct, frozen=True, kw_only=True):
    """Bytes signed by central's pinned key; the same on the wire and on a stick."""

    payload: bytes
    signature: bytes
    key_id: str


class Enrolment(msgspec.Struct, frozen=True, kw_only=True):
    """A device introduces its public key, once, with the code central gave it."""

    device_code: DeviceCode
    enrolment_code: Annotated[str, msgspec.Meta(max_length=64)]
    public_key: Annotated[bytes, msgspec.Meta(min_length=32, max_length=32)]


class KeyChange(msgspec.Struct, frozen=True, kw_only=True):
    """A device brings the key it will sign with from now on, in an envelope by that key."""

    device_code: DeviceCode
    public_key: Annotated[bytes, msgspec.Meta(min_length=32, max_length=32)]


class KeyChanged(msgspec.Struct, frozen=True, kw_only=True):
    """Signed: only this key speaks for the device now."""

    device_code: str
    public_key: bytes
    changed_at: datetime


VitalName = Annotated[str, msgspec.Meta(max_length=64, pattern="^[a-z0-9_.-]+$(?!\n)")]
Vital = (
    Annotated[str, msgspec.Meta(max_length=200)]
    | Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
    | float
    | bool
    | None
)


class ItemShown(msgspec.Struct, frozen=True, kw_only=True):
    """How often and how long an item of the bulletin was on an idle glass on one day so far."""

    item_id: UUID
    on: date
    times: Annotated[int, msgspec.Meta(ge=0, le=100_000)]
    seconds: Annotated[int, msgspec.Meta(ge=0, le=100_000)]


class Beat(msgspec.Struct, frozen=True, kw_only=True):
    """A device says that it lives: counts, never contents.

    `oldest_waiting_at` is by the device's wall clock, as `kiosk status` tells it.
    """

    sent: Instant
    version: Annotated[str, msgspec.Meta(max_length=40)] = ""
    waiting: Annotated[int, msgspec.Meta(ge=0)] = 0
    parked: Annotated[int, msgspec.Meta(ge=0)] = 0
    vitals: Annotated[dict[VitalName, Vital], msgspec.Meta(max_length=64)] = {}
    shown: Annotated[list[ItemShown], msgspec.Meta(max_length=MOST_SHOWN)] = []
    oldest_waiting_at: Annotated[datetime, msgspec.Meta(tz=True)] | None = None  # added in 0.2


class Tally(msgspec.Struct, frozen=True, kw_only=True):
    """Which cases a device has handed over: all of 1 to `through`, but those in `without`.

    `chain` is `sync.tally.chain_of` over them; `without` are numbers central refused.
    """

    through: Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]
    chain: Digest
    without: Annotated[
        list[Annotated[int, msgspec.Meta(ge=1, le=2**31 - 1)]],
        msgspec.Meta(max_length=MOST_MISSING),
    ] = []


class TallyAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Signed: whether central holds exactly those cases, and which it lacks.

    Not `agreed` with nothing `missing`: central holds other bytes under one of them, and
    all of them should come again. `through` and `chain` repeat what was compared.
    """

    device_code: str
    through: int
    chain: Digest
    agreed: bool
    answered_at: datetime
    missing: Annotated[list[int], msgspec.Meta(max_length=MOST_MISSING)] = []


class RecordBytes(msgspec.Struct, frozen=True, kw_only=True):
    """Which bytes are meant: one record may have come with others, as a revision."""

    record_id: UUID
    digest: Digest


class HeldQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """What waits under a device code whose key is gone: does central have it from elsewhere?

    `attachments` are addresses, the digests of the sealed bytes.
    """

    about: DeviceCode
    records: Annotated[list[RecordBytes], msgspec.Meta(max_length=MOST_HELD)] = []
    attachments: Annotated[list[Digest], msgspec.Meta(max_length=MOST_HELD)] = []


class HeldAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Signed: which of those very bytes central holds durably, of the device `about`.

    `records` are digests, `attachments` addresses, as they were asked about.
    """

    device_code: str
    about: str
    answered_at: datetime
    records: Annotated[list[Digest], msgspec.Meta(max_length=MOST_HELD)] = []
    attachments: Annotated[list[Digest], msgspec.Meta(max_length=MOST_HELD)] = []


class AttachmentStatus(msgspec.Struct, frozen=True, kw_only=True):
    """Signed: how many bytes of an attachment central holds; whole once `is_complete`.

    Only a signed `is_complete` allows its deletion on the device.
    """

    device_code: str
    address: Digest
    received: int
    size: int
    is_complete: bool
    answered_at: datetime


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """Why a whole request was refused (RFC 9457, with a stable `code`)."""

    code: str
    title: str
    status: int


class JoinFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What `central join-file` hands a device, so that it works before first contact.

    Binary fields are base64 in TOML; keys are 32 bytes. Where `root_key` is empty
    (central before 0.2) the pinned root is `central_key`. `keyring` is an encoded
    `Signed`, the newest when the file was made.
    """

    device_code: DeviceCode
    public_url: str
    central_url: str
    enrolment_code: str
    slip_secret: Annotated[bytes, msgspec.Meta(min_length=32, max_length=32)]
    intake_key_id: str
    intake_key: Annotated[bytes, msgspec.Meta(min_length=32, max_length=32)]
    central_key_id: str
    central_key: Annotated[bytes, msgspec.Meta(min_length=32, max_length=32)]
    version: int = 1
    root_key_id: str = ""
    root_key: Annotated[bytes, msgspec.Meta(max_length=32)] = b""
    keyring: bytes = b""


T = TypeVar("T")

_UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
"""What a decoder raises: a wrong shape, no UTF-8, nested deeper than anybody needs."""

_encoder = msgspec.json.Encoder()
_records: msgspec.json.Decoder[Record] = msgspec.json.Decoder(Record)


def encode(message: msgspec.Struct) -> bytes:
    """The message as JSON bytes; for a record, made once and kept."""
    return _encoder.encode(message)


def decode_record(raw: bytes) -> Record:
    """Read one record. Raises BadMessage: too large, or not a record."""
    if len(raw) > LARGEST_RECORD:
        raise BadMessage("record too large")
    try:
        return _records.decode(raw)
    except _UNREADABLE as error:
        raise BadMessage(_reason(error)) from error


def decode(raw: bytes, shape: type[T]) -> T:
    """Read any other message. Raises BadMessage: not JSON, or not of that shape."""
    try:
        return msgspec.json.decode(raw, type=shape)
    except _UNREADABLE as error:
        raise BadMessage(_reason(error)) from error


def digest_of(raw: bytes) -> str:
    """The name of a record's bytes: SHA-256, hex."""
    return hashlib.sha256(raw).hexdigest()


def _reason(error: Exception) -> str:
    """Where it went wrong, without the words that were there."""
    _, _, place = str(error).rpartition(" - at `")
    return f"not understood at {place.rstrip('`')}" if place else "not understood"
