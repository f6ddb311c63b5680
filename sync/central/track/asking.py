"""`/api/v1/inquiries`: a kiosk asks how a case stands, for the resident before it."""

from datetime import datetime
from typing import cast

from django.db import transaction
from django.http import HttpRequest, HttpResponse

from sync.central.cases.models import Case
from sync.central.intake import requests
from sync.central.intake.callers import hear
from sync.central.intake.signing import signed
from sync.central.intake.views import api
from sync.central.track.finding import OnItsWay, Shut, find
from sync.central.track.story import answer_of
from sync.deadline import THAILAND
from sync.inquiry import CaseStory, Change, Found, Inquiry, InquiryAnswer, Status

LARGEST_INQUIRY = 4096


@api("POST")
def inquiries(request: HttpRequest) -> HttpResponse:
    """What a reference and a key open together; changes nothing."""
    body, now = requests.read_body(request, LARGEST_INQUIRY), requests.utc_now()
    caller = requests.signed_by_device(request, body, now)
    inquiry = requests.decoded(request, body, Inquiry, LARGEST_INQUIRY)
    with transaction.atomic():
        hear(caller)
    found = find(inquiry.reference, inquiry.key)
    return signed(
        InquiryAnswer(
            device_code=caller.code,
            reference=inquiry.reference,
            found=_kind_of(found),
            answered_at=now,
            story=retell(found, now) if isinstance(found, Case) else None,
        )
    )


def retell(case: Case, now: datetime) -> CaseStory:
    """The story of a case in codes and moments, as it stands `now`."""
    changes = list(case.changes.all())
    is_open = not case.is_confidential
    return CaseStory(
        status=cast("Status", case.status),
        received_at=case.received_at,
        device_code=case.device_id,
        submitted_at=case.submitted_at,
        due_on=case.due_on,
        is_overdue=case.is_overdue(now.astimezone(THAILAND).date()),
        division_code=case.division_code if is_open else "",
        topic_code=case.topic_code if is_open else "",
        village_code=case.village_code if is_open else "",
        answer=answer_of(case, changes),
        added_at=[each.given_at for each in case.additions.all()],
        changes=[
            Change(
                status=cast("Status", change.status),
                at=change.changed_at,
                division_code=change.division_code if is_open else "",
                note=change.public_note,
            )
            for change in changes
        ],
    )


def _kind_of(found: Case | Shut | OnItsWay | None) -> Found:
    match found:
        case Case():
            return "case"
        case Shut():
            return "shut"
        case OnItsWay():
            return "on_its_way"
    return "nothing"
