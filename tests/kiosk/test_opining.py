"""After a rating: what is kept, when, and what whoever walks away has said."""

import pytest

from kiosk.clerk import Clerk, Post
from kiosk.form.flow import Step, progress
from kiosk.scene import Aside, Back, Begin, Choose, Forward, Leave, Rate, Say, Speak
from sync.errors import StoreFull
from sync.profile import Fact, Option, Question, Survey, Text

SURVEY = Survey(
    code="counter",
    version=3,
    questions=[
        Question(code="fast", aspect="process", text=Text(th="เร็ว")),
        Question(code="polite", aspect="officer", text=Text(th="สุภาพ")),
    ],
    about=[
        Fact(
            code="age",
            text=Text(th="อายุ"),
            options=[Option(code=code, name=Text(th=code)) for code in ("under-20", "20-59")],
        )
    ],
)


class PaperCounter:
    """Keeps opinions as a store would, until `trouble` is set."""

    def __init__(self):
        self.ratings, self.remarks, self.surveys = [], [], []
        self.trouble = None

    def _keep(self, kept, item, language):
        if self.trouble:
            raise self.trouble
        kept.append((item, language))

    def submit(self, draft, language):
        raise AssertionError("nobody made a case")

    def rate(self, rating, language):
        self._keep(self.ratings, rating, language)

    def explain(self, remark, language):
        self._keep(self.remarks, remark, language)

    def answer(self, survey, language):
        self._keep(self.surveys, survey, language)

    def look(self):
        pass


@pytest.fixture
def counter():
    return PaperCounter()


@pytest.fixture
def clerk(counter):
    post = Post(division="works", survey_for=lambda division: SURVEY if division else None)
    clerk = Clerk(counter, object(), lambda: "ok", post)
    clerk.hear(Rate(2))
    assert clerk.scene.visit.step is Step.THANKS
    return clerk


def hear(clerk, *asks):
    for ask in asks:
        scene = clerk.hear(ask)
    return scene


def test_a_reason_is_kept_at_its_touch_beside_the_rating_it_explains(clerk, counter):
    scene = hear(clerk, Choose("reason", "slow"))
    [(remark, language)] = counter.remarks
    [(rating, _)] = counter.ratings
    assert (remark.rating_id, remark.reason, language) == (rating.rating_id, "slow", "th")
    assert (scene.visit.step, scene.visit.rating.reason) == (Step.THANKS, "slow")


def test_one_reason_is_enough(clerk, counter):
    hear(clerk, Choose("reason", "slow"), Choose("reason", "slow"), Choose("reason", "far"))
    assert [remark.reason for remark, _ in counter.remarks] == ["slow"]


def test_words_are_kept_when_they_are_sent_and_not_before(clerk, counter):
    hear(clerk, Choose("reason", "slow"), Aside(Step.REMARK), Say("words", " รอนาน "))
    assert len(counter.remarks) == 1
    scene = hear(clerk, Speak("en"), Forward())
    remark, language = counter.remarks[1]
    assert (remark.words, remark.reason, language) == ("รอนาน", "", "en")
    assert remark.explanation_id != counter.remarks[0][0].explanation_id
    assert (scene.visit.step, scene.visit.rating.words) == (Step.THANKS, "")
    assert hear(clerk, Aside(Step.REMARK)).visit.step is Step.THANKS


def test_words_that_are_none_are_told_and_nothing_is_sent(clerk, counter):
    scene = hear(clerk, Aside(Step.REMARK), Say("words", " ั้ "), Forward())
    assert (scene.visit.step, scene.wrong) == (Step.REMARK, {"words": "only_marks"})
    assert hear(clerk, Say("words", "ดี")).wrong == {}
    assert not counter.remarks


