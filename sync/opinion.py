"""What may be said after a rating: why it was given, and a questionnaire's answers.

Neither asks who somebody is. Still both leave the form sealed: words may name a person,
and in a small town sex, age, education and occupation together with the moment may, too.
"""

from typing import Annotated

import msgspec

from sync.case import LONGEST_WORDS, Code

Score = Annotated[int, msgspec.Meta(ge=1, le=5)]
"""A level of five; 1 is least content, 5 most."""

MOST_QUESTIONS = 40
MOST_FACTS = 8


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """Why a rating was given: a reason of the profile's, words, or both."""

    reason: Annotated[str, msgspec.Meta(max_length=64, pattern=r"^[a-z0-9_-]*$(?!\n)")] = ""
    words: Annotated[str, msgspec.Meta(max_length=LONGEST_WORDS)] = ""
    language: Annotated[str, msgspec.Meta(max_length=8)] = "th"


class SurveyAnswers(msgspec.Struct, frozen=True, kw_only=True):
    """What was answered of a questionnaire; whoever left early answered less.

    `scores` are by question, `about` what the person said of themselves, as in
    `{"age": "under-20"}`: codes of the profile, each of which may be missing.
    """

    scores: Annotated[dict[Code, Score], msgspec.Meta(max_length=MOST_QUESTIONS)] = {}
    about: Annotated[dict[Code, Code], msgspec.Meta(max_length=MOST_FACTS)] = {}
    language: Annotated[str, msgspec.Meta(max_length=8)] = "th"
