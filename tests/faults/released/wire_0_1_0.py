"""The wire as release 0.1.0 spoke it: structs, signatures and seal, frozen.

Never brought up to date: what is here stands for boxes and centrals that were not updated. It
leans on libraries only, so that no change in `sync` can reach it.
"""

import hashlib
from collections.abc import Callable, Mapping, MutableMapping
from datetime import date, datetime, timedelta
from typing import Annotated, Literal
from uuid import UUID

import msgspec
import nacl.bindings
import nacl.public
import nacl.signing
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from http_message_signatures import (
    HTTPMessageSigner,
    HTTPMessageVerifier,
    HTTPSignatureKeyResolver,
)
from http_message_signatures.algorithms import ED25519

PATHS = {
    "enrol": "/api/v1/enrolments",
    "records": "/api/v1/records",
    "beat": "/api/v1/beats",
    "openapi": "/api/v1/openapi.json",
}
LONGEST_BATCH = 100
COVERED = ("@method", "@authority", "@path")
SMALLEST_CLASS = 2048

Code = Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern="^[a-z0-9_-]+$")]
DeviceCode = Annotated[str, msgspec.Meta(min_length=2, max_length=4)]
Digest = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]


class Instant(msgspec.Struct, frozen=True, kw_only=True):
    wall: Annotated[datetime, msgspec.Meta(tz=True)]
    boot_id: Annotated[str, msgspec.Meta(max_length=64)]
    monotonic_s: Annotated[float, msgspec.Meta(ge=0)]
    trusted: bool = False


class Contact(msgspec.Struct, frozen=True, kw_only=True):
    name: Annotated[str, msgspec.Meta(max_length=200)] = ""
    phone: Annotated[str, msgspec.Meta(max_length=40)] = ""


class CaseContent(msgspec.Struct, frozen=True, kw_only=True):
    kind: Literal["complaint", "suggestion", "compliment", "corruption"]
    topic_code: Code
    words: Annotated[str, msgspec.Meta(min_length=1, max_length=10_000)]
    tracking_key: Annotated[str, msgspec.Meta(min_length=16, max_length=16)]
    village_code: Annotated[str, msgspec.Meta(max_length=64)] = ""
    place: Annotated[str, msgspec.Meta(max_length=500)] = ""
    contact: Contact = Contact()
    language: Annotated[str, msgspec.Meta(max_length=8)] = "th"
    form_version: Annotated[int, msgspec.Meta(ge=1)] = 1
    privacy_notice_version: Annotated[str, msgspec.Meta(max_length=40)] = ""
    due_on: date | None = None


class CaseSubmitted(msgspec.Struct, tag="case_submitted", frozen=True, kw_only=True):
    case_id: UUID
    reference: Annotated[str, msgspec.Meta(min_length=9, max_length=15)]
    captured: Instant
    sealed_to: Annotated[str, msgspec.Meta(max_length=64)]
    sealed: bytes

    @property
    def record_id(self) -> UUID:
        return self.case_id


class RatingGiven(msgspec.Struct, tag="rating_given", frozen=True, kw_only=True):
    rating_id: UUID
    division_code: Code
    score: Annotated[int, msgspec.Meta(ge=1, le=5)]
    captured: Instant
    language: Annotated[str, msgspec.Meta(max_length=8)] = "th"

    @property
    def record_id(self) -> UUID:
        return self.rating_id


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    records: Annotated[list[msgspec.Raw], msgspec.Meta(max_length=LONGEST_BATCH)]
    sent: Instant


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    digest: Digest
    outcome: Literal["acknowledged", "refused"]
    code: str = ""


class Acknowledgement(msgspec.Struct, frozen=True, kw_only=True):
    device_code: str
    answers: list[Answer]
    answered_at: datetime


class Signed(msgspec.Struct, frozen=True, kw_only=True):
    payload: bytes
    signature: bytes
    key_id: str


class Enrolment(msgspec.Struct, frozen=True, kw_only=True):
    device_code: DeviceCode
    enrolment_code: Annotated[str, msgspec.Meta(max_length=64)]
    public_key: Annotated[bytes, msgspec.Meta(min_length=32, max_length=32)]


class Enrolled(msgspec.Struct, frozen=True, kw_only=True):
    device_code: str
    enrolled_at: datetime


class Beat(msgspec.Struct, frozen=True, kw_only=True):
    sent: Instant
    version: Annotated[str, msgspec.Meta(max_length=40)] = ""
    waiting: Annotated[int, msgspec.Meta(ge=0)] = 0
    parked: Annotated[int, msgspec.Meta(ge=0)] = 0
    vitals: dict[str, str | int | float | bool | None] = {}


class Received(msgspec.Struct, frozen=True, kw_only=True):
    received_at: datetime


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    code: str
    title: str
    status: int


class JoinFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
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


def digest_of(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()


class _Request(msgspec.Struct):
    method: str
    url: str
    headers: MutableMapping[str, str]


class _Keys(HTTPSignatureKeyResolver):
    def __init__(self, find_public: Callable[[str], bytes], private: bytes = b"") -> None:
        self._find_public = find_public
        self._private = private

    def resolve_public_key(self, key_id: str) -> Ed25519PublicKey:
        return Ed25519PublicKey.from_public_bytes(self._find_public(key_id))

    def resolve_private_key(self, key_id: str) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self._private)


class _Verifier(HTTPMessageVerifier):
    max_clock_skew = timedelta(days=200 * 365)


def sign_post(
    url: str, body: bytes, *, device_code: str, seed: bytes, at: datetime, nonce: str
) -> dict[str, str]:
    message = _Request("POST", url, {})
    signer = HTTPMessageSigner(signature_algorithm=ED25519, key_resolver=_Keys(bytes.fromhex, seed))
    signer.sign(
        message,
        key_id=device_code,
        created=at,
        nonce=nonce,
        label="rapfang",
        covered_component_ids=COVERED,
        body=body,
    )
    return dict(message.headers)


def signer_of_post(
    url: str, body: bytes, headers: Mapping[str, str], find_key: Callable[[str], bytes]
) -> str:
    """The device code; raises the library's exception where the signature does not hold."""
    found = _Verifier(signature_algorithm=ED25519, key_resolver=_Keys(find_key)).verify(
        _Request("POST", url, dict(headers)),
        body=body,
        max_age=None,
        require_components=("content-digest", *COVERED),
    )
    return str(found[0].parameters["keyid"])


def seal(plain: bytes, public_key: bytes) -> bytes:
    size = SMALLEST_CLASS
    while size < len(plain) + 1:
        size *= 2
    box = nacl.public.SealedBox(nacl.public.PublicKey(public_key))
    return box.encrypt(nacl.bindings.sodium_pad(plain, size))


def open_sealed(sealed: bytes, private_key: bytes) -> bytes:
    padded = nacl.public.SealedBox(nacl.public.PrivateKey(private_key)).decrypt(sealed)
    return nacl.bindings.sodium_unpad(padded, len(padded))


def sign_payload(payload: bytes, seed: bytes, key_id: str) -> Signed:
    signature = nacl.signing.SigningKey(seed).sign(payload).signature
    return Signed(payload=payload, signature=signature, key_id=key_id)


def open_signed(envelope: Signed, public_key: bytes) -> bytes:
    return nacl.signing.VerifyKey(public_key).verify(envelope.payload, envelope.signature)
