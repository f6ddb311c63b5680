"""One batch coming in: who sent it, when, and what that says about its moments."""

from datetime import datetime, timedelta
from typing import Generic, TypeVar

import msgspec

from sync.case import Instant
from sync.wire import CaseSubmitted, RatingGiven

LONGEST_UPTIME = timedelta(days=10 * 366)
AHEAD = timedelta(minutes=5)

R = TypeVar("R", CaseSubmitted, RatingGiven)


class Arrival(msgspec.Struct, frozen=True, kw_only=True):
    """A batch's device, the device's moment of sending and ours of receiving."""

    device_code: str
    sent: Instant
    received_at: datetime

    def corrected(self, captured: Instant) -> datetime | None:
        """When it really was, by central's clock; None where that would be a guess.

        Within one boot the time that passed on the device counts back from now. Across
        boots only a trusted clock counts, and not one from the future.
        """
        passed_s = self.sent.monotonic_s - captured.monotonic_s
        if (
            captured.boot_id == self.sent.boot_id
            and 0 <= passed_s <= LONGEST_UPTIME.total_seconds()
        ):
            return self.received_at - timedelta(seconds=passed_s)
        if captured.trusted and captured.wall <= self.received_at + AHEAD:
            return captured.wall
        return None


class Arrived(msgspec.Struct, Generic[R], frozen=True, kw_only=True):
    """One record that holds up: its bytes, their digest, what they say, what was sealed."""

    digest: str
    raw: bytes
    record: R
    opened: bytes = b""
