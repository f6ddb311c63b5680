"""Who may speak, how often, and nothing twice."""

import gzip
import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, connection
from django.test import Client

from sync.central import worker
from sync.central.fleet.models import Device
from sync.central.intake import callers
from sync.central.intake.callers import MOST_BYTES, MOST_REQUESTS, NONCES_KEPT
from sync.central.intake.enrolling import MOST_WRONG_CODES
from sync.central.intake.models import Nonce, Record
from sync.central.surveys.models import Rating
from sync.signature import verify_key_of
from sync.wire import LONGEST_BATCH, PATHS, Beat, Enrolment, Problem, decode, encode
from tests.sync.central.kiosk import HOST, Kiosk, empty_batch, encode_batch, instant, post, rating

GZIP = {"Content-Encoding": "gzip"}


def refusal(response):
    problem = decode(response.content, Problem)
    assert response.headers["Content-Type"] == "application/problem+json"
    assert problem.status == response.status_code
    return response.status_code, problem.code


def packed(*records):
    return gzip.compress(encode_batch(records))


@pytest.mark.parametrize("to", ["records", "beat"])
def test_a_request_that_comes_again_is_refused(kiosk, client, to):
    body = {"records": empty_batch(), "beat": encode(Beat(sent=instant()))}[to]
    headers = kiosk.signed_headers(to, body)
    assert post(client, to, body, headers).status_code == 200
    assert refusal(post(client, to, body, headers)) == (401, "replayed")


def test_an_enrolment_that_comes_again_is_refused(db, client):
    kiosk = Kiosk.create("A1", client)
    body = encode(
        Enrolment(
            device_code="A1",
            enrolment_code=kiosk.facts.enrolment_code,
            public_key=verify_key_of(kiosk.seed),
        )
    )
    headers = kiosk.signed_headers("enrol", body)
    assert post(client, "enrol", body, headers).status_code == 201
    assert refusal(post(client, "enrol", body, headers)) == (401, "replayed")


def test_a_request_that_comes_again_to_another_path_is_refused(kiosk, client):
    body = empty_batch()
    headers = kiosk.signed_headers("records", body)
    assert post(client, "records", body, headers).status_code == 200
    assert refusal(post(client, "beat", body, headers)) == (401, "signature_refused")


def altered(headers, name, old, new):
    assert old in headers[name]
    return {**headers, name: headers[name].replace(old, new)}


def test_whatever_is_altered_on_the_way_the_signature_shows_it(kiosk, client):
    other = Kiosk.create("B2", client)
    other.enrol()
    body = packed(rating(1))
    good = {**GZIP, **kiosk.signed_headers("records", body, nonce="n" * 16)}
    digest = kiosk.signed_headers("records", packed(rating(5)))["Content-Digest"]
    wrong = [
        (packed(rating(5)), good),
        (packed(rating(5)), {**good, "Content-Digest": digest}),
        (body, altered(good, "Signature-Input", "n" * 16, "m" * 16)),
        (body, altered(good, "Signature-Input", '"A1"', '"B2"')),
        (body, altered(good, "Signature-Input", "created=1", "created=2")),
        (body, altered(good, "Signature-Input", ' "content-digest"', "")),
        (body, altered(good, "Signature-Input", '"@path" ', "")),
        (body, {**good, "Signature": "rapfang=:" + "A" * 86 + "==:"}),
        (body, {**good, "Host": "localhost"}),
    ]
    for sent, headers in wrong:
        response = post(client, "records", sent, headers)
        assert refusal(response) == (401, "signature_refused")
    path = PATHS["records"]
    for place, method in ((f"{path}?more=1", "POST"), (PATHS["tally"], "POST")):
        response = client.generic(method, place, body, headers=good, SERVER_NAME=HOST)
        assert refusal(response) == (401, "signature_refused")
    assert not Record.objects.exists()
    assert post(client, "records", body, good).status_code == 200


