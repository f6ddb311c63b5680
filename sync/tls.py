"""HTTPS from a device whose clock may stand in 1970: every check but the one it cannot make.

Chain and host name are checked always. Whether a certificate is within its time is asked
only of a trusted clock; with any other, the certificate must not have run out before the
clock floor, an instant that has surely passed. So a stolen key of years ago is no help.
"""

import ssl
from datetime import UTC, datetime

import msgspec

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


class Context(ssl.SSLContext):
    """Chain and host name always; the time by the clock, or by the floor."""

    floor: datetime
    is_clock_trusted: bool

    def __new__(cls, floor: datetime) -> "Context":
        """Strict; nothing is left out until `believe_clock` says so."""
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
        if not isinstance(context, Context) or context.is_clock_trusted:
            return
        shown = self.getpeercert() or {}
        ends_at = datetime.fromtimestamp(ssl.cert_time_to_seconds(str(shown["notAfter"])), UTC)
        if ends_at < context.floor:
            raise ssl.SSLCertVerificationError(f"the certificate ended on {ends_at:%Y-%m-%d}")