def test_words_not_sent_are_gone_with_whoever_typed_them(clerk, counter):
    scene = hear(clerk, Aside(Step.REMARK), Say("words", "ความลับ"), Leave())
    assert (scene.visit.rating, counter.remarks) == (None, [])
    assert hear(clerk, Rate(5), Aside(Step.REMARK)).visit.rating.words == ""


def test_a_questionnaire_is_asked_question_by_question_and_kept_once(clerk, counter):
    seen = []
    hear(clerk, Begin("survey"))
    for answer in (4, 5, "20-59"):
        visit = clerk.scene.visit
        seen.append((visit.survey.asked, progress(visit)))
        hear(clerk, Choose(visit.survey.asked, answer))
    assert seen == [("fast", (1, 3)), ("polite", (2, 3)), ("age", (3, 3))]
    [(survey, _)] = counter.surveys
    assert (survey.scores, survey.about) == ({"fast": 4, "polite": 5}, {"age": "20-59"})
    assert (survey.survey_code, survey.survey_version, survey.division_code) == (
        *("counter", 3),
        "works",
    )
    assert clerk.scene.visit.step is Step.THANKS
    assert hear(clerk, Begin("survey")).visit.step is Step.THANKS


def test_a_question_may_be_skipped_and_answered_after_all(clerk, counter):
    hear(clerk, Begin("survey"), Forward(), Choose("polite", 3), Back(), Back())
    hear(clerk, Choose("fast", 1), Choose("polite", 2), Forward())
    [(survey, _)] = counter.surveys
    assert (survey.scores, survey.about) == ({"fast": 1, "polite": 2}, {})


def test_a_double_tap_answers_one_question(clerk, counter):
    scene = hear(clerk, Begin("survey"), Choose("fast", 4), Choose("fast", 1))
    assert scene.visit.survey.scores == {"fast": 4}
    assert scene.visit.survey.asked == "polite"


@pytest.mark.parametrize("leaving", [Leave(), Back()])
def test_whoever_leaves_a_questionnaire_early_has_said_what_they_said(clerk, counter, leaving):
    hear(clerk, Begin("survey"), Choose("fast", 4))
    hear(clerk, Back(), leaving)
    [(survey, _)] = counter.surveys
    assert survey.scores == {"fast": 4}


def test_a_questionnaire_without_an_answer_is_none(clerk, counter):
    hear(clerk, Begin("survey"), Forward(), Forward(), Forward())
    hear(clerk, Begin("survey"), Leave())
    assert counter.surveys == []


def test_without_a_questionnaire_none_is_begun(counter):
    clerk = Clerk(counter, object(), lambda: "ok", Post(division="works"))
    assert hear(clerk, Rate(2), Begin("survey")).visit.step is Step.THANKS


def test_a_disk_that_takes_nothing_leaves_everything_as_it_was(clerk, counter):
    hear(clerk, Aside(Step.REMARK), Say("words", "รอนาน"))
    counter.trouble = StoreFull("no space")
    scene = hear(clerk, Forward())
    assert (scene.visit.step, scene.visit.rating.words) == (Step.REMARK, "รอนาน")
    assert scene.trouble == "store_full"
    counter.trouble = None
    scene = hear(clerk, Forward())
    assert (scene.visit.step, scene.trouble) == (Step.THANKS, "")
    assert [remark.words for remark, _ in counter.remarks] == ["รอนาน"]


def test_a_button_pressed_meanwhile_is_another_rating_and_disturbs_no_words(clerk, counter):
    before = hear(clerk, Aside(Step.REMARK), Say("words", "รอ"))
    assert hear(clerk, Rate(5)) == before
    assert [rating.score for rating, _ in counter.ratings] == [2, 5]


def test_what_is_said_after_a_rating_stands_in_no_repr(clerk, counter):
    scene = hear(clerk, Choose("reason", "slow"), Aside(Step.REMARK), Say("words", "ความลับ"))
    assert "ความลับ" not in repr(scene)
    hear(clerk, Forward())
    assert "ความลับ" not in repr(counter.remarks)
