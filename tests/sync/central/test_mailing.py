from datetime import UTC, datetime, timedelta
from smtplib import SMTPServerDisconnected

import pytest
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend

from sync.central.cases import mailing
from sync.central.cases.mailing import LEASE, MOST_IN_ONE_MAIL, mail_due
from sync.central.cases.models import Case, Notice, Status

NOW = datetime.now(UTC)


@pytest.fixture
def case(kiosk):
    kiosk.send(kiosk.case(words="ความลับของผู้แจ้ง")[0])
    return Case.objects.get()


class BrokenBackend(BaseEmailBackend):
    """A mail server that hangs up."""

    def send_messages(self, email_messages):
        raise SMTPServerDisconnected("gone")


def test_a_new_case_is_mailed_once_and_by_its_reference_only(case):
    for _ in range(3):
        mail_due(NOW)
    [sent] = mail.outbox
    assert sent.to == ["centre@municipality.invalid"]
    assert case.reference in sent.body
    assert sent.subject == "เรื่องใหม่ 1 เรื่อง"
    for words in ("ความลับ", "สมชาย", "0812345678", "ไฟฟ้า", "/T/"):
        assert words not in sent.subject + sent.body


def test_an_overdue_case_is_mailed_once_more(case):
    mail_due(NOW)
    Case.objects.update(due_on=(NOW - timedelta(days=3)).date())
    mail_due(NOW)
    mail_due(NOW)
    assert [sent.subject for sent in mail.outbox] == ["เรื่องใหม่ 1 เรื่อง", "เรื่องเกินกำหนด 1 เรื่อง"]


def test_an_answered_case_is_never_overdue(case):
    mail_due(NOW)
    Case.objects.update(due_on=(NOW - timedelta(days=3)).date(), status=Status.ANSWERED)
    mail_due(NOW)
    assert len(mail.outbox) == 1


def test_what_could_not_be_sent_is_sent_in_the_next_pass(case, settings):
    working = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = f"{__name__}.BrokenBackend"
    mail_due(NOW)
    assert not mail.outbox
    settings.EMAIL_BACKEND = working
    mail_due(NOW)
    assert len(mail.outbox) == 1


def test_many_cases_share_a_mail(kiosk):
    kiosk.send(*[kiosk.case()[0] for _ in range(MOST_IN_ONE_MAIL + 5)])
    mail_due(NOW)
    assert [sent.subject for sent in mail.outbox] == ["เรื่องใหม่ 50 เรื่อง", "เรื่องใหม่ 5 เรื่อง"]


def test_a_claim_keeps_other_workers_away_until_it_lapses(case):
    mailing._write_notices(NOW)
    assert len(mailing._claim(Notice.About.NEW, NOW)) == 1
    mail_due(NOW)
    assert not mail.outbox
    mail_due(NOW + LEASE + timedelta(seconds=1))
    assert len(mail.outbox) == 1
