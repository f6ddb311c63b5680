"""The officers' page about kiosks: which were heard from, and what they still hold."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from sync.central.fleet.models import newest_events, with_cabinets


@login_required
@require_safe
def devices(request: HttpRequest) -> HttpResponse:
    """All kiosks, by code; those that were revoked last. What became of them, newest first."""
    found = sorted(with_cabinets(), key=lambda device: bool(device.revoked_at))
    return render(request, "fleet/devices.html", {"devices": found, "events": newest_events()})
