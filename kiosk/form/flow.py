"""The way through a visit: which question comes next, and which may be left.

A `Visit` is one value; each function returns the next one. Home holds nothing: coming
back to it, or `wiped`, drops every answer. Switching the language drops none.
"""

from collections.abc import Callable
from enum import StrEnum
from uuid import UUID

import msgspec

from kiosk.errors import AnswerInvalid
from kiosk.form.checks import (
    clean_key,
    clean_name,
    clean_phone,
    clean_place,
    clean_reference,
    clean_words,
)
from kiosk.form.model import Draft, Enclosure, Joining, Lookup, Questionnaire, Rating
from sync.case import Kind


class Step(StrEnum):
    """Where a visit stands; each is one screen of that name."""

    HOME = "home"
    TOPIC = "topic"
    CONFIDE = "confide"
    WORDS = "words"
    DRAW = "draw"
    VOICE = "voice"
    PLACE = "place"
    WHERE = "where"
    CONTACT = "contact"
    REVIEW = "review"
    DONE = "done"
    DIVISION = "division"
    RATING = "rating"
    THANKS = "thanks"
    REMARK = "remark"
    SURVEY = "survey"
    TRACK = "track"
    STORY = "story"
    ADD = "add"
    ACTIVITY = "activity"
    JOIN = "join"
    JOINED = "joined"


CASE_STEPS = {
    Kind.COMPLAINT: (Step.TOPIC, Step.WORDS, Step.PLACE, Step.CONTACT, Step.REVIEW),
    Kind.SUGGESTION: (Step.TOPIC, Step.WORDS, Step.CONTACT, Step.REVIEW),
    Kind.COMPLIMENT: (Step.TOPIC, Step.WORDS, Step.CONTACT, Step.REVIEW),
    Kind.CORRUPTION: (Step.CONFIDE, Step.WORDS, Step.PLACE, Step.CONTACT, Step.REVIEW),
}
"""The questions of each kind of case; `DONE` follows once it is kept."""
RATING_STEPS = (Step.DIVISION, Step.RATING)
"""The questions of a rating; `THANKS` follows once it is kept."""
LOOKUP_STEPS = (Step.TRACK, Step.STORY)
"""A slip is looked up, and how its case stands is shown."""
JOIN_STEPS = (Step.ACTIVITY, Step.JOIN)
"""The questions of signing up for an activity; `JOINED` follows once it is kept."""
ASIDE = {
    Step.WHERE: Step.PLACE,
    Step.DRAW: Step.WORDS,
    Step.VOICE: Step.WORDS,
    Step.ADD: Step.STORY,
}
"""Another way to answer a question, and the step that it stands beside: reached from
there, left backwards to it and forwards to where it leads."""
ENDS = (Step.DONE, Step.THANKS, Step.JOINED)
"""Where there is no way back: it is kept."""


class Visit(msgspec.Struct, frozen=True, kw_only=True):
    """One resident at the glass. `is_changing`: came from the review, leads back there."""

    step: Step = Step.HOME
    language: str = "th"
    draft: Draft | None = None
    rating: Rating | None = None
    survey: Questionnaire | None = None
    lookup: Lookup | None = None
    joining: Joining | None = None
    is_changing: bool = False


def begin_case(visit: Visit, kind: Kind, case_id: UUID, chance: bytes) -> Visit:
    """Open the first question of a case."""
    draft = Draft(kind=kind, case_id=case_id, chance=chance)
    return Visit(step=CASE_STEPS[kind][0], language=visit.language, draft=draft)


def begin_rating(visit: Visit, rating_id: UUID, division_code: str = "") -> Visit:
    """Open the first question of a rating that is still to be answered."""
    rating = Rating(rating_id=rating_id, division_code=division_code)
    step = Step.RATING if division_code else Step.DIVISION
    return Visit(step=step, language=visit.language, rating=rating)


def begin_joining(visit: Visit, sign_up_id: UUID) -> Visit:
    """Open the list of activities."""
    joining = Joining(sign_up_id=sign_up_id)
    return Visit(step=Step.ACTIVITY, language=visit.language, joining=joining)


