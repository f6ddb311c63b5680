"""A central as release 0.1.0 was: four paths, and what each accepted. Frozen."""

import gzip
import json
import secrets
import threading
from datetime import UTC, datetime
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import UUID

import msgspec
import nacl.public
import nacl.signing
from http_message_signatures import HTTPMessageSignaturesException

from tests.faults.released import wire_0_1_0 as wire

Answered = tuple[int, bytes]


class OldCentral:
    """Keeps what one device sends. `asked` lists every request's method and path."""

    def __init__(self, device_code: str) -> None:
        self.device_code = device_code
        self.records: dict[UUID, bytes] = {}
        self.opened: list[wire.CaseContent] = []
        self.beats: list[wire.Beat] = []
        self.asked: list[str] = []
        self._public_key = b""
        self._intake = secrets.token_bytes(32)
        self._signing = secrets.token_bytes(32)
        self._enrolment_code = secrets.token_urlsafe(24)
        self._server = _Server(self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))

    def __enter__(self) -> "OldCentral":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def join_file(self) -> str:
        facts = wire.JoinFile(
            device_code=self.device_code,
            public_url=self.url,
            central_url=self.url,
            enrolment_code=self._enrolment_code,
            slip_secret=secrets.token_bytes(32),
            intake_key_id="intake-1",
            intake_key=bytes(nacl.public.PrivateKey(self._intake).public_key),
            central_key_id="central-1",
            central_key=bytes(nacl.signing.SigningKey(self._signing).verify_key),
        )
        plain = msgspec.to_builtins(facts)
        return "".join(f"{name} = {json.dumps(fact)}\n" for name, fact in plain.items())

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answered:
        self.asked.append(f"{method} {path}")
        views = {
            wire.PATHS["enrol"]: self._enrol,
            wire.PATHS["records"]: self._take,
            wire.PATHS["beat"]: self._hear,
        }
        if path not in views:
            return _problem(404, "not_found")
        if method != "POST":
            return _problem(405, "method_not_allowed")
        try:
            self._check_signature(path, headers, body)
        except (HTTPMessageSignaturesException, LookupError, ValueError):
            return _problem(401, "signature_refused" if self._public_key else "device_unknown")
        try:
            return views[path](body)
        except (msgspec.MsgspecError, OSError):
            return _problem(400, "batch_unreadable")

    def _check_signature(self, path: str, headers: dict[str, str], body: bytes) -> None:
        key = self._public_key
        if path == wire.PATHS["enrol"]:
            key = msgspec.json.decode(body, type=wire.Enrolment).public_key
        keys = {self.device_code: key} if key else {}
        wire.signer_of_post(self.url + path, body, headers, keys.__getitem__)

    def _enrol(self, body: bytes) -> Answered:
        enrolment = msgspec.json.decode(body, type=wire.Enrolment)
        if enrolment.enrolment_code != self._enrolment_code:
            return _problem(403, "enrolment_refused")
        is_new, self._public_key = not self._public_key, enrolment.public_key
        enrolled = wire.Enrolled(device_code=self.device_code, enrolled_at=datetime.now(UTC))
        return (201 if is_new else 200), self._signed(enrolled)

    def _take(self, body: bytes) -> Answered:
        batch = msgspec.json.decode(gzip.decompress(body), type=wire.Batch)
        answers = [self._keep(bytes(raw)) for raw in batch.records]
        return 200, self._signed(
            wire.Acknowledgement(
                device_code=self.device_code, answers=answers, answered_at=datetime.now(UTC)
            )
        )

    def _keep(self, raw: bytes) -> wire.Answer:
        digest = wire.digest_of(raw)
        try:
            record = msgspec.json.decode(raw, type=wire.CaseSubmitted | wire.RatingGiven)
            if isinstance(record, wire.CaseSubmitted):
                self._open(record)
        except msgspec.MsgspecError:
            return wire.Answer(digest=digest, outcome="refused", code="record_unreadable")
        self.records[record.record_id] = raw
        return wire.Answer(digest=digest, outcome="acknowledged")

    def _open(self, record: wire.CaseSubmitted) -> None:
        assert record.sealed_to == "intake-1"
        opened = wire.open_sealed(record.sealed, self._intake)
        self.opened.append(msgspec.json.decode(opened, type=wire.CaseContent))

    def _hear(self, body: bytes) -> Answered:
        self.beats.append(msgspec.json.decode(body, type=wire.Beat))
        return 200, json.dumps({"received_at": datetime.now(UTC).isoformat()}).encode()

    def _signed(self, message: msgspec.Struct) -> bytes:
        payload = msgspec.json.encode(message)
        return msgspec.json.encode(wire.sign_payload(payload, self._signing, "central-1"))


def _problem(status: int, code: str) -> Answered:
    return status, msgspec.json.encode(wire.Problem(code=code, title=code, status=status))


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, central: OldCentral) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.central = central


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def _any(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = dict(self.headers)
        status, content = self.server.central.answer(self.command, self.path, headers, body)
        self.send_response_only(status)
        self.send_header("Date", formatdate(usegmt=True))
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def do_GET(self) -> None:
        self._any()

    def do_POST(self) -> None:
        self._any()

    def do_PUT(self) -> None:
        self._any()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Says nothing: requests are kept in a list."""
