"""Whatever comes in, it gets a name, nothing of it is kept, and the rest is taken."""

import base64
import gzip
import json
import uuid
from datetime import date

import pytest
import requests

from sync.case import Contact
from sync.central.cases.models import Case
from sync.central.fleet.models import Device
from sync.central.intake.models import Record
from sync.central.officers.creating import create_officer
from sync.central.officers.models import Officer
from sync.signature import verify_key_of
from sync.wire import LARGEST_BODY, Problem, decode, encode
from tests.sync.central.kiosk import HOST, empty_batch, encode_batch, instant, rating

PLANTED = "หมาจรจัดกัดเด็กหลังวัด"
HIDDEN = ["\u202e", "\u2066", "\u200f", "\x07", "\u2028", "\x00", "\x9b"]
DEEP = b"[" * 100_000 + b"]" * 100_000


def refusal(response):
    problem = decode(response.content, Problem)
    assert problem.status == response.status_code
    assert PLANTED not in response.content.decode()
    return response.status_code, problem.code


def changed(record, path, value):
    """The record's JSON with one field changed; `path` is dotted."""
    fields = json.loads(record)
    *way, last = path.split(".")
    inner = fields
    for name in way:
        inner = inner[name]
    inner[last] = value
    return json.dumps(fields).encode()


CASE_FIELDS = [
    ("case_id", "no uuid"),
    ("case_id", 7),
    ("case_id", None),
    ("reference", "A" * 16),
    ("reference", "A1"),
    ("reference", ["A1-0001-X"]),
    ("captured", {}),
    ("captured", "now"),
    ("captured.wall", "2026-13-01T00:00:00Z"),
    ("captured.wall", "2026-11-01T00:00:00"),
    ("captured.wall", 0),
    ("captured.boot_id", "b" * 65),
    ("captured.boot_id", 1),
    ("captured.monotonic_s", -1),
    ("captured.monotonic_s", "1"),
    ("captured.trusted", "yes"),
    ("sealed_to", "k" * 65),
    ("sealed", "not base64!"),
    ("sealed", 5),
    ("attachments", {}),
    ("attachments", [{"address": "f" * 64, "size": 1}] * 9),
    ("attachments", [{"address": "F" * 64, "size": 1}]),
    ("attachments", [{"address": "f" * 64 + "\n", "size": 1}]),
    ("attachments", [{"address": "f" * 64, "size": 0}]),
    ("attachments", [{"address": "f" * 64, "size": 16 * 1024 * 1024 + 1}]),
    ("type", "case_submitted\x00"),
]
RATING_FIELDS = [
    ("rating_id", "x"),
    ("division_code", ""),
    ("division_code", "d" * 65),
    ("division_code", "Works"),
    ("division_code", "works\n"),
    ("score", 0),
    ("score", 6),
    ("score", 4.5),
    ("score", True),
    ("score", 2**70),
    ("language", "l" * 9),
    ("captured.wall", "9999-12-31T23:59:59-12:00"),
]


def test_each_field_beyond_its_limit_is_refused_and_the_rest_is_taken(kiosk):
    case, _ = kiosk.case()
    bad = [changed(case, path, value) for path, value in CASE_FIELDS]
    bad += [changed(rating(), path, value) for path, value in RATING_FIELDS]
    bad += [changed(rating(), "captured.boot_id", f"boot{sign}") for sign in HIDDEN]
    bad += [changed(rating(), "language", f"th{sign}") for sign in HIDDEN]
    good, _ = kiosk.case()
    answers = kiosk.send(*bad[:20], good, *bad[20:], rating())
    refused = [answer.code for answer in answers if answer.outcome == "refused"]
    assert len(refused) == len(bad)
    assert set(refused) == {"record_unreadable"}
    assert Record.objects.count() == 2


def test_each_way_to_write_bad_json_is_refused_and_the_rest_is_taken(kiosk):
    plain = rating()
    bad = [
        plain[:-1] + b',"more":"\xff\xfe"}',
        plain[:-1] + b',"score":5}',
        plain[:-1] + b',"sc\\u006fre":5}',
        plain[:-1] + b',"captured":{"wall":"2026-11-01T00:00:00Z"}}',
        plain[:-1] + b',"more":' + b"9" * 5000 + b"}",
        plain[:-1] + b',"more":{"a":1,"a":2}}',
        b'"\xff"',
        b"7",
        b"[]",
    ]
    answers = kiosk.send(*bad, plain)
    assert [answer.code for answer in answers] == ["record_unreadable"] * len(bad) + [""]
    assert Record.objects.count() == 1


def test_a_field_nobody_knows_yet_is_no_bad_input(kiosk):
    tomorrow = rating()[:-1] + ',"mood":"ดี","more":{"a":[1,2.5,null]}}'.encode()
    [answer] = kiosk.send(tomorrow)
    assert answer.outcome == "acknowledged"


@pytest.mark.parametrize(
    "plain",
    [
        encode_batch([DEEP]),
        encode_batch([b'{"type":"rating_given","x":' + DEEP + b"}"]),
        encode_batch([b'"\\ud800"']),
        encode_batch([b"NaN"]),
        encode_batch([b"1e"]),
        empty_batch()[:-1] + b',"more":' + DEEP + b"}",
        b"\xef\xbb\xbf" + empty_batch(),
        empty_batch().decode().encode("utf-16"),
        empty_batch().replace(b"1000.0", b"1e999"),
        empty_batch().replace(b"1000.0", b"9" * 5000),
        empty_batch().replace(b"1000.0", b"NaN"),
        empty_batch().replace(b"boot-1", b"\xff"),
        empty_batch().replace(b"boot-1", b"b" * 65),
        empty_batch().replace(b'"records":[]', b'"records":null'),
        empty_batch().replace(b'"boots":[]', b'"boots":[{"boot_id":"b"}]'),
        empty_batch() + b"{}",
    ],
)
def test_a_body_nobody_can_read_is_refused_by_name(kiosk, plain):
    assert refusal(kiosk.send_raw(plain)) == (400, "batch_unreadable")
    assert not Record.objects.exists()