def begin_lookup(visit: Visit) -> Visit:
    """Open the page where a slip's reference and key are typed."""
    return Visit(step=Step.TRACK, language=visit.language, lookup=Lookup())


def rated(visit: Visit, rating: Rating) -> Visit:
    """The visit after a touch on a face at home, or on a button beside the glass.

    It is at its end where the division is known. Whoever is in the midst of a form stays
    there, and so does whoever is being asked something after a rating.
    """
    if visit.rating and visit.step in RATING_STEPS:
        return forward(answered(visit, score=rating.score))
    if visit.step in (Step.HOME, Step.THANKS):
        return forward(Visit(step=Step.DIVISION, language=visit.language, rating=rating))
    return visit


def answered(visit: Visit, **answers: object) -> Visit:
    """The visit with these answers of the form at hand."""
    for form in ("draft", "rating", "lookup", "joining"):
        if begun := getattr(visit, form):
            changed = msgspec.structs.replace(begun, **answers)
            return msgspec.structs.replace(visit, **{form: changed})
    return visit


def enclosed(visit: Visit, enclosure: Enclosure) -> Visit:
    """The visit with this enclosure in the place of one of its type; without, where it is empty."""
    others = visit.draft.enclosures if visit.draft else ()
    kept = [each for each in others if each.media_type != enclosure.media_type]
    return answered(visit, enclosures=(*kept, enclosure) if enclosure.data else tuple(kept))


def toggled(visit: Visit, field: str, answer: str) -> Visit:
    """The visit with `answer` among the several of `field`, or without it if it was."""
    before: tuple[str, ...] = getattr(visit.draft, field, ())
    without = tuple(each for each in before if each != answer)
    return answered(visit, **{field: without if answer in before else (*before, answer)})


def added(visit: Visit) -> Visit:
    """The visit back at the story, its added words kept."""
    visit = msgspec.structs.replace(visit, step=Step.STORY)
    return answered(visit, words="", is_added=True)


def in_language(visit: Visit, language: str) -> Visit:
    """The same visit in another language."""
    return msgspec.structs.replace(visit, language=language)


def forward(visit: Visit) -> Visit:
    """The next question, the review where one line was being changed, or the end.

    A step whose answer is missing or not accepted is not left.
    """
    if not is_complete(visit, visit.step):
        return visit
    visit = msgspec.structs.replace(visit, step=ASIDE.get(visit.step, visit.step))
    if visit.is_changing:
        return msgspec.structs.replace(visit, step=Step.REVIEW, is_changing=False)
    steps = (*steps_of(visit), *_end_of(visit))
    if visit.step not in steps[:-1]:
        return visit
    following = steps[steps.index(visit.step) + 1]
    if following is Step.RATING and visit.rating and visit.rating.score:
        following = Step.THANKS  # a button was pressed before the division was asked
    return msgspec.structs.replace(visit, step=following)


def _end_of(visit: Visit) -> tuple[Step, ...]:
    """What follows the last question; a look-up keeps nothing and ends nowhere."""
    if visit.lookup:
        return ()
    if visit.joining:
        return (Step.JOINED,)
    return (Step.DONE,) if visit.draft else (Step.THANKS,)


def back(visit: Visit) -> Visit:
    """The question before, with its answer; home from the first; nowhere once kept."""
    if visit.step in ASIDE:
        return msgspec.structs.replace(visit, step=ASIDE[visit.step])
    if visit.is_changing:
        return msgspec.structs.replace(visit, step=Step.REVIEW, is_changing=False)
    steps = steps_of(visit)
    if visit.step not in steps:
        return visit
    index = steps.index(visit.step)
    return msgspec.structs.replace(visit, step=steps[index - 1]) if index else wiped(visit)


def aside(visit: Visit, step: Step) -> Visit:
    """From a question to another way of answering it."""
    return msgspec.structs.replace(visit, step=step) if ASIDE.get(step) is visit.step else visit


