"""Every message between a device and central, validated the same way at both ends.

JSON, named fields with defaults, the version in the path (`/api/v1/`). A record is
encoded once, when it is kept, and sent byte for byte each time; its digest is the
SHA-256 of those bytes. Central keeps them verbatim, so fields it does not know survive.
"""

import hashlib
from datetime import datetime
from typing import Annotated, Literal, TypeVar
from uuid import UUID

import msgspec

from sync.case import Code, Instant
from sync.errors import BadMessage

LONGEST_BATCH = 100
"""Records in one request."""
LARGEST_RECORD = 256 * 1024
"""Bytes of one encoded record."""
LARGEST_BODY = 4 * 1024 * 1024
"""Bytes of one request body, before and after gzip."""

PATHS = {
    "enrol": "/api/v1/enrolments",
    "records": "/api/v1/records",
    "beat": "/api/v1/beats",
    "openapi": "/api/v1/openapi.json",
}

DeviceCode = Annotated[str, msgspec.Meta(min_length=2, max_length=4)]
Digest = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]


class CaseSubmitted(msgspec.Struct, tag="case_submitted", frozen=True, kw_only=True):
    """A reporter finished a form. Safe to send twice: `case_id` is the key.

    `sealed` is a `CaseContent` as JSON, padded and sealed to the intake key
    `sealed_to`; nothing in the clear tells what it is about.
    """

    case_id: UUID
    reference: Annotated[str, msgspec.Meta(min_length=9, max_length=15)]
    captured: Instant
    sealed_to: Annotated[str, msgspec.Meta(max_length=64)]
    sealed: bytes

    @property
    def record_id(self) -> UUID:
        """The key of the record, whatever its type."""
        return self.case_id


class RatingGiven(msgspec.Struct, tag="rating_given", frozen=True, kw_only=True):
    """One touch on one of five faces; 1 is least content, 5 most. Holds no person."""

    rating_id: UUID
    division_code: Code
    score: Annotated[int, msgspec.Meta(ge=1, le=5)]
    captured: Instant
    language: Annotated[str, msgspec.Meta(max_length=8)] = "th"

    @property
    def record_id(self) -> UUID:
        """The key of the record, whatever its type."""
        return self.rating_id


Record = CaseSubmitted | RatingGiven


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """Up to LONGEST_BATCH records, each as the bytes it was kept in."""

    records: Annotated[list[msgspec.Raw], msgspec.Meta(max_length=LONGEST_BATCH)]
    sent: Instant


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


class Beat(msgspec.Struct, frozen=True, kw_only=True):
    """A device says that it lives: counts, never contents."""

    sent: Instant
    version: Annotated[str, msgspec.Meta(max_length=40)] = ""
    waiting: Annotated[int, msgspec.Meta(ge=0)] = 0
    parked: Annotated[int, msgspec.Meta(ge=0)] = 0
    vitals: dict[str, str | int | float | bool | None] = {}


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """Why a whole request was refused (RFC 9457, with a stable `code`)."""

    code: str
    title: str
    status: int


class JoinFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What `central join-file` hands a device, so that it works before first contact.

    Binary fields are base64 in TOML; keys are 32 bytes.
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


T = TypeVar("T")

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
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise BadMessage(_reason(error)) from error


def decode(raw: bytes, shape: type[T]) -> T:
    """Read any other message. Raises BadMessage: not JSON, or not of that shape."""
    try:
        return msgspec.json.decode(raw, type=shape)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise BadMessage(_reason(error)) from error


def digest_of(raw: bytes) -> str:
    """The name of a record's bytes: SHA-256, hex."""
    return hashlib.sha256(raw).hexdigest()


def _reason(error: Exception) -> str:
    """Where it went wrong, without the words that were there."""
    _, _, place = str(error).rpartition(" - at `")
    return f"not understood at {place.rstrip('`')}" if place else "not understood"
