"""The answers of one visit, frozen: a change is a new value, so nothing is half-said.

They live in memory only, until the case is sealed or the visit is wiped. Their `repr`
tells which case it is and nothing that was said.
"""

from uuid import UUID

import msgspec

from sync.case import Kind

CHANCE_BYTES = 7
"""Random bytes that a tracking key asks for."""


class Enclosure(msgspec.Struct, frozen=True, kw_only=True):
    """A drawing or a voice note, whole and not sealed yet; in memory only."""

    media_type: str
    data: bytes

    def __repr__(self) -> str:
        return f"Enclosure({self.media_type}, {len(self.data)} bytes)"


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """A case in the making: what its reporter has said so far.

    `case_id` and `chance` are made at the first screen: a double tap or a second try
    after an error is the same case with the same tracking key. `village_code` is None
    until asked and empty where the reporter is not sure or it is elsewhere; `place` are
    free words about where. `excluded` are recipients of a report about corruption who
    shall not see it.
    """

    case_id: UUID
    chance: bytes
    kind: Kind = Kind.COMPLAINT
    topic_code: str = ""
    words: str = ""
    village_code: str | None = None
    place: str = ""
    excluded: tuple[str, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()
    name: str = ""
    phone: str = ""

    def __repr__(self) -> str:
        return f"Draft({self.case_id})"


class Lookup(msgspec.Struct, frozen=True, kw_only=True):
    """A slip's reference and key, as they are typed.

    `words` are being added to its case; `is_added` once they were kept.
    """

    reference: str = ""
    key: str = ""
    words: str = ""
    is_added: bool = False

    def __repr__(self) -> str:
        return "Lookup()"


class Joining(msgspec.Struct, frozen=True, kw_only=True):
    """Signing up for the activity `item_id` of the bulletin, empty until one was chosen."""

    sign_up_id: UUID
    item_id: str = ""
    name: str = ""
    phone: str = ""

    def __repr__(self) -> str:
        return f"Joining({self.sign_up_id})"


class Addition(msgspec.Struct, frozen=True, kw_only=True):
    """Words to a case whose slip opened it; `is_confidential` where it is about corruption."""

    added_id: UUID
    reference: str
    key: str
    words: str
    is_confidential: bool

    def __repr__(self) -> str:
        return f"Addition({self.added_id})"


class Rating(msgspec.Struct, frozen=True, kw_only=True):
    """One touch on one of five faces; `score` is 0 until then.

    What follows once it is kept: `reason` was given, `words` are being typed and
    `is_remarked` once they were sent, `is_surveyed` once a questionnaire was answered.
    """

    rating_id: UUID
    division_code: str = ""
    score: int = 0
    reason: str = ""
    words: str = ""
    is_remarked: bool = False
    is_surveyed: bool = False

    def __repr__(self) -> str:
        return f"Rating({self.rating_id})"


class Remark(msgspec.Struct, frozen=True, kw_only=True):
    """Why a rating was given: a reason of the profile's, or words."""

    explanation_id: UUID
    rating_id: UUID
    reason: str = ""
    words: str = ""

    def __repr__(self) -> str:
        return f"Remark({self.explanation_id})"


class Questionnaire(msgspec.Struct, frozen=True, kw_only=True):
    """A questionnaire being answered: its `questions`, then `facts` about the person.

    Both are codes in the order they are asked; `number` counts through both from 0.
    """

    answers_id: UUID
    survey_code: str
    survey_version: int
    division_code: str
    questions: tuple[str, ...]
    facts: tuple[str, ...] = ()
    number: int = 0
    scores: dict[str, int] = {}
    about: dict[str, str] = {}

    @property
    def count(self) -> int:
        """How many are asked in all."""
        return len(self.questions) + len(self.facts)

    @property
    def asked(self) -> str:
        """The code of what is asked now."""
        return (*self.questions, *self.facts)[self.number]

    @property
    def is_about_them(self) -> bool:
        """Whether a fact about the person is asked now, not a question."""
        return self.number >= len(self.questions)

    def with_answer(self, answer: str | int) -> "Questionnaire":
        """The same with this answer to what is asked now."""
        if self.is_about_them:
            about = {**self.about, self.asked: str(answer)}
            return msgspec.structs.replace(self, about=about)
        return msgspec.structs.replace(self, scores={**self.scores, self.asked: int(answer)})

    def __repr__(self) -> str:
        return f"Questionnaire({self.answers_id})"
