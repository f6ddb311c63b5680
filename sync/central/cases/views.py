"""Officers' pages: the list of cases, one case, and what is done to it."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import cast
from uuid import UUID

import msgspec
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from sync import voice
from sync.central import municipality
from sync.central.cases.adding import Added, added_to, with_new_words
from sync.central.cases.changing import NEXT, Step, StepRefused, change_status, write_house_note
from sync.central.cases.enclosures import (
    SVG,
    Enclosed,
    NotShown,
    enclosed_with,
    picture_of,
    voice_of,
)
from sync.central.cases.forms import HouseNoteForm, OpeningForm, StepForm
from sync.central.cases.models import OPEN, Case, Status
from sync.central.cases.opening import (
    Later,
    Note,
    NotOpened,
    Told,
    insist_on_opening,
    later_of,
    log_opening,
    notes_of,
    open_case,
    told_of,
)
from sync.central.cases.unopened import waiting_for
from sync.central.confidential import session
from sync.central.confidential.session import Opener
from sync.central.fleet.models import with_gaps
from sync.central.intake.attachments import progress_of
from sync.central.intake.models import Revision
from sync.central.officers.creating import CONFIDENTIAL
from sync.central.officers.models import Officer
from sync.deadline import THAILAND
from sync.errors import BadMessage

ON_ONE_PAGE = 50
OVERDUE, WORDS_ADDED = "overdue", "words_added"
CONFLICT = 409
UNPROCESSABLE = 422


@login_required
@require_safe
def cases(request: HttpRequest) -> HttpResponse:
    """The list: open cases first due first, or those of one status."""
    today = _today()
    wanted = request.GET.get("status", "")
    page = Paginator(_wanted(wanted, today), ON_ONE_PAGE).get_page(request.GET.get("page"))
    rows = [(case, case.is_overdue(today)) for case in page]
    shown = {
        "page": page,
        "rows": rows,
        "wanted": wanted,
        "tabs": _tabs(today),
        "gaps": with_gaps(),
        "unopened": waiting_for(),
    }
    return render(request, "cases/list.html", shown)


@login_required
@require_safe
def case(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """One case, whole."""
    return _case_page(request, get_object_or_404(Case, pk=case_id))


@login_required
@require_POST
def status(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Take a step; what it says to the reporter shows on the track page at once."""
    found = get_object_or_404(Case, pk=case_id)
    if not _may_open(request, found):
        return render(request, "forbidden.html", status=403)
    form = StepForm(request.POST)
    if not form.is_valid():
        return _case_page(request, found, refused="not_a_step", status=UNPROCESSABLE)
    try:
        change_status(case_id, Step(**form.cleaned_data), _officer(request), datetime.now(UTC))
    except StepRefused as refusal:
        found.refresh_from_db()
        http = CONFLICT if refusal.code == "changed_meanwhile" else UNPROCESSABLE
        return _case_page(request, found, refused=refusal.code, status=http)
    return redirect("case", case_id)


