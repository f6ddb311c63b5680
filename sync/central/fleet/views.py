"""The officers' pages about kiosks: which were heard from, what they still hold and once held."""

from datetime import UTC, datetime

import msgspec
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from sync.central.fleet.models import Device, newest_events, with_cabinets
from sync.central.intake.tallying import check
from sync.tally import in_rows
from sync.wire import Tally


@login_required
@require_safe
def devices(request: HttpRequest) -> HttpResponse:
    """All kiosks, by code; those that were revoked last. What became of them, newest first."""
    found = sorted(with_cabinets(), key=lambda device: bool(device.revoked_at))
    return render(request, "fleet/devices.html", {"devices": found, "events": newest_events()})


@login_required
@require_safe
def anchor(
    request: HttpRequest, code: str, through: str, chain: str, without: str = ""
) -> HttpResponse:
    """Whether what a kiosk printed when its box was opened still holds. Changes nothing."""
    device = get_object_or_404(Device, code=code.upper())
    tally = _tally_on_paper(through, chain, without)
    answer = check(tally, device.code, datetime.now(UTC))
    told = {"device": device, "answer": answer, "rows": in_rows(answer.chain)}
    return render(request, "fleet/anchor.html", told)


def _tally_on_paper(through: str, chain: str, without: str) -> Tally:
    """What stands in the code. Raises Http404: out of range, so no kiosk printed it."""
    told = {
        "through": int(through),
        "chain": chain.lower(),
        "without": [int(number) for number in without.split("-") if number],
    }
    try:
        return msgspec.convert(told, Tally)
    except msgspec.ValidationError as error:
        raise Http404 from error
