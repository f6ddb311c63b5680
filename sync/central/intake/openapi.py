"""The OpenAPI 3.1 document, made from the very structs that are decoded."""

from functools import cache
from http import HTTPStatus
from typing import Any

import msgspec

from sync.adding import AddedWords
from sync.bulletin import LARGEST_PICTURE, Bulletin
from sync.case import CaseContent, ConfidentialContent
from sync.central.intake.answers import Enrolled, Heard, OffsetRefused
from sync.central.intake.problems import PROBLEM_TYPE, TITLES
from sync.inquiry import Inquiry, InquiryAnswer
from sync.keyring import KeyRing
from sync.opinion import Explanation, SurveyAnswers
from sync.records import (
    CaseSubmitted,
    DeviceEvent,
    RatingExplained,
    RatingGiven,
    SignedUp,
    SurveyAnswered,
    WordsAdded,
)
from sync.release import ProfileRelease
from sync.signing_up import SignUp
from sync.wire import (
    ATTACHMENT_PIECE,
    LARGEST_BODY,
    LARGEST_RECORD,
    PATHS,
    Acknowledgement,
    AttachmentStatus,
    Batch,
    Beat,
    Enrolment,
    KeyChange,
    KeyChanged,
    Problem,
    Signed,
    Tally,
    TallyAnswer,
)

_SHAPES = (
    Enrolment,
    KeyChange,
    KeyChanged,
    Batch,
    CaseSubmitted,
    RatingGiven,
    RatingExplained,
    SignedUp,
    DeviceEvent,
    SurveyAnswered,
    WordsAdded,
    AddedWords,
    CaseContent,
    ConfidentialContent,
    Explanation,
    SignUp,
    SurveyAnswers,
    KeyRing,
    Bulletin,
    ProfileRelease,
    Beat,
    Signed,
    Acknowledgement,
    AttachmentStatus,
    Tally,
    TallyAnswer,
    Inquiry,
    InquiryAnswer,
    Enrolled,
    Heard,
    Problem,
    OffsetRefused,
)
RECORDS = (
    *("CaseSubmitted", "RatingGiven", "RatingExplained", "SurveyAnswered", "WordsAdded"),
    *("SignedUp", "DeviceEvent"),
)
_REF = "#/components/schemas/{name}"
_SIGNATURE = (
    "RFC 9421, Ed25519 under the device's key; keyid is the device code. Covers @method, "
    "@authority, @path and content-digest (RFC 9530, over the body as sent, so after gzip); "
    "created lies within 300 s of central's time; nonce (16-64 characters) serves once."
)
_SIGNED_ONLY = (
    *("bad_request", "signature_refused", "clock_skew", "replayed", "too_many"),
    *("too_large", "method_not_allowed"),
)
_WITH_BODY = (*_SIGNED_ONLY, "batch_unreadable", "encoding_unknown")
_RETRY_AFTER = {
    "Retry-After": {
        "description": "Seconds until the next minute begins.",
        "required": True,
        "schema": {"type": "integer", "minimum": 1, "maximum": 60},
    }
}


_TOO_MANY = str(int(HTTPStatus.TOO_MANY_REQUESTS))


@cache
def document(public_url: str) -> bytes:
    """The document as JSON."""
    return msgspec.json.encode(_document(public_url))


def _document(public_url: str) -> dict[str, Any]:
    _, schemas = msgspec.json.schema_components(_SHAPES, ref_template=_REF)
    schemas["Batch"]["properties"]["records"]["items"] = {
        "oneOf": [_ref(shape) for shape in RECORDS],
        "description": f"At most {LARGEST_RECORD} bytes; kept byte for byte as sent.",
    }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Central's device API",
            "version": "1",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
            "description": f"Bodies are at most {LARGEST_BODY} bytes, before and after gzip. "
            "Every answer carries Date.",
        },
        "servers": [{"url": public_url}],
        "paths": _paths(),
        "components": {"schemas": schemas},
    }


def _paths() -> dict[str, Any]:
    return {
        PATHS["enrol"]: {"post": _enrolment()},
        PATHS["device_key"]: {"post": _key_change()},
        PATHS["records"]: {"post": _records()},
        PATHS["beat"]: {"post": _beat()},
        PATHS["tally"]: {"post": _tally()},
        PATHS["inquire"]: {"post": _inquiry()},
        f"{PATHS['attachments']}/{{address}}": {"get": _attachment()},
        f"{PATHS['attachments']}/{{address}}/{{offset}}": {"put": _piece()},
        PATHS["keys"]: {"get": _published("readKeys", "KeyRing", "the root")},
        PATHS["profile"]: {
            "get": _published("readProfile", "ProfileRelease", "a key of the keyring", "not_found")
        },
        PATHS["bulletin"]: {
            "get": _published("readBulletin", "Bulletin", "a key of the keyring", "not_found")
        },
        f"{PATHS['pictures']}/{{address}}": {"get": _picture()},
        PATHS["openapi"]: {"get": _description()},
    }


