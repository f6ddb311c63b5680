import base64
import logging
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
import uuid6

from sync.case import Instant
from sync.client import Client
from sync.errors import Refused, Unreachable
from sync.identity import Identity, load_identity
from sync.signature import open_signed
from sync.wire import Beat, Signed, decode, digest_of
from tests.sync.fakecentral import STRANGERS, FakeCentral
from tests.sync.samples import INSTANT, rating_record


def read_clock() -> Instant:
    return Instant(wall=datetime.now(UTC), boot_id="boot-1", monotonic_s=1, trusted=True)


@pytest.fixture
def client(central: FakeCentral, tmp_path: Path) -> Iterator[Client]:
    made = Client(load_identity(tmp_path / "state"), read_clock, timeout_s=5)
    yield made
    made.close()


@pytest.fixture
def enrolled(client: Client) -> Client:
    client.enrol()
    return client


def ratings(count: int) -> list[bytes]:
    return [rating_record(uuid6.uuid7()) for _ in range(count)]


def test_a_device_enrols_once_and_may_say_so_again(client: Client, central: FakeCentral) -> None:
    first = client.enrol()
    assert client.enrol().device_code == first.device_code == "A1"
    assert central.device_key is not None


def test_a_used_enrolment_code_is_refused(client: Client, central: FakeCentral) -> None:
    central.device_key = b"k" * 32
    central.identity = msgspec.structs.replace(central.identity, enrolment_code="another")
    with pytest.raises(Refused, match="enrolment_refused"):
        client.enrol()


def test_records_arrive_byte_for_byte(enrolled: Client, central: FakeCentral) -> None:
    records = [*ratings(3), b'{"type": "rating_given",' + ratings(1)[0][23:]]
    verdict = enrolled.send(records)
    assert list(central.records.values()) == records
    assert [answer.digest for answer in verdict.answers] == [digest_of(raw) for raw in records]


def test_the_kept_acknowledgement_can_be_verified_later(
    enrolled: Client, central: FakeCentral
) -> None:
    verdict = enrolled.send(ratings(1))
    envelope = decode(verdict.envelope, Signed)
    assert open_signed(envelope, central.identity.central_key)


def test_an_empty_batch_is_a_way_to_ask_whether_central_understands(enrolled: Client) -> None:
    assert enrolled.send([]).answers == []


def test_a_beat_is_heard(enrolled: Client, central: FakeCentral) -> None:
    enrolled.beat(Beat(sent=INSTANT, waiting=2, vitals={"disk_free": 7}))
    assert central.beats[0].waiting == 2
    assert central.beats[0].vitals == {"disk_free": 7}


@pytest.mark.parametrize(
    "fault",
    [
        "cuts the connection",
        "loses the answer",
        "is a captive portal",
        "is a captive portal refusing",
        "fails inside",
        "redirects",
        "talks without end",
        "signs with another key",
        "tampers",
        "answers other records",
        "answers another device",
    ],
)
def test_central_is_unreachable_when_it(fault: str, enrolled: Client, central: FakeCentral) -> None:
    central.fault = fault
    before = len(central.requests)
    with pytest.raises(Unreachable):
        enrolled.send(ratings(1))
    assert len(central.requests) == before + 1


def test_nobody_listening_is_unreachable(client: Client, identity: Identity) -> None:
    with socket.socket() as taken:  # bound, never listening: nobody else gets the port
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        elsewhere = Client(msgspec.structs.replace(identity, central_url=url), read_clock)
        with pytest.raises(Unreachable):
            elsewhere.send(ratings(1))


def test_a_central_that_says_nothing_is_unreachable_in_time(identity: Identity) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        patient = Client(
            msgspec.structs.replace(identity, central_url=url), read_clock, timeout_s=0.2
        )
        with pytest.raises(Unreachable):
            patient.send(ratings(1))


def test_a_refusal_keeps_its_code(enrolled: Client, central: FakeCentral) -> None:
    central.fault = "refuses the device"
    with pytest.raises(Refused) as caught:
        enrolled.send(ratings(1))
    assert caught.value.code == "device_unknown"


def test_a_bare_413_of_the_web_server_counts_as_too_large(
    enrolled: Client, central: FakeCentral
) -> None:
    central.largest_batch = 1
    with pytest.raises(Refused) as caught:
        enrolled.send(ratings(2))
    assert caught.value.code == "too_large"


@pytest.mark.parametrize("hours", [-8760, -7, 7, 8760])
def test_a_wrong_clock_is_learnt_from_central_and_tried_once_more(
    hours: int, enrolled: Client, central: FakeCentral
) -> None:
    central.clock_ahead = timedelta(hours=hours)
    enrolled.send(ratings(1))
    assert len(central.records) == 1
    assert abs(enrolled.offset - central.clock_ahead) < timedelta(seconds=5)
    before = len(central.requests)
    enrolled.send(ratings(1))
    assert len(central.requests) == before + 1


def test_a_clock_refused_twice_is_not_tried_for_ever(
    enrolled: Client, central: FakeCentral, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(
        STRANGERS,
        "never likes the clock",
        (401, b'{"code": "clock_skew", "title": "", "status": 401}'),
    )
    central.fault = "never likes the clock"
    before = len(central.requests)
    with pytest.raises(Refused) as caught:
        enrolled.send(ratings(1))
    assert caught.value.code == "clock_skew"
    assert len(central.requests) == before + 2


def test_proxies_of_the_environment_are_ignored(
    enrolled: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert enrolled.send(ratings(1)).answers


def test_no_secret_shows_in_what_is_logged_or_printed(
    enrolled: Client, central: FakeCentral, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    central.clock_ahead = timedelta(hours=1)
    enrolled.send(ratings(1))
    said = caplog.text + repr(central.identity)
    assert "once-only" not in said
    assert base64.b64encode(central.identity.slip_secret).decode() not in said
    assert central.identity.device_key.hex() not in said
    assert repr(central.identity) == "Identity(A1)"
