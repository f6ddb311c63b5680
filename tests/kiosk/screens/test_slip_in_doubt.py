"""The question whether a slip came out, on the glass."""

import pytest

from kiosk.form.flow import Step
from kiosk.handing import ASKED
from kiosk.languages import NAMES
from tests.kiosk.screens.box import Box

ANSWERS = {"slip:again", "slip:taken"}
TO_REVIEW = "kind:complaint topic:street_light phrase:1 village:village-3 next"


def submit(box: Box) -> None:
    for target in (*TO_REVIEW.split(), "next"):
        box.touch(target)
    assert box.clerk.scene.visit.step is Step.DONE


def doubt(box: Box) -> None:
    box.slip = ASKED
    box.glass.show(box.clerk.look_up())
    box.frames()


def offered(box: Box) -> set[str]:
    """What the screen asks, beside what the header always offers."""
    return {name for name in box.targets() if name in {*ANSWERS, "finish"}}


def test_whoever_waits_is_asked_and_has_two_answers(box: Box) -> None:
    submit(box)
    assert offered(box) == {"finish"}
    doubt(box)
    assert offered(box) == ANSWERS


@pytest.mark.parametrize(("answer", "then"), [("taken", "printed"), ("again", "waiting")])
def test_an_answer_is_heard_and_the_question_goes(box: Box, answer: str, then: str) -> None:
    submit(box)
    doubt(box)
    box.touch(f"slip:{answer}")
    assert box.slip == box.clerk.scene.slip == then
    assert offered(box) == {"finish"}


def test_a_copy_in_doubt_is_asked_for_again(box: Box) -> None:
    submit(box)
    for _ in range(2):
        doubt(box)
        box.touch("slip:again")
    assert box.clerk.scene.slip == "waiting"


def test_whoever_comes_next_is_not_asked(box: Box) -> None:
    submit(box)
    doubt(box)
    box.glass._leave()
    box.frames()
    assert box.slip == "expired"
    box.slip = ASKED
    box.glass.show(box.clerk.look_up())
    box.frames()
    assert offered(box) == set()


def test_the_question_goes_when_the_slip_expires_unanswered(box: Box) -> None:
    submit(box)
    doubt(box)
    box.slip = "expired"
    box.glass.show(box.clerk.look_up())
    box.frames()
    assert offered(box) == {"finish"}


@pytest.mark.parametrize("language", NAMES)
def test_it_is_asked_in_every_language(box: Box, language: str) -> None:
    submit(box)
    doubt(box)
    box.touch("languages")
    box.touch(f"language:{language}")
    assert offered(box) == ANSWERS
    asked = {box.targets()[name].text for name in ANSWERS}
    assert (asked == {"No, print it again", "Yes, I have it"}) == (language == "en")
