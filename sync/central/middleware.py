"""What happens to every request: a discreet access log, guarding headers, a language."""

import logging
import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation.trans_real import parse_accept_lang_header

from sync.central.logs import masked, one_line

log = logging.getLogger(__name__)

Handler = Callable[[HttpRequest], HttpResponse]

LANGUAGES = ("th", "en")
LANGUAGE_IN_SESSION = "language"

_API = "/api/"
_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
_STAFF_POLICY = f"{_POLICY}; media-src 'self'"
"""Officers listen to what reporters said."""


def access_log(handle: Handler) -> Handler:
    """One line a request: method, path without key or query, status, milliseconds."""

    def middleware(request: HttpRequest) -> HttpResponse:
        began_s = time.perf_counter()
        response = handle(request)
        log.info(
            "%s %s %d %.1f ms",
            request.method,
            masked(one_line(_told(request))),
            response.status_code,
            (time.perf_counter() - began_s) * 1000,
        )
        return response

    return middleware


def _told(request: HttpRequest) -> str:
    """The path; of the API only which one it is, for a stranger may write anything there."""
    if not request.path.startswith(_API):
        return request.path
    return f"/{request.resolver_match.route}" if request.resolver_match else f"{_API}…"


def guarded(handle: Handler) -> Handler:
    """Nothing is framed, kept, indexed or told to the next site.

    Under `/staff/` a form's origin must be told to ourselves, or Django would refuse it.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = handle(request)
        is_staff = request.path.startswith("/staff/")
        headers = response.headers
        headers["Content-Security-Policy"] = _STAFF_POLICY if is_staff else _POLICY
        headers["Referrer-Policy"] = "same-origin" if is_staff else "no-referrer"
        headers["X-Content-Type-Options"] = "nosniff"
        headers["X-Frame-Options"] = "DENY"
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        if not request.path.startswith("/static/"):
            headers.setdefault("Cache-Control", "no-store")
            headers["X-Robots-Tag"] = "noindex, nofollow"
        if request.method == "HEAD" and isinstance(response, HttpResponse):
            response.content = b""  # else gunicorn warns of each
        if request.is_secure():
            headers["Strict-Transport-Security"] = "max-age=31536000"
        return response

    return middleware


def language(handle: Handler) -> Handler:
    """`?lang=`, else what the officer chose, else what the browser asks for, else Thai."""

    def middleware(request: HttpRequest) -> HttpResponse:
        with translation.override(_language_of(request)):
            response = handle(request)
            response.headers["Content-Language"] = translation.get_language() or "th"
        patch_vary_headers(response, ("Accept-Language",))
        return response

    return middleware


def _language_of(request: HttpRequest) -> str:
    asked = request.POST.get("lang") if request.path == "/" else None
    asked = request.GET.get("lang") or asked
    if request.path.startswith("/staff/"):
        if asked in LANGUAGES and request.user.is_authenticated:
            request.session[LANGUAGE_IN_SESSION] = asked
        asked = asked or request.session.get(LANGUAGE_IN_SESSION)
    return asked if asked in LANGUAGES else _accepted(request)


def _accepted(request: HttpRequest) -> str:
    header = request.headers.get("Accept-Language", "")
    wanted = [tag.split("-")[0] for tag, _ in parse_accept_lang_header(header)]
    return next((tag for tag in wanted if tag in LANGUAGES), "th")
