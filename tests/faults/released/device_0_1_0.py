"""A box as release 0.1.0 was: what it sent and what it insisted on in an answer. Frozen."""

import gzip
import secrets
from datetime import UTC, datetime

import msgspec
import nacl.signing
import requests

from tests.faults.released import wire_0_1_0 as wire


class OldDevice:
    """Joined with a join file of 0.1.0; speaks to the central named there."""

    def __init__(self, join_file: str) -> None:
        self.facts = msgspec.toml.decode(join_file, type=wire.JoinFile)
        self._seed = secrets.token_bytes(32)

    def enrol(self) -> wire.Enrolled:
        key = bytes(nacl.signing.SigningKey(self._seed).verify_key)
        message = wire.Enrolment(
            device_code=self.facts.device_code,
            enrolment_code=self.facts.enrolment_code,
            public_key=key,
        )
        enrolled = self._signed(self._post("enrol", msgspec.json.encode(message)), wire.Enrolled)
        assert enrolled.device_code == self.facts.device_code
        return enrolled

    def send(self, *records: bytes) -> list[wire.Answer]:
        return self.send_batch(
            msgspec.json.encode(wire.Batch(records=[*map(msgspec.Raw, records)], sent=instant()))
        )

    def send_batch(self, plain: bytes) -> list[wire.Answer]:
        body = gzip.compress(plain, mtime=0)
        answer = self._post("records", body, {"Content-Encoding": "gzip"})
        acknowledgement = self._signed(answer, wire.Acknowledgement)
        assert acknowledgement.device_code == self.facts.device_code
        return acknowledgement.answers

    def beat(self) -> datetime:
        beat = wire.Beat(sent=instant(), version="0.1.0", waiting=1)
        answer = self._post("beat", msgspec.json.encode(beat))
        return msgspec.json.decode(answer, type=wire.Received).received_at

    def seal(self, content: wire.CaseContent) -> bytes:
        return wire.seal(msgspec.json.encode(content), self.facts.intake_key)

    def _post(self, to: str, body: bytes, extra: dict[str, str] | None = None) -> bytes:
        url = self.facts.central_url.rstrip("/") + wire.PATHS[to]
        signature = wire.sign_post(
            url,
            body,
            device_code=self.facts.device_code,
            seed=self._seed,
            at=datetime.now(UTC),
            nonce=secrets.token_urlsafe(16),
        )
        headers = {"Content-Type": "application/json", **(extra or {}), **signature}
        answer = requests.post(url, data=body, headers=headers, timeout=10, allow_redirects=False)
        assert answer.status_code in (200, 201), answer.text
        return answer.content

    def _signed(self, raw: bytes, shape: type) -> msgspec.Struct:
        envelope = msgspec.json.decode(raw, type=wire.Signed)
        assert envelope.key_id == self.facts.central_key_id
        payload = wire.open_signed(envelope, self.facts.central_key)
        return msgspec.json.decode(payload, type=shape)


def instant() -> wire.Instant:
    return wire.Instant(wall=datetime.now(UTC), boot_id="boot-1", monotonic_s=1000.0, trusted=True)
