"""Central's word: whatever a device may act on goes out in an envelope under central's key."""

import msgspec
from django.http import HttpResponse

from sync.central import municipality
from sync.central.intake.problems import json_answer
from sync.signature import sign_payload
from sync.wire import Signed, encode


def in_envelope(message: msgspec.Struct) -> Signed:
    """The message, signed: the same on the wire and on a stick."""
    keys = municipality.keys()
    return sign_payload(encode(message), keys.signing, keys.signing_id)


def signed(message: msgspec.Struct, status: int = 200) -> HttpResponse:
    """An answer that carries central's word."""
    return json_answer(in_envelope(message), status)
