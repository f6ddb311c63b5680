"""What the officers' page tells of ratings and questionnaires, read out of the tables."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

import msgspec
from django.db.models import Count, OuterRef, QuerySet, Subquery

from sync.central.surveys.forms import survey_of
from sync.central.surveys.models import Answers, Explanation, Rating
from sync.central.surveys.period import Period
from sync.central.surveys.statistics import Statistic, levels, share, statistic_of
from sync.guarding import Touch, counted
from sync.profile import Fact, Survey, Text

NEWEST_WORDS = 50
"""Words shown below the numbers; the rest stays in the table."""
ASPECTS = ("process", "channel", "officer", "facility")


class RatingRow(msgspec.Struct, frozen=True, kw_only=True):
    """One division's ratings: of all touches, and of those that count."""

    division_code: str
    raw: Statistic
    counted: Statistic


class ReasonRow(msgspec.Struct, frozen=True, kw_only=True):
    """How often a reason was given for a division's ratings."""

    division_code: str
    reason: str
    n: int


class Words(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody wrote to a rating; `score` is 0 where that has not come."""

    given_at: datetime
    division_code: str
    score: int
    words: str


class QuestionRow(msgspec.Struct, frozen=True, kw_only=True):
    """One question, or all of one aspect where `text` is None, or all of all."""

    statistic: Statistic
    aspect: str = ""
    text: Text | None = None
    code: str = ""


class OptionRow(msgspec.Struct, frozen=True, kw_only=True):
    """How many said this of themselves; `name` is None for those who said nothing."""

    fact: Text
    name: Text | None
    n: int
    percent: object


class SurveyTable(msgspec.Struct, frozen=True, kw_only=True):
    """One version of a questionnaire about one division."""

    code: str
    version: int
    division_code: str
    people: int
    questions: list[QuestionRow]
    about: list[OptionRow]


def rating_rows(period: Period) -> list[RatingRow]:
    """The divisions that were rated, by code; last all of them, where there are several."""
    fields = ("device_id", "captured_boot_id", "captured_monotonic_s", "division_code", "score")
    found = _within(Rating.objects.all(), period).order_by(*fields[:3], "rating_id")
    touches = [Touch(*values) for values in found.values_list(*fields).iterator()]
    raw, fair = _by_division(touches), _by_division(counted(touches))
    rows = [
        RatingRow(
            division_code=code,
            raw=statistic_of(raw[code]),
            counted=statistic_of(fair.get(code, {})),
        )
        for code in sorted(raw)
    ]
    if len(rows) > 1:
        whole = RatingRow(
            division_code="", raw=statistic_of(_sum(raw)), counted=statistic_of(_sum(fair))
        )
        rows.append(whole)
    return rows


def reason_rows(period: Period) -> list[ReasonRow]:
    """The reasons given, by division, the most frequent first."""
    given = _with_division(period).exclude(reason="").order_by()
    found = given.values_list("division", "reason").annotate(n=Count("pk"))
    rows = [ReasonRow(division_code=d or "", reason=r, n=n) for d, r, n in found]
    return sorted(rows, key=lambda row: (row.division_code, -row.n, row.reason))


def newest_words(period: Period) -> list[Words]:
    """What was written, the newest first."""
    score = Subquery(_rating_of().values("score")[:1])
    found = _with_division(period).exclude(words="").annotate(score=score).order_by("-given_at")
    return [
        Words(
            given_at=each.given_at,
            division_code=each.division or "",
            score=each.score or 0,
            words=each.words,
        )
        for each in found[:NEWEST_WORDS]
    ]


def survey_tables(period: Period) -> Iterator[SurveyTable]:
    """A table for each version of each questionnaire and each division."""
    found = _within(Answers.objects.filter(sealed_to=""), period)
    keys = ("survey_code", "survey_version", "division_code")
    for code, version, division in found.order_by(*keys).values_list(*keys).distinct():
        mine = found.filter(survey_code=code, survey_version=version, division_code=division)
        yield _table(mine, code, version, division)


def _table(found: QuerySet[Answers], code: str, version: int, division: str) -> SurveyTable:
    scores: dict[str, dict[int, int]] = {}
    about: dict[str, Counter[str]] = {}
    people = 0
    for said, told in found.values_list("scores", "about").iterator():
        people += 1
        for question, score in msgspec.json.decode(said, type=dict[str, int]).items():
            scores.setdefault(question, levels(()))[score] += 1
        for fact, option in msgspec.json.decode(told, type=dict[str, str]).items():
            about.setdefault(fact, Counter())[option] += 1
    survey = survey_of(code, version)
    return SurveyTable(
        code=code,
        version=version,
        division_code=division,
        people=people,
        questions=list(_question_rows(survey, scores)),
        about=[
            row
            for fact in (survey.about if survey else [])
            for row in _option_rows(fact, about.get(fact.code, Counter()), people)
        ],
    )


def _question_rows(
    survey: Survey | None, scores: dict[str, dict[int, int]]
) -> Iterator[QuestionRow]:
    """Aspect by aspect, each before its questions; what no version knows by its code; all."""
    known = survey.questions if survey else []
    for aspect in ASPECTS:
        mine = [question for question in known if question.aspect == aspect]
        pooled = _sum({q.code: scores.get(q.code, {}) for q in mine})
        if mine:
            yield QuestionRow(aspect=aspect, statistic=statistic_of(pooled))
        for question in mine:
            told = statistic_of(scores.get(question.code, {}))
            yield QuestionRow(aspect=aspect, text=question.text, code=question.code, statistic=told)
    for code in sorted(scores.keys() - {question.code for question in known}):
        yield QuestionRow(code=code, statistic=statistic_of(scores[code]))
    yield QuestionRow(statistic=statistic_of(_sum(scores)))


def _option_rows(fact: Fact, said: Counter[str], people: int) -> Iterator[OptionRow]:
    for option in fact.options:
        n = said[option.code]
        yield OptionRow(fact=fact.text, name=option.name, n=n, percent=share(n, people))
    silent = people - sum(said.values())
    yield OptionRow(fact=fact.text, name=None, n=silent, percent=share(silent, people))


def _within(found: QuerySet, period: Period) -> QuerySet:  # type: ignore[type-arg]
    return found.filter(given_at__gte=period.since_at) if period.since_at else found


def _rating_of() -> QuerySet[Rating]:
    return Rating.objects.filter(pk=OuterRef("rating_id"))


def _with_division(period: Period) -> QuerySet:  # type: ignore[type-arg]
    division = Subquery(_rating_of().values("division_code")[:1])
    return _within(Explanation.objects.annotate(division=division), period)


def _by_division(touches: "Iterator[Touch] | list[Touch]") -> dict[str, dict[int, int]]:
    found: dict[str, dict[int, int]] = {}
    for touch in touches:
        found.setdefault(touch.division_code, levels(()))[touch.score] += 1
    return found


def _sum(parts: dict[str, dict[int, int]]) -> dict[int, int]:
    whole = levels(())
    for counts in parts.values():
        for level, count in counts.items():
            whole[level] += count
    return whole
