"""A central on loopback that speaks the protocol, with a switch for every bad day."""

import contextlib
import gzip
import json
import socket
import ssl
import sys
import threading
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

import msgspec

from sync.autograph import Request
from sync.errors import BadMessage, BadSignature
from sync.identity import Identity
from sync.signature import sign_payload, verify_key_of
from sync.signed_request import Signatory, verify_request
from sync.wire import (
    PATHS,
    Acknowledgement,
    Answer,
    Batch,
    Beat,
    BootClock,
    Enrolment,
    HeldAnswer,
    HeldQuestion,
    Problem,
    Tally,
    TallyAnswer,
    decode,
    decode_record,
    digest_of,
    encode,
)

FRESH = timedelta(seconds=300)


class FakeCentral:
    """Takes records from one device. `fault` names what goes wrong next, until cleared."""

    def __init__(
        self, identity: Identity, private_key: bytes, tls: ssl.SSLContext | None = None
    ) -> None:
        self.tls = tls
        self.identity = identity
        self.private_key = private_key
        self.fault = ""
        self.retry_after = "120"
        self.clock_ahead = timedelta(0)
        self.spoils_batches: set[str] = set()
        self.refused: dict[str, str] = {}
        self.largest_batch = 100
        self.device_key: bytes | None = None
        self.records: dict[str, bytes] = {}
        self.beats: list[Beat] = []
        self.batches: list[int] = []
        self.boots: list[BootClock] = []
        self.tallies: list[Tally] = []
        self.missing: list[int] = []
        self.elsewhere: set[str] = set()
        self.questions: list[HeldQuestion] = []
        self.requests: list[str] = []
        self._server = _Server(self)
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.01}
        )

    @property
    def url(self) -> str:
        if self.tls:
            return f"https://localhost:{self._server.server_port}"
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def now(self) -> datetime:
        return datetime.now(UTC) + self.clock_ahead

    def __enter__(self) -> "FakeCentral":
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def answer(self, path: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        """Status and body; what any request gets once the faults are past."""
        try:
            signatory = self._signatory(path, headers, body)
        except BadSignature:
            return self._problem(401, "signature_refused")
        if abs(signatory.created_at - self.now) > FRESH:
            return self._problem(401, "clock_skew")
        if path == PATHS["enrol"]:
            return self._enrol(decode(body, Enrolment))
        if self.device_key is None:
            return self._problem(401, "device_unknown")
        if path == PATHS["beat"]:
            self.beats.append(decode(body, Beat))
            return 200, json.dumps({"received_at": self.now.isoformat()}).encode()
        takers = {"tally": self._compare, "held": self._held, "records": self._take}
        for name, take in takers.items():
            if path == PATHS[name]:
                return take(body)
        return self._problem(404, "not_found")

    def _compare(self, body: bytes) -> tuple[int, bytes]:
        return 200, self.signed(self._compared(decode(body, Tally)))

    def _held(self, body: bytes) -> tuple[int, bytes]:
        question = decode(body, HeldQuestion)
        self.questions.append(question)
        if self.fault == "tells nobody what it holds":
            return self._problem(404, "not_found")
        records = [each.digest for each in question.records if each.digest in self.elsewhere]
        attachments = [each for each in question.attachments if each in self.elsewhere]
        strange = ["0" * 64] if self.fault == "holds what nobody asked about" else []
        answer = HeldAnswer(
            device_code=self.identity.device_code,
            about=question.about,
            answered_at=self.now,
            records=strange or records,
            attachments=attachments,
        )
        return 200, self.signed(encode(answer))

    def _compared(self, tally: Tally) -> bytes:
        """Once it lacks something, the next tally finds it here."""
        self.tallies.append(tally)
        missing, self.missing = self.missing, []
        answer = TallyAnswer(
            device_code=self.identity.device_code,
            through=tally.through,
            chain=tally.chain,
            agreed=not missing,
            missing=missing,
            answered_at=self.now,
        )
        return encode(answer)

    def _signatory(self, path: str, headers: dict[str, str], body: bytes) -> Signatory:
        key = self.device_key or verify_key_of(self.identity.device_key)
        if path == PATHS["enrol"]:
            key = decode(body, Enrolment).public_key
        request = Request(method="POST", url=self.url + path, body=body)
        return verify_request(request, headers, {self.identity.device_code: key}.__getitem__)

    def _enrol(self, enrolment: Enrolment) -> tuple[int, bytes]:
        known = self.device_key == enrolment.public_key
        if not known and (
            self.device_key or enrolment.enrolment_code != self.identity.enrolment_code
        ):
            return self._problem(403, "enrolment_refused")
        self.device_key = enrolment.public_key
        payload = {"device_code": enrolment.device_code, "enrolled_at": self.now.isoformat()}
        return (200 if known else 201), self.signed(json.dumps(payload).encode())

    def _take(self, body: bytes) -> tuple[int, bytes]:
        try:
            batch = decode(gzip.decompress(body), Batch)
        except (BadMessage, OSError, EOFError):
            return self._problem(400, "batch_unreadable")
        raws = [bytes(raw) for raw in batch.records]
        self.batches.append(len(raws))
        self.boots += batch.boots
        if len(raws) > self.largest_batch:
            return 413, b"<html>413 Request Entity Too Large</html>"
        if self.spoils_batches & {digest_of(raw) for raw in raws}:
            return self._problem(400, "batch_unreadable")
        answers = [self._keep(raw) for raw in raws]
        return 200, self.signed(self._acknowledgement(answers))

    def _keep(self, raw: bytes) -> Answer:
        digest = digest_of(raw)
        if digest in self.refused:
            return Answer(digest=digest, outcome="refused", code=self.refused[digest])
        record = decode_record(raw)
        self.records[str(record.record_id)] = raw
        return Answer(digest=digest, outcome="acknowledged")

    def _acknowledgement(self, answers: list[Answer]) -> bytes:
        if self.fault == "answers other records":
            answers = [Answer(digest="0" * 64, outcome="acknowledged")]
        if self.fault == "answers nothing":
            answers = []
        code = "Z9" if self.fault == "answers another device" else self.identity.device_code
        return encode(Acknowledgement(device_code=code, answers=answers, answered_at=self.now))

    def signed(self, payload: bytes) -> bytes:
        key = b"\x07" * 32 if self.fault == "signs with another key" else self.private_key
        envelope = sign_payload(payload, key, self.identity.central_key_id)
        if self.fault == "tampers":
            envelope = msgspec.structs.replace(envelope, payload=envelope.payload + b" ")
        return encode(envelope)

    def _problem(self, status: int, code: str) -> tuple[int, bytes]:
        return status, encode(Problem(code=code, title=code, status=status))


class _Server(ThreadingHTTPServer):
    """Knows its central, so that handlers can ask it."""

    daemon_threads = True

    def __init__(self, central: FakeCentral) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.central = central

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is part of the test; anything else is shown."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_POST(self) -> None:
        central = self.server.central
        body = self.rfile.read(int(self.headers["Content-Length"]))
        central.requests.append(self.path)
        if central.fault == "cuts the connection":
            self._cut()
        elif central.fault in STRANGERS:
            self._say(*STRANGERS[central.fault])
        else:
            self._answer(central, body)

    def _answer(self, central: FakeCentral, body: bytes) -> None:
        status, content = central.answer(self.path, dict(self.headers), body)
        if central.fault == "loses the answer":
            self._cut()
        else:
            self._say(status, content)

    def _cut(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def _say(self, status: int, content: bytes) -> None:
        self.send_response_only(status)
        self.send_header("Date", format_datetime(self.server.central.now, usegmt=True))
        self.send_header("Content-Length", str(len(content)))
        if status in (429, 503):
            self.send_header("Retry-After", self.server.central.retry_after)
        if status == 302:
            self.send_header("Location", self.server.central.url + PATHS["beat"])
        self.end_headers()
        # A client that has heard enough hangs up; that is its right.
        with contextlib.suppress(ConnectionError):
            self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Says nothing: requests are kept in a list."""


PORTAL = b"<html><title>Free Wi-Fi</title>Please log in</html>"
STRANGERS: dict[str, tuple[int, bytes]] = {
    "is a captive portal": (200, PORTAL),
    "is a captive portal refusing": (403, PORTAL),
    "asks for time": (503, b"<html>down for a moment</html>"),
    "has had too much": (429, encode(Problem(code="too_many", title="", status=429))),
    "fails inside": (500, encode(Problem(code="internal", title="", status=500))),
    "redirects": (302, b""),
    "talks without end": (200, b"x" * (2 * 1024 * 1024)),
    "refuses the device": (401, encode(Problem(code="device_unknown", title="", status=401))),
    "refuses everything": (400, encode(Problem(code="batch_unreadable", title="", status=400))),
}
