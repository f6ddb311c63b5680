"""Telling the complaint centre by mail of new and overdue cases: references, no words.

A notice is claimed by a conditional update before its mail goes out, so two workers
never send the same one. A claim nobody made good lapses after `LEASE`.
"""

import logging
import secrets
from datetime import datetime, timedelta
from smtplib import SMTPException

from django.core.mail import EmailMessage
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sync.central import municipality
from sync.central.cases.models import OPEN, Case, Notice
from sync.deadline import THAILAND, day_in_words

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=10)
MOST_IN_ONE_MAIL = 50


def mail_due(now: datetime) -> None:
    """Send every notice that is due and not sent; what fails is tried in the next pass."""
    if not municipality.environment().mail_to:
        return
    _write_notices(now)
    for about in Notice.About:
        while claimed := _claim(about, now):
            if not _send(about, claimed, now):
                break


def _write_notices(now: datetime) -> None:
    """One notice for each new case, one for each overdue one; answered ones need none."""
    today = now.astimezone(THAILAND).date()
    unanswered = Case.objects.filter(status__in=OPEN)
    new = unanswered.exclude(notices__about=Notice.About.NEW)
    overdue = unanswered.filter(due_on__lt=today).exclude(notices__about=Notice.About.OVERDUE)
    for about, cases in ((Notice.About.NEW, new), (Notice.About.OVERDUE, overdue)):
        ids = cases.values_list("pk", flat=True)
        rows = [Notice(case_id=case_id, about=about) for case_id in ids]
        Notice.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)


def _claim(about: Notice.About, now: datetime) -> list[Notice]:
    """Notices that are ours alone for as long as the lease runs."""
    free = Q(claimed_at=None) | Q(claimed_at__lt=now - LEASE)
    waiting = Notice.objects.filter(free, about=about, sent_at=None).order_by("pk")
    ids = list(waiting.values_list("pk", flat=True)[:MOST_IN_ONE_MAIL])
    claim = secrets.token_hex(16)
    Notice.objects.filter(free, pk__in=ids, sent_at=None).update(claim=claim, claimed_at=now)
    return list(
        Notice.objects.filter(claim=claim).select_related("case").order_by("case__received_at")
    )


def _send(about: Notice.About, notices: list[Notice], now: datetime) -> bool:
    ids = [notice.pk for notice in notices]
    with translation.override("th"):
        mail = _mail(about, [notice.case for notice in notices])
    try:
        mail.send()
    except (SMTPException, OSError) as error:
        log.warning("mail not sent: %s", type(error).__name__)
        Notice.objects.filter(pk__in=ids).update(claim="", claimed_at=None)
        return False
    Notice.objects.filter(pk__in=ids).update(sent_at=now)
    log.info("mailed %d cases: %s", len(ids), about.value)
    return True


def _mail(about: Notice.About, cases: list[Case]) -> EmailMessage:
    environment, count = municipality.environment(), len(cases)
    if about is Notice.About.NEW:
        subject = ngettext("{count} new case", "{count} new cases", count)
    else:
        subject = ngettext("{count} overdue case", "{count} overdue cases", count)
    lines = [f"{case.reference}  {_('Answer by')} {day_in_words(case.due_on)}" for case in cases]
    body = "\n".join([*lines, "", f"{environment.public_url}/staff/", ""])
    return EmailMessage(
        subject=subject.format(count=count),
        body=body,
        from_email=environment.mail_from,
        to=[environment.mail_to],
    )
