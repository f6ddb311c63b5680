"""What only technicians do on the pages: make a join file, revoke a kiosk."""

from datetime import UTC, datetime
from typing import cast

from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from sync.central.errors import CodeTaken
from sync.central.fleet.joining import as_toml, create_device
from sync.central.fleet.models import Device
from sync.central.fleet.revoking import LONGEST_REASON, revoke
from sync.central.officers.creating import TEND
from sync.central.officers.models import Officer
from sync.errors import BadReference

JOIN_FILE = "kiosk-join.toml"
"""What a box looks for on its boot partition."""
UNPROCESSABLE = 422

_may = permission_required(f"fleet.{TEND}", raise_exception=True)


@login_required
@_may
@require_http_methods(["GET", "HEAD", "POST"])
def new_device(request: HttpRequest) -> HttpResponse:
    """Ask for a device code; the answer to the form is the join file, and nothing keeps a copy."""
    if request.method != "POST":
        return render(request, "fleet/new_device.html")
    code = request.POST.get("code", "").strip().upper()
    try:
        join_file = create_device(code, datetime.now(UTC), cast(Officer, request.user))
    except (BadReference, CodeTaken) as error:
        wrong = "taken" if isinstance(error, CodeTaken) else "code"
        shown = {"wrong": wrong, "code": code}
        return render(request, "fleet/new_device.html", shown, status=UNPROCESSABLE)
    answer = HttpResponse(as_toml(join_file), content_type="application/toml")
    answer.headers["Content-Disposition"] = f'attachment; filename="{JOIN_FILE}"'
    return answer


@login_required
@_may
@require_http_methods(["GET", "HEAD", "POST"])
def revoking(request: HttpRequest, code: str) -> HttpResponse:
    """Say what revoking means; the code, typed once more, does it."""
    device = get_object_or_404(Device, code=code)
    typed = request.POST.get("code", "").strip().upper()
    if request.method == "POST" and typed == device.code:
        revoke(code, request.POST.get("reason", ""), datetime.now(UTC), cast(Officer, request.user))
        return redirect("device", code)
    shown = {
        "device": device,
        "is_wrong": request.method == "POST",
        "reason": request.POST.get("reason", ""),
        "longest_reason": LONGEST_REASON,
    }
    status = UNPROCESSABLE if request.method == "POST" else 200
    return render(request, "fleet/revoking.html", shown, status=status)
