"""A device changes its key, as central sees it."""

import secrets
from datetime import UTC, datetime

import pytest
from django.db import transaction

from sync.central.fleet.models import Device
from sync.central.intake.callers import Caller, find, hear
from sync.central.intake.problems import RequestRefused
from sync.signature import open_signed, sign_payload, verify_key_of
from sync.wire import KeyChange, KeyChanged, Signed, decode, encode
from tests.sync.central.kiosk import Kiosk

NEW = secrets.token_bytes(32)


def change(code, new=NEW, signed_with=None):
    message = KeyChange(device_code=code, public_key=verify_key_of(new))
    return encode(sign_payload(encode(message), signed_with or new, code))


def key_of(code):
    return bytes(Device.objects.get(code=code).public_key)


def test_the_present_key_vouches_for_the_next_and_counts_no_more(kiosk):
    answer = kiosk.post("device_key", change("A1"))
    envelope = decode(answer.content, Signed)
    changed = decode(open_signed(envelope, kiosk.facts.central_key), KeyChanged)
    assert (answer.status_code, changed.public_key) == (200, verify_key_of(NEW))
    assert kiosk.beat().status_code == 401
    kiosk.seed = NEW
    assert kiosk.beat().status_code == 200


def test_a_request_that_the_old_key_signed_counts_no_more_once_the_change_is_through(kiosk):
    """It was checked before the change and acted on after it."""
    speaker = find("A1")
    late = Caller(device=speaker, nonce="n" * 22, size=10, at=datetime.now(UTC))
    kiosk.post("device_key", change("A1"))
    with transaction.atomic(), pytest.raises(RequestRefused, match="signature_refused"):
        hear(late)


def test_the_same_change_again_with_the_new_key_is_answered_alike(kiosk):
    kiosk.post("device_key", change("A1"))
    kiosk.seed = NEW
    assert kiosk.post("device_key", change("A1")).status_code == 200
    assert key_of("A1") == verify_key_of(NEW)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (change("A1", signed_with=b"x" * 32), "signature_refused"),
        (change("B2"), "signature_refused"),
        (encode(sign_payload(b"{}", NEW, "A1")), "batch_unreadable"),
        (b"{}", "batch_unreadable"),
    ],
)
def test_a_change_that_does_not_hold_changes_nothing(kiosk, body, code):
    answer = kiosk.post("device_key", body)
    assert answer.json()["code"] == code
    assert key_of("A1") == verify_key_of(kiosk.seed)


def test_a_stranger_and_a_revoked_device_change_nothing(kiosk, client):
    stranger = Kiosk(kiosk.facts, client)
    assert stranger.post("device_key", change("A1")).json()["code"] == "signature_refused"
    Device.objects.update(revoked_at=Device.objects.get().enrolled_at)
    assert kiosk.post("device_key", change("A1")).json()["code"] == "device_unknown"
    assert key_of("A1") == verify_key_of(kiosk.seed)
