"""The officers' pages about kiosks: how each is, and whether a record of a box opening holds."""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime

import msgspec
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from sync.central import municipality
from sync.central.fleet.judging import Judged, Limits, State, judge, worst_first
from sync.central.fleet.models import Device, newest_events, with_cabinets
from sync.central.intake.tallying import check
from sync.tally import in_rows
from sync.wire import Tally


@login_required
@require_safe
def devices(request: HttpRequest) -> HttpResponse:
    """All kiosks, those that need somebody most first. What became of them, newest first."""
    rows = worst_first(with_cabinets(), datetime.now(UTC), _limits())
    shown = {"rows": rows, "counts": _counts(rows), "events": newest_events()}
    return render(request, "fleet/devices.html", shown)


@login_required
@require_safe
def device(request: HttpRequest, code: str) -> HttpResponse:
    """One kiosk: how it is, since when, and what was done about it."""
    found = get_object_or_404(with_cabinets(), code=code)
    shown = {
        "each": judge(found, datetime.now(UTC), _limits()),
        "device": found,
        "deeds": found.deeds.select_related("officer"),
        "events": newest_events(found),
    }
    return render(request, "fleet/device.html", shown)


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


def _limits() -> Limits:
    return Limits.of(municipality.environment())


def _counts(rows: Iterable[Judged]) -> list[tuple[State, int]]:
    """How many are in each state, the worst first."""
    counted = Counter(each.state for each in rows)
    return [(state, counted[state]) for state in State if counted[state]]


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
