"""What a resident says: a case, its kind, and the moment it was captured."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

import msgspec

LONGEST_WORDS = 10_000
LONGEST_PLACE = 200
"""What the glass lets somebody say of a place; a record may hold more."""
"""Characters of free text in one case; the glass stops there too."""


MOST_EXCLUDED = 8
"""Recipients that one report may leave out; a sealed case has room for as many."""


class Kind(StrEnum):
    """What sort of case it is (Thai names in the catalogues)."""

    COMPLAINT = "complaint"
    SUGGESTION = "suggestion"
    COMPLIMENT = "compliment"
    CORRUPTION = "corruption"


class Instant(msgspec.Struct, frozen=True, kw_only=True):
    """When something happened, on a device whose wall clock may be wrong.

    `wall` is UTC; `monotonic_s` counts seconds since the boot named by `boot_id`;
    `trusted` says whether the wall clock had been set from a trusted source by then.
    """

    wall: Annotated[datetime, msgspec.Meta(tz=True)]
    boot_id: Annotated[str, msgspec.Meta(max_length=64)]
    monotonic_s: Annotated[float, msgspec.Meta(ge=0)]
    trusted: bool = False


Code = Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern="^[a-z0-9_-]+$(?!\n)")]
"""A name from the profile: topic, village, division. (`$` alone would let a line break end it.)"""


class Contact(msgspec.Struct, frozen=True, kw_only=True):
    """How to reach the reporter; every part may stay empty."""

    name: Annotated[str, msgspec.Meta(max_length=200)] = ""
    phone: Annotated[str, msgspec.Meta(max_length=40)] = ""


class AttachmentContent(msgspec.Struct, frozen=True, kw_only=True):
    """What one attachment is: its address (SHA-256 of its sealed bytes, hex), its type."""

    address: Annotated[str, msgspec.Meta(max_length=64, pattern="^[0-9a-f]{64}$")]
    media_type: Annotated[str, msgspec.Meta(max_length=100, pattern="^[a-z]+/[a-z0-9.+-]+$(?!\n)")]


class CaseContent(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a reporter said. Only ever leaves the form sealed.

    Empty `village_code` or `place` means not said. `due_on` is the day that was printed
    on the slip, or None where the clock was not trusted; central honours it. `excluded`
    are recipients of a report about corruption who shall not see it.
    """

    kind: Kind
    topic_code: Code
    words: Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_WORDS)]
    tracking_key: Annotated[str, msgspec.Meta(min_length=16, max_length=16)]
    village_code: Annotated[str, msgspec.Meta(max_length=64)] = ""
    place: Annotated[str, msgspec.Meta(max_length=500)] = ""
    contact: Contact = Contact()
    language: Annotated[str, msgspec.Meta(max_length=8)] = "th"
    form_version: Annotated[int, msgspec.Meta(ge=1)] = 1
    privacy_notice_version: Annotated[str, msgspec.Meta(max_length=40)] = ""
    due_on: date | None = None
    attachments: Annotated[list[AttachmentContent], msgspec.Meta(max_length=8)] = []
    excluded: Annotated[list[Code], msgspec.Meta(max_length=MOST_EXCLUDED)] = []


class ConfidentialContent(msgspec.Struct, frozen=True, kw_only=True):
    """What central's intake may read of a corruption case: enough to keep and track it.

    `sealed` is the `CaseContent` as JSON, sealed to the corruption key `sealed_to`.
    """

    sealed_to: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    sealed: bytes
    tracking_key: Annotated[str, msgspec.Meta(min_length=16, max_length=16)]
    language: Annotated[str, msgspec.Meta(max_length=8)] = "th"
    due_on: date | None = None
