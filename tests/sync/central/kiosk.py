"""A kiosk for the tests: real records, real seals, real signatures."""

import gzip
import secrets
import uuid
from datetime import UTC, datetime, timedelta

from sync.autograph import Request, sign_request
from sync.case import CaseContent, Contact, Instant, Kind
from sync.records import CaseSubmitted, RatingGiven
from sync.reference import make_key, reference_for
from sync.seal import seal
from sync.signature import open_signed, verify_key_of
from sync.wire import PATHS, Acknowledgement, Batch, Beat, Enrolment, Signed, decode, encode

HOST = "127.0.0.1"
CORRUPTION_KEY = secrets.token_bytes(32)
"""The private half of what the keyring of these tests names for cases about corruption."""


def instant(**changes):
    """Now, on a kiosk with a trusted clock, 1000 s after its boot."""
    facts = {
        "wall": datetime.now(UTC),
        "boot_id": "boot-1",
        "monotonic_s": 1000.0,
        "trusted": True,
    }
    return Instant(**{**facts, **changes})


class Kiosk:
    """One device. Whatever it sends goes through `client`, Django's test client."""

    def __init__(self, facts, client):
        self.facts = facts
        self.client = client
        self.code = facts.device_code
        self.seed = secrets.token_bytes(32)
        self.skew = timedelta(0)
        self.number = 0

    @classmethod
    def create(cls, code, client):
        from sync.central.fleet.joining import create_device

        return cls(create_device(code, datetime.now(UTC)), client)

    def enrol(self, code=None):
        message = Enrolment(
            device_code=self.code,
            enrolment_code=code or self.facts.enrolment_code,
            public_key=verify_key_of(self.seed),
        )
        return self.post("enrol", encode(message))

    def key_for(self, number):
        return make_key(
            self.facts.slip_secret, reference_for(self.code, number), secrets.token_bytes(7)
        )

    def case(self, *, words="ไฟดับที่ปากซอย", number=None, key=None, case_id=None, **changes):
        """A record, and the path of its track page."""
        if number is None:
            self.number += 1
            number = self.number
        reference = reference_for(self.code, number)
        key = key or self.key_for(number)
        attachments = changes.pop("attachments", [])
        captured = changes.pop("captured", None) or instant()
        facts = {
            "kind": Kind.COMPLAINT,
            "topic_code": "street_light",
            "words": words,
            "tracking_key": key,
            "village_code": "village-3",
            "contact": Contact(name="สมชาย", phone="0812345678"),
            "attachments": changes.pop("enclosed", []),
        }
        content = CaseContent(**{**facts, **changes})
        record = encode(
            CaseSubmitted(
                case_id=case_id or uuid.uuid4(),
                reference=str(reference),
                captured=captured,
                sealed_to=self.facts.intake_key_id,
                sealed=seal(encode(content), self.facts.intake_key),
                attachments=attachments,
            )
        )
        return record, f"/T/{reference}/{key}"

    def send(self, *records, sent=None, boots=()):
        """The answers to one batch, from an acknowledgement whose signature holds."""
        response = self.send_raw(encode_batch(records, sent, boots))
        assert response.status_code == 200, response.content
        payload = open_signed(decode(response.content, Signed), self.facts.central_key)
        acknowledgement = decode(payload, Acknowledgement)
        assert acknowledgement.device_code == self.code
        return acknowledgement.answers

    def send_raw(self, plain):
        return self.post("records", gzip.compress(plain), **{"Content-Encoding": "gzip"})

    def beat(self, **facts):
        return self.post("beat", encode(Beat(sent=instant(), **facts)))

    def signed_headers(self, to, body, host=HOST, *, method="POST", below="", nonce=None):
        return sign_request(
            Request(method=method, url=f"http://{host}{PATHS[to]}{below}", body=body),
            device_code=self.code,
            private_key=self.seed,
            created_at=datetime.now(UTC) + self.skew,
            nonce=secrets.token_urlsafe(16) if nonce is None else nonce,
        )

    def exchange(self, method, to, below, body=b""):
        """Any other request: `below` is what follows the path."""
        headers = self.signed_headers(to, body, method=method, below=below)
        return self.client.generic(
            method,
            f"{PATHS[to]}{below}",
            body,
            content_type="application/octet-stream",
            headers=headers,
            SERVER_NAME=HOST,
        )

    def post(self, to, body, **headers):
        return post(self.client, to, body, {**headers, **self.signed_headers(to, body)})


def post(client, to, body, headers):
    return client.post(
        PATHS[to], body, content_type="application/json", headers=headers, SERVER_NAME=HOST
    )


def encode_batch(records, sent=None, boots=()):
    """A batch whose records are the very bytes given, whatever they are."""
    return b'{"records":[%s],"sent":%s,"boots":[%s]}' % (
        b",".join(records),
        encode(sent or instant()),
        b",".join(encode(boot) for boot in boots),
    )


def rating(score=4, rating_id=None, **changes):
    facts = {"division_code": "works", "captured": instant()}
    return encode(
        RatingGiven(rating_id=rating_id or uuid.uuid4(), score=score, **{**facts, **changes})
    )


def empty_batch():
    return encode(Batch(records=[], sent=instant()))
