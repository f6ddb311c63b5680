"""`/staff/corruption`: where an officer gives the passphrase, or locks again."""

from datetime import UTC, datetime
from typing import cast

from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from sync.central.confidential import session
from sync.central.confidential.holding import TooManyTries, unlock
from sync.central.confidential.models import Holder
from sync.central.officers.creating import CONFIDENTIAL
from sync.central.officers.models import Officer
from sync.errors import BadSeal

UNPROCESSABLE = 422
TOO_MANY = 429

_may = permission_required(f"cases.{CONFIDENTIAL}", raise_exception=True)


@sensitive_post_parameters("passphrase")
@login_required
@_may
@require_http_methods(["GET", "HEAD", "POST"])
def corruption(request: HttpRequest) -> HttpResponse:
    """Ask for the passphrase; with the right one the session can open such cases."""
    officer = cast(Officer, request.user)
    if request.method != "POST":
        return _page(request, officer)
    try:
        private = unlock(officer, request.POST.get("passphrase", ""), datetime.now(UTC))
    except TooManyTries:
        return _page(request, officer, wrong="too_many", status=TOO_MANY)
    except (BadSeal, Holder.DoesNotExist):
        return _page(request, officer, wrong="passphrase", status=UNPROCESSABLE)
    response = redirect(_next(request))
    session.begin(request, response, private)
    return response


@login_required
@require_POST
def lock(request: HttpRequest) -> HttpResponse:
    """Lock before the quarter of an hour is over."""
    response = redirect("corruption")
    session.end(request, response)
    return response


def _page(
    request: HttpRequest, officer: Officer, *, wrong: str = "", status: int = 200
) -> HttpResponse:
    shown = {
        "is_holder": Holder.objects.filter(officer=officer).exists(),
        "is_unlocked": session.is_unlocked(request),
        "wrong": wrong,
        "next": _next(request, ""),
    }
    return render(request, "confidential/corruption.html", shown, status=status)


def _next(request: HttpRequest, default: str = "/staff/corruption") -> str:
    """Back to the case it was asked for; never to another site."""
    asked = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = asked.startswith("/staff/") and url_has_allowed_host_and_scheme(asked, None)
    return asked if is_ours else default
