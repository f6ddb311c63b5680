"""Central checks what devices sign (`autograph`): an RFC 9421 signature (Ed25519) over method,
authority, path and the body's digest (RFC 9530).

Without the body's bytes at hand the library would accept a changed body, so it is demanded
here. No device needs this, and none loads it.
"""

from collections.abc import Callable, Mapping, MutableMapping
from datetime import UTC, datetime, timedelta

import msgspec
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from http_message_signatures import (
    HTTPMessageSignaturesException,
    HTTPMessageVerifier,
    HTTPSignatureKeyResolver,
    VerificationKey,
)
from http_message_signatures.algorithms import ED25519

from sync.autograph import COVERED, Request
from sync.errors import BadSignature


class Signatory(msgspec.Struct, frozen=True, kw_only=True):
    """Who signed a request, when, and with which nonce; not yet checked against a clock."""

    device_code: str
    created_at: datetime
    nonce: str


class _Request(msgspec.Struct):
    method: str
    url: str
    headers: MutableMapping[str, str]


class _Keys(HTTPSignatureKeyResolver):
    def __init__(self, find_public: Callable[[str], bytes]) -> None:
        self._find_public = find_public

    def resolve_public_key(self, key_id: str) -> VerificationKey:
        return Ed25519PublicKey.from_public_bytes(self._find_public(key_id))


class _Verifier(HTTPMessageVerifier):
    """Judges no times: a device's clock may lie, and the caller knows central's."""

    max_clock_skew = timedelta(days=200 * 365)


def verify_request(
    request: Request, headers: Mapping[str, str], find_key: Callable[[str], bytes]
) -> Signatory:
    """Check a request's signature; freshness is the caller's to judge.

    Args:
        request: method, absolute URL and body exactly as received (before gunzip).
        headers: at least Content-Digest, Signature-Input and Signature.
        find_key: the 32-byte Ed25519 public key of a device code; raises LookupError.

    Raises:
        BadSignature: unsigned, unknown device, changed on the way, or too little covered.
    """
    message = _Request(request.method, request.url, dict(headers))
    covered = ("content-digest", *COVERED)
    verifier = _Verifier(signature_algorithm=ED25519, key_resolver=_Keys(find_key))
    try:
        found = verifier.verify(
            message, body=request.body, max_age=None, require_components=covered
        )
    except (HTTPMessageSignaturesException, LookupError, ValueError, UnsupportedAlgorithm) as error:
        raise BadSignature("the request's signature does not hold") from error
    parameters = found[0].parameters
    return Signatory(
        device_code=str(parameters["keyid"]),
        created_at=datetime.fromtimestamp(int(parameters["created"]), UTC),
        nonce=str(parameters.get("nonce", "")),
    )
