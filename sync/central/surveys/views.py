"""The officers' page about satisfaction: ratings, reasons, words, questionnaires."""

from datetime import datetime

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from sync.central.surveys.counting import newest_words, rating_rows, reason_rows, survey_tables
from sync.central.surveys.period import periods
from sync.deadline import THAILAND
from sync.guarding import GAP_S, MOST_IN_A_RUN

DEFAULT = "year"


@login_required
@require_safe
def satisfaction(request: HttpRequest) -> HttpResponse:
    """One plain table after the other, for a month, a fiscal year or all time."""
    offered = {period.name: period for period in periods(datetime.now(THAILAND).date())}
    wanted = request.GET.get("period", DEFAULT)
    period = offered.get(wanted, offered[DEFAULT])
    shown = {
        "period": period,
        "tabs": [(name, _name_of(name)) for name in offered],
        "ratings": rating_rows(period),
        "rule": _rule(),
        "reasons": reason_rows(period),
        "words": newest_words(period),
        "surveys": list(survey_tables(period)),
    }
    return render(request, "surveys/satisfaction.html", shown)


def _name_of(period: str) -> str:
    names = {"month": _("This month"), "year": _("This fiscal year"), "all": _("Since the start")}
    return names[period]


def _rule() -> str:
    """The guard in words, with the numbers that are in force."""
    return _(
        "Touches at one kiosk that follow each other in less than {gap} seconds are taken for "
        "one hand at play: the first {most} of them count. All are kept."
    ).format(gap=f"{GAP_S:g}", most=MOST_IN_A_RUN)
