"""What central signs and devices may act on: Ed25519 over an envelope's payload."""

import nacl.exceptions
import nacl.signing

from sync.errors import BadSignature
from sync.wire import Signed


def sign_payload(payload: bytes, private_key: bytes, key_id: str) -> Signed:
    """Central's word as an envelope; `private_key` is a 32-byte Ed25519 seed."""
    signature = nacl.signing.SigningKey(private_key).sign(payload).signature
    return Signed(payload=payload, signature=signature, key_id=key_id)


def open_signed(envelope: Signed, public_key: bytes) -> bytes:
    """The payload. Raises BadSignature: not signed by the holder of `public_key`."""
    try:
        key = nacl.signing.VerifyKey(public_key)
        return key.verify(envelope.payload, envelope.signature)
    except (nacl.exceptions.CryptoError, ValueError) as error:
        raise BadSignature("not signed by central's pinned key") from error


def verify_key_of(private_key: bytes) -> bytes:
    """The 32-byte public half of a 32-byte Ed25519 seed."""
    return bytes(nacl.signing.SigningKey(private_key).verify_key)
