"""Central's word: whatever a device may act on goes out in an envelope under central's key."""

import msgspec

from sync.central import municipality
from sync.central.keys import SIGNING_KEY_ID
from sync.signature import sign_payload
from sync.wire import Signed, encode


def in_envelope(message: msgspec.Struct) -> Signed:
    """The message, signed: the same on the wire and on a stick."""
    return sign_payload(encode(message), municipality.keys().signing, SIGNING_KEY_ID)
