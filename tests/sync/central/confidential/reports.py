"""Reports about corruption as kiosks seal them, and an officer who reads them."""

import uuid
from datetime import UTC, datetime

from sync.case import CaseContent, Kind
from sync.central import municipality
from sync.central.confidential.wrapping import Cost
from sync.confiding import SealingKeys, seal_case
from sync.records import Attachment as Announced
from sync.records import CaseSubmitted
from sync.wire import encode
from tests.sync.central.kiosk import HOST, instant

WORDS = "ผู้อำนวยการเรียกเงินใต้โต๊ะ"
NOTE = "นัดพยานวันจันทร์"
PASSPHRASE = "เจ็ดช้างข้ามคลองหลังวัด"
CHEAP = Cost(operations=1, memory=8192)
NOW = datetime(2026, 11, 1, 2, 5, tzinfo=UTC)


def sealed_twice(kiosk, number, words=WORDS, case_id=None, enclosed=()):
    """A record as a kiosk of today makes it; `enclosed`: sealed, and what they are."""
    keyring = municipality.keys().keyring
    _, path = kiosk.case(number=number)
    reference, key = path.split("/")[2:]
    content = CaseContent(
        kind=Kind.CORRUPTION,
        topic_code="street_light",
        words=words,
        tracking_key=key,
        place="หลังที่ว่าการ",
        excluded=["works-head", "long-gone"],
        attachments=[told for _, told in enclosed],
    )
    keys = SealingKeys(intake=keyring.intake, corruption=keyring.corruption)
    return encode(
        CaseSubmitted(
            case_id=case_id or uuid.uuid4(),
            reference=reference,
            captured=instant(),
            sealed_to=keyring.intake.id,
            sealed=seal_case(content, keys),
            attachments=[
                Announced(address=told.address, size=len(sealed)) for sealed, told in enclosed
            ],
        )
    )


def post(desk, path, **fields):
    return desk.post(f"/staff/{path}", fields, SERVER_NAME=HOST)


def unlocked(desk):
    answer = post(desk, "corruption", passphrase=PASSPHRASE)
    assert answer.status_code == 302
    return answer