def test_the_method_is_covered_too(kiosk, client):
    below = "/" + "0" * 64
    headers = kiosk.signed_headers("attachments", b"", method="PUT", below=below)
    place = f"{PATHS['attachments']}{below}"
    response = client.generic("GET", place, headers=headers, SERVER_NAME=HOST)
    assert refusal(response) == (401, "signature_refused")


def test_another_label_does_not_make_a_request_new(kiosk, client):
    body = empty_batch()
    headers = kiosk.signed_headers("records", body)
    assert post(client, "records", body, headers).status_code == 200
    for name in ("Signature", "Signature-Input"):
        headers[name] = headers[name].replace("rapfang=", "other=")
    assert refusal(post(client, "records", body, headers)) == (401, "replayed")


def test_two_signatures_on_one_request_are_refused(kiosk, client):
    body = empty_batch()
    good, other = kiosk.signed_headers("records", body), kiosk.signed_headers("records", body)
    for first, second in ((good, other), (other, good)):
        both = {
            name: f"{first[name]}, {second[name].replace('rapfang=', 'zz=')}"
            for name in ("Signature", "Signature-Input")
        }
        headers = {**good, **both}
        assert refusal(post(client, "records", body, headers)) == (401, "signature_refused")


@pytest.mark.parametrize("nonce", ["", "short", "x" * 65])
def test_a_nonce_of_the_wrong_length_is_refused(kiosk, client, nonce):
    body = empty_batch()
    headers = kiosk.signed_headers("records", body, nonce=nonce)
    assert refusal(post(client, "records", body, headers)) == (401, "signature_refused")


def test_two_devices_may_choose_the_same_nonce(kiosk, client):
    other = Kiosk.create("B2", client)
    other.enrol()
    body = empty_batch()
    for device in (kiosk, other):
        headers = device.signed_headers("records", body, nonce="n" * 16)
        assert post(client, "records", body, headers).status_code == 200


def test_a_request_that_was_not_acted_on_may_come_again(kiosk, client):
    """Central broke off before the commit: the nonce is not used up."""
    body = packed(rating())
    headers = {**GZIP, **kiosk.signed_headers("records", body)}
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE intake_record RENAME TO elsewhere")
        with pytest.raises(DatabaseError):
            post(client, "records", body, headers)
        cursor.execute("ALTER TABLE elsewhere RENAME TO intake_record")
    assert post(client, "records", body, headers).status_code == 200
    assert Rating.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_one_request_sent_many_times_at_once_one_is_taken(client):
    kiosk = Kiosk.create("A1", client)
    kiosk.enrol()
    body = packed(rating())
    headers = {**GZIP, **kiosk.signed_headers("records", body)}
    statuses = []

    def send():
        statuses.append(post(Client(), "records", body, headers).status_code)
        connection.close()

    threads = [threading.Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200, 401, 401, 401, 401, 401]
    assert Record.objects.count() == 1


def test_the_worker_forgets_nonces_that_nobody_can_use_again(kiosk):
    now = datetime.now(UTC)
    Nonce.objects.all().delete()
    Nonce.objects.create(token="A1 old", seen_at=now - NONCES_KEPT - timedelta(seconds=1))
    Nonce.objects.create(token="A1 new", seen_at=now - NONCES_KEPT + timedelta(seconds=9))
    worker.pass_once(now)
    assert [nonce.token for nonce in Nonce.objects.all()] == ["A1 new"]


def this_minute(**counts):
    """As if the device had sent all this within the minute, and the next one too."""
    minute = callers.minute_of(datetime.now(UTC))
    Device.objects.filter(code="A1").update(minute=minute, **counts)


def within_one_minute(check):
    """What `check` finds, made sure that no minute ended meanwhile."""
    for _ in range(2):
        minute = callers.minute_of(datetime.now(UTC))
        found = check()
        if callers.minute_of(datetime.now(UTC)) == minute:
            return found
    raise AssertionError("two minutes ended within moments")


