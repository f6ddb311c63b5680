"""The records that are sent: 96 ratings and 4 cases in a hundred, as a kiosk makes them."""

import os
import time
from datetime import UTC, datetime

from uuid6 import uuid7

from sync.case import CaseContent, Contact, Instant, Kind
from sync.identity import Identity
from sync.records import CaseSubmitted, RatingGiven
from sync.reference import make_key, reference_for
from sync.seal import seal
from sync.wire import encode

CASES_IN_A_HUNDRED = 4
BOOT_ID = "3f6a0c1e-9d2b-4c58-8a7e-5b1f00c2d3e4"
WORDS = (
    "ไฟถนนหน้าซอยบ้านผู้ใหญ่ดับมาสามคืนแล้ว เด็กเดินกลับบ้านตอนค่ำอันตราย ขอให้กองช่างมาดูหน่อยค่ะ เสาที่สามนับจากปากซอย"
)


def now() -> Instant:
    """This moment, on a device whose clock is right."""
    return Instant(
        wall=datetime.now(UTC), boot_id=BOOT_ID, monotonic_s=time.monotonic(), trusted=True
    )


def rating() -> bytes:
    """One touch on a face."""
    score = 1 + os.urandom(1)[0] % 5
    return encode(
        RatingGiven(rating_id=uuid7(), division_code="works", score=score, captured=now())
    )


def case(identity: Identity, number: int) -> tuple[bytes, str]:
    """A sealed case of this device, and its reference."""
    reference = reference_for(identity.device_code, number)
    content = CaseContent(
        kind=Kind.COMPLAINT,
        topic_code="street_light",
        words=WORDS,
        tracking_key=make_key(identity.slip_secret, reference, os.urandom(7)),
        village_code="village-3",
        place="ซอย 3 หน้าร้านเจ๊หมวย",
        contact=Contact(name="สมหญิง ใจดี", phone="0812345678"),
    )
    record = CaseSubmitted(
        case_id=uuid7(),
        reference=str(reference),
        captured=now(),
        sealed_to=identity.intake_key_id,
        sealed=seal(encode(content), identity.intake_key),
    )
    return encode(record), str(reference)
