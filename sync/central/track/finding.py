"""What a slip opens: its case, word that it is on its way, or nothing at all."""

import hmac

import msgspec

from sync.central.cases.models import Case
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


def find(typed_reference: str, typed_key: str) -> Case | OnItsWay | None:
    """What this reference and key open together.

    Whatever is wrong with them, the same look-ups and the same two HMACs are made, so
    that the time an answer takes tells nothing about other people's cases.
    """
    reference, key, readable = _parsed(typed_reference, typed_key)
    wanted = hash_of(key)
    cases = list(Case.objects.select_related("device").filter(reference=str(reference)))
    found = [case for case in cases if hmac.compare_digest(bytes(case.key_hash), wanted)]
    device = Device.objects.filter(code=reference.device_code, revoked_at=None).first()
    secret = bytes(device.slip_secret) if device else _NO_SECRET
    genuine = is_genuine(key, secret, reference)
    if not readable:
        return None
    if found:
        return found[0]
    return OnItsWay(device, str(reference)) if device and genuine else None


def _parsed(typed_reference: str, typed_key: str) -> tuple[Reference, str, bool]:
    try:
        return parse_reference(typed_reference), parse_key(typed_key), True
    except BadReference:
        return _NOBODY, _NO_KEY, False
