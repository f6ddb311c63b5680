"""How requests travel: urllib3's own connections, with two things they do not do.

They are told before each request whether the device's clock is to be believed (`sync.tls`),
and wait for an answer's head, and then for its body, only so long, however they trickle in.
"""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator, Mapping

import certifi
from urllib3 import BaseHTTPResponse, HTTPConnectionPool, HTTPSConnectionPool, PoolManager, Timeout
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.response import HTTPResponse

from sync.case import Instant
from sync.tls import Certificates, Context

_ALWAYS = {"User-Agent": "rapfang", "Accept": "*/*", "Accept-Encoding": "gzip, deflate"}


class Transport:
    """For `https://` and `http://`; no proxies, no redirects, nothing tried twice."""

    def __init__(self, clock: Callable[[], Instant], certificates: Certificates) -> None:
        self._clock = clock
        self._context = Context(certificates.floor)
        self._pools = PoolManager(
            ssl_context=self._context,
            cert_reqs="CERT_REQUIRED",
            ca_certs=certificates.ca_file or certifi.where(),
        )
        self._pools.pool_classes_by_scheme = {"http": _Pool, "https": _TlsPool}

    def send(
        self, method: str, url: str, body: bytes, headers: Mapping[str, str], timeout_s: float
    ) -> BaseHTTPResponse:
        """The answer's head; its body is still to be read.

        Raises:
            HTTPError: urllib3's; nobody there, a certificate that does not hold, too late.
            OSError: a file of certificates that is not there.
        """
        self._context.believe_clock(trusted=self._clock().trusted)
        return self._pools.urlopen(
            method,
            url,
            body=body or None,
            headers={**_ALWAYS, **headers},
            timeout=Timeout(connect=timeout_s, read=timeout_s),
            redirect=False,
            retries=False,
            preload_content=False,
        )

    def close(self) -> None:
        """Let go of idle connections; sending reopens."""
        self._pools.clear()


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
def body_in_time(response: BaseHTTPResponse, timeout_s: float) -> Iterator[None]:
    """Hang up on an answer whose body is not read to its end in `timeout_s`.

    A look at the time between two reads is not enough: a chunk's head, a trailer or the
    head of a gzip file may trickle for ever within one read.

    Raises:
        TimeoutError: it ended, but too late to be sure that it is whole.
    """
    connection = response.connection  # None where there is no body to wait for
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
