"""Pages that belong to no app: health, and what is shown when something is wrong."""

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from sync.central.intake.problems import problem

API = "/api/"
TRACK = "/t/"


def health(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 Django's signature
    """Whether central answers and reaches its database."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return JsonResponse({"status": "database unreachable"}, status=503)
    return JsonResponse({"status": "ok"})


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 Django's signature
    """No such page; for a track address the same page whatever was wrong with it."""
    if request.path.startswith(API):
        return problem("not_found")
    is_track = request.path.lower().startswith(TRACK)
    return render(request, "unknown.html" if is_track else "missing.html", status=404)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 Django's signature
    """A request that makes no sense, such as one for another host."""
    if request.path.startswith(API):
        return problem("bad_request")
    return HttpResponse("Bad request\n", status=400, content_type="text/plain")


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 Django's signature
    """Not for this officer."""
    return render(request, "forbidden.html", status=403)


def csrf_refused(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 Django's signature
    """A form that did not come from our own page, or from one left open too long."""
    return render(request, "forbidden.html", {"form_is_stale": True}, status=403)


def broken(request: HttpRequest) -> HttpResponse:
    """Something is wrong at central. Uses no template and no database."""
    if request.path.startswith(API):
        return problem("internal")
    words = "ขออภัย ระบบขัดข้อง โปรดลองใหม่ภายหลัง\nSorry, something is wrong here. Please try later.\n"
    return HttpResponse(words, status=500, content_type="text/plain; charset=utf-8")
