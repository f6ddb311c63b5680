"""A municipality's profile: its names, divisions, topics and villages, as data.

The seed lies in `/etc/kiosk/profile.toml` (see `deploy/profiles/`); newer ones come from
central, signed and versioned (`sync.release`). Every name is a
table of languages with Thai always present; a missing language falls back to Thai.
"""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Literal, Protocol, TypeVar

import msgspec

from sync.case import MOST_EXCLUDED, Code
from sync.deadline import DeadlineRule
from sync.errors import BadMessage
from sync.opinion import MOST_QUESTIONS
from sync.settings import decode_toml

Words = Annotated[str, msgspec.Meta(min_length=1, max_length=400)]
Phone = Annotated[str, msgspec.Meta(min_length=3, max_length=20, pattern=r"^[0-9 -]+$(?!\n)")]


class Text(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One text in the profile's languages; Thai is the one that must be there."""

    th: Words
    en: str = ""
    km: str = ""
    my: str = ""
    lo: str = ""

    def in_language(self, language: str) -> str:
        """The text in `language`, or in Thai where it was not translated."""
        return getattr(self, language, "") or self.th


class Division(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A division (สำนัก/กอง) of the municipality."""

    code: Code
    name: Text


class Hotline(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody to call, inside the municipality or outside."""

    name: Text
    phone: Phone


class Topic(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a case may be about; `icon` is a Material Design Icons name.

    `synonyms` are other words that people look for it under. Where it may be an
    emergency, `call_first` says whom to call before anything is typed. `phrases` are
    sentences, at most three, of which one touch completes the words.
    """

    code: Code
    name: Text
    division: Code
    icon: str = "dots-horizontal-circle-outline"
    synonyms: list[Words] = []
    call_first: Hotline | None = None
    phrases: Annotated[list[Text], msgspec.Meta(max_length=3)] = []


class Village(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A village (หมู่ที่), a community or a landmark of the municipality."""

    code: Code
    name: Text
    kind: Literal["village", "community", "landmark"] = "village"


class Recipient(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody who would see a report about corruption, by name or office."""

    code: Code
    name: Text


class Corruption(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The confidential path: who sees a report, in one plain sentence, and whom else to tell.

    A reporter may exclude any of `recipients`. `outside` are bodies outside the
    municipality that take such reports too.
    """

    who_sees: Text
    recipients: Annotated[list[Recipient], msgspec.Meta(max_length=MOST_EXCLUDED)] = []
    outside: list[Hotline] = []
    phrases: Annotated[list[Text], msgspec.Meta(max_length=3)] = []


class PrivacyNotice(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The notice shown beside the contact fields; a record keeps its version."""

    version: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
    text: Text


class Reason(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why somebody rated as they did; offered after the `scores` named, or after all."""

    code: Code
    name: Text
    scores: list[Annotated[int, msgspec.Meta(ge=1, le=5)]] = []


class Question(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One statement of a questionnaire, answered on five levels, in one of four aspects.

    The aspects are those of Thai satisfaction statistics: ขั้นตอน, ช่องทาง, เจ้าหน้าที่,
    สิ่งอำนวยความสะดวก.
    """

    code: Code
    aspect: Literal["process", "channel", "officer", "facility"]
    text: Text


class Option(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One answer to choose."""

    code: Code
    name: Text


class Fact(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something a person may say of themselves in a questionnaire, or skip."""

    code: Literal["sex", "age", "education", "occupation"]
    text: Text
    options: Annotated[list[Option], msgspec.Meta(min_length=2, max_length=8)]


class Survey(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A questionnaire about one division's service, or about any where `division` is empty.

    A version that was published never changes; other questions are the next version.
    """

    code: Code
    version: Annotated[int, msgspec.Meta(ge=1, le=2**31 - 1)]
    questions: Annotated[list[Question], msgspec.Meta(min_length=1, max_length=MOST_QUESTIONS)]
    division: str = ""
    about: list[Fact] = []


MOST_REASONS = 6
"""Reasons offered after one score; so many fit the smallest panel."""

Named = TypeVar("Named", Division, Topic, Village, Recipient)


class Profile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All that differs from one municipality to the next.

    With `staff_call`, which says who comes, the glass offers to call an officer. With
    `voucher`, what it promises, a rating that counts is thanked for on paper.
    """

    name: Text
    complaint_centre: Text
    divisions: Annotated[list[Division], msgspec.Meta(min_length=1)]
    topics: Annotated[list[Topic], msgspec.Meta(min_length=1)]
    villages: Annotated[list[Village], msgspec.Meta(min_length=1)]
    privacy_notice: PrivacyNotice
    languages: Annotated[list[str], msgspec.Meta(min_length=1)] = msgspec.field(
        default_factory=lambda: ["th", "en"]
    )
    deadline: DeadlineRule = DeadlineRule()
    holidays: list[date] = []
    thai_digits: bool = False
    phone: str = ""
    corruption: Corruption | None = None
    reasons: list[Reason] = []
    surveys: list[Survey] = []
    staff_call: Text | None = None
    voucher: Text | None = None

    def division(self, code: str) -> Division:
        """Raises KeyError: no such division."""
        return _named(self.divisions, code)

    def topic(self, code: str) -> Topic:
        """Raises KeyError: no such topic."""
        return _named(self.topics, code)

    def village(self, code: str) -> Village:
        """Raises KeyError: no such village."""
        return _named(self.villages, code)

    def reasons_for(self, score: int) -> list[Reason]:
        """The reasons to offer after a rating."""
        return [reason for reason in self.reasons if score in (reason.scores or [score])]

    def survey_for(self, division: str) -> Survey | None:
        """The questionnaire about a division's service: its own, else the one for all."""
        found = {survey.division: survey for survey in self.surveys}
        return found.get(division) or found.get("")


def decode_profile(toml: bytes) -> Profile:
    """Read a profile from TOML.

    Raises:
        BadMessage: not TOML, misspelt, a code or a language twice, a language that no box
            speaks, or a topic whose division is unknown.
    """
    profile = decode_toml(toml, Profile)
    _check(profile)
    return profile


LANGUAGES = Text.__struct_fields__
"""The languages that a profile may name, Thai first."""


class Coded(Protocol):
    """Whatever of a profile is told apart by its code."""

    @property
    def code(self) -> str:
        """Unique in its list."""


def _check(profile: Profile) -> None:
    _check_languages(profile.languages)
    for what, items in _named_lists(profile).items():
        codes = [item.code for item in items]
        twice = {code for code in codes if codes.count(code) > 1}
        if twice:
            raise BadMessage(f"code {min(twice)!r} stands twice - at `$.{what}`")
    known = {division.code for division in profile.divisions}
    for index, topic in enumerate(profile.topics):
        if topic.division not in known:
            raise BadMessage(
                f"{topic.division!r} is not one of {', '.join(sorted(known))} - "
                f"at `$.topics[{index}].division`"
            )
    _check_opinions(profile, known)


def _check_opinions(profile: Profile, divisions: set[str]) -> None:
    """What follows a rating: not more than fits the glass, and no two for one division."""
    for score in range(1, 6):
        if len(profile.reasons_for(score)) > MOST_REASONS:
            raise BadMessage(f"more than {MOST_REASONS} reasons for score {score} - at `$.reasons`")
    seen: set[str] = set()
    for index, survey in enumerate(profile.surveys):
        if survey.division and survey.division not in divisions:
            raise BadMessage(
                f"{survey.division!r} is not one of {', '.join(sorted(divisions))} - "
                f"at `$.surveys[{index}].division`"
            )
        if survey.division in seen:
            raise BadMessage(f"a second questionnaire for one division - at `$.surveys[{index}]`")
        seen.add(survey.division)


def _check_languages(languages: Sequence[str]) -> None:
    for index, language in enumerate(languages):
        if language not in LANGUAGES:
            wanted = ", ".join(LANGUAGES)
            raise BadMessage(f"{language!r} is not one of {wanted} - at `$.languages[{index}]`")
        if language in languages[:index]:
            raise BadMessage(f"language {language!r} stands twice - at `$.languages`")


def _named_lists(profile: Profile) -> dict[str, Sequence[Coded]]:
    return {
        "divisions": profile.divisions,
        "topics": profile.topics,
        "villages": profile.villages,
        "corruption.recipients": profile.corruption.recipients if profile.corruption else [],
        "reasons": profile.reasons,
        "surveys": profile.surveys,
        **_lists_of_surveys(profile.surveys),
    }


def _lists_of_surveys(surveys: list[Survey]) -> dict[str, Sequence[Coded]]:
    lists: dict[str, Sequence[Coded]] = {}
    for index, survey in enumerate(surveys):
        lists[f"surveys[{index}].questions"] = survey.questions
        lists[f"surveys[{index}].about"] = survey.about
        for number, fact in enumerate(survey.about):
            lists[f"surveys[{index}].about[{number}].options"] = fact.options
    return lists


def _named(items: list[Named], code: str) -> Named:
    return {item.code: item for item in items}[code]
