import gzip
import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sync.central.fleet.models import Device
from sync.central.intake import urls
from sync.central.surveys.models import Rating
from sync.signature import open_signed
from sync.wire import LARGEST_BODY, LONGEST_BATCH, PATHS, Problem, Signed, decode
from tests.sync.central.kiosk import HOST, Kiosk, empty_batch, encode_batch, post, rating

GZIP = {"Content-Encoding": "gzip"}


def sample_of(route):
    """A path of that route."""
    place = route.replace("<address:address>", "0" * 64).replace("<offset:offset>", "7")
    return f"/api/v1/{place}"


def refusal(response):
    problem = decode(response.content, Problem)
    assert response.headers["Content-Type"] == "application/problem+json"
    assert problem.status == response.status_code
    return response.status_code, problem.code


def test_enrolment_is_answered_under_centrals_key(db, client):
    kiosk = Kiosk.create("A1", client)
    response = kiosk.enrol()
    payload = json.loads(open_signed(decode(response.content, Signed), kiosk.facts.central_key))
    assert response.status_code == 201
    assert payload["device_code"] == "A1"


def test_the_same_key_may_enrol_again(kiosk):
    assert kiosk.enrol().status_code == 200


def test_an_enrolment_code_serves_once(kiosk, client):
    thief = Kiosk(kiosk.facts, client)
    assert refusal(thief.enrol()) == (403, "enrolment_refused")
    assert kiosk.beat().status_code == 200


def test_a_wrong_enrolment_code_is_refused(db, client):
    kiosk = Kiosk.create("A1", client)
    assert refusal(kiosk.enrol(code="guessed")) == (403, "enrolment_refused")
    kiosk.code = "C3"
    assert refusal(kiosk.enrol()) == (403, "enrolment_refused")


def test_enrolling_needs_the_private_half_of_the_key(db, client):
    kiosk, other = Kiosk.create("A1", client), Kiosk.create("B2", client)
    message = kiosk_enrolment(kiosk)
    headers = other.signed_headers("enrol", message)
    assert refusal(post(client, "enrol", message, headers)) == (401, "signature_refused")


def kiosk_enrolment(kiosk):
    from sync.signature import verify_key_of
    from sync.wire import Enrolment, encode

    return encode(
        Enrolment(
            device_code=kiosk.code,
            enrolment_code=kiosk.facts.enrolment_code,
            public_key=verify_key_of(kiosk.seed),
        )
    )


def test_a_beat_is_heard(kiosk):
    response = kiosk.beat(version="1.2", waiting=3, parked=2**70, vitals={"temperature_c": 51.5})
    assert response.status_code == 200
    assert list(response.json()) == ["received_at"]
    device = Device.objects.get()
    assert (device.version, device.waiting, device.vitals) == ("1.2", 3, '{"temperature_c":51.5}')


def test_an_unsigned_batch_is_refused(kiosk, client):
    response = post(client, "records", gzip.compress(empty_batch()), GZIP)
    assert refusal(response) == (401, "signature_refused")


@pytest.mark.parametrize("missing", ["Content-Digest", "Signature-Input", "Signature"])
def test_each_part_of_a_signature_is_needed(kiosk, client, missing):
    body = gzip.compress(empty_batch())
    headers = {**GZIP, **kiosk.signed_headers("records", body)}
    del headers[missing]
    assert refusal(post(client, "records", body, headers)) == (401, "signature_refused")


def test_a_changed_body_is_refused_and_nothing_kept(kiosk, client):
    body = gzip.compress(encode_batch([rating(1)]))
    other = gzip.compress(encode_batch([rating(5)]))
    headers = {**GZIP, **kiosk.signed_headers("records", body)}
    assert refusal(post(client, "records", other, headers)) == (401, "signature_refused")
    assert not Rating.objects.exists()


def test_a_signature_for_another_path_or_host_is_refused(kiosk, client):
    body = gzip.compress(empty_batch())
    for headers in (kiosk.signed_headers("beat", body), kiosk.signed_headers("records", body, "x")):
        response = post(client, "records", body, {**GZIP, **headers})
        assert refusal(response) == (401, "signature_refused")


def test_another_devices_key_does_not_speak_for_this_one(kiosk, client):
    other = Kiosk.create("B2", client)
    other.enrol()
    other.code = "A1"
    assert refusal(other.beat()) == (401, "signature_refused")


def test_a_device_central_does_not_know_is_told_so(kiosk, client):
    stranger = Kiosk.create("B2", client)
    assert refusal(stranger.beat()) == (401, "device_unknown")
    stranger.code = "Z9"
    assert refusal(stranger.beat()) == (401, "device_unknown")


