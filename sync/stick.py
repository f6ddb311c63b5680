"""The bundle that travels on a stick, for sites without a network: its names and messages.

    <stick>/rapfang/A1/enrolment.signed   the device introduces its key, until central knows it
                       0001.batch         records, as many as in a request
                       <address>.sealed   an attachment's sealed bytes
                       tally.signed       which cases the device handed over
                       0001.ack           central's answers, the same envelopes as on the wire
                       keyring.ack        central's keyring, for a site that hears of no other

What the device says is in an envelope (`Signed`) under its own key, `key_id` its code. An
attachment needs none: its name is the SHA-256 of its bytes, and a batch announced it.
"""

import re
from collections.abc import Callable

import msgspec

from sync.errors import BadMessage, BadSignature
from sync.signature import open_signed, sign_payload
from sync.wire import DeviceCode, Enrolment, Signed, Tally, decode, encode

FOLDER = "rapfang"
"""On the stick; in it one folder a device."""
ENROLMENT = "enrolment.signed"
TALLY = "tally.signed"
KEYRING = "keyring"
"""What `keyring.ack` answers to, so to speak: nothing asks for it."""
LARGEST_FILE = 8 * 1024 * 1024
"""Bytes of an enrolment, batch or tally: LARGEST_BODY, twice in base64."""

_BATCH = re.compile(r"[0-9]{4,6}\.batch")
_ATTACHMENT = re.compile(r"[0-9a-f]{64}\.sealed")
_ANSWER = re.compile(r"(?:[0-9]{4,6}|[0-9a-f]{64}|enrolment|tally|keyring)\.ack")


class StickEnrolment(msgspec.Struct, tag="stick_enrolment", frozen=True, kw_only=True):
    """A device introduces the very key that signs this."""

    enrolment: Enrolment


class StickBatch(msgspec.Struct, tag="stick_batch", frozen=True, kw_only=True):
    """A `Batch`, packed with gzip as for the wire; its `boots` tell of the present one too."""

    device_code: DeviceCode
    packed: bytes


class StickTally(msgspec.Struct, tag="stick_tally", frozen=True, kw_only=True):
    """A tally, compared once the batches beside it are taken."""

    device_code: DeviceCode
    tally: Tally


Message = StickEnrolment | StickBatch | StickTally


def batch_name(number: int) -> str:
    """The file of a bundle's `number`-th batch (from 1)."""
    return f"{number:04d}.batch"


def attachment_name(address: str) -> str:
    """The file of an attachment."""
    return f"{address}.sealed"


def answer_name(name: str) -> str:
    """The file in which central answers to the file `name`."""
    return f"{name.partition('.')[0]}.ack"


def is_batch(name: str) -> bool:
    """Whether a file of that name is a batch."""
    return _BATCH.fullmatch(name) is not None


def is_attachment(name: str) -> bool:
    """Whether a file of that name is an attachment."""
    return _ATTACHMENT.fullmatch(name) is not None


def is_answer(name: str) -> bool:
    """Whether a file of that name is central's."""
    return _ANSWER.fullmatch(name) is not None


def write_message(message: Message, device_code: str, private_key: bytes) -> bytes:
    """The bytes of a file that a device puts on the stick; `private_key` is its 32-byte seed."""
    return encode(sign_payload(encode(message), private_key, device_code))


def read_message(raw: bytes, find_key: Callable[[str], bytes]) -> Message:
    """What a device put on a stick, once its signature holds.

    `find_key` gives a device's 32-byte public key; an enrolment brings its own.

    Raises:
        BadMessage: not such a file, or it speaks for another device than signed it.
        BadSignature: changed on the way, or signed by another key.
        LookupError: from `find_key`, where it knows no such device.
    """
    envelope = decode(raw, Signed)
    message: Message = decode(envelope.payload, Message)  # type: ignore[arg-type]
    if isinstance(message, StickEnrolment):
        code, key = message.enrolment.device_code, message.enrolment.public_key
    else:
        code, key = message.device_code, find_key(message.device_code)
    if envelope.key_id != code:
        raise BadMessage("signed in another device's name")
    if len(key) != _KEY_BYTES:
        raise BadSignature("this device has no key yet")
    open_signed(envelope, key)
    return message


_KEY_BYTES = 32
