"""HTTPS from a device whose clock may stand in 1970: every check but the one it cannot make.

Chain and host name are checked always. Whether a certificate is within its time is asked
only of a trusted clock; with any other, the certificate must not have run out before the
clock floor, an instant that has surely passed. So a stolen key of years ago is no help.
"""

import ssl
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import msgspec
from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter

from sync.case import Instant

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)

_NO_CHECK_TIME = 0x200000
"""X509_V_FLAG_NO_CHECK_TIME, X509_VERIFY_PARAM_set_flags(3); Python has no name for it."""


class Certificates(msgspec.Struct, frozen=True, kw_only=True):
    """Whom to believe: `ca_file` holds authorities as PEM, empty for the public ones.

    `floor` is an instant that has surely passed, for clocks that are not trusted.
    """

    ca_file: str = ""
    floor: datetime = LONG_AGO


PUBLIC = Certificates()
"""The public authorities, and no floor."""


class TlsAdapter(HTTPAdapter):
    """Requests' own transport, told before each connection whether the clock is to be believed."""

    def __init__(self, clock: Callable[[], Instant], floor: datetime) -> None:
        self._clock = clock
        self._context = _Context(floor)
        super().__init__()

    def init_poolmanager(self, *args: Any, **more: Any) -> None:
        """Give every connection our context. Raises nothing of its own."""
        super().init_poolmanager(*args, ssl_context=self._context, **more)

    def send(self, request: PreparedRequest, *args: Any, **more: Any) -> Response:
        """As `HTTPAdapter.send`; a certificate that does not hold is a `requests` SSLError."""
        self._context.believe_clock(trusted=self._clock().trusted)
        return super().send(request, *args, **more)


class _Context(ssl.SSLContext):
    """Chain and host name always; the time by the clock, or by the floor."""

    floor: datetime
    is_clock_trusted: bool

    def __new__(cls, floor: datetime) -> "_Context":
        made = super().__new__(cls, ssl.PROTOCOL_TLS_CLIENT)
        made.floor, made.is_clock_trusted = floor, True
        made.sslsocket_class = _Socket
        return made

    def believe_clock(self, *, trusted: bool) -> None:
        """From the next connection on."""
        self.is_clock_trusted = trusted
        flags = int(self.verify_flags) & ~_NO_CHECK_TIME
        self.verify_flags = ssl.VerifyFlags(flags if trusted else flags | _NO_CHECK_TIME)


class _Socket(ssl.SSLSocket):
    """Looks at the certificate's end before a byte of ours goes out."""

    def do_handshake(self, block: bool = False) -> None:
        super().do_handshake(block)
        context = self.context
        if not isinstance(context, _Context) or context.is_clock_trusted:
            return
        shown = self.getpeercert() or {}
        ends_at = datetime.fromtimestamp(ssl.cert_time_to_seconds(str(shown["notAfter"])), UTC)
        if ends_at < context.floor:
            raise ssl.SSLCertVerificationError(f"the certificate ended on {ends_at:%Y-%m-%d}")
