"""A device's public key comes in once; afterwards only that key speaks for it."""

import hmac
from datetime import datetime

from sync.central.fleet.joining import hash_of
from sync.central.fleet.models import Device
from sync.central.intake.answers import Enrolled
from sync.central.intake.callers import count_wrong_code, minute_of, too_many
from sync.central.intake.problems import RequestRefused
from sync.wire import Enrolment

MOST_WRONG_CODES = 10
"""For one device in one minute."""


def insist_on_code(enrolment: Enrolment, now: datetime) -> None:
    """Let only the right code through, or the key that it let through before.

    A right code is taken however many wrong ones came: its 192 random bits cannot be
    guessed, and so no stranger keeps a device out by guessing.

    Raises:
        RequestRefused: `enrolment_refused`, or `too_many` after MOST_WRONG_CODES.
    """
    device = Device.objects.filter(code=enrolment.device_code, revoked_at=None).first()
    if device is None:
        raise RequestRefused("enrolment_refused")
    if device.public_key and hmac.compare_digest(bytes(device.public_key), enrolment.public_key):
        return
    if not device.public_key and _is_right(device, enrolment.enrolment_code):
        return
    if device.minute == minute_of(now) and device.wrong_codes >= MOST_WRONG_CODES:
        raise too_many(now)
    count_wrong_code(device.code, now)
    raise RequestRefused("enrolment_refused")


def enrol(enrolment: Enrolment, now: datetime) -> tuple[Enrolled, bool]:
    """Keep the device's key, once `insist_on_code` let it through; True where it is new.

    The conditional update decides between two that come at once with one code, and
    against a revocation meanwhile.

    Raises:
        RequestRefused: `enrolment_refused`.
    """
    mine = Device.objects.filter(code=enrolment.device_code, revoked_at=None)
    is_new = bool(
        mine.filter(public_key=b"").update(
            public_key=enrolment.public_key, enrolled_at=now, heard_at=now
        )
    )
    device = mine.first()
    if device is None or device.enrolled_at is None:
        raise RequestRefused("enrolment_refused")
    if bytes(device.public_key) != enrolment.public_key:
        raise RequestRefused("enrolment_refused")
    return Enrolled(device_code=device.code, enrolled_at=device.enrolled_at), is_new


def _is_right(device: Device, enrolment_code: str) -> bool:
    return hmac.compare_digest(bytes(device.enrolment_hash), hash_of(enrolment_code))
