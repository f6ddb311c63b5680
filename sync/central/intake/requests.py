"""A device's request, before anybody acts on it: its size, its signature, its clock."""

import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeVar

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, UnreadablePostError

from sync.autograph import Request
from sync.central.intake.callers import (
    LONGEST_SKEW,
    Caller,
    Speaker,
    find,
    insist_on_measure,
)
from sync.central.intake.problems import RequestRefused
from sync.errors import BadMessage, BadSignature
from sync.signed_request import Signatory, verify_request
from sync.wire import LARGEST_BODY, decode

SHORTEST_NONCE, LONGEST_NONCE = 16, 64
SIGNATURE_HEADERS = ("Content-Digest", "Signature-Input", "Signature")
T = TypeVar("T")

_GZIP = 16 + zlib.MAX_WBITS
_CALLER = "rapfang.caller"


def read_body(request: HttpRequest, largest: int = LARGEST_BODY) -> bytes:
    """The body as it came, at most `largest` bytes of it.

    Raises:
        RequestRefused: `too_large`, or `batch_unreadable` where it broke off.
    """
    try:
        if int(request.META.get("CONTENT_LENGTH") or 0) > largest:
            raise RequestRefused("too_large")
        return request.body
    except ValueError as error:
        raise RequestRefused("bad_request") from error
    except RequestDataTooBig as error:
        raise RequestRefused("too_large") from error
    except UnreadablePostError as error:
        raise RequestRefused("batch_unreadable") from error


def unpacked(body: bytes, encoding: str, largest: int = LARGEST_BODY) -> bytes:
    """The body without its gzip; never more than `largest` bytes are unpacked.

    Raises:
        RequestRefused: `encoding_unknown`, `batch_unreadable` or `too_large`.
    """
    if encoding in ("", "identity"):
        return body
    if encoding != "gzip":
        raise RequestRefused("encoding_unknown")
    inflater = zlib.decompressobj(_GZIP)
    try:
        plain = inflater.decompress(body, largest + 1)
    except zlib.error as error:
        raise RequestRefused("batch_unreadable") from error
    if len(plain) > largest:
        raise RequestRefused("too_large")
    if not inflater.eof or inflater.unused_data:
        raise RequestRefused("batch_unreadable")
    return plain


def signed_by_device(request: HttpRequest, body: bytes, now: datetime) -> Caller:
    """The device whose request this is, and what `hear` needs to know of it.

    Raises:
        RequestRefused: `signature_refused`, `device_unknown`, `clock_skew` or `too_many`.
    """
    known: list[Speaker] = []
    unknown: list[str] = []

    def key_of(device_code: str) -> bytes:
        device = find(device_code)
        if device is None or not device.public_key:
            unknown.append(device_code)
            raise LookupError(device_code)
        known.append(device)
        return bytes(device.public_key)

    try:
        signatory = check_signature(request, body, now, key_of)
    except RequestRefused as refusal:
        if unknown:
            raise RequestRefused("device_unknown") from refusal
        raise
    insist_on_measure(known[0], len(body), now)
    caller = Caller(device=known[0], nonce=signatory.nonce, size=len(body), at=now)
    request.META[_CALLER] = caller
    return caller


def caller_of(request: HttpRequest) -> Caller | None:
    """Whose request `signed_by_device` found this to be."""
    caller: Caller | None = request.META.get(_CALLER)
    return caller


def insist_on_identity(request: HttpRequest) -> None:
    """Refuse a body that is packed. Raises RequestRefused: `encoding_unknown`."""
    if _encoding_of(request) not in ("", "identity"):
        raise RequestRefused("encoding_unknown")


def check_signature(
    request: HttpRequest, body: bytes, now: datetime, key_of: Callable[[str], bytes]
) -> Signatory:
    """Who signed this request. `key_of` raises LookupError where it knows no such device.

    A query is refused: nothing here reads one, and the signature does not cover it.

    Raises:
        RequestRefused: `signature_refused` or `clock_skew`.
    """
    headers = {name: request.headers[name] for name in SIGNATURE_HEADERS if name in request.headers}
    if request.META.get("QUERY_STRING"):
        raise RequestRefused("signature_refused")
    url = f"{request.scheme}://{request.get_host()}{request.path}"
    signed = Request(method=request.method or "", url=url, body=body)
    try:
        signatory = verify_request(signed, headers, key_of)
    except (BadSignature, LookupError, ValueError, OverflowError, OSError, TypeError) as error:
        raise RequestRefused("signature_refused") from error
    if not SHORTEST_NONCE <= len(signatory.nonce) <= LONGEST_NONCE:
        raise RequestRefused("signature_refused")
    if abs(signatory.created_at - now) > LONGEST_SKEW:
        raise RequestRefused("clock_skew")
    return signatory


def decoded(request: HttpRequest, body: bytes, shape: type[T], largest: int = LARGEST_BODY) -> T:
    """What the body says, unpacked first.

    Raises:
        RequestRefused: as `unpacked`, or `batch_unreadable`.
    """
    try:
        return decode(unpacked(body, _encoding_of(request), largest), shape)
    except BadMessage as error:
        raise RequestRefused("batch_unreadable") from error


def _encoding_of(request: HttpRequest) -> str:
    return str(request.headers.get("Content-Encoding", "")).strip().lower()


def utc_now() -> datetime:
    """Central's time; what every device's is measured by."""
    return datetime.now(UTC)
