"""The OpenAPI 3.1 document, made from the very structs that are decoded."""

from functools import cache
from typing import Any

import msgspec

from sync.adding import AddedWords
from sync.bulletin import LARGEST_PICTURE, Bulletin
from sync.case import CaseContent, ConfidentialContent
from sync.central.intake.answers import Enrolled, Heard, OffsetRefused
from sync.central.intake.openapi_parts import (
    ADDRESS,
    ADDRESS_ETAG,
    ENCODING,
    ETAG,
    IF_NONE_MATCH,
    IF_NONE_MATCH_ADDRESS,
    OFFSET,
    PICTURE_ADDRESS,
    REF,
    SIGNED,
    SIGNED_ONLY,
    WITH_BODY,
    answer,
    body,
    named,
    problem_answer,
    problems,
    ref,
)
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
    HeldAnswer,
    HeldQuestion,
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
    HeldQuestion,
    HeldAnswer,
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


@cache
def document(public_url: str) -> bytes:
    """The document as JSON."""
    return msgspec.json.encode(_document(public_url))


def _document(public_url: str) -> dict[str, Any]:
    _, schemas = msgspec.json.schema_components(_SHAPES, ref_template=REF)
    schemas["Batch"]["properties"]["records"]["items"] = {
        "oneOf": [ref(shape) for shape in RECORDS],
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
        PATHS["held"]: {"post": _held()},
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
        "parameters": [*SIGNED, ENCODING],
        "requestBody": body("Enrolment"),
        "responses": {
            "201": answer("The key is kept. Payload: Enrolled.", "Signed"),
            "200": answer("This very key was kept before. Payload: Enrolled.", "Signed"),
            **problems(*WITH_BODY, "enrolment_refused"),
        },
    }


def _key_change() -> dict[str, Any]:
    return {
        "operationId": "changeKey",
        "summary": "A device's key vouches for the one that follows. The body's payload is a "
        "KeyChange, its envelope signed with the new key, the request with the present one. "
        "At most 4096 bytes; safe to repeat with the new key.",
        "parameters": [*SIGNED, ENCODING],
        "requestBody": body("Signed"),
        "responses": {
            "200": answer("Only the new key counts now. Payload: KeyChanged.", "Signed"),
            **problems(*WITH_BODY, "device_unknown"),
        },
    }


def _records() -> dict[str, Any]:
    return {
        "operationId": "sendRecords",
        "summary": "A batch of records. Safe to repeat: the same bytes are acknowledged again, "
        "other bytes under a known id are kept as a revision.",
        "parameters": [*SIGNED, ENCODING],
        "requestBody": body("Batch"),
        "responses": {
            "200": answer("One answer a record, in order. Payload: Acknowledgement.", "Signed"),
            **problems(*WITH_BODY, "device_unknown"),
        },
    }


def _beat() -> dict[str, Any]:
    return {
        "operationId": "beat",
        "summary": "A device says that it lives.",
        "parameters": [*SIGNED, ENCODING],
        "requestBody": body("Beat"),
        "responses": {
            "200": answer("Heard.", "Heard"),
            **problems(*WITH_BODY, "device_unknown"),
        },
    }


def _tally() -> dict[str, Any]:
    return {
        "operationId": "compareTally",
        "summary": "Whether central holds the very cases that a device handed over.",
        "parameters": [*SIGNED, ENCODING],
        "requestBody": body("Tally"),
        "responses": {
            "200": answer("Compared. Payload: TallyAnswer.", "Signed"),
            **problems(*WITH_BODY, "device_unknown"),
        },
    }


def _held() -> dict[str, Any]:
    return {
        "operationId": "askWhatIsHeld",
        "summary": "Which of these bytes, of a device code whose key is gone, central has from "
        "elsewhere, as from a backup of it. Any device may ask about any code.",
        "parameters": [*SIGNED, ENCODING],
        "requestBody": body("HeldQuestion"),
        "responses": {
            "200": answer("Looked up. Payload: HeldAnswer.", "Signed"),
            **problems(*WITH_BODY, "device_unknown"),
        },
    }


def _inquiry() -> dict[str, Any]:
    return {
        "operationId": "inquire",
        "summary": "How a case stands, for the resident at the kiosk who has its slip. One and "
        "the same answer for whatever opens nothing. At most 4096 bytes.",
        "parameters": [*SIGNED, ENCODING],
        "requestBody": body("Inquiry"),
        "responses": {
            "200": answer("Looked up. Payload: InquiryAnswer.", "Signed"),
            **problems(*WITH_BODY, "device_unknown"),
        },
    }


def _attachment() -> dict[str, Any]:
    return {
        "operationId": "askForAttachment",
        "summary": "How much of an attachment is here; where its next piece begins.",
        "parameters": [ADDRESS, *SIGNED],
        "responses": {
            "200": answer("Payload: AttachmentStatus.", "Signed"),
            **problems(*SIGNED_ONLY, "device_unknown", "attachment_unknown", "not_found"),
        },
    }


def _piece() -> dict[str, Any]:
    codes = (*WITH_BODY, "device_unknown", "attachment_unknown", "not_found")
    return {
        "operationId": "sendPiece",
        "summary": f"The next {ATTACHMENT_PIECE} bytes of an attachment, fewer only at its end. "
        "The same piece again is taken again.",
        "parameters": [ADDRESS, OFFSET, *SIGNED],
        "requestBody": {
            "required": True,
            "content": {"application/octet-stream": {"schema": {}}},
        },
        "responses": {
            "200": answer("The piece is kept. Payload: AttachmentStatus.", "Signed"),
            "409": problem_answer(named("offset_refused"), "OffsetRefused"),
            **problems(*codes, "attachment_refused"),
        },
    }


def _published(operation: str, shape: str, signer: str, *codes: str) -> dict[str, Any]:
    """A document that anybody may read; it counts because of its signature."""
    return {
        "operationId": operation,
        "summary": f"The newest {shape}. Not signed by the device: nothing in it is secret.",
        "parameters": [IF_NONE_MATCH],
        "responses": {
            "200": {
                **answer(f"Payload: {shape}, signed by {signer}.", "Signed"),
                "headers": ETAG,
            },
            "304": {"description": "The device has it.", "headers": ETAG},
            **problems("bad_request", "method_not_allowed", *codes),
        },
    }


def _picture() -> dict[str, Any]:
    """A file by its digest; the bulletin's signature vouches for it."""
    return {
        "operationId": "readPicture",
        "summary": "A picture that the newest bulletin names. Not signed by the device: nothing "
        f"in it is secret. At most {LARGEST_PICTURE} bytes, with this very SHA-256.",
        "parameters": [PICTURE_ADDRESS, IF_NONE_MATCH_ADDRESS],
        "responses": {
            "200": {
                "description": "The picture.",
                "content": {"image/jpeg": {"schema": {}}},
                "headers": ADDRESS_ETAG,
            },
            "304": {"description": "The device has it.", "headers": ADDRESS_ETAG},
            **problems("bad_request", "method_not_allowed", "not_found"),
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
            **problems("bad_request", "method_not_allowed"),
        },
    }
