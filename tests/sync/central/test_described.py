"""The OpenAPI document holds: no answer that it does not describe, and never a 5xx.

Schemathesis makes requests out of the document, good ones and bad ones. They go to a real
central, signed as an enrolled device signs or just as they are. `FAULTS=long` makes many more.
"""

import base64
import gzip
import hashlib
import os
import secrets
from datetime import UTC, datetime

import msgspec
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from sync.autograph import Request, sign_request
from sync.central.content.picturing import made_anew
from sync.central.intake.openapi import document
from sync.client import Client
from sync.identity import join
from sync.records import Attachment, CaseSubmitted
from sync.signature import sign_payload, verify_key_of
from sync.wire import ATTACHMENT_PIECE, PATHS, KeyChange, encode
from tests.pictures import jpeg
from tests.sync.central.kiosk import instant
from tests.sync.central.test_bulletin import write_an_item
from tests.sync.central.test_central_command import case_of

IS_LONG = os.environ.get("FAULTS") == "long"
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
SIGNATURE = ("Content-Digest", "Signature-Input", "Signature")
FILE = bytes(ATTACHMENT_PIECE)
ADDRESS = hashlib.sha256(FILE).hexdigest()
PICTURE = hashlib.sha256(made_anew(jpeg())).hexdigest()
OPERATIONS = [
    found.ok()
    for found in schemathesis.openapi.from_dict(
        msgspec.json.decode(document("http://127.0.0.1"))
    ).get_all_operations()
]


class Sender:
    """An enrolled device that sends whatever it is given, to a central that has all to tell."""

    def __init__(self, central):
        write_an_item(central, files={"picture": ("street.jpg", jpeg())}, caption_th="ถนน")
        join_file = central.folder / "s1.toml"
        central.command("join-file", "S1", "--output", str(join_file))
        self.url = central.url
        self.identity = join(join_file, central.folder / "s1")
        self.session = requests.Session()
        client = Client(self.identity, instant)
        client.enrol()
        record = msgspec.json.decode(case_of(self.identity, 1)[0], type=CaseSubmitted)
        attachments = [Attachment(address=ADDRESS, size=len(FILE))]
        client.send([encode(msgspec.structs.replace(record, attachments=attachments))])

    def send(self, case, is_signed, is_file):
        """The answer to a generated request; signed last, over what really goes out."""
        facts = case.as_transport_kwargs(base_url=self.url)
        if PATHS["enrol"] in facts["url"] and isinstance(facts.get("json"), dict):
            facts["json"] |= self._introduction()
        if PATHS["device_key"] in facts["url"] and isinstance(facts.get("json"), dict) and is_file:
            facts["json"] |= self._change()
        if facts["url"].endswith(f"{ADDRESS}/0") and is_file:
            facts["data"] = FILE
        prepared = self.session.prepare_request(requests.Request(**facts))
        if prepared.headers.get("Content-Encoding") == "gzip" and prepared.body:
            prepared.prepare_body(gzip.compress(as_bytes(prepared.body)), None)
        if is_signed:
            for name in SIGNATURE:
                prepared.headers.pop(name, None)
            prepared.headers.update(self._signature(prepared))
        return self.session.send(prepared, timeout=20, allow_redirects=False)

    def _introduction(self):
        key = verify_key_of(self.identity.device_key)
        return {
            "device_code": self.identity.device_code,
            "public_key": base64.b64encode(key).decode(),
        }

    def _change(self):
        """To the key that it has, which is a good answer each time."""
        code, seed = self.identity.device_code, self.identity.device_key
        change = KeyChange(device_code=code, public_key=verify_key_of(seed))
        return msgspec.to_builtins(sign_payload(encode(change), seed, code))

    def _signature(self, prepared):
        return sign_request(
            Request(method=prepared.method, url=prepared.url, body=as_bytes(prepared.body or b"")),
            device_code=self.identity.device_code,
            private_key=self.identity.device_key,
            created_at=datetime.now(UTC),
            nonce=secrets.token_urlsafe(16),
        )


def as_bytes(body):
    return body.encode() if isinstance(body, str) else body


@pytest.fixture(scope="module")
def sender(running_central):
    return Sender(running_central)


def requests_of(operation):
    """Requests that fit the document and such that do not; some about a known attachment."""
    modes = [operation.as_strategy(generation_mode=GenerationMode.POSITIVE)]
    if operation.path != PATHS["openapi"]:
        modes.append(operation.as_strategy(generation_mode=GenerationMode.NEGATIVE))
    if "{offset}" in operation.path:
        known = {"address": ADDRESS, "offset": 0}
        modes.append(operation.as_strategy(path_parameters=known))
    elif "{address}" in operation.path:
        known = PICTURE if PATHS["pictures"] in operation.path else ADDRESS
        modes.append(operation.as_strategy(path_parameters={"address": known}))
    return st.one_of(modes)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda found: f"{found.method}{found.path}")
def test_every_answer_is_one_that_the_document_describes(sender, operation):
    @settings(
        max_examples=1000 if IS_LONG else 40,
        derandomize=not IS_LONG,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(
        case=requests_of(operation),
        is_signed=st.sampled_from([True, True, True, False]),
        is_file=st.booleans(),
    )
    def check(case, is_signed, is_file):
        response = sender.send(case, is_signed, is_file)
        statuses.add(response.status_code)
        case.validate_response(response, checks=CHECKS)

    statuses = set()
    check()
    assert {200, 201} & statuses
