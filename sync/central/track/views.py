"""The look-up form and the track page. No cookie, no script; GET changes nothing."""

from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from sync.central import municipality, pages
from sync.central.cases.models import Case
from sync.central.track.finding import OnItsWay, Shut, find
from sync.central.track.story import tell
from sync.deadline import THAILAND
from sync.errors import BadReference
from sync.reference import parse_key, parse_reference

SEE_OTHER = 303


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def home(request: HttpRequest) -> HttpResponse:
    """Where a reference and key are typed by hand.

    Exempt from CSRF protection: looking up changes nothing, and needs no cookie.
    """
    if request.method != "POST":
        return render(request, "track/home.html")
    reference, key = request.POST.get("reference", ""), request.POST.get("key", "")
    try:
        address = f"/T/{parse_reference(reference)}/{parse_key(key)}"
    except BadReference:
        typed = {"reference": reference[:40], "is_misread": True}
        return render(request, "track/home.html", typed, status=422)
    return HttpResponseRedirect(f"{address}?lang={municipality.language()}", status=SEE_OTHER)


@require_safe
def track(request: HttpRequest, reference: str, key: str) -> HttpResponse:
    """How a case stands; one and the same page for whatever does not open one."""
    found = find(reference, key)
    if isinstance(found, Case):
        return render(request, "track/case.html", {"story": tell(found, datetime.now(UTC))})
    if isinstance(found, Shut):
        return render(request, "track/shut.html", {"shut": found})
    if isinstance(found, OnItsWay):
        return render(request, "track/on_its_way.html", _on_its_way(found))
    return pages.not_found(request)


def _on_its_way(found: OnItsWay) -> dict[str, object]:
    heard_at = found.device.heard_at
    today = datetime.now(THAILAND).date()
    return {
        "reference": found.reference,
        "device": found.device.code,
        "heard_at": heard_at,
        "was_heard_today": bool(heard_at and heard_at.astimezone(THAILAND).date() == today),
    }
