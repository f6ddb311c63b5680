"""What central answers besides acknowledgements."""

from datetime import datetime

import msgspec

from sync.wire import Problem, Signed


class Enrolled(msgspec.Struct, frozen=True, kw_only=True):
    """Signed: this device's key is known since then."""

    device_code: str
    enrolled_at: datetime


class OffsetRefused(Problem, frozen=True, kw_only=True):
    """A problem that also says, signed, how much of the attachment is here."""

    held: Signed


class Heard(msgspec.Struct, frozen=True, kw_only=True):
    """A beat came in."""

    received_at: datetime
