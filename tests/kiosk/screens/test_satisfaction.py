"""Ratings on the real window: how many touches, buttons beside the glass, what follows."""

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest
from msgspec import structs

from kiosk.form import opinions
from kiosk.form.flow import Step, Visit
from kiosk.form.model import Rating
from kiosk.scene import Scene
from kiosk.screens.glass import MORE_S, THANKS_S
from kiosk.screens.thanks import ThanksScreen
from kiosk.widgets.face import Face
from sync.errors import StoreFull
from sync.opinion import Explanation, SurveyAnswers
from sync.records import RatingExplained, RatingGiven, SurveyAnswered
from sync.seal import open_sealed
from sync.wire import decode_record
from tests.kiosk.screens.box import INTAKE_KEY, Box
from tests.kiosk.screens.test_visit import to_review


@pytest.fixture
def counter(tmp_path: Path) -> Iterator[Box]:
    """A box at the counter of the public works."""
    box = Box(tmp_path, division="works")
    yield box
    box.close()


@pytest.fixture
def press() -> Callable[..., None]:
    """Press buttons beside the glass; how a panel hears them is `test_panel`'s."""

    def press(box: Box, *scores: int) -> None:
        for score in scores:
            box.glass.press(score)
        box.frames()

    return press


def kept(box: Box) -> list[tuple[str, int]]:
    records = [decode_record(entry.record) for entry in box.store.waiting(100)]
    return [(r.division_code, r.score) for r in records if isinstance(r, RatingGiven)]


def test_where_the_division_is_known_a_rating_is_one_touch(counter: Box) -> None:
    touches = ["face:4"]
    for target in touches:
        counter.touch(target)
    assert (counter.glass.name, kept(counter)) == ("thanks", [("works", 4)])
    assert len(touches) == 1


def test_else_a_rating_is_two_touches_from_home(box: Box) -> None:
    assert "face:4" not in box.targets()
    assert box.glass.name == "home"
    touches = ["division:finance", "face:4"]
    for target in touches:
        box.touch(target)
    assert (box.glass.name, kept(box)) == ("thanks", [("finance", 4)])
    assert len(touches) == 2


def test_every_division_stands_at_home_and_a_wrong_one_is_changed_one_step_back(box: Box) -> None:
    offered = {name for name in box.targets() if name.startswith("division:")}
    assert offered == {f"division:{each.code}" for each in box.profile.divisions}
    for target in ("division:finance", "back", "division:works", "face:2"):
        box.touch(target)
    assert (box.glass.name, kept(box)) == ("thanks", [("works", 2)])


def test_the_faces_say_whose_service_is_rated_in_every_language(counter: Box) -> None:
    def said() -> str:
        counter.frames()
        return " ".join(getattr(widget, "text", "") or "" for widget in counter.widgets())

    division = counter.profile.division("works").name
    assert division.th in said()
    counter.touch("language:en")
    assert division.en in said()
    assert not [name for name in counter.targets() if name.startswith("division:")]
    assert {"kind:complaint", "kind:corruption", "face:1", "face:5"} <= set(counter.targets())


def test_the_next_resident_finds_the_faces_again(counter: Box) -> None:
    for target in ("face:1", "finish", "face:5", "finish"):
        counter.touch(target)
    assert counter.glass.name == "home"
    assert kept(counter) == [("works", 1), ("works", 5)]


def test_a_disk_that_takes_no_rating_gives_no_thanks(counter: Box) -> None:
    def refuse(*_: object) -> bool:
        raise StoreFull("no space")

    counter.clerk._counter._store = type("Full", (), {"keep_rating": refuse})()
    counter.touch("face:4")
    assert (counter.glass.name, counter.clerk.scene.trouble) == ("home", "store_full")


def test_a_button_beside_the_glass_is_a_rating(counter: Box, press: Callable[..., None]) -> None:
    press(counter, 2)
    assert (counter.glass.name, kept(counter)) == ("thanks", [("works", 2)])
    press(counter, 5, 5)
    assert kept(counter) == [("works", 2), ("works", 5), ("works", 5)]


def test_where_the_division_is_asked_a_button_and_a_touch_are_enough(
    box: Box, press: Callable[..., None]
) -> None:
    press(box, 3)
    assert (box.glass.name, kept(box)) == ("division", [])
    box.touch("division:health")
    assert (box.glass.name, kept(box)) == ("thanks", [("health", 3)])


def test_a_button_answers_the_question_that_is_asked(box: Box, press: Callable[..., None]) -> None:
    box.touch("division:works")
    press(box, 1)
    assert (box.glass.name, kept(box)) == ("thanks", [("works", 1)])


def test_a_button_counts_beside_a_form_and_disturbs_nobody(
    counter: Box, press: Callable[..., None]
) -> None:
    to_review(counter)
    before = counter.clerk.scene
    press(counter, 5)
    assert counter.clerk.scene == before
    assert kept(counter) == [("works", 5)]


def test_a_button_beside_a_form_is_not_guessed_to_be_any_divisions(
    box: Box, press: Callable[..., None]
) -> None:
    to_review(box)
    press(box, 5)
    assert (box.glass.name, kept(box)) == ("review", [])