@login_required
@require_POST
def house_note(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Keep a note that no reporter sees."""
    found = get_object_or_404(Case, pk=case_id)
    if not _may_open(request, found):
        return render(request, "forbidden.html", status=403)
    form = HouseNoteForm(request.POST)
    if form.is_valid():
        words = form.cleaned_data["words"]
        write_house_note(case_id, words, _officer(request), datetime.now(UTC))
    return redirect("case", case_id)


@sensitive_post_parameters("reason")
@login_required
@require_POST
def opening(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Read a case about corruption: in an unlocked session, for a reason, and logged."""
    found = get_object_or_404(Case, pk=case_id)
    if not found.is_confidential or not _may_open(request, found):
        return render(request, "forbidden.html", status=403)
    form = OpeningForm(request.POST)
    if not form.is_valid():
        return _case_page(request, found, refused="reason_needed", status=UNPROCESSABLE)
    try:
        opener = session.opener(request, _officer(request))
        read = Read(
            told=open_case(found, opener),
            notes=notes_of(found, opener),
            later=later_of(found, opener),
            enclosed=enclosed_with(found, opener),
            added=added_to(found, opener),
        )
    except session.Locked:
        return redirect(f"{reverse('corruption')}?next={reverse('case', args=[case_id])}")
    except BadMessage:
        return _case_page(request, found, refused="not_opened", status=UNPROCESSABLE)
    log_opening(found, _officer(request), form.cleaned_data["reason"], datetime.now(UTC))
    return _case_page(request, found, read=read)


@login_required
@require_safe
def drawing(request: HttpRequest, case_id: UUID, address: str) -> HttpResponse:
    """A drawing of the reporter's; of a case about corruption only while it is opened."""

    def picture(found: Case, opener: Opener | None) -> HttpResponse:
        return HttpResponse(picture_of(found, address, _("Drawing"), opener), content_type=SVG)

    return _enclosure(request, case_id, picture)


@login_required
@require_safe
def recording(request: HttpRequest, case_id: UUID, address: str) -> HttpResponse:
    """What the reporter said aloud; of a case about corruption only while it is opened."""

    def sound(found: Case, opener: Opener | None) -> HttpResponse:
        return HttpResponse(voice_of(found, address, opener), content_type=voice.MEDIA_TYPE)

    return _enclosure(request, case_id, sound)


def _enclosure(
    request: HttpRequest, case_id: UUID, show: Callable[[Case, Opener | None], HttpResponse]
) -> HttpResponse:
    """What `show` makes of an enclosure, for who may see it."""
    found = get_object_or_404(Case, pk=case_id)
    if not _may_open(request, found):
        return render(request, "forbidden.html", status=403)
    opener = None
    try:
        if found.is_confidential:
            opener = session.opener(request, _officer(request))
            insist_on_opening(found, _officer(request), datetime.now(UTC))
        return show(found, opener)
    except (session.Locked, NotOpened):
        return render(request, "forbidden.html", status=403)
    except NotShown:
        return render(request, "missing.html", status=404)


class Read(msgspec.Struct, frozen=True):
    """What of a case is shown; of one about corruption only when it was opened just now."""

    told: Told
    notes: list[Note]
    later: list[Later]
    enclosed: list[Enclosed]
    added: list[Added]


def _case_page(
    request: HttpRequest,
    found: Case,
    refused: str = "",
    status: int = 200,
    read: Read | None = None,
) -> HttpResponse:
    if not found.is_confidential:
        read = Read(
            told=told_of(found),
            notes=notes_of(found),
            later=later_of(found),
            enclosed=enclosed_with(found),
            added=added_to(found),
        )
    changes = list(found.changes.select_related("officer"))
    shown = {
        "case": found,
        "may_open": _may_open(request, found),
        "is_overdue": found.is_overdue(_today()),
        "changes": changes,
        "told": read and read.told,
        "later": read.later if read else [],
        "house_notes": read.notes if read else [],
        "sealed_notes": 0 if read else found.house_notes.count(),
        "openings": found.openings.select_related("officer"),
        "is_unlocked": session.is_unlocked(request),
        "steps": [(step.value, _verb(found.status, step)) for step in NEXT[found.status]],
        "divisions": municipality.profile().divisions,
        "suggested_division": found.division_code or _owner_of(found.topic_code),
        "revisions": Revision.objects.filter(record_id=found.pk).count(),
        "namesakes": Case.objects.filter(reference=found.reference).exclude(pk=found.pk),
        "attachments": progress_of(found.pk),
        "enclosed": read.enclosed if read else [],
        "added": read.added if read else [],
        "sealed_additions": 0 if read else found.additions.count(),
        "refused": refused,
        "typed_note": request.POST.get("public_note", ""),
        "chosen": request.POST.get("status", ""),
    }
    return render(request, "cases/case.html", shown, status=status)


def _verb(status: str, to: Status) -> str:
    """What an officer does to get there."""
    if to == Status.IN_PROGRESS and status == Status.IN_PROGRESS:
        return _("Assign to another division, or tell the reporter how it goes")
    if to == Status.IN_PROGRESS and status not in OPEN:
        return _("Reopen")
    return {
        Status.SCREENING: _("Screen"),
        Status.IN_PROGRESS: _("Assign to a division"),
        Status.ANSWERED: _("Answer"),
        Status.CLOSED: _("Close"),
    }[to]


def _wanted(wanted: str, today: date) -> QuerySet[Case]:
    found = Case.objects.defer("words", "confidential")
    if wanted == OVERDUE:
        return found.filter(status__in=OPEN, due_on__lt=today).order_by("due_on", "received_at")
    if wanted == WORDS_ADDED:
        return found.filter(pk__in=with_new_words().values("pk")).order_by("due_on", "received_at")
    if wanted in Status.values:
        return found.filter(status=wanted).order_by("due_on", "received_at")
    return found.filter(status__in=OPEN).order_by("due_on", "received_at")


def _tabs(today: date) -> list[tuple[str, str, int]]:
    """Filters with their counts."""
    counted = Case.objects.order_by().values_list("status").annotate(Count("pk"))
    counts: dict[str, int] = dict(counted)
    overdue = Case.objects.filter(status__in=OPEN, due_on__lt=today).count()
    tabs = [("", _("Open"), sum(counts.get(status, 0) for status in OPEN))]
    tabs.append((OVERDUE, _("Overdue"), overdue))
    tabs.append((WORDS_ADDED, _("New words"), with_new_words().count()))
    return tabs + [(s.value, str(s.label), counts.get(s.value, 0)) for s in Status]


def _may_open(request: HttpRequest, found: Case) -> bool:
    return not found.is_confidential or _officer(request).has_perm(f"cases.{CONFIDENTIAL}")


def _owner_of(topic_code: str) -> str:
    """The division that usually deals with a topic."""
    try:
        return municipality.profile().topic(topic_code).division
    except KeyError:
        return ""


def _officer(request: HttpRequest) -> Officer:
    return cast(Officer, request.user)


def _today() -> date:
    return datetime.now(THAILAND).date()