def test_a_revoked_device_is_not_heard(kiosk):
    Device.objects.update(revoked_at=datetime.now(UTC))
    assert refusal(kiosk.beat()) == (401, "device_unknown")
    assert refusal(kiosk.enrol()) == (403, "enrolment_refused")


@pytest.mark.parametrize("minutes", [-6, 6])
def test_a_clock_more_than_five_minutes_off_is_told_so(kiosk, minutes):
    kiosk.skew = timedelta(minutes=minutes)
    assert refusal(kiosk.beat()) == (401, "clock_skew")
    kiosk.skew = timedelta(minutes=minutes * 0.7)
    assert kiosk.beat().status_code == 200


@pytest.mark.parametrize(
    "plain", [b"", b"{", b"[]", b"\xff\xfe", b'{"records":[]}', b'{"records":1,"sent":2}']
)
def test_a_body_that_is_no_batch_is_refused(kiosk, plain):
    assert refusal(kiosk.send_raw(plain)) == (400, "batch_unreadable")


def test_a_batch_longer_than_allowed_is_refused(kiosk):
    records = [rating()] * (LONGEST_BATCH + 1)
    assert refusal(kiosk.send_raw(encode_batch(records))) == (400, "batch_unreadable")


@pytest.mark.parametrize(
    "body",
    [
        b"not gzip",
        gzip.compress(b"x" * 1000)[:-9],
        gzip.compress(b"{}") + b"tail",
    ],
    ids=["none", "cut off", "with a tail"],
)
def test_broken_gzip_is_refused(kiosk, body):
    assert refusal(kiosk.post("records", body, **GZIP)) == (400, "batch_unreadable")


def test_a_zip_bomb_is_refused(kiosk):
    bomb = gzip.compress(b" " * (LARGEST_BODY + 1))
    assert len(bomb) < 10_000
    assert refusal(kiosk.post("records", bomb, **GZIP)) == (413, "too_large")


def test_a_body_larger_than_allowed_is_refused(kiosk):
    body = b" " * (LARGEST_BODY + 1)
    assert refusal(kiosk.post("records", body)) == (413, "too_large")


def test_an_encoding_other_than_gzip_is_refused(kiosk):
    response = kiosk.post("records", empty_batch(), **{"Content-Encoding": "br"})
    assert refusal(response) == (415, "encoding_unknown")


def test_a_batch_need_not_be_packed(kiosk):
    assert kiosk.post("records", empty_batch()).status_code == 200


@pytest.mark.parametrize("path", [sample_of(str(route.pattern)) for route in urls.urlpatterns])
def test_other_methods_are_refused_by_name(db, client, path):
    response = client.delete(path, SERVER_NAME=HOST)
    assert refusal(response) == (405, "method_not_allowed")
    assert response.headers["Allow"] in ("GET", "POST", "PUT")


def test_a_path_of_the_api_that_is_not_there_is_a_problem_too(db, client):
    assert refusal(client.get("/api/v1/nothing", SERVER_NAME=HOST)) == (404, "not_found")


def test_a_request_for_another_host_is_refused(db, client):
    response = client.post(PATHS["beat"], b"{}", content_type="a/b", SERVER_NAME="evil.invalid")
    assert refusal(response) == (400, "bad_request")


signature_text = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=200)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    signature_input=signature_text
    | signature_text.map('rapfang=("@method" "@authority" "@path" "content-digest"){}'.format),
    signature=signature_text | signature_text.map("rapfang=:{}:".format),
    digest=signature_text,
)
def test_no_signature_header_breaks_central(kiosk, client, signature_input, signature, digest):
    headers = {
        "Signature-Input": signature_input,
        "Signature": signature,
        "Content-Digest": digest,
    }
    response = post(client, "beat", b"{}", headers)
    assert refusal(response) == (401, "signature_refused")


@pytest.mark.parametrize(
    "parameters",
    [
        "",
        ';created=99999999999999;keyid="A1"',
        ";created=-1",
        ';created="x";keyid="A1"',
        ';keyid="A1"',
        ';created=1;keyid="A1";alg="hmac-sha256"',
        ";created=1;keyid=7",
        ';created=1.5;keyid="A1"',
        ";created=1;keyid=?1",
    ],
)
def test_odd_signature_parameters_do_not_break_central(kiosk, client, parameters):
    headers = kiosk.signed_headers("beat", b"{}")
    covered = headers["Signature-Input"].split(";", 1)[0]
    headers["Signature-Input"] = covered + parameters
    status, _ = refusal(post(client, "beat", b"{}", headers))
    assert status == 401


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(plain=st.binary(max_size=300))
def test_no_signed_body_breaks_central(kiosk, plain):
    assert kiosk.send_raw(plain).status_code == 400