def test_a_button_puts_the_sheet_of_languages_away(
    counter: Box, press: Callable[..., None]
) -> None:
    counter.touch("languages")
    press(counter, 4)
    assert counter.glass.name == "thanks"


def test_going_back_from_the_division_after_a_button_leads_home(
    box: Box, press: Callable[..., None]
) -> None:
    press(box, 3)
    box.touch("back")
    assert (box.glass.name, kept(box)) == ("home", [])


def said(box: Box) -> list[Explanation | SurveyAnswers]:
    """What was kept after ratings, opened."""
    records = [decode_record(entry.record) for entry in box.store.waiting(100)]
    shapes = {RatingExplained: Explanation, SurveyAnswered: SurveyAnswers}
    return [
        msgspec.json.decode(open_sealed(record.sealed, INTAKE_KEY), type=shapes[type(record)])
        for record in records
        if type(record) in shapes
    ]


def test_after_the_rating_one_touch_says_why(counter: Box) -> None:
    counter.touch("face:2")
    shown = {name for name in counter.targets() if name.startswith("reason:")}
    assert shown == {"reason:slow", "reason:unclear", "reason:impolite", "reason:inconvenient"}
    counter.touch("reason:slow")
    assert [each.reason for each in said(counter)] == ["slow"]
    assert counter.glass.name == "thanks"
    assert "reason:unclear" not in counter.targets()
    assert "finish" in counter.targets()


def test_after_a_good_rating_other_reasons_are_offered(counter: Box) -> None:
    counter.touch("face:5")
    assert "reason:quick" in counter.targets()
    assert "reason:slow" not in counter.targets()


def test_words_follow_a_rating_by_touches_alone_and_leave_the_glass(counter: Box) -> None:
    for target in ("face:2", "words"):
        counter.touch(target)
    counter.type("รอนาน")
    counter.touch("next")
    assert [each.words for each in said(counter)] == ["รอนาน"]
    assert counter.glass.name == "thanks"
    assert "words" not in counter.targets()
    for target in ("finish", "face:1", "words"):
        counter.touch(target)
    assert counter.glass._screen.ids.field.text == ""


def test_a_questionnaire_is_one_touch_a_question_and_may_be_left(counter: Box) -> None:
    for target in ("face:4", "survey", "face:5", "face:4", "skip", "finish"):
        counter.touch(target)
    assert counter.glass.name == "home"
    [answers] = said(counter)
    assert (answers.scores, answers.about) == ({"simple": 5, "quick": 4}, {})


def test_a_whole_questionnaire_says_as_much_of_the_person_as_they_like(counter: Box) -> None:
    counter.touch("face:4")
    counter.touch("survey")
    for _ in range(8):
        counter.touch("face:3")
    for target in ("skip", "option:60-up", "skip", "option:farmer"):
        counter.touch(target)
    [answers] = said(counter)
    assert set(answers.scores.values()) == {3}
    assert len(answers.scores) == 8
    assert answers.about == {"age": "60-up", "occupation": "farmer"}
    assert counter.glass.name == "thanks"
    assert "survey" not in counter.targets()


def test_going_back_shows_the_answer_given_before(counter: Box) -> None:
    for target in ("face:4", "survey", "face:5", "back"):
        counter.touch(target)
    counter.frames()
    chosen = [face.name for face in counter.widgets() if isinstance(face, Face) and face.chosen]
    assert chosen == ["face:5"]


def test_whoever_walks_away_from_a_questionnaire_has_answered_what_they_answered(
    counter: Box,
) -> None:
    for target in ("face:4", "survey", "face:5"):
        counter.touch(target)
    counter.glass._leave()  # as the vigil does when nobody answers
    assert counter.glass.name == "home"
    assert [each.scores for each in said(counter)] == [{"simple": 5}]


def test_the_language_changes_in_the_midst_of_a_questionnaire(counter: Box) -> None:
    for target in ("face:4", "survey", "face:5", "language:en"):
        counter.touch(target)
    question = counter.profile.survey_for("works").questions[1]
    assert counter.glass._screen.question == question.text.en
    counter.touch("finish")
    assert [each.language for each in said(counter)] == ["en"]


def test_without_reasons_and_questionnaire_there_is_only_thanks(counter: Box) -> None:
    bare = structs.replace(counter.profile, reasons=[], surveys=[])
    rating = Rating(rating_id=uuid.uuid4(), division_code="works", score=2)
    scene = Scene(visit=Visit(step=Step.THANKS, rating=rating))
    screen = counter.alone(ThanksScreen(profile=bare, scene=scene))
    assert [entry.name for entry in screen.ids.more.children] == ["words"]
    assert screen.ids.reasons.cards == []
    assert not opinions.are_offered(bare, rating)
    assert opinions.are_offered(counter.profile, rating)


def test_thanks_wait_longer_where_there_is_something_to_choose(counter: Box) -> None:
    for target in ("face:2", "reason:slow"):
        counter.touch(target)
        assert counter.glass._vigil._wait_s == MORE_S
    counter.touch("finish")
    counter.glass._profile = structs.replace(counter.profile, reasons=[], surveys=[])
    counter.touch("face:2")
    assert counter.glass._vigil._wait_s == THANKS_S
