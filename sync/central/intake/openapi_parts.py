"""What the operations of the OpenAPI document are made of: headers, places, answers, refusals."""

from http import HTTPStatus
from typing import Any

from sync.central.intake.problems import PROBLEM_TYPE, TITLES

REF = "#/components/schemas/{name}"
_SIGNATURE = (
    "RFC 9421, Ed25519 under the device's key; keyid is the device code. Covers @method, "
    "@authority, @path and content-digest (RFC 9530, over the body as sent, so after gzip); "
    "created lies within 300 s of central's time; nonce (16-64 characters) serves once."
)
SIGNED_ONLY = (
    *("bad_request", "signature_refused", "clock_skew", "replayed", "too_many"),
    *("too_large", "method_not_allowed"),
)
WITH_BODY = (*SIGNED_ONLY, "batch_unreadable", "encoding_unknown")
_RETRY_AFTER = {
    "Retry-After": {
        "description": "Seconds until the next minute begins.",
        "required": True,
        "schema": {"type": "integer", "minimum": 1, "maximum": 60},
    }
}


_TOO_MANY = str(int(HTTPStatus.TOO_MANY_REQUESTS))


def body(shape: str) -> dict[str, Any]:
    """A request's body, as JSON of a shape."""
    return {"required": True, "content": {"application/json": {"schema": ref(shape)}}}


def answer(description: str, shape: str) -> dict[str, Any]:
    """An answer, as JSON of a shape."""
    return {
        "description": description,
        "content": {"application/json": {"schema": ref(shape)}},
    }


def problems(*codes: str) -> dict[str, Any]:
    """Refusals by status; each names its codes."""
    by_status: dict[str, list[str]] = {}
    for code in codes:
        by_status.setdefault(str(int(TITLES[code][0])), []).append(named(code))
    answers = {status: problem_answer(" ".join(each)) for status, each in by_status.items()}
    if _TOO_MANY in answers:
        answers[_TOO_MANY]["headers"] = _RETRY_AFTER
    return answers


def named(code: str) -> str:
    """A refusal's code and title."""
    return f"`{code}`: {TITLES[code][1]}"


def problem_answer(description: str, shape: str = "Problem") -> dict[str, Any]:
    """A refusal (RFC 9457)."""
    return {
        "description": description,
        "content": {PROBLEM_TYPE: {"schema": ref(shape)}},
    }


def ref(name: str) -> dict[str, str]:
    """Where a shape is described."""
    return {"$ref": REF.format(name=name)}


def _header(name: str, description: str, **schema: Any) -> dict[str, Any]:
    return {
        "name": name,
        "in": "header",
        "required": not schema,
        "description": description,
        "schema": {"type": "string", **schema},
    }


SIGNED = [
    _header("Content-Digest", "Digest of the body as sent (RFC 9530)."),
    _header("Signature-Input", _SIGNATURE),
    _header("Signature", "The signature itself."),
]
ENCODING = _header("Content-Encoding", "How the body is packed.", enum=["gzip", "identity"])
IF_NONE_MATCH = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "description": "The ETag of what the device has: its version in double quotes.",
    "schema": {"type": "string", "pattern": '^"[0-9]+"$'},
}
ETAG = {
    "ETag": {
        "description": "The version in double quotes.",
        "required": True,
        "schema": {"type": "string", "pattern": '^"[0-9]+"$'},
    }
}
ADDRESS_ETAG = {
    "ETag": {
        "description": "The address in double quotes.",
        "required": True,
        "schema": {"type": "string", "pattern": '^"[0-9a-f]{64}"$'},
    }
}
ADDRESS = {
    "name": "address",
    "in": "path",
    "required": True,
    "description": "The SHA-256 of the attachment's sealed bytes.",
    "schema": {"type": "string", "pattern": "^[0-9a-f]{64}$", "maxLength": 64},
}
PICTURE_ADDRESS = {**ADDRESS, "description": "The SHA-256 of the picture's bytes."}
IF_NONE_MATCH_ADDRESS = {
    **IF_NONE_MATCH,
    "description": "The ETag of what the device has: the address in double quotes.",
    "schema": {"type": "string", "pattern": '^"[0-9a-f]{64}"$'},
}
OFFSET = {
    "name": "offset",
    "in": "path",
    "required": True,
    "description": "Where the piece begins, in bytes.",
    "schema": {"type": "integer", "minimum": 0, "maximum": 999_999_999},
}
