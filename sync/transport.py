"""How requests travel: requests' own transport, with two things it does not do.

It is told before each connection whether the device's clock is to be believed (`sync.tls`),
and waits for an answer's head, and then for its body, only so long, however they trickle in.
"""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.response import HTTPResponse

from sync.case import Instant
from sync.tls import Context


class Transport(HTTPAdapter):
    """For a session's `https://` and `http://`; `floor` as in `sync.tls.Certificates`."""

    def __init__(self, clock: Callable[[], Instant], floor: datetime) -> None:
        self._clock = clock
        self._context = Context(floor)
        super().__init__()

    def init_poolmanager(self, *args: Any, **more: Any) -> None:
        """Give every connection our context and our patience."""
        super().init_poolmanager(*args, ssl_context=self._context, **more)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _TlsPool}

    def send(self, request: PreparedRequest, *args: Any, **more: Any) -> Response:
        """As `HTTPAdapter.send`; a certificate that does not hold is a `requests` SSLError."""
        self._context.believe_clock(trusted=self._clock().trusted)
        return super().send(request, *args, **more)


class _Connection(HTTPConnection):
    def getresponse(self) -> HTTPResponse:  # type: ignore[override]  # as urllib3 does
        self.answering = self.sock
        with _ends_in_time(self.answering, self.timeout):
            return super().getresponse()


class _TlsConnection(_Connection, HTTPSConnection):
    pass


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TlsConnection


@contextlib.contextmanager
def body_in_time(response: Response, timeout_s: float) -> Iterator[None]:
    """Hang up on an answer whose body is not read to its end in `timeout_s`.

    A look at the time between two reads is not enough: a chunk's head, a trailer or the
    head of a gzip file may trickle for ever within one read.

    Raises:
        TimeoutError: it ended, but too late to be sure that it is whole.
    """
    connection = response.raw.connection  # None where there is no body to wait for
    line = connection.answering if isinstance(connection, _Connection) else None
    with _ends_in_time(line, timeout_s):
        yield


@contextlib.contextmanager
def _ends_in_time(line: socket.socket | None, timeout_s: float | None) -> Iterator[None]:
    """Hang up after `timeout_s`: the socket's own patience starts anew with each byte."""
    is_late = threading.Event()

    def hang_up() -> None:
        is_late.set()
        with contextlib.suppress(OSError):
            if line:
                line.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(timeout_s or 0, hang_up)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
    if is_late.is_set():  # what was cut off can look like a whole
        raise TimeoutError("the answer did not come in time")
