"""A lean load generator: requests made and signed before the clock starts, then only sent."""

import gzip
import secrets
import socket
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier

import msgspec

from sync.autograph import Request, sign_request
from sync.identity import Identity
from sync.wire import LONGEST_BATCH, PATHS, Batch, encode
from tests.bench import mix

A_PASS = 10
"""Requests on one connection, as an agent with a thousand waiting records makes them. (On one
connection for ever, whichever worker accepts first would keep them all.)"""


class Load(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one round: records in a second, and the milliseconds of each request."""

    rate: float
    latencies_ms: list[float]

    @property
    def p95_ms(self) -> float:
        """The latency that 95 of 100 requests stayed under."""
        return sorted(self.latencies_ms)[int(len(self.latencies_ms) * 0.95)]


class Sender:
    """One device on one connection; `number` counts its cases."""

    def __init__(self, identity: Identity, port: int) -> None:
        self.identity = identity
        self.port = port
        self.number = 0

    def requests(self, count: int) -> list[bytes]:
        """Whole HTTP requests, each a batch of a hundred fresh records, good for 300 s."""
        return [self._request() for _ in range(count)]

    def _request(self) -> bytes:
        records = [mix.rating() for _ in range(LONGEST_BATCH - mix.CASES_IN_A_HUNDRED)]
        for _ in range(mix.CASES_IN_A_HUNDRED):
            self.number += 1
            records.append(mix.case(self.identity, self.number)[0])
        batch = Batch(records=[msgspec.Raw(record) for record in records], sent=mix.now())
        body, host = gzip.compress(encode(batch), mtime=0), f"127.0.0.1:{self.port}"
        headers = {
            "Host": host,
            "Content-Type": "application/json",
            "Content-Encoding": "gzip",
            "Content-Length": str(len(body)),
            **sign_request(
                Request(method="POST", url=f"http://{host}{PATHS['records']}", body=body),
                device_code=self.identity.device_code,
                private_key=self.identity.device_key,
                created_at=datetime.now(UTC),
                nonce=secrets.token_urlsafe(16),
            ),
        }
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        return f"POST {PATHS['records']} HTTP/1.1\r\n{lines}\r\n".encode() + body


def send(senders: Sequence[Sender], batches: int) -> Load:
    """Each sender sends `batches` requests, one after the other, all senders at once."""
    prepared = [sender.requests(batches) for sender in senders]
    start = Barrier(len(senders) + 1)

    def speak(port: int, requests: list[bytes]) -> list[float]:
        start.wait()
        return [
            latency_ms
            for at in range(0, len(requests), A_PASS)
            for latency_ms in _pass(port, requests[at : at + A_PASS])
        ]

    with ThreadPoolExecutor(len(senders)) as threads:
        waiting = [
            threads.submit(speak, sender.port, requests)
            for sender, requests in zip(senders, prepared, strict=True)
        ]
        start.wait()
        began = time.perf_counter()
        latencies = [ms for each in waiting for ms in each.result()]
        passed = time.perf_counter() - began
    return Load(rate=len(senders) * batches * LONGEST_BATCH / passed, latencies_ms=latencies)


def _pass(port: int, requests: Sequence[bytes]) -> list[float]:
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return [_exchange(connection, request) for request in requests]


def _exchange(connection: socket.socket, request: bytes) -> float:
    """Milliseconds to the end of a good answer. Raises ValueError: any other answer."""
    began = time.perf_counter()
    connection.sendall(request)
    answer = bytearray()
    while (end := answer.find(b"\r\n\r\n")) < 0:
        answer += _received(connection)
    head = bytes(answer[:end]).lower()
    if not head.startswith(b"http/1.1 200"):
        raise ValueError(f"central answered {head[:60]!r}")
    length = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0])
    while len(answer) < end + 4 + length:
        answer += _received(connection)
    return (time.perf_counter() - began) * 1000


def _received(connection: socket.socket) -> bytes:
    piece = connection.recv(65_536)
    if not piece:
        raise ValueError("central broke off")
    return piece
