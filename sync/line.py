"""One signed request to central, one whole answer: bounded in size and in time.

Whatever is not an answer comes out as Unreachable: nobody there, a name that does not
resolve, a certificate that does not hold, bytes that trickle or never end.
"""

import logging
import secrets
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus

import msgspec
import requests
from urllib3.exceptions import HTTPError

from sync.autograph import Request, sign_request
from sync.case import Instant
from sync.errors import BadMessage, Refused, Unreachable
from sync.identity import Identity
from sync.tls import PUBLIC, Certificates
from sync.transport import Transport, body_in_time
from sync.wire import Problem, decode

log = logging.getLogger(__name__)

LARGEST_ANSWER = 1024 * 1024
"""Bytes of an answer; central's are a tenth of that, a stranger's may never end."""
LONGEST_RETRY_AFTER_S = 3600.0
"""However long central asks for, a kiosk looks again within the hour."""

_PIECE = 64 * 1024
_ASKS_FOR_TIME = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)


class Answered(msgspec.Struct, frozen=True):
    """One HTTP answer, read to its end; `retry_after_s` is 0 where none was asked for."""

    status: int
    body: bytes
    date: datetime | None = None
    retry_after_s: float = 0


class Line:
    """The way to one device's central; `clock` reads the device's clocks.

    No phase of a request (connecting, sending, waiting for the answer, reading it) takes
    longer than `timeout_s`.
    """

    def __init__(
        self,
        identity: Identity,
        clock: Callable[[], Instant],
        timeout_s: float = 20,
        certificates: Certificates = PUBLIC,
    ) -> None:
        self._identity = identity
        self._clock = clock
        self._timeout_s = timeout_s
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.headers["User-Agent"] = "rapfang"
        for scheme in ("https://", "http://"):
            self._session.mount(scheme, Transport(clock, certificates.floor))
        if certificates.ca_file:
            self._session.verify = certificates.ca_file
        self.offset = timedelta(0)
        """Central's clock minus ours, as its last answer had it."""

    def ask(
        self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> Answered:
        """A signed request. A clock refused as wrong is set right and tried once.

        Raises:
            Unreachable: no answer, or none to the end.
        """
        answered = self._signed(method, path, body, headers or {})
        if answered.status == HTTPStatus.UNAUTHORIZED and problem_code(answered) == "clock_skew":
            self._learn(answered.date)
            answered = self._signed(method, path, body, headers or {})
        return answered

    def look_up(self, path: str, headers: Mapping[str, str]) -> Answered:
        """What anybody may read, so not signed. Raises Unreachable as `ask`."""
        return self._send("GET", self._url(path), b"", headers)

    def take_on(self, identity: Identity) -> None:
        """Sign with this identity's key from now on."""
        self._identity = identity

    def close(self) -> None:
        """Let go of idle connections: minutes later they would be dead. Sending reopens."""
        self._session.close()

    def _signed(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Answered:
        url = self._url(path)
        signature = sign_request(
            Request(method=method, url=url, body=body),
            device_code=self._identity.device_code,
            private_key=self._identity.device_key,
            created_at=self._clock().wall + self.offset,
            nonce=secrets.token_urlsafe(16),
        )
        return self._send(method, url, body, {**headers, **signature})

    def _send(self, method: str, url: str, body: bytes, headers: Mapping[str, str]) -> Answered:
        try:
            with self._session.request(
                method,
                url,
                data=body or None,
                headers=dict(headers),
                timeout=self._timeout_s,
                allow_redirects=False,
                stream=True,
            ) as response:
                return Answered(
                    response.status_code,
                    self._read(response),
                    _date(response),
                    _retry_after_s(response),
                )
        except (requests.RequestException, HTTPError, OSError) as error:
            raise Unreachable(f"{type(error).__name__} at {url}") from error

    def _read(self, response: requests.Response) -> bytes:
        """The body, piece by piece as it comes, so that one without end is noticed."""
        body = bytearray()
        with body_in_time(response, self._timeout_s):
            while piece := response.raw.read1(_PIECE, decode_content=True):
                body += piece
                if len(body) > LARGEST_ANSWER:
                    raise Unreachable("the answer does not end")
        return bytes(body)

    def _url(self, path: str) -> str:
        return self._identity.central_url.rstrip("/") + path

    def _learn(self, central_now: datetime | None) -> None:
        """Take central's word for the time; our own clock is left alone."""
        if central_now is None:
            raise Unreachable("the clock is refused and no Date says what is right")
        self.offset = central_now - self._clock().wall
        log.info("central's clock is %+.0f s from ours", self.offset.total_seconds())


def problem_code(answered: Answered) -> str:
    """The code of central's problem; empty when it is not central's."""
    try:
        problem = decode(answered.body, Problem)
    except BadMessage:
        return ""
    return problem.code if problem.status == answered.status else ""


def failure_of(answered: Answered) -> Unreachable | Refused:
    """Central's refusal, or a reason to wait.

    A bare 413 counts as `too_large`: the web server before central speaks for it there.
    """
    if answered.status in _ASKS_FOR_TIME:
        return Unreachable(f"answered {answered.status}", answered.retry_after_s)
    if answered.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return Refused("too_large")
    code = problem_code(answered)
    if HTTPStatus.BAD_REQUEST <= answered.status < HTTPStatus.INTERNAL_SERVER_ERROR and code:
        return Refused(code)
    return Unreachable(f"answered {answered.status}")


def _date(response: requests.Response) -> datetime | None:
    try:
        return parsedate_to_datetime(response.headers.get("Date", "")).astimezone(UTC)
    except ValueError:
        return None


def _retry_after_s(response: requests.Response) -> float:
    """Seconds, or until a date (RFC 9110) by the answer's own Date; 0 when unreadable."""
    asked = response.headers.get("Retry-After", "")
    if asked.isdecimal() and asked.isascii():
        return min(float(asked[:9]), LONGEST_RETRY_AFTER_S)
    now = _date(response)
    try:
        until = parsedate_to_datetime(asked).astimezone(UTC)
    except ValueError:
        return 0
    return min(max((until - now).total_seconds(), 0), LONGEST_RETRY_AFTER_S) if now else 0
