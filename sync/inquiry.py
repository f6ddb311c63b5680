"""A resident at a kiosk asks how a case stands: the question, and central's answer. Pure.

Central tells facts, codes and moments; the glass makes sentences of them in its
resident's language. Nothing of it is kept on the device.
"""

from datetime import date, datetime
from typing import Annotated, Literal

import msgspec

from sync.reference import KEY_LENGTH
from sync.wire import DeviceCode

Status = Literal["received", "screening", "in_progress", "answered", "closed"]
Found = Literal["case", "on_its_way", "shut", "nothing"]


class Inquiry(msgspec.Struct, frozen=True, kw_only=True):
    """Both as `sync.reference` writes them; the `repr` does not tell the key."""

    reference: Annotated[str, msgspec.Meta(min_length=9, max_length=15)]
    key: Annotated[str, msgspec.Meta(min_length=KEY_LENGTH, max_length=KEY_LENGTH)]

    def __repr__(self) -> str:
        return f"Inquiry({self.reference})"


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """The case changed to `status`; a note is the officer's, meant for the reporter."""

    status: Status
    at: Annotated[datetime, msgspec.Meta(tz=True)]
    division_code: str = ""
    note: str = ""


class CaseStory(msgspec.Struct, frozen=True, kw_only=True):
    """How a case stands. Never the reporter's words or contact: a slip may get lost.

    Of a case about corruption all codes are empty. `answer` is the newest note of one
    that was answered; `added_at` are the moments at which words were added.
    """

    status: Status
    received_at: Annotated[datetime, msgspec.Meta(tz=True)]
    device_code: DeviceCode
    submitted_at: Annotated[datetime, msgspec.Meta(tz=True)] | None = None
    due_on: date | None = None
    is_overdue: bool = False
    division_code: str = ""
    topic_code: str = ""
    village_code: str = ""
    answer: str = ""
    changes: list[Change] = []
    added_at: list[Annotated[datetime, msgspec.Meta(tz=True)]] = []


class InquiryAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Signed: what this reference and key open together; `nothing` for whatever is wrong.

    `on_its_way` is a genuine slip whose case is still in the kiosk, `shut` one whose case is
    at the centre and cannot be opened yet. `story` is there for `case` alone.
    """

    device_code: str
    reference: str
    found: Found
    answered_at: datetime
    story: CaseStory | None = None

    def __repr__(self) -> str:
        return f"InquiryAnswer({self.reference}, {self.found})"
