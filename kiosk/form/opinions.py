"""What may follow a rating: one reason, words, a questionnaire. Nothing of it has to be.

The rating is kept before. Each further answer is kept when it is given, so that whoever
walks away has said what they said; of words, which may name somebody, only what was sent.
Each function returns the next visit and what is to be kept before that visit is shown.
"""

from uuid import UUID

import msgspec

from kiosk.errors import AnswerInvalid
from kiosk.form.checks import clean_words
from kiosk.form.flow import Step, Visit
from kiosk.form.model import Questionnaire, Rating, Remark
from sync.profile import Profile, Survey

STEPS = (Step.THANKS, Step.REMARK, Step.SURVEY)
"""Where a visit stands after a rating."""


class Turn(msgspec.Struct, frozen=True):
    """The next visit, and what is finished with it."""

    visit: Visit
    finished: Remark | Questionnaire | None = None


def are_offered(profile: Profile, rating: Rating | None) -> bool:
    """Whether there is more to say of a rating by a touch: a reason, or a questionnaire."""
    if rating is None:
        return False
    has_survey = profile.survey_for(rating.division_code) is not None
    return has_survey or bool(profile.reasons_for(rating.score))


def begin_survey(visit: Visit, answers_id: UUID, survey: Survey | None) -> Turn:
    """Open the first question of the questionnaire, where there is one not answered yet."""
    rating = visit.rating
    if visit.step is not Step.THANKS or rating is None or rating.is_surveyed or survey is None:
        return Turn(visit)
    begun = Questionnaire(
        answers_id=answers_id,
        survey_code=survey.code,
        survey_version=survey.version,
        division_code=rating.division_code,
        questions=tuple(question.code for question in survey.questions),
        facts=tuple(fact.code for fact in survey.about),
    )
    return Turn(msgspec.structs.replace(visit, step=Step.SURVEY, survey=begun))


def begin_remark(visit: Visit) -> Turn:
    """Open the page where words are typed, unless some were said already."""
    if visit.step is not Step.THANKS or visit.rating is None or visit.rating.is_remarked:
        return Turn(visit)
    return Turn(msgspec.structs.replace(visit, step=Step.REMARK))


def answered(visit: Visit, field: str, answer: str | int, explanation_id: UUID) -> Turn:
    """A single choice: the reason, or an answer of the questionnaire, which moves on."""
    rating, survey = visit.rating, visit.survey
    if rating is None:
        return Turn(visit)
    if visit.step is Step.THANKS and field == "reason" and not rating.reason:
        given = _with_rating(visit, reason=str(answer))
        remark = Remark(
            explanation_id=explanation_id, rating_id=rating.rating_id, reason=str(answer)
        )
        return Turn(given, remark)
    if visit.step is Step.SURVEY and survey and field == survey.asked:
        return _move(visit, survey.with_answer(answer))
    return Turn(visit)


def typed(visit: Visit, words: str) -> Turn:
    """The words so far."""
    return Turn(_with_rating(visit, words=words) if visit.step is Step.REMARK else visit)


def forward(visit: Visit, explanation_id: UUID) -> Turn:
    """Send the words, or skip a question."""
    rating, survey = visit.rating, visit.survey
    if visit.step is Step.SURVEY and survey:
        return _move(visit, survey)
    if visit.step is not Step.REMARK or rating is None or what_is_wrong(visit):
        return Turn(visit)
    remark = Remark(
        explanation_id=explanation_id, rating_id=rating.rating_id, words=clean_words(rating.words)
    )
    said = _with_rating(visit, words="", is_remarked=True)
    return Turn(msgspec.structs.replace(said, step=Step.THANKS), remark)


def back(visit: Visit) -> Turn:
    """The question before; from the first, and from the words, to the thanks."""
    survey = visit.survey
    if visit.step is Step.SURVEY and survey and survey.number > 0:
        before = msgspec.structs.replace(survey, number=survey.number - 1)
        return Turn(msgspec.structs.replace(visit, survey=before))
    if visit.step is Step.SURVEY and survey:
        return _end(visit, survey)
    if visit.step is Step.REMARK:
        return Turn(msgspec.structs.replace(visit, step=Step.THANKS))
    return Turn(visit)


def left(visit: Visit) -> Questionnaire | None:
    """What was answered of a questionnaire that is left early; None where nothing was."""
    survey = visit.survey
    return survey if survey and (survey.scores or survey.about) else None


def what_is_wrong(visit: Visit) -> dict[str, str]:
    """`words` and the code of why they are not accepted; empty where all is well."""
    if visit.step is not Step.REMARK or visit.rating is None:
        return {}
    try:
        clean_words(visit.rating.words)
    except AnswerInvalid as invalid:
        return {"words": invalid.code}
    return {}


def _with_rating(visit: Visit, **changes: object) -> Visit:
    rating: Rating | None = visit.rating
    if rating is None:
        return visit
    return msgspec.structs.replace(visit, rating=msgspec.structs.replace(rating, **changes))


def _move(visit: Visit, survey: Questionnaire) -> Turn:
    """To the next question; after the last one to the thanks, with all of it finished."""
    if survey.number + 1 < survey.count:
        onward = msgspec.structs.replace(survey, number=survey.number + 1)
        return Turn(msgspec.structs.replace(visit, survey=onward))
    return _end(visit, survey)


def _end(visit: Visit, survey: Questionnaire) -> Turn:
    finished = left(msgspec.structs.replace(visit, survey=survey))
    done = msgspec.structs.replace(visit, step=Step.THANKS, survey=None)
    return Turn(_with_rating(done, is_surveyed=finished is not None), finished)
