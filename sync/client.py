"""Central as the device sees it: signed requests out, verified answers in.

Whatever goes wrong comes out as Unreachable (nobody useful answered: wait) or Refused
(central itself said no). Only an answer that central could have given counts as one, so
a captive portal's log-in page is Unreachable, not an answer.
"""

import gzip
import logging
import secrets
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TypeVar

import msgspec
import requests

from sync.case import Instant
from sync.errors import BadMessage, KeyUnknown, Refused, Unreachable
from sync.identity import Identity
from sync.signature import Request, open_signed, sign_request, verify_key_of
from sync.tls import PUBLIC, Certificates, TlsAdapter
from sync.wire import (
    PATHS,
    Acknowledgement,
    Answer,
    Batch,
    Beat,
    Enrolment,
    Problem,
    Signed,
    decode,
    digest_of,
    encode,
)

log = logging.getLogger(__name__)

LARGEST_ANSWER = 1024 * 1024
"""Bytes of an answer; central's are a tenth of that, a stranger's may never end."""

_PIECE = 64 * 1024

T = TypeVar("T")


class Enrolled(msgspec.Struct, frozen=True, kw_only=True):
    """Central has the device's key."""

    device_code: str
    enrolled_at: datetime


class Received(msgspec.Struct, frozen=True, kw_only=True):
    """Central heard a beat."""

    received_at: datetime


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """Central's answers to one batch, the signed bytes they stand in, and central's time."""

    answers: list[Answer]
    envelope: bytes
    answered_at: datetime


class _Answered(msgspec.Struct, frozen=True):
    """One HTTP answer, read to its end."""

    status: int
    body: bytes
    date: datetime | None


