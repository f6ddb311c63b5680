"""Handing a device code out, once, and the facts that go with it."""

import base64
import hashlib
import json
import secrets
from datetime import datetime

import msgspec
from django.db import IntegrityError, transaction

from sync.central import municipality
from sync.central.errors import CodeTaken
from sync.central.fleet.models import Deed, Device
from sync.central.keys import KEY_BYTES, ROOT_KEY_ID
from sync.central.officers.models import Officer
from sync.reference import reference_for
from sync.wire import JoinFile


def create_device(code: str, now: datetime, officer: Officer | None = None) -> JoinFile:
    """Take a device code into use; its secrets leave central only in what is returned.

    `officer` is who asked for it, None where it was done by command.

    Raises:
        BadReference: not a device code.
        CodeTaken: it was handed out before, so its numbers could come twice.
    """
    reference_for(code, 1)
    slip_secret = secrets.token_bytes(KEY_BYTES)
    enrolment_code = secrets.token_urlsafe(24)
    try:
        with transaction.atomic():
            device = Device.objects.create(
                code=code,
                slip_secret=slip_secret,
                enrolment_hash=hash_of(enrolment_code),
                created_at=now,
            )
            Deed.objects.create(
                device=device, what=Deed.What.JOIN_FILE, officer=officer, done_at=now
            )
    except IntegrityError as error:
        raise CodeTaken(f"{code} was handed out before; next: another device code") from error
    return _join_file(code, slip_secret, enrolment_code)


def hash_of(enrolment_code: str) -> bytes:
    """What central keeps of an enrolment code; its 192 random bits need no salt."""
    return hashlib.sha256(enrolment_code.encode()).digest()


def as_toml(join_file: JoinFile) -> str:
    """The join file as its device reads it. JSON strings are TOML strings too."""
    facts = msgspec.structs.asdict(join_file)
    return "".join(f"{name} = {_toml(value)}\n" for name, value in facts.items())


def _toml(value: str | bytes | int) -> str:
    text = base64.b64encode(value).decode() if isinstance(value, bytes) else value
    return json.dumps(text)


def _join_file(code: str, slip_secret: bytes, enrolment_code: str) -> JoinFile:
    public_url = municipality.environment().public_url
    keys = municipality.keys()
    return JoinFile(
        device_code=code,
        public_url=public_url,
        central_url=public_url,
        enrolment_code=enrolment_code,
        slip_secret=slip_secret,
        intake_key_id=keys.keyring.intake.id,
        intake_key=keys.keyring.intake.key,
        central_key_id=keys.signing_id,
        central_key=keys.keyring.central[0].key,
        root_key_id=ROOT_KEY_ID,
        root_key=keys.root_public,
        keyring=keys.envelope,
    )
