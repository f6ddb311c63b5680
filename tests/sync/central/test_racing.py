"""Several requests at the same moment, each over a database connection of its own."""

import shutil
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction
from django.test import Client as Browser

from sync.central.cases.models import Case, Unopened
from sync.central.cases.unopened import open_waiting
from sync.central.fleet.models import Device
from sync.central.intake.models import Record, Revision
from sync.central.keys import Reloaded, load
from sync.central.keys.changing import bring_back, declare_lost, find_root
from sync.central.surveys.models import Rating
from sync.wire import digest_of
from tests.sync.central.kiosk import Kiosk, empty_batch, instant, post, rating

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 4
WAIT_S = 20


@pytest.fixture
def two():
    """Kiosks A1 and B2, each with a client of its own."""
    kiosks = [Kiosk.create(code, Browser()) for code in ("A1", "B2")]
    for each in kiosks:
        assert each.enrol().status_code == 201
    return kiosks


def at_once(*calls):
    """What each of them returned; all begin at one moment, in threads of their own."""
    start = threading.Barrier(len(calls))

    def run(call):
        try:
            connection.ensure_connection()
            start.wait(WAIT_S)
            return call()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as threads:
        return [done.result(WAIT_S) for done in [threads.submit(run, call) for call in calls]]


def outcomes(answers):
    return {(answer.outcome, answer.code) for answer in answers}


def test_the_same_batch_twice_at_once_is_kept_once(two):
    for _ in range(ROUNDS):
        batch = [rating() for _ in range(30)] + [two[0].case()[0] for _ in range(3)]
        first, again = at_once(*[lambda batch=batch: two[0].send(*batch)] * 2)
        assert first == again
        assert outcomes(first) == {("acknowledged", "")}
    assert Record.objects.count() == ROUNDS * 33
    assert Rating.objects.count() == ROUNDS * 30
    assert not Revision.objects.exists()


def test_other_bytes_at_the_same_moment_are_record_and_revision(two):
    for _ in range(ROUNDS):
        rating_id = uuid.uuid4()
        pair = [rating(1, rating_id), rating(5, rating_id)]
        answers = at_once(*[lambda raw=raw: two[0].send(raw) for raw in pair])
        assert outcomes(answers[0] + answers[1]) == {("acknowledged", "")}
        record = Record.objects.get(pk=rating_id)
        kept = [bytes(record.raw), bytes(record.revisions.get().raw)]
        assert sorted(kept) == sorted(pair)


def test_two_kiosks_with_the_same_ids_in_opposite_order_are_both_answered(two):
    for _ in range(ROUNDS):
        ids = [uuid.uuid4() for _ in range(40)]
        there = [rating(4, rating_id) for rating_id in ids]
        back = [rating(2, rating_id) for rating_id in reversed(ids)]
        pairs = list(zip(two, (there, back), strict=True))
        answers = at_once(*[lambda to=to, batch=batch: to.send(*batch) for to, batch in pairs])
        assert outcomes(answers[0] + answers[1]) == {("acknowledged", "")}
    assert (Record.objects.count(), Revision.objects.count()) == (ROUNDS * 40, ROUNDS * 40)


def test_who_comes_second_while_the_first_is_not_through_makes_a_revision(two):
    """The other transaction has written and not committed when this batch looks."""
    rating_id, is_written = uuid.uuid4(), threading.Event()
    raw = rating(3, rating_id)

    def first():
        device = Device.objects.get(pk="B2")
        with transaction.atomic():
            Record.objects.create(
                record_id=rating_id,
                device=device,
                digest=digest_of(raw),
                raw=raw,
                received_at=instant().wall,
            )
            is_written.set()
            threading.Event().wait(0.3)

    def second():
        assert is_written.wait(WAIT_S)
        return two[0].send(rating(5, rating_id), rating())

    _, answers = at_once(first, second)
    assert outcomes(answers) == {("acknowledged", "")}
    assert (Revision.objects.count(), Rating.objects.count()) == (1, 1)


def test_one_request_sent_twice_at_once_is_taken_once(two):
    for _ in range(ROUNDS):
        body = empty_batch()
        headers = two[0].signed_headers("records", body)
        calls = [lambda body=body, headers=headers: post(Browser(), "records", body, headers)] * 2
        assert sorted(answer.status_code for answer in at_once(*calls)) == [200, 401]


def test_two_that_open_what_a_lost_key_shut_open_each_case_once(two, settings, tmp_path):
    folder = tmp_path / "keys"
    shutil.copytree(settings.ENVIRONMENT.state_dir / "keys", folder)
    settings.KEYS = Reloaded(tmp_path, load(tmp_path))
    (folder / "intake-1.key").rename(tmp_path / "safe")
    declare_lost(tmp_path, find_root(tmp_path, None), "intake-1")
    two[0].send(*[two[0].case()[0] for _ in range(20)])
    assert Unopened.objects.count() == 20
    bring_back(tmp_path, tmp_path / "safe")
    at_once(open_waiting, open_waiting)
    assert (Case.objects.count(), Unopened.objects.count()) == (20, 0)