def change(visit: Visit, step: Step) -> Visit:
    """From the review to one of its lines; the next step leads back to the review."""
    if visit.step is not Step.REVIEW or step not in steps_of(visit)[:-1]:
        return visit
    return msgspec.structs.replace(visit, step=step, is_changing=True)


def wiped(visit: Visit, language: str | None = None) -> Visit:
    """Home, with every answer gone."""
    return Visit(language=language or visit.language)


def is_complete(visit: Visit, step: Step) -> bool:
    """Whether `step` may be left forwards."""
    if visit.draft:
        return _draft_is_complete(visit.draft, step)
    if visit.lookup:
        return step is Step.STORY or not _refused(_typed_in(visit.lookup, step))
    if visit.joining:
        return _joining_is_complete(visit.joining, step)
    if visit.rating:
        done = {
            Step.DIVISION: bool(visit.rating.division_code),
            Step.RATING: 1 <= visit.rating.score <= 5,
        }
        return done.get(step, False)
    return False


def steps_of(visit: Visit) -> tuple[Step, ...]:
    """The questions of the form at hand."""
    if visit.draft:
        return CASE_STEPS[visit.draft.kind]
    if visit.lookup:
        return LOOKUP_STEPS
    if visit.joining:
        return JOIN_STEPS
    return RATING_STEPS if visit.rating else ()


def progress(visit: Visit) -> tuple[int, int]:
    """Which question this is, from 1, and of how many; (0, 0) where none is asked."""
    if visit.survey:
        return visit.survey.number + 1, visit.survey.count
    steps, step = () if visit.lookup else steps_of(visit), ASIDE.get(visit.step, visit.step)
    return (steps.index(step) + 1, len(steps)) if step in steps else (0, 0)


def _draft_is_complete(draft: Draft, step: Step) -> bool:
    if step is Step.REVIEW:
        return all(_draft_is_complete(draft, each) for each in CASE_STEPS[draft.kind][:-1])
    if step is Step.TOPIC:
        return bool(draft.topic_code)
    if step is Step.CONFIDE:
        return True
    if step is Step.PLACE:
        has_words = _draft_is_complete(draft, Step.WHERE)
        return draft.village_code is not None or has_words
    if step in (Step.DRAW, Step.VOICE):
        return bool(draft.enclosures)
    if step is Step.WORDS and draft.enclosures and not draft.words.strip():
        return True
    if step is Step.WHERE and not draft.place.strip():
        return False
    return not _refused(_typed(draft, step))


def _joining_is_complete(joining: Joining, step: Step) -> bool:
    if step is Step.ACTIVITY:
        return bool(joining.item_id)
    is_somebody = bool(joining.name.strip() or joining.phone.strip())
    return is_somebody and not _refused(_who(joining))


def what_is_wrong(visit: Visit) -> dict[str, str]:
    """Field to the code of why its answer is not accepted; empty where all is well."""
    if visit.lookup:
        return _refused(_typed_in(visit.lookup, visit.step))
    if visit.joining:
        return _refused(_who(visit.joining))
    return _refused(_typed(visit.draft, visit.step)) if visit.draft else {}


Typed = dict[str, tuple[Callable[[str], str], str]]
"""Field to what checks its answer, and the answer."""


def _typed(draft: Draft, step: Step) -> Typed:
    typed: dict[Step, Typed] = {
        Step.WORDS: {"words": (clean_words, draft.words)},
        Step.WHERE: {"place": (clean_place, draft.place)},
        Step.CONTACT: _who(draft),
    }
    return typed.get(step, {})


def _who(form: Draft | Joining) -> Typed:
    return {"name": (clean_name, form.name), "phone": (clean_phone, form.phone)}


def _typed_in(lookup: Lookup, step: Step) -> Typed:
    if step is Step.ADD:
        return {"words": (clean_words, lookup.words)}
    return {
        "reference": (clean_reference, lookup.reference),
        "key": (clean_key, lookup.key),
    }


def _refused(typed: Typed) -> dict[str, str]:
    wrong = {}
    for field, (check, answer) in typed.items():
        try:
            check(answer)
        except AnswerInvalid as invalid:
            wrong[field] = invalid.code
    return wrong