def test_ten_megabytes_of_text_are_refused_packed_or_not(kiosk):
    words = "ก" * (10 * 1024 * 1024 // 3)
    plain = encode_batch([changed(rating(), "language", words)])
    assert len(plain) > LARGEST_BODY
    assert refusal(kiosk.send_raw(plain)) == (413, "too_large")
    assert refusal(kiosk.post("records", plain)) == (413, "too_large")
    assert not Record.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        gzip.compress(empty_batch())[:-4],
        gzip.compress(empty_batch()) * 2,
        gzip.compress(gzip.compress(empty_batch())),
        empty_batch(),
        b"",
    ],
)
def test_gzip_that_is_cut_joined_or_none_is_refused(kiosk, body):
    response = kiosk.post("records", body, **{"Content-Encoding": "gzip"})
    assert refusal(response) == (400, "batch_unreadable")


@pytest.mark.parametrize(
    "beat",
    [
        {"version": "v" * 41},
        {"version": 1},
        {"waiting": -1},
        {"waiting": 1.5},
        {"parked": "0"},
        {"vitals": []},
        {"vitals": {"Key": 1}},
        {"vitals": {"": 1}},
        {"vitals": {"key\n": 1}},
        {"vitals": {"k" * 65: 1}},
        {"vitals": {f"k{number}": 1 for number in range(65)}},
        {"vitals": {"a": "v" * 201}},
        {"vitals": {"a": 2**63}},
        {"vitals": {"a": [1]}},
        {"vitals": {"a": {"b": 1}}},
    ],
)
def test_a_beat_beyond_its_limits_is_refused(kiosk, beat):
    body = json.dumps({"sent": json.loads(encode(instant())), **beat}).encode()
    before = Device.objects.values("version", "vitals", "waiting").get()
    assert refusal(kiosk.post("beat", body)) == (400, "batch_unreadable")
    assert Device.objects.values("version", "vitals", "waiting").get() == before


def test_what_hides_in_a_beat_is_left_out(kiosk):
    hidden = "".join(HIDDEN)
    kiosk.beat(version=f"1{hidden}.2", vitals={"printer": f"ok{hidden}"})
    device = Device.objects.get()
    assert (device.version, device.vitals) == ("1.2", '{"printer":"ok"}')


@pytest.mark.parametrize(
    "changes",
    [
        {"device_code": "A"},
        {"device_code": "A1234"},
        {"device_code": 1},
        {"enrolment_code": "x" * 65},
        {"public_key": "AAAA"},
        {"public_key": ""},
        {"public_key": None},
    ],
)
def test_an_enrolment_beyond_its_limits_is_refused(kiosk, changes):
    facts = {"device_code": "A1", "enrolment_code": "x", "public_key": "A" * 43 + "="}
    body = json.dumps({**facts, **changes}).encode()
    assert refusal(kiosk.post("enrol", body)) == (400, "batch_unreadable")


@pytest.mark.parametrize("code", ["A\x00", "A1\u202e", "B2"])
def test_an_enrolment_speaks_for_the_device_that_signed_it(kiosk, code):
    key = base64.b64encode(verify_key_of(kiosk.seed)).decode()
    body = json.dumps({"device_code": code, "enrolment_code": "x", "public_key": key}).encode()
    assert refusal(kiosk.post("enrol", body)) == (401, "signature_refused")


def test_what_a_person_said_is_kept_as_it_came_and_shown_apart(kiosk, client):
    words, name = "ซ้าย\u202eกลับ", "สมชาย\u202e"
    kiosk.send(kiosk.case(words=words, contact=Contact(name=name, phone="\u202e081"))[0])
    create_officer("somsri")
    client.force_login(Officer.objects.get())
    page = client.get(f"/staff/cases/{Case.objects.get().pk}", SERVER_NAME=HOST).content.decode()
    assert f'<p class="words" dir="auto">{words}</p>' in page
    assert f"<bdi>{name}</bdi>" in page
    assert '<bdi class="number">\u202e081</bdi>' in page


@pytest.mark.parametrize("due_on", [date.min, date.max])
def test_no_day_breaks_a_page(kiosk, client, due_on):
    record, path = kiosk.case(due_on=due_on)
    kiosk.send(record)
    create_officer("somsri")
    client.force_login(Officer.objects.get())
    for page in ("/staff/", f"/staff/cases/{Case.objects.get().pk}", path):
        assert client.get(page, SERVER_NAME=HOST).status_code == 200


def test_nothing_of_bad_input_gets_into_the_log(running_central):
    url, body = f"{running_central.url}/api/v1", json.dumps({"a": PLANTED}).encode()
    odd = {"Content-Encoding": PLANTED.encode(), "Signature-Input": PLANTED.encode()}
    shapes = [b'{"device_code":"%s"}', b'{"device_code":1,"x":"%s"}', b'{"%s":1}', b'["%s"']
    for shape in shapes:
        requests.post(f"{url}/enrolments", shape % PLANTED.encode(), timeout=5)
    for to in ("records", "beats", "enrolments", f"{PLANTED}/{uuid.uuid4()}"):
        assert requests.post(f"{url}/{to}", body, headers=odd, timeout=5).status_code < 500
    log = running_central.log.read_bytes().decode()
    assert "/api/v1/records 401" in log
    for part in (PLANTED, PLANTED[:8], ascii(PLANTED)[1:40]):
        assert part not in log
