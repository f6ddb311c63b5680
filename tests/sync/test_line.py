"""What may answer on the way to central: slowly, for ever, with requests for time."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import msgspec
import pytest

from sync.case import Instant
from sync.errors import Unreachable
from sync.identity import Identity, join
from sync.line import LONGEST_RETRY_AFTER_S, Answered, Line, failure_of
from tests.sync.samples import join_file_text

Speak = Callable[[socket.socket], None]


def read_clock() -> Instant:
    return Instant(wall=datetime.now(UTC), boot_id="boot", monotonic_s=5, trusted=True)


@pytest.fixture
def identity(tmp_path: Path) -> Identity:
    (tmp_path / "join.toml").write_text(join_file_text())
    return join(tmp_path / "join.toml", tmp_path / "state")


@contextmanager
def stranger(speak: Speak) -> Iterator[str]:
    """A server whose every connection is handled by `speak`; its address."""
    gone = threading.Event()

    def serve() -> None:
        while not gone.is_set():
            try:
                connection, _ = server.accept()
            except OSError:
                return
            with connection:
                try:
                    connection.recv(65536)
                    speak(connection)
                except OSError:
                    continue

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        gone.set()
        server.shutdown(socket.SHUT_RDWR)
    thread.join()


def ask(identity: Identity, url: str, timeout_s: float = 0.4) -> Answered:
    line = Line(msgspec.structs.replace(identity, central_url=url), read_clock, timeout_s)
    try:
        return line.ask("POST", "/api/v1/beats", b"{}")
    finally:
        line.close()


def trickle(connection: socket.socket, rest: bytes) -> None:
    """A byte now and then, until the other end has had enough."""
    pause = threading.Event()
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    connection.sendall(rest)
    for _ in range(400):
        connection.sendall(b"x")
        pause.wait(0.05)


CHUNKED = b"Transfer-Encoding: chunked\r\n\r\n"
GZIP_WITH_A_NAME = b"\x1f\x8b\x08\x08" + bytes(6)
"""RFC 1952: the name ends with a NUL, which never comes."""


@pytest.mark.parametrize(
    "rest",
    [
        pytest.param(b"X-Slow: ", id="head"),
        pytest.param(b"Content-Length: 400\r\n\r\n", id="body"),
        pytest.param(CHUNKED + b"5;slow=", id="head of a chunk"),
        pytest.param(CHUNKED + b"1\r\na\r\n0\r\nX-Slow: ", id="trailer"),
        pytest.param(b"Content-Encoding: gzip\r\n\r\n" + GZIP_WITH_A_NAME, id="gzip's head"),
    ],
)
def test_an_answer_that_trickles_is_ended_whatever_trickles(
    identity: Identity, rest: bytes
) -> None:
    sent = []

    def speak(connection: socket.socket) -> None:
        try:
            trickle(connection, rest)
        except OSError:
            sent.append("cut")
            raise

    with stranger(speak) as url, pytest.raises(Unreachable):
        ask(identity, url)
    assert sent == ["cut"]


def test_a_name_that_nobody_has_is_unreachable(identity: Identity) -> None:
    with pytest.raises(Unreachable, match="LocationParseError"):
        ask(identity, f"https://{'x' * 64}.example")


def test_a_server_without_tls_where_tls_should_be_is_unreachable(identity: Identity) -> None:
    def plain(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    with stranger(plain) as url, pytest.raises(Unreachable, match=r"SSLError|ConnectionError"):
        ask(identity, url.replace("http://127.0.0.1", "https://localhost"))


NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("given", "seconds"),
    [
        ("120", 120),
        ("0", 0),
        ("9999999999", LONGEST_RETRY_AFTER_S),
        (format_datetime(NOW + timedelta(minutes=5), usegmt=True), 300),
        (format_datetime(NOW - timedelta(minutes=5), usegmt=True), 0),
        ("soon", 0),
        ("-5", 0),
        ("١٢", 0),
        ("", 0),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
def test_how_long_central_asks_for_is_understood(
    identity: Identity, given: str, seconds: float, status: int
) -> None:
    head = (
        f"HTTP/1.1 {status} Later\r\nDate: {format_datetime(NOW, usegmt=True)}\r\n"
        f"Retry-After: {given}\r\nContent-Length: 0\r\n\r\n"
    )
    with stranger(lambda connection: connection.sendall(head.encode())) as url:
        answered = ask(identity, url, 5)
    failure = failure_of(answered)
    assert isinstance(failure, Unreachable)
    assert failure.retry_after_s == seconds


def test_a_pause_is_asked_of_nobody_by_a_plain_failure() -> None:
    failure = failure_of(Answered(500, b"", None, 120))
    assert isinstance(failure, Unreachable)
    assert failure.retry_after_s == 0
