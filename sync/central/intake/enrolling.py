"""A device's public key comes in once; afterwards only that key speaks for it."""

import hmac
from datetime import datetime

from sync.central.fleet.joining import hash_of
from sync.central.fleet.models import Device
from sync.central.intake.answers import Enrolled
from sync.central.intake.problems import RequestRefused
from sync.wire import Enrolment


def enrol(enrolment: Enrolment, now: datetime) -> tuple[Enrolled, bool]:
    """Keep the device's key; True where it was not known before.

    The conditional update decides between two that come at once with one code.

    Raises:
        RequestRefused: `enrolment_refused`.
    """
    device = Device.objects.filter(code=enrolment.device_code, revoked_at=None).first()
    if device is None:
        raise RequestRefused("enrolment_refused")
    is_new = not device.public_key and _is_right(device, enrolment.enrolment_code)
    if is_new:
        empty = Device.objects.filter(code=device.code, public_key=b"")
        empty.update(public_key=enrolment.public_key, enrolled_at=now, heard_at=now)
        device.refresh_from_db()
    if bytes(device.public_key) != enrolment.public_key or device.enrolled_at is None:
        raise RequestRefused("enrolment_refused")
    return Enrolled(device_code=device.code, enrolled_at=device.enrolled_at), is_new


def _is_right(device: Device, enrolment_code: str) -> bool:
    return hmac.compare_digest(bytes(device.enrolment_hash), hash_of(enrolment_code))
