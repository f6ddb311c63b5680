from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from http_message_signatures import HTTPMessageSigner, HTTPSignatureKeyResolver
from http_message_signatures.algorithms import ED25519
from hypothesis import given
from hypothesis import strategies as st

from sync.autograph import COVERED, Request, sign_request
from sync.errors import BadSignature
from sync.signature import open_signed, sign_payload, verify_key_of
from sync.signed_request import Signatory, verify_request

SEED = bytes(range(32))
PUBLIC = verify_key_of(SEED)
URL = "https://tk.example.go.th/api/v1/records"
AT = datetime(2026, 11, 1, 2, 5, tzinfo=UTC)
POST = Request(method="POST", url=URL, body=b'{"records": []}')


def signed(request: Request = POST, created_at: datetime = AT) -> dict[str, str]:
    return sign_request(
        request, device_code="A1", private_key=SEED, created_at=created_at, nonce="n-1"
    )


def check(request: Request, headers: dict[str, str]) -> Signatory:
    return verify_request(request, headers, {"A1": PUBLIC}.__getitem__)


@given(st.binary(max_size=300))
def test_a_signed_request_is_known_by_its_device(body: bytes) -> None:
    request = msgspec.structs.replace(POST, body=body)
    assert check(request, signed(request)) == Signatory(
        device_code="A1", created_at=AT, nonce="n-1"
    )


@given(st.binary(max_size=60), st.binary(max_size=60))
def test_a_tampered_body_is_refused(body: bytes, other: bytes) -> None:
    headers = signed(msgspec.structs.replace(POST, body=body))
    changed = msgspec.structs.replace(POST, body=other)
    if body == other:
        check(changed, headers)
        return
    with pytest.raises(BadSignature):
        check(changed, headers)


def test_a_body_and_its_digest_changed_together_are_refused() -> None:
    other = msgspec.structs.replace(POST, body=b"{}")
    headers = signed() | {"Content-Digest": signed(other)["Content-Digest"]}
    with pytest.raises(BadSignature):
        check(other, headers)


@pytest.mark.parametrize(
    "changed",
    [
        msgspec.structs.replace(POST, method="PUT"),
        msgspec.structs.replace(POST, url=URL.replace("records", "beats")),
        msgspec.structs.replace(POST, url=URL.replace("tk.", "evil.")),
        msgspec.structs.replace(POST, url=URL.replace("go.th", "go.th:8443")),
    ],
)
def test_a_signature_is_good_for_one_place_only(changed: Request) -> None:
    with pytest.raises(BadSignature):
        check(changed, signed())


@pytest.mark.parametrize(
    "url",
    [
        URL,
        "http://127.0.0.1:8470/api/v1/news?since=1&of=%E0%B8%81",
        "https://TK.Example.go.th:443",
        "https://tk.example.go.th:80/a%2Fb/;c?",
        "https://[::1]:8443/api/",
    ],
)
def test_a_device_signs_just_as_the_library_would(url: str) -> None:
    request = msgspec.structs.replace(POST, url=url)
    message = Message("POST", url, {})
    HTTPMessageSigner(signature_algorithm=ED25519, key_resolver=OwnKey()).sign(
        message,
        key_id="A1",
        created=AT,
        nonce="n-1",
        label="rapfang",
        covered_component_ids=COVERED,
        body=POST.body,
    )
    assert signed(request) == message.headers


@pytest.mark.parametrize("header", ["Content-Digest", "Signature-Input", "Signature"])
def test_every_header_is_needed(header: str) -> None:
    headers = signed()
    del headers[header]
    with pytest.raises(BadSignature):
        check(POST, headers)


class OwnKey(HTTPSignatureKeyResolver):
    def resolve_private_key(self, key_id: str) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(SEED)


class Message(msgspec.Struct):
    method: str
    url: str
    headers: dict[str, str]


def signed_by_hand(covered: Sequence[str]) -> dict[str, str]:
    """Headers as a device would send them that chose itself what to cover."""
    message = Message("POST", URL, {"Content-Digest": signed()["Content-Digest"]})
    HTTPMessageSigner(signature_algorithm=ED25519, key_resolver=OwnKey()).sign(
        message,
        key_id="A1",
        created=AT,
        label="rapfang",
        covered_component_ids=covered,
        use_existing_digest=True,
    )
    return message.headers


def test_a_device_that_signs_everything_by_hand_is_accepted() -> None:
    assert check(POST, signed_by_hand(["content-digest", *COVERED])).device_code == "A1"


@pytest.mark.parametrize(
    "covered",
    [
        ("@method", "@authority", "@path"),
        ("@method", "@authority", "content-digest"),
        ("@method", "@path", "content-digest"),
        ("@authority", "@path", "content-digest"),
        ("content-digest",),
    ],
)
def test_a_device_that_signs_too_little_is_refused(covered: tuple[str, ...]) -> None:
    with pytest.raises(BadSignature):
        check(POST, signed_by_hand(covered))


def test_an_unknown_device_and_another_key_are_refused() -> None:
    with pytest.raises(BadSignature):
        verify_request(POST, signed(), {}.__getitem__)
    with pytest.raises(BadSignature):
        verify_request(POST, signed(), {"A1": verify_key_of(b"\x09" * 32)}.__getitem__)


@pytest.mark.parametrize("years", [-60, -1, 1, 100])
def test_an_honest_signature_of_a_wrong_clock_holds_and_tells_its_time(years: int) -> None:
    created_at = AT + timedelta(days=365 * years)
    assert check(POST, signed(created_at=created_at)).created_at == created_at


@given(st.text(max_size=120), st.text(max_size=120))
def test_noise_in_the_headers_is_refused(one: str, other: str) -> None:
    with pytest.raises(BadSignature):
        check(POST, signed() | {"Signature-Input": one, "Signature": other})


@given(st.binary(max_size=200), st.data())
def test_centrals_word_holds_until_a_bit_of_it_changes(payload: bytes, data: st.DataObject) -> None:
    envelope = sign_payload(payload, SEED, "central-1")
    assert open_signed(envelope, PUBLIC) == payload
    changed = bytearray(envelope.payload + envelope.signature)
    changed[data.draw(st.integers(0, len(changed) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    split = len(payload)
    forged = msgspec.structs.replace(
        envelope, payload=bytes(changed[:split]), signature=bytes(changed[split:])
    )
    with pytest.raises(BadSignature):
        open_signed(forged, PUBLIC)
