"""One batch coming in: who sent it, when, and what that says about its moments."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Generic, TypeVar

import msgspec

from sync.adding import AddedWords
from sync.case import CaseContent, ConfidentialContent, Instant
from sync.opinion import Explanation, SurveyAnswers
from sync.records import (
    CaseSubmitted,
    DeviceEvent,
    RatingExplained,
    RatingGiven,
    SignedUp,
    SurveyAnswered,
    WordsAdded,
)
from sync.signing_up import SignUp

LONGEST_UPTIME = timedelta(days=10 * 366)
_LONGEST_S = LONGEST_UPTIME.total_seconds()
AHEAD = timedelta(minutes=5)

R = TypeVar(
    "R",
    CaseSubmitted,
    RatingGiven,
    RatingExplained,
    SurveyAnswered,
    WordsAdded,
    SignedUp,
    DeviceEvent,
)


class Arrival(msgspec.Struct, frozen=True, kw_only=True):
    """A batch's device, the device's moment of sending and ours of receiving.

    `boots` tells of earlier boots when they began, by central's clock.
    """

    device_code: str
    sent: Instant
    received_at: datetime
    boots: Mapping[str, datetime] = {}

    def corrected(self, captured: Instant) -> datetime | None:
        """When it really was, by central's clock; None where that would be a guess.

        Within one boot the time that passed on the device counts back from now. Across
        boots it counts from the boot's beginning, where that is known; else only a
        trusted clock counts. Nothing comes from the future.
        """
        passed_s = self.sent.monotonic_s - captured.monotonic_s
        if captured.boot_id == self.sent.boot_id and 0 <= passed_s <= _LONGEST_S:
            return self.received_at - timedelta(seconds=passed_s)
        began_at = self.boots.get(captured.boot_id)
        if began_at and captured.monotonic_s <= _LONGEST_S:
            at = began_at + timedelta(seconds=captured.monotonic_s)
            if at <= self.received_at + AHEAD:
                return at
        if captured.trusted and captured.wall <= self.received_at + AHEAD:
            return captured.wall
        return None


class Arrived(msgspec.Struct, Generic[R], frozen=True, kw_only=True):
    """One record that holds up: the digest of its bytes, what they say, what was sealed.

    `raw` are those bytes; of a case about corruption from an old kiosk, a box of them for
    the corruption key. `content` is a case's, `opinion` that of what
    followed a rating or a case; both are None while the intake key is lost.
    """

    digest: str
    raw: bytes
    record: R
    content: CaseContent | ConfidentialContent | None = None
    opinion: Explanation | SurveyAnswers | AddedWords | SignUp | None = None
