"""Telling technicians by mail what is wrong with kiosks: once when it begins, once when it is over.

Each mail is claimed by a conditional update before it goes out, so two workers never send the
same one. A claim nobody made good lapses after `LEASE`. Many kiosks share a mail: where a
town's line is down, that is one.
"""

import logging
import secrets
from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import Enum
from smtplib import SMTPException

from django.core.mail import EmailMessage
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sync.central import municipality
from sync.central.fleet.judging import Limits, about_of, judge
from sync.central.fleet.models import Alert, Device
from sync.central.words import clock
from sync.deadline import THAILAND, day_in_words

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=10)
MOST_IN_ONE_MAIL = 50
KEPT = timedelta(days=365)

Wrong = tuple[str, Alert.About]


class Side(Enum):
    """Which of an alert's two mails: what is due, and where it is noted."""

    BEGUN = "begin_told_at"
    OVER = "end_told_at"

    def due(self) -> Q:
        """Alerts of which nobody was told this; what nobody heard begin, nobody hears end."""
        if self is Side.BEGUN:
            return Q(begin_told_at=None, ended_at=None)
        return Q(end_told_at=None, ended_at__isnull=False, begin_told_at__isnull=False)


def alert(now: datetime, up_since: datetime | None = None) -> None:
    """Note what has begun and what is over, and mail it; what fails is tried in the next pass.

    `up_since` is when central began to listen: a silence that is no longer than central's own
    is nobody's.
    """
    if not municipality.environment().technicians:
        return
    limits = Limits.of(municipality.environment())
    _note(set(_wrong(now, limits)), now, is_deaf=bool(up_since and now - up_since < limits.unheard))
    for side in Side:
        while claimed := _claim(side, now):
            if not _send(side, claimed, now):
                break
    Alert.objects.filter(ended_at__lt=now - KEPT).delete()


def _wrong(now: datetime, limits: Limits) -> Iterator[Wrong]:
    """What is wrong with which kiosk now, of what is mailed."""
    for device in Device.objects.filter(revoked_at=None):
        for finding in judge(device, now, limits).findings:
            if about := about_of(finding):
                yield device.code, about


def _note(wrong: set[Wrong], now: datetime, *, is_deaf: bool) -> None:
    """One open alert for each thing that is wrong; others are over.

    A kiosk that was revoked is not well again: of that nobody is told.
    """
    revoked = Alert.objects.filter(ended_at=None, device__revoked_at__isnull=False)
    revoked.update(ended_at=now, end_told_at=now)
    noted = {
        (each.device_id, Alert.About(each.about)): each.pk
        for each in Alert.objects.filter(ended_at=None)
    }
    over = [pk for key, pk in noted.items() if key not in wrong]
    Alert.objects.filter(pk__in=over, ended_at=None).update(ended_at=now, claimed_at=None)
    Alert.objects.bulk_create(
        [
            Alert(device_id=code, about=about, begun_at=now)
            for code, about in sorted(wrong - set(noted))
            if not (is_deaf and about is Alert.About.UNHEARD)
        ],
        ignore_conflicts=True,
    )


def _claim(side: Side, now: datetime) -> list[Alert]:
    """Alerts that are ours alone for as long as the lease runs."""
    free = Q(claimed_at=None) | Q(claimed_at__lt=now - LEASE)
    waiting = Alert.objects.filter(free, side.due()).order_by("pk")
    ids = list(waiting.values_list("pk", flat=True)[:MOST_IN_ONE_MAIL])
    claim = secrets.token_hex(16)
    Alert.objects.filter(free, side.due(), pk__in=ids).update(claim=claim, claimed_at=now)
    return list(Alert.objects.filter(claim=claim).order_by("device_id", "about"))


def _send(side: Side, alerts: list[Alert], now: datetime) -> bool:
    mine = Alert.objects.filter(pk__in=[each.pk for each in alerts])
    with translation.override("th"):
        mail = _mail(side, alerts)
    try:
        mail.send()
    except (SMTPException, OSError) as error:
        log.warning("mail not sent: %s", type(error).__name__)
        mine.update(claim="", claimed_at=None)
        return False
    mine.update(claim="", claimed_at=None, **{side.value: now})
    log.info("mailed %d alerts: %s", len(alerts), side.name.lower())
    return True


def _mail(side: Side, alerts: list[Alert]) -> EmailMessage:
    environment, count = municipality.environment(), len(alerts)
    if side is Side.BEGUN:
        subject = ngettext(
            "Kiosks: {count} thing is wrong", "Kiosks: {count} things are wrong", count
        )
    else:
        subject = ngettext(
            "Kiosks: {count} thing is over", "Kiosks: {count} things are over", count
        )
    lines = [_line(side, each) for each in alerts]
    return EmailMessage(
        subject=subject.format(count=count),
        body="\n".join([*lines, "", f"{environment.public_url}/staff/devices", ""]),
        from_email=environment.mail_from,
        to=environment.technicians,
    )


def _line(side: Side, each: Alert) -> str:
    """Which kiosk, what, when it was noticed, and what to type at the kiosk where that helps."""
    at = each.ended_at if side is Side.OVER and each.ended_at else each.begun_at
    when = _("{day}, {time}").format(
        day=day_in_words(at.astimezone(THAILAND).date()), time=clock(at)
    )
    about = Alert.About(each.about)
    over = _("over") if side is Side.OVER else ""
    advice = f"→ {_NEXT[about]}" if side is Side.BEGUN and about in _NEXT else ""
    return "  ".join(filter(None, (each.device_id, over, _named(about), when, advice)))


_NEXT = {
    Alert.About.PRINTER: "kiosk doctor",
    Alert.About.DISK: "kiosk doctor",
    Alert.About.CLOCK: "kiosk doctor",
    Alert.About.DIGEST: "kiosk doctor",
    Alert.About.SERVICE: "kiosk doctor",
    Alert.About.PARKED: "kiosk outbox",
}
"""The verb to begin with; paper needs a roll, and a silent kiosk may not answer SSH either."""


def _named(about: Alert.About) -> str:
    names = {
        Alert.About.UNHEARD: _("Not heard from"),
        Alert.About.PAPER: _("Out of paper"),
        Alert.About.PRINTER: _("The printer does not work"),
        Alert.About.DISK: _("The disk fails or is full"),
        Alert.About.CLOCK: _("The clock is wrong"),
        Alert.About.DIGEST: _("The centre does not hold the same cases"),
        Alert.About.SERVICE: _("The screen or a service has stopped"),
        Alert.About.PARKED: _("The centre does not accept a record"),
    }
    return names[about]
