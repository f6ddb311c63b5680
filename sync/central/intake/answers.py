"""What central answers besides acknowledgements."""

from datetime import datetime

import msgspec


class Enrolled(msgspec.Struct, frozen=True, kw_only=True):
    """Signed: this device's key is known since then."""

    device_code: str
    enrolled_at: datetime


class Heard(msgspec.Struct, frozen=True, kw_only=True):
    """A beat came in."""

    received_at: datetime