class Client:
    """One device's conversation with its central; `clock` reads the device's clocks."""

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
        self._session.mount("https://", TlsAdapter(clock, certificates.floor))
        if certificates.ca_file:
            self._session.verify = certificates.ca_file
        self._session.headers["User-Agent"] = "rapfang"
        self.offset = timedelta(0)
        """Central's clock minus ours, as its last answer had it."""

    @property
    def device_code(self) -> str:
        """Whose client this is."""
        return self._identity.device_code

    @property
    def identity(self) -> Identity:
        """Whose client this is, with the keys at hand."""
        return self._identity

    def enrol(self) -> Enrolled:
        """Introduce the device's public key; safe to repeat with the same key.

        Raises:
            Unreachable: no answer that central could have given.
            Refused: the enrolment code is used or wrong.
        """
        message = Enrolment(
            device_code=self._identity.device_code,
            enrolment_code=self._identity.enrolment_code,
            public_key=verify_key_of(self._identity.device_key),
        )
        enrolled = self._signed(self._post("enrol", encode(message)), Enrolled)
        self._insist(enrolled.device_code == self._identity.device_code)
        return enrolled

    def send(self, records: Sequence[bytes]) -> Verdict:
        """Send a batch, each record as the bytes it was kept in.

        Raises:
            Unreachable: no answer, or one that is not about these records.
            Refused: the batch as a whole, or this device.
        """
        batch = Batch(records=[msgspec.Raw(record) for record in records], sent=self._clock())
        body = gzip.compress(encode(batch), mtime=0)
        envelope = self._post("records", body, {"Content-Encoding": "gzip"})
        acknowledgement = self._signed(envelope, Acknowledgement)
        self._insist(acknowledgement.device_code == self._identity.device_code)
        answered = [answer.digest for answer in acknowledgement.answers]
        self._insist(len(set(answered)) == len(answered))
        self._insist({digest_of(record) for record in records} >= set(answered))
        return Verdict(
            answers=acknowledgement.answers,
            envelope=envelope,
            answered_at=acknowledgement.answered_at,
        )

    def beat(self, beat: Beat) -> datetime:
        """Say that the device lives; central's time of hearing it comes back.

        Raises:
            Unreachable: no answer that central could have given.
            Refused: central does not take this device.
        """
        return _read(self._post("beat", encode(beat)), Received).received_at

    def published(self, what: str, version: int) -> bytes | None:
        """The newest `keys` or `profile`, as an encoded `Signed` still to be checked.

        None where central has no newer one than `version`. The request is not signed, for
        nothing in them is secret, and they count by their own signature.

        Raises:
            Unreachable: no answer that central could have given.
            Refused: central has none.
        """
        url = self._identity.central_url.rstrip("/") + PATHS[what]
        try:
            with self._session.get(
                url,
                headers={"If-None-Match": f'"{version}"'},
                timeout=self._timeout_s,
                allow_redirects=False,
                stream=True,
            ) as response:
                answered = _Answered(response.status_code, _limited(response), _date(response))
        except (requests.RequestException, OSError) as error:
            raise Unreachable(f"{type(error).__name__} at {url}") from error
        if answered.status == HTTPStatus.NOT_MODIFIED:
            return None
        if answered.status != HTTPStatus.OK:
            raise _failure(answered)
        return answered.body

    def take_on(self, identity: Identity) -> None:
        """Go on with the keys of a newer keyring."""
        self._identity = identity

    def close(self) -> None:
        """Let go of idle connections: minutes later they would be dead. Sending reopens."""
        self._session.close()

    def _post(self, to: str, body: bytes, extra: dict[str, str] | None = None) -> bytes:
        """The body of a good answer; a clock refused as wrong is set right and tried once."""
        answered = self._exchange(to, body, extra or {})
        if answered.status == HTTPStatus.UNAUTHORIZED and _problem(answered) == "clock_skew":
            self._learn(answered.date)
            answered = self._exchange(to, body, extra or {})
        if answered.status not in (HTTPStatus.OK, HTTPStatus.CREATED):
            raise _failure(answered)
        return answered.body

    def _exchange(self, to: str, body: bytes, extra: dict[str, str]) -> _Answered:
        url = self._identity.central_url.rstrip("/") + PATHS[to]
        headers = {"Content-Type": "application/json", **extra, **self._signature(url, body)}
        try:
            with self._session.post(
                url,
                data=body,
                headers=headers,
                timeout=self._timeout_s,
                allow_redirects=False,
                stream=True,
            ) as response:
                return _Answered(response.status_code, _limited(response), _date(response))
        except (requests.RequestException, OSError) as error:
            raise Unreachable(f"{type(error).__name__} at {url}") from error

    def _signature(self, url: str, body: bytes) -> dict[str, str]:
        return sign_request(
            Request(method="POST", url=url, body=body),
            device_code=self._identity.device_code,
            private_key=self._identity.device_key,
            created_at=self._clock().wall + self.offset,
            nonce=secrets.token_urlsafe(16),
        )

    def _learn(self, central_now: datetime | None) -> None:
        """Take central's word for the time; our own clock is left alone."""
        if central_now is None:
            raise Unreachable("the clock is refused and no Date says what is right")
        self.offset = central_now - self._clock().wall
        log.info("central's clock is %+.0f s from ours", self.offset.total_seconds())

    def _signed(self, raw: bytes, shape: type[T]) -> T:
        """The payload of an envelope that our own central signed."""
        envelope = _read(raw, Signed)
        try:
            key = self._identity.central_key_called(envelope.key_id)
        except KeyError as error:
            raise KeyUnknown("the answer is signed by a key we do not know") from error
        try:
            return decode(open_signed(envelope, key), shape)
        except BadMessage as error:
            raise Unreachable(f"whoever answered is not our central: {error}") from error

    @staticmethod
    def _insist(holds: bool) -> None:
        if not holds:
            raise Unreachable("the answer is not to what was asked")


def _read(raw: bytes, shape: type[T]) -> T:
    try:
        return decode(raw, shape)
    except BadMessage as error:
        raise Unreachable("what answered does not speak as central does") from error


def _limited(response: requests.Response) -> bytes:
    body = bytearray()
    for piece in response.iter_content(_PIECE):
        body += piece
        if len(body) > LARGEST_ANSWER:
            raise Unreachable("the answer does not end")
    return bytes(body)


def _date(response: requests.Response) -> datetime | None:
    try:
        return parsedate_to_datetime(response.headers.get("Date", "")).astimezone(UTC)
    except ValueError:
        return None


def _problem(answered: _Answered) -> str:
    """The code of central's problem; empty when it is not central's."""
    try:
        problem = decode(answered.body, Problem)
    except BadMessage:
        return ""
    return problem.code if problem.status == answered.status else ""


def _failure(answered: _Answered) -> Unreachable | Refused:
    """Central's refusal, or a stranger's noise.

    A bare 413 counts as `too_large`: the web server before central speaks for it there.
    """
    if answered.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return Refused("too_large")
    code = _problem(answered)
    if HTTPStatus.BAD_REQUEST <= answered.status < HTTPStatus.INTERNAL_SERVER_ERROR and code:
        return Refused(code)
    return Unreachable(f"answered {answered.status}")
