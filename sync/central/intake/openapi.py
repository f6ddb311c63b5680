"""The OpenAPI 3.1 document, made from the very structs that are decoded."""

from functools import cache
from http import HTTPStatus
from typing import Any

import msgspec

from sync.case import CaseContent
from sync.central.intake.answers import Enrolled, Heard
from sync.central.intake.problems import TITLES
from sync.wire import (
    LARGEST_BODY,
    LARGEST_RECORD,
    PATHS,
    Acknowledgement,
    Batch,
    Beat,
    CaseSubmitted,
    Enrolment,
    Problem,
    RatingGiven,
    Signed,
)

_SHAPES = (
    Enrolment,
    Batch,
    CaseSubmitted,
    RatingGiven,
    CaseContent,
    Beat,
    Signed,
    Acknowledgement,
    Enrolled,
    Heard,
    Problem,
)
_REF = "#/components/schemas/{name}"
_SIGNATURE = (
    "RFC 9421, Ed25519 under the device's key; keyid is the device code. Covers @method, "
    "@authority, @path and content-digest (RFC 9530, over the body as sent, so after gzip); "
    "created lies within 300 s of central's time; nonce (16-64 characters) serves once."
)
_SIGNED_HEADERS = {
    "Content-Digest": "Digest of the body as sent (RFC 9530).",
    "Signature-Input": _SIGNATURE,
    "Signature": "The signature itself.",
}
_ALWAYS = (
    *("batch_unreadable", "bad_request", "signature_refused", "clock_skew", "replayed"),
    *("too_large", "encoding_unknown", "too_many"),
)
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
        "oneOf": [_ref("CaseSubmitted"), _ref("RatingGiven")],
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
        PATHS["enrol"]: _post(
            "enrol",
            "A device introduces its public key, with the code from its join file.",
            "Enrolment",
            {
                "201": _answer("The key is kept. Payload: Enrolled.", "Signed"),
                "200": _answer("This very key was kept before. Payload: Enrolled.", "Signed"),
            },
            ("enrolment_refused",),
        ),
        PATHS["records"]: _post(
            "sendRecords",
            "A batch of records. Safe to repeat: the same bytes are acknowledged again, other "
            "bytes under a known id are kept as a revision.",
            "Batch",
            {"200": _answer("One answer a record, in order. Payload: Acknowledgement.", "Signed")},
            ("device_unknown",),
        ),
        PATHS["beat"]: _post(
            "beat",
            "A device says that it lives.",
            "Beat",
            {"200": _answer("Heard.", "Heard")},
            ("device_unknown",),
        ),
        PATHS["openapi"]: {
            "get": {
                "operationId": "describe",
                "summary": "This document.",
                "responses": {
                    "200": {
                        "description": "OpenAPI 3.1.",
                        "content": {"application/json": {"schema": {"type": "object"}}},
                    },
                    **_problems(("method_not_allowed",)),
                },
            }
        },
    }


def _post(
    operation: str, summary: str, body: str, answers: dict[str, Any], codes: tuple[str, ...]
) -> dict[str, Any]:
    headers = [
        {
            "name": name,
            "in": "header",
            "required": True,
            "description": description,
            "schema": {"type": "string"},
        }
        for name, description in _SIGNED_HEADERS.items()
    ]
    encoding = {
        "name": "Content-Encoding",
        "in": "header",
        "required": False,
        "schema": {"type": "string", "enum": ["gzip", "identity"]},
    }
    return {
        "post": {
            "operationId": operation,
            "summary": summary,
            "parameters": [*headers, encoding],
            "requestBody": {
                "required": True,
                "content": {"application/json": {"schema": _ref(body)}},
            },
            "responses": {**answers, **_problems((*_ALWAYS, *codes, "method_not_allowed"))},
        }
    }


def _answer(description: str, shape: str) -> dict[str, Any]:
    return {
        "description": description,
        "content": {"application/json": {"schema": _ref(shape)}},
    }


def _problems(codes: tuple[str, ...]) -> dict[str, Any]:
    """Refusals by status; each names its codes."""
    by_status: dict[str, list[str]] = {}
    for code in codes:
        status, title = TITLES[code]
        by_status.setdefault(str(int(status)), []).append(f"`{code}`: {title}")
    return {
        status: {
            "description": " ".join(descriptions),
            "content": {"application/problem+json": {"schema": _ref("Problem")}},
            **({"headers": _RETRY_AFTER} if status == _TOO_MANY else {}),
        }
        for status, descriptions in by_status.items()
    }


def _ref(name: str) -> dict[str, str]:
    return {"$ref": _REF.format(name=name)}
