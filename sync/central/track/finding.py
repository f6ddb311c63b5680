"""What a slip opens: its case, word that it is on its way, or nothing at all."""

import hmac
from datetime import datetime

import msgspec

from sync.central.cases.adding import is_trusted
from sync.central.cases.models import Case, Unopened
from sync.central.cases.taking import hash_of
from sync.central.fleet.models import Device
from sync.errors import BadReference
from sync.reference import ALPHABET, KEY_LENGTH, Reference, is_genuine, parse_key, parse_reference

_NOBODY = Reference("ZZZZ", 1)
_NO_KEY = ALPHABET[0] * KEY_LENGTH
_NO_SECRET = bytes(32)


class OnItsWay(msgspec.Struct, frozen=True):
    """A genuine slip of `device`, whose case has not come in yet."""

    device: Device
    reference: str


class Shut(msgspec.Struct, frozen=True):
    """A genuine slip whose case is at the centre, sealed to a key that is missing there."""

    reference: str
    device_code: str
    received_at: datetime


def find(typed_reference: str, typed_key: str) -> Case | Shut | OnItsWay | None:
    """What this reference and key open together.

    Whatever is wrong with them, the same look-ups and the same two HMACs are made, so
    that the time an answer takes tells nothing about other people's cases.
    """
    reference, key, readable = _parsed(typed_reference, typed_key)
    wanted = hash_of(key)
    cases = list(Case.objects.select_related("device").filter(reference=str(reference)))
    found = [case for case in cases if hmac.compare_digest(bytes(case.key_hash), wanted)]
    shut = Unopened.objects.filter(reference=str(reference)).first()
    device = Device.objects.filter(code=reference.device_code).first()
    in_service = device is not None and device.revoked_at is None
    secret = bytes(device.slip_secret) if device and in_service else _NO_SECRET
    genuine = is_genuine(key, secret, reference)
    if not readable:
        return None
    if found:
        return found[0] if is_trusted(found[0], reference) else None
    if not (device and in_service and genuine):
        return None
    if shut:
        return Shut(str(reference), device.code, shut.received_at)
    return OnItsWay(device, str(reference))


def _parsed(typed_reference: str, typed_key: str) -> tuple[Reference, str, bool]:
    try:
        return parse_reference(typed_reference), parse_key(typed_key), True
    except BadReference:
        return _NOBODY, _NO_KEY, False
