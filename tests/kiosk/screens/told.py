"""What central may tell of a slip."""

from datetime import UTC, date, datetime

from sync.desk import Told
from sync.inquiry import CaseStory, Change, Found, InquiryAnswer


def _on(day: int) -> datetime:
    return datetime(2026, 11, day, 3, tzinfo=UTC)


def _told(found: Found, story: CaseStory | None = None) -> Told:
    answer = InquiryAnswer(
        device_code="A1", reference="A1-0042-9", found=found, answered_at=_on(23), story=story
    )
    return Told(answer=answer)


WORKED_ON = CaseStory(
    status="in_progress",
    received_at=_on(21),
    device_code="A1",
    submitted_at=_on(20),
    due_on=date(2026, 12, 7),
    is_overdue=True,
    topic_code="street_light",
    division_code="works",
    changes=[
        Change(status="received", at=_on(21)),
        Change(status="screening", at=_on(22)),
        Change(status="in_progress", at=_on(23), division_code="works", note="ช่างจะไปวันศุกร์นี้"),
    ],
)
ANSWERED = CaseStory(
    status="answered",
    topic_code="street_light",
    received_at=_on(21),
    device_code="A1",
    answer="เปลี่ยนหลอดไฟแล้ว ขอบคุณที่แจ้งให้ทราบ " * 12,
    changes=[Change(status="answered", at=_on(23), note="เปลี่ยนหลอดไฟแล้ว")],
)
WORK = _told("case", WORKED_ON)
ANSWER = _told("case", ANSWERED)
ON_ITS_WAY = _told("on_its_way")
SHUT = _told("shut")
NOTHING = _told("nothing")
OFFLINE = Told(failure="unreachable")
TOLD = (WORK, ANSWER, ON_ITS_WAY, SHUT, NOTHING, OFFLINE)