def _enrolment() -> dict[str, Any]:
    return {
        "operationId": "enrol",
        "summary": "A device introduces its public key, with the code from its join file. "
        "At most 4096 bytes.",
        "parameters": [*_SIGNED, _ENCODING],
        "requestBody": _json("Enrolment"),
        "responses": {
            "201": _answer("The key is kept. Payload: Enrolled.", "Signed"),
            "200": _answer("This very key was kept before. Payload: Enrolled.", "Signed"),
            **_problems(*_WITH_BODY, "enrolment_refused"),
        },
    }


def _key_change() -> dict[str, Any]:
    return {
        "operationId": "changeKey",
        "summary": "A device's key vouches for the one that follows. The body's payload is a "
        "KeyChange, its envelope signed with the new key, the request with the present one. "
        "At most 4096 bytes; safe to repeat with the new key.",
        "parameters": [*_SIGNED, _ENCODING],
        "requestBody": _json("Signed"),
        "responses": {
            "200": _answer("Only the new key counts now. Payload: KeyChanged.", "Signed"),
            **_problems(*_WITH_BODY, "device_unknown"),
        },
    }


def _records() -> dict[str, Any]:
    return {
        "operationId": "sendRecords",
        "summary": "A batch of records. Safe to repeat: the same bytes are acknowledged again, "
        "other bytes under a known id are kept as a revision.",
        "parameters": [*_SIGNED, _ENCODING],
        "requestBody": _json("Batch"),
        "responses": {
            "200": _answer("One answer a record, in order. Payload: Acknowledgement.", "Signed"),
            **_problems(*_WITH_BODY, "device_unknown"),
        },
    }


def _beat() -> dict[str, Any]:
    return {
        "operationId": "beat",
        "summary": "A device says that it lives.",
        "parameters": [*_SIGNED, _ENCODING],
        "requestBody": _json("Beat"),
        "responses": {
            "200": _answer("Heard.", "Heard"),
            **_problems(*_WITH_BODY, "device_unknown"),
        },
    }


def _tally() -> dict[str, Any]:
    return {
        "operationId": "compareTally",
        "summary": "Whether central holds the very cases that a device handed over.",
        "parameters": [*_SIGNED, _ENCODING],
        "requestBody": _json("Tally"),
        "responses": {
            "200": _answer("Compared. Payload: TallyAnswer.", "Signed"),
            **_problems(*_WITH_BODY, "device_unknown"),
        },
    }


def _inquiry() -> dict[str, Any]:
    return {
        "operationId": "inquire",
        "summary": "How a case stands, for the resident at the kiosk who has its slip. One and "
        "the same answer for whatever opens nothing. At most 4096 bytes.",
        "parameters": [*_SIGNED, _ENCODING],
        "requestBody": _json("Inquiry"),
        "responses": {
            "200": _answer("Looked up. Payload: InquiryAnswer.", "Signed"),
            **_problems(*_WITH_BODY, "device_unknown"),
        },
    }


def _attachment() -> dict[str, Any]:
    return {
        "operationId": "askForAttachment",
        "summary": "How much of an attachment is here; where its next piece begins.",
        "parameters": [_ADDRESS, *_SIGNED],
        "responses": {
            "200": _answer("Payload: AttachmentStatus.", "Signed"),
            **_problems(*_SIGNED_ONLY, "device_unknown", "attachment_unknown", "not_found"),
        },
    }


def _piece() -> dict[str, Any]:
    codes = (*_WITH_BODY, "device_unknown", "attachment_unknown", "not_found")
    return {
        "operationId": "sendPiece",
        "summary": f"The next {ATTACHMENT_PIECE} bytes of an attachment, fewer only at its end. "
        "The same piece again is taken again.",
        "parameters": [_ADDRESS, _OFFSET, *_SIGNED],
        "requestBody": {
            "required": True,
            "content": {"application/octet-stream": {"schema": {}}},
        },
        "responses": {
            "200": _answer("The piece is kept. Payload: AttachmentStatus.", "Signed"),
            "409": _problem_answer(_named("offset_refused"), "OffsetRefused"),
            **_problems(*codes, "attachment_refused"),
        },
    }


