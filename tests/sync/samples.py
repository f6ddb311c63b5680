"""Records and files as they really are, for the tests."""

import base64
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime

from sync.case import Instant
from sync.records import Attachment, CaseSubmitted, RatingGiven
from sync.reference import reference_for
from sync.signature import verify_key_of
from sync.store import Submission
from sync.wire import digest_of, encode

CENTRAL_PRIVATE_KEY = bytes(range(32))
NOW = datetime(2026, 11, 1, 2, 5, tzinfo=UTC)
INSTANT = Instant(wall=NOW, boot_id="boot-1", monotonic_s=12.5, trusted=True)


def join_file_text(**changes: str | bytes) -> str:
    """A join file for A1; `changes` replace or add keys."""
    facts: dict[str, str | bytes] = {
        "device_code": "A1",
        "public_url": "https://tk.example.go.th",
        "central_url": "https://tk.example.go.th",
        "enrolment_code": "once-only",
        "slip_secret": b"s" * 32,
        "intake_key_id": "intake-1",
        "intake_key": b"i" * 32,
        "central_key_id": "central-1",
        "central_key": verify_key_of(CENTRAL_PRIVATE_KEY),
    }
    facts.update(changes)
    return "".join(f'{name} = "{_toml(value)}"\n' for name, value in facts.items())


def _toml(value: str | bytes) -> str:
    return value if isinstance(value, str) else base64.b64encode(value).decode()


def case_record(
    case_id: uuid.UUID,
    reference: str,
    sealed: bytes = b"\x05" * 2096,
    attachments: Sequence[bytes] = (),
) -> bytes:
    return encode(
        CaseSubmitted(
            case_id=case_id,
            reference=reference,
            captured=INSTANT,
            sealed_to="intake-1",
            sealed=sealed,
            attachments=[
                Attachment(address=digest_of(picture), size=len(picture)) for picture in attachments
            ],
        )
    )


def rating_record(rating_id: uuid.UUID, score: int = 4) -> bytes:
    return encode(
        RatingGiven(rating_id=rating_id, division_code="works", score=score, captured=INSTANT)
    )


def submission(
    case_id: uuid.UUID,
    number: int,
    slip: bytes = b"{}",
    code: str = "A1",
    attachments: Sequence[bytes] = (),
) -> Submission:
    reference = str(reference_for(code, number))
    return Submission(
        record=case_record(case_id, reference, attachments=attachments),
        reference=reference,
        slip=slip,
        attachments=list(attachments),
    )
