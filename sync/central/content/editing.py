"""Officers' pages about what idle glasses show: the list, one item, taking it off."""

from datetime import UTC, date, datetime
from typing import Any, cast
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db.models import Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from sync.bulletin import POSTER
from sync.case import Kind
from sync.central.cases.models import Case, Status
from sync.central.content.forms import FIELDS, MEGABYTE, ItemForm, other_fields
from sync.central.content.models import Item, ItemKind, Picture
from sync.central.content.picturing import LARGEST_UPLOAD
from sync.central.content.posting import post, retire
from sync.central.content.signing_up import listed
from sync.central.content.uploading import takes_files
from sync.central.errors import TooManyItems
from sync.central.officers.models import Officer
from sync.central.words import topic
from sync.deadline import THAILAND

DONE = (Status.ANSWERED, Status.CLOSED)
"""A case of which a poster may tell."""


@login_required
@require_safe
def contents(request: HttpRequest) -> HttpResponse:
    """All items, those on the glass first, each with how often it was shown."""
    today = datetime.now(THAILAND).date()
    items = Item.objects.annotate(times=Sum("shown__times"), seconds=Sum("shown__seconds"))
    ordered = items.order_by("rank", "edited_at", "pk")  # Django drops it where rows are summed
    listed = [(item, _state_of(item, today)) for item in ordered]
    on_glass = [each for each in listed if each[1] != "off"]
    off = [each for each in listed if each[1] == "off"]
    return render(request, "content/list.html", {"listed": on_glass + off})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@takes_files
def item(request: HttpRequest, item_id: UUID | None = None) -> HttpResponse:
    """One item, new or to be changed; `?case=` begins a poster of that case."""
    found = get_object_or_404(Item, pk=item_id) if item_id else _begun(request)
    form, problem = ItemForm(found, request.POST or _filled(found), request.FILES), ""
    now = datetime.now(UTC)
    if request.method == "POST" and form.is_valid():
        form.put_into(found, now)
        try:
            post(found, _officer(request), now)
        except TooManyItems:
            problem = _("Too many items are on the glass. Take one off first.")
        else:
            return redirect("contents")
    shown = {
        "item": found,
        "form": form,
        "is_new": item_id is None,
        "kinds": ItemKind.choices,
        "problem": problem,
        "signed_up": [] if item_id is None else listed(item_id, found.places),
        "is_sent": request.method == "POST",
        "most_mb": LARGEST_UPLOAD // MEGABYTE,
    }
    return render(request, "content/item.html", shown, status=400 if shown["is_sent"] else 200)


@login_required
@require_POST
def taking_off(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """Take an item off all glasses."""
    retire(get_object_or_404(Item, pk=item_id).pk, _officer(request), datetime.now(UTC))
    return redirect("contents")


@login_required
@require_safe
def picture(request: HttpRequest, address: str) -> HttpResponse:  # noqa: ARG001 Django's
    """A picture as it is kept, for whoever edits."""
    found = Picture.objects.filter(pk=address).first()
    if found is None:
        raise Http404
    return HttpResponse(bytes(found.jpeg), content_type="image/jpeg")


def _begun(request: HttpRequest) -> Item:
    """A new item, or the poster of a case that may be told of: its topic, not its words."""
    try:
        case_id = UUID(request.GET.get("case", ""))
    except ValueError:
        return Item(kind=ItemKind.NEWS, rank=50)
    told = Case.objects.filter(status__in=DONE).exclude(kind=Kind.CORRUPTION)
    case = get_object_or_404(told, pk=case_id)
    return Item(kind=POSTER, rank=50, case=case, title_th=topic(case.topic_code))


def _filled(found: Item) -> dict[str, Any]:
    others = {
        name: found.others.get(language, {}).get(part, "")
        for name, (language, part) in other_fields().items()
    }
    return {name: getattr(found, name) for name in FIELDS} | others


def _state_of(found: Item, today: date) -> str:
    if found.retired_at or (found.last_on and found.last_on < today):
        return "off"
    return "later" if found.first_on and found.first_on > today else "on"


def _officer(request: HttpRequest) -> Officer:
    return cast(Officer, request.user)
