"""Records: what a device keeps for central, each with a key that makes it safe to send twice.

A record is encoded once, when it is kept, and sent byte for byte each time; its digest is the
SHA-256 of those bytes. Central keeps them verbatim, so fields it does not know survive.
"""

from typing import Annotated
from uuid import UUID

import msgspec

from sync.case import Code, Instant

LARGEST_ATTACHMENT = 16 * 1024 * 1024
"""Bytes of one sealed attachment."""
MOST_ATTACHMENTS = 8
"""To one case."""

Digest = Annotated[str, msgspec.Meta(max_length=64, pattern="^[0-9a-f]{64}$")]


class Attachment(msgspec.Struct, frozen=True, kw_only=True):
    """A sealed file that goes with a case, sent after it and apart from it.

    Its address is the SHA-256 of the sealed bytes, `size` their number; what it shows
    stands in the sealed `CaseContent`.
    """

    address: Digest
    size: Annotated[int, msgspec.Meta(ge=1, le=LARGEST_ATTACHMENT)]


class CaseSubmitted(msgspec.Struct, tag="case_submitted", frozen=True, kw_only=True):
    """A reporter finished a form. Safe to send twice: `case_id` is the key.

    `sealed` is a `CaseContent` as JSON, padded and sealed to the intake key
    `sealed_to`; nothing in the clear tells what it is about.
    """

    case_id: UUID
    reference: Annotated[str, msgspec.Meta(min_length=9, max_length=15)]
    captured: Instant
    sealed_to: Annotated[str, msgspec.Meta(max_length=64)]
    sealed: bytes
    attachments: Annotated[list[Attachment], msgspec.Meta(max_length=MOST_ATTACHMENTS)] = []

    @property
    def record_id(self) -> UUID:
        """The key of the record, whatever its type."""
        return self.case_id


class RatingGiven(msgspec.Struct, tag="rating_given", frozen=True, kw_only=True):
    """One touch on one of five faces; 1 is least content, 5 most. Holds no person."""

    rating_id: UUID
    division_code: Code
    score: Annotated[int, msgspec.Meta(ge=1, le=5)]
    captured: Instant
    language: Annotated[str, msgspec.Meta(max_length=8)] = "th"

    @property
    def record_id(self) -> UUID:
        """The key of the record, whatever its type."""
        return self.rating_id


class RatingExplained(msgspec.Struct, tag="rating_explained", frozen=True, kw_only=True):
    """Why a rating was given; the rating counts without it.

    `sealed` is an `Explanation` as JSON, padded and sealed to the intake key `sealed_to`.
    """

    explanation_id: UUID
    rating_id: UUID
    captured: Instant
    sealed_to: Annotated[str, msgspec.Meta(max_length=64)]
    sealed: bytes

    @property
    def record_id(self) -> UUID:
        """The key of the record, whatever its type."""
        return self.explanation_id


class SurveyAnswered(msgspec.Struct, tag="survey_answered", frozen=True, kw_only=True):
    """A questionnaire was answered, whole or in part.

    `survey_version` says which questions they were: those of a version never change.
    `sealed` is a `SurveyAnswers` as JSON, padded and sealed to the intake key `sealed_to`.
    """

    answers_id: UUID
    survey_code: Code
    survey_version: Annotated[int, msgspec.Meta(ge=1, le=2**31 - 1)]
    division_code: Code
    captured: Instant
    sealed_to: Annotated[str, msgspec.Meta(max_length=64)]
    sealed: bytes

    @property
    def record_id(self) -> UUID:
        """The key of the record, whatever its type."""
        return self.answers_id


class WordsAdded(msgspec.Struct, tag="words_added", frozen=True, kw_only=True):
    """Whoever holds a slip added words to its case, at any kiosk. Central looks whether they may.

    `sealed` is an `AddedWords` as JSON, padded and sealed to the intake key `sealed_to`;
    nothing in the clear tells which case it is.
    """

    added_id: UUID
    captured: Instant
    sealed_to: Annotated[str, msgspec.Meta(max_length=64)]
    sealed: bytes

    @property
    def record_id(self) -> UUID:
        """The key of the record, whatever its type."""
        return self.added_id


class SignedUp(msgspec.Struct, tag="signed_up", frozen=True, kw_only=True):
    """Somebody signed up for the activity `item_id` of the bulletin.

    `sealed` is a `SignUp` as JSON, padded and sealed to the intake key `sealed_to`.
    """

    sign_up_id: UUID
    item_id: UUID
    captured: Instant
    sealed_to: Annotated[str, msgspec.Meta(max_length=64)]
    sealed: bytes

    @property
    def record_id(self) -> UUID:
        """The key of the record, whatever its type."""
        return self.sign_up_id


class DeviceEvent(msgspec.Struct, tag="device_event", frozen=True, kw_only=True):
    """Something became of the device itself, such as `cabinet_opened`; holds no person.

    With `found_at_start` it happened while the device was off, some time before `captured`.
    """

    event_id: UUID
    kind: Code
    captured: Instant
    found_at_start: bool = False

    @property
    def record_id(self) -> UUID:
        """The key of the record, whatever its type."""
        return self.event_id


Opinion = RatingExplained | SurveyAnswered
"""What may follow a rating."""
Record = (
    CaseSubmitted
    | RatingGiven
    | RatingExplained
    | SurveyAnswered
    | WordsAdded
    | SignedUp
    | DeviceEvent
)
