"""A device changes its key: the one it has vouches for the one that follows."""

import logging
from datetime import datetime

from sync.central.fleet.models import Device
from sync.central.intake.callers import Caller
from sync.central.intake.problems import RequestRefused
from sync.errors import BadMessage
from sync.signature import open_signed
from sync.wire import KeyChange, KeyChanged, Signed, decode

log = logging.getLogger(__name__)


def read_change(envelope: Signed, device_code: str) -> KeyChange:
    """What the device asks for; signed with the new key, so that it surely has it.

    Raises:
        RequestRefused: `batch_unreadable`, or `signature_refused` where it is not signed
            with the key that it brings, or speaks for another device.
    """
    try:
        change = decode(envelope.payload, KeyChange)
    except BadMessage as error:
        raise RequestRefused("batch_unreadable") from error
    try:
        open_signed(envelope, change.public_key)
    except BadMessage as error:
        raise RequestRefused("signature_refused") from error
    if change.device_code != device_code:
        raise RequestRefused("signature_refused")
    return change


def change_key(change: KeyChange, caller: Caller, now: datetime) -> KeyChanged:
    """Let only the new key speak for the device; the caller holds the transaction.

    The same again, signed with the new key already, is answered alike.

    Raises:
        RequestRefused: `signature_refused`: the key was changed meanwhile.
    """
    mine = Device.objects.filter(code=caller.code, public_key=caller.device.public_key)
    if not mine.update(public_key=change.public_key):
        raise RequestRefused("signature_refused")
    if bytes(caller.device.public_key) != change.public_key:
        log.info("%s signs with a new key", caller.code)
    return KeyChanged(device_code=caller.code, public_key=change.public_key, changed_at=now)