def _published(operation: str, shape: str, signer: str, *codes: str) -> dict[str, Any]:
    """A document that anybody may read; it counts because of its signature."""
    return {
        "operationId": operation,
        "summary": f"The newest {shape}. Not signed by the device: nothing in it is secret.",
        "parameters": [_IF_NONE_MATCH],
        "responses": {
            "200": {
                **_answer(f"Payload: {shape}, signed by {signer}.", "Signed"),
                "headers": _ETAG,
            },
            "304": {"description": "The device has it.", "headers": _ETAG},
            **_problems("bad_request", "method_not_allowed", *codes),
        },
    }


def _picture() -> dict[str, Any]:
    """A file by its digest; the bulletin's signature vouches for it."""
    return {
        "operationId": "readPicture",
        "summary": "A picture that the newest bulletin names. Not signed by the device: nothing "
        f"in it is secret. At most {LARGEST_PICTURE} bytes, with this very SHA-256.",
        "parameters": [_PICTURE_ADDRESS, _IF_NONE_MATCH_ADDRESS],
        "responses": {
            "200": {
                "description": "The picture.",
                "content": {"image/jpeg": {"schema": {}}},
                "headers": _ADDRESS_ETAG,
            },
            "304": {"description": "The device has it.", "headers": _ADDRESS_ETAG},
            **_problems("bad_request", "method_not_allowed", "not_found"),
        },
    }


def _description() -> dict[str, Any]:
    return {
        "operationId": "describe",
        "summary": "This document.",
        "responses": {
            "200": {
                "description": "OpenAPI 3.1.",
                "content": {"application/json": {"schema": {"type": "object"}}},
            },
            **_problems("bad_request", "method_not_allowed"),
        },
    }


def _header(name: str, description: str, **schema: Any) -> dict[str, Any]:
    return {
        "name": name,
        "in": "header",
        "required": not schema,
        "description": description,
        "schema": {"type": "string", **schema},
    }


_SIGNED = [
    _header("Content-Digest", "Digest of the body as sent (RFC 9530)."),
    _header("Signature-Input", _SIGNATURE),
    _header("Signature", "The signature itself."),
]
_ENCODING = _header("Content-Encoding", "How the body is packed.", enum=["gzip", "identity"])
_IF_NONE_MATCH = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "description": "The ETag of what the device has: its version in double quotes.",
    "schema": {"type": "string", "pattern": '^"[0-9]+"$'},
}
_ETAG = {
    "ETag": {
        "description": "The version in double quotes.",
        "required": True,
        "schema": {"type": "string", "pattern": '^"[0-9]+"$'},
    }
}
_ADDRESS_ETAG = {
    "ETag": {
        "description": "The address in double quotes.",
        "required": True,
        "schema": {"type": "string", "pattern": '^"[0-9a-f]{64}"$'},
    }
}
_ADDRESS = {
    "name": "address",
    "in": "path",
    "required": True,
    "description": "The SHA-256 of the attachment's sealed bytes.",
    "schema": {"type": "string", "pattern": "^[0-9a-f]{64}$", "maxLength": 64},
}
_PICTURE_ADDRESS = {**_ADDRESS, "description": "The SHA-256 of the picture's bytes."}
_IF_NONE_MATCH_ADDRESS = {
    **_IF_NONE_MATCH,
    "description": "The ETag of what the device has: the address in double quotes.",
    "schema": {"type": "string", "pattern": '^"[0-9a-f]{64}"$'},
}
_OFFSET = {
    "name": "offset",
    "in": "path",
    "required": True,
    "description": "Where the piece begins, in bytes.",
    "schema": {"type": "integer", "minimum": 0, "maximum": 999_999_999},
}


def _json(shape: str) -> dict[str, Any]:
    return {"required": True, "content": {"application/json": {"schema": _ref(shape)}}}


def _answer(description: str, shape: str) -> dict[str, Any]:
    return {
        "description": description,
        "content": {"application/json": {"schema": _ref(shape)}},
    }


def _problems(*codes: str) -> dict[str, Any]:
    """Refusals by status; each names its codes."""
    by_status: dict[str, list[str]] = {}
    for code in codes:
        by_status.setdefault(str(int(TITLES[code][0])), []).append(_named(code))
    answers = {status: _problem_answer(" ".join(named)) for status, named in by_status.items()}
    if _TOO_MANY in answers:
        answers[_TOO_MANY]["headers"] = _RETRY_AFTER
    return answers


def _named(code: str) -> str:
    return f"`{code}`: {TITLES[code][1]}"


def _problem_answer(description: str, shape: str = "Problem") -> dict[str, Any]:
    return {
        "description": description,
        "content": {PROBLEM_TYPE: {"schema": _ref(shape)}},
    }


def _ref(name: str) -> dict[str, str]:
    return {"$ref": _REF.format(name=name)}
