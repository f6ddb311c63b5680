"""What the track page tells of a case; nothing else of it reaches the template.

Neither the reporter's words nor the contact are told: a slip may get lost.
"""

from datetime import date, datetime
from operator import itemgetter

import msgspec
from django.utils.html import format_html
from django.utils.translation import gettext as _

from sync.central import words
from sync.central.cases.models import Addition, Case, Status, StatusChange
from sync.deadline import THAILAND


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the timeline; `at` is empty for what is still to come."""

    title: str
    at: str = ""
    note: str = ""


class Story(msgspec.Struct, frozen=True, kw_only=True):
    """How a case stands, in the language of the page; `answer` is the newest public note."""

    reference: str
    sign: str
    sentence: str
    promise: str
    answer: str
    is_late: bool
    topic: str
    place: str
    submitted_on: str
    steps: list[Step]


def tell(case: Case, now: datetime) -> Story:
    """The story of a case as it stands `now`."""
    changes = list(case.changes.all())
    today = now.astimezone(THAILAND).date()
    return Story(
        reference=case.reference,
        sign=case.status,
        sentence=_sentence(case),
        promise=_promise(case, today),
        answer=answer_of(case, changes),
        is_late=case.is_overdue(today),
        topic="" if case.is_confidential else words.topic(case.topic_code),
        place="" if case.is_confidential else _place(case),
        submitted_on=_submitted_on(case),
        steps=_steps(case, changes),
    )


def _sentence(case: Case) -> str:
    if case.status == Status.IN_PROGRESS and case.division_code and not case.is_confidential:
        doing = _("{division} is working on your case.")
        return doing.format(division=words.division(case.division_code))
    return {
        Status.RECEIVED: _("The complaint centre has received your case."),
        Status.SCREENING: _("An officer is looking into your case."),
        Status.IN_PROGRESS: _("Your case is being worked on."),
        Status.ANSWERED: _("Your case has been answered."),
        Status.CLOSED: _("Your case is closed."),
    }[Status(case.status)]


def _promise(case: Case, today: date) -> str:
    if case.status in (Status.ANSWERED, Status.CLOSED):
        return ""
    late = _("The answer was due by {day}. It is overdue.")
    on_time = _("You will have an answer by {day}.")
    return format_html(late if case.is_overdue(today) else on_time, day=words.day(case.due_on))


def answer_of(case: Case, changes: list[StatusChange]) -> str:
    """The newest note to the reporter, once the case is answered; empty before."""
    if case.status not in (Status.ANSWERED, Status.CLOSED):
        return ""
    return next((change.public_note for change in reversed(changes) if change.public_note), "")


def _place(case: Case) -> str:
    """The village only: a place in the reporter's own words may tell who it was."""
    return words.village(case.village_code) if case.village_code else ""


def _submitted_on(case: Case) -> str:
    if case.submitted_at is None:
        return ""
    return words.day(case.submitted_at.astimezone(THAILAND).date())


def _steps(case: Case, changes: list[StatusChange]) -> list[Step]:
    device = case.device_id
    at = words.moment(case.submitted_at) if case.submitted_at else ""
    steps = [
        Step(title=_("Submitted at kiosk {device}").format(device=device), at=at),
        Step(title=_("Reached the complaint centre"), at=words.moment(case.received_at)),
    ]
    told = [(change.changed_at, _step(case, change)) for change in changes]
    told += [(each.given_at, _added(each)) for each in case.additions.all()]
    return steps + [step for _, step in sorted(told, key=itemgetter(0))]


def _added(each: Addition) -> Step:
    """That words were added, never which: a slip may get lost."""
    title = _("You added words at kiosk {device}").format(device=each.device_id)
    return Step(title=title, at=words.moment(each.given_at))


def _step(case: Case, change: StatusChange) -> Step:
    title = {
        Status.RECEIVED: _("Received"),
        Status.SCREENING: _("An officer began to look into it"),
        Status.IN_PROGRESS: _("Being worked on"),
        Status.ANSWERED: _("Answered"),
        Status.CLOSED: _("Closed"),
    }[Status(change.status)]
    if change.status == Status.IN_PROGRESS and change.division_code and not case.is_confidential:
        given = _("Given to {division}")
        title = given.format(division=words.division(change.division_code))
    return Step(title=title, at=words.moment(change.changed_at), note=change.public_note)
