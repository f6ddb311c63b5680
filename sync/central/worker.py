"""The worker's loop: mails, cases whose key is back, clearing what has run out."""

import logging
import signal
import threading
from datetime import UTC, datetime

from django.contrib.sessions.models import Session
from django.db import DatabaseError, connection
from gunicorn.systemd import sd_notify

from sync.central.cases.adding import open_waiting_additions
from sync.central.cases.mailing import mail_due
from sync.central.cases.unopened import open_waiting
from sync.central.content.pictures import forget_pictures
from sync.central.content.signing_up import forget_sign_ups, open_waiting_sign_ups
from sync.central.fleet.alerting import alert
from sync.central.intake.callers import forget_nonces
from sync.central.surveys.unopened import open_waiting_opinions

log = logging.getLogger(__name__)

EVERY_S = 15


def run() -> None:
    """Pass after pass until told to end; a service manager hears of each."""
    stop, began_at = threading.Event(), datetime.now(UTC)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    sd_notify("READY=1", log)
    while not stop.is_set():
        try:
            pass_once(datetime.now(UTC), began_at)
        except DatabaseError as error:
            log.warning("pass not finished: %s", type(error).__name__)
            connection.close()
        sd_notify("WATCHDOG=1", log)
        stop.wait(EVERY_S)


def pass_once(now: datetime, up_since: datetime | None = None) -> None:
    """Open what can be opened again, mail what is due, forget what has run out.

    `up_since` is when the worker began, where it has run since.
    """
    open_waiting()
    open_waiting_opinions()
    open_waiting_additions()
    open_waiting_sign_ups()
    mail_due(now)
    alert(now, up_since)
    forget_pictures(now)
    forget_sign_ups(now)
    Session.objects.filter(expire_date__lt=now).delete()
    forget_nonces(now)