@pytest.mark.parametrize("counts", [{"requests": MOST_REQUESTS}, {"bytes_sent": MOST_BYTES}])
def test_a_device_that_sends_too_much_is_told_when_to_come_back(kiosk, client, counts):
    other = Kiosk.create("B2", client)
    other.enrol()

    def check():
        this_minute(**counts)
        return kiosk.send_raw(empty_batch()), other.beat()

    refused, others = within_one_minute(check)
    assert refusal(refused) == (429, "too_many")
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert others.status_code == 200
    Device.objects.update(minute=1)
    assert kiosk.beat().status_code == 200
    counted = Device.objects.get(code="A1")
    assert (counted.requests, counted.bytes_sent < 1000) == (1, True)


def test_the_limit_holds_within_the_transaction_too(kiosk):
    """Two requests may both have looked while there was room for one."""
    now = datetime.now(UTC)
    device = Device.objects.get()
    caller = callers.Caller(device=device, nonce="n" * 16, size=1, at=now)
    Device.objects.update(minute=callers.minute_of(now), requests=MOST_REQUESTS)
    with pytest.raises(callers.RequestRefused, match="too_many"):
        callers.hear(caller)
    Device.objects.update(minute=0, revoked_at=now)
    with pytest.raises(callers.RequestRefused, match="device_unknown"):
        callers.hear(caller)


def test_a_backlog_of_months_stays_within_a_minutes_measure():
    requests, sent = 52_000 / LONGEST_BATCH, 2_000 * 8 * 1024 + 50_000 * 400
    assert requests < MOST_REQUESTS / 2
    assert sent < MOST_BYTES / 2


def test_a_signed_request_counts_and_serves_once_although_it_is_refused(kiosk, client):
    this_minute(requests=0)
    headers = kiosk.signed_headers("records", b"no batch")
    answers = [post(client, "records", b"no batch", headers) for _ in range(2)]
    assert [refusal(answer)[1] for answer in answers] == ["batch_unreadable", "replayed"]
    assert Device.objects.get().requests == 1


def test_what_is_not_signed_does_not_count_against_a_device(kiosk, client):
    before = Device.objects.values("requests", "bytes_sent", "heard_at").get()
    body = packed(rating())
    assert post(client, "records", body, GZIP).status_code == 401
    headers = {**kiosk.signed_headers("records", body), **GZIP, "Signature": "rapfang=:AAAA:"}
    assert post(client, "records", body, headers).status_code == 401
    assert Device.objects.values("requests", "bytes_sent", "heard_at").get() == before


def test_a_bomb_is_unpacked_only_for_whoever_signed_it(kiosk, client):
    bomb = gzip.compress(bytes(100_000_000), 1)
    assert refusal(post(client, "records", bomb, GZIP)) == (401, "signature_refused")
    assert refusal(kiosk.post("records", bomb, **GZIP)) == (413, "too_large")


def test_a_large_enrolment_is_refused_before_it_is_unpacked_or_read(kiosk):
    large = b"{" + b" " * 5000 + b"}"
    assert refusal(kiosk.post("enrol", large)) == (413, "too_large")
    assert refusal(kiosk.post("enrol", gzip.compress(large), **GZIP)) == (413, "too_large")


def test_guessing_enrolment_codes_is_slowed_down_and_keeps_nobody_out(db, client):
    kiosk = Kiosk.create("A1", client)

    def check():
        Device.objects.update(minute=0)
        return [kiosk.enrol(code="guess") for _ in range(MOST_WRONG_CODES + 2)]

    answers = [refusal(answer) for answer in within_one_minute(check)]
    assert answers[:MOST_WRONG_CODES] == [(403, "enrolment_refused")] * MOST_WRONG_CODES
    assert answers[MOST_WRONG_CODES:] == [(429, "too_many")] * 2
    assert kiosk.enrol().status_code == 201


def test_introducing_itself_again_counts_as_any_request(kiosk):
    def check():
        this_minute(requests=MOST_REQUESTS)
        return kiosk.enrol()

    assert refusal(within_one_minute(check)) == (429, "too_many")
