"""Ratings on the real window: how many touches, buttons beside the glass, what follows."""

import select
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kiosk.buttons import Buttons
from sync.errors import StoreFull
from sync.wire import RatingGiven, decode_record
from tests.kiosk.screens.box import Box
from tests.kiosk.screens.test_visit import to_review


@pytest.fixture
def counter(tmp_path: Path) -> Iterator[Box]:
    """A box at the counter of the public works."""
    box = Box(tmp_path, division="works")
    yield box
    box.close()


@pytest.fixture
def press() -> Iterator[Callable[..., None]]:
    """Press buttons on a thread of their own, as a panel's driver does."""
    with Buttons() as buttons:

        def press(box: Box, *scores: int) -> None:
            for score in scores:
                driver = threading.Thread(target=buttons.press, args=(score,))
                driver.start()
                driver.join()
            for score in buttons.pressed():
                box.glass.press(score)
            box.frames()

        yield press


def kept(box: Box) -> list[tuple[str, int]]:
    records = [decode_record(entry.record) for entry in box.store.waiting(100)]
    return [(r.division_code, r.score) for r in records if isinstance(r, RatingGiven)]


def test_where_the_division_is_known_a_rating_is_one_touch(counter: Box) -> None:
    touches = ["face:4"]
    for target in touches:
        counter.touch(target)
    assert (counter.glass.name, kept(counter)) == ("thanks", [("works", 4)])
    assert len(touches) == 1


def test_else_a_rating_is_two_touches_after_the_way_to_it(box: Box) -> None:
    assert "face:4" not in box.targets()
    box.touch("kind:rating")
    touches = ["division:finance", "face:4"]
    for target in touches:
        box.touch(target)
    assert (box.glass.name, kept(box)) == ("thanks", [("finance", 4)])
    assert len(touches) == 2


def test_the_faces_say_whose_service_is_rated_in_every_language(counter: Box) -> None:
    def said() -> str:
        counter.frames()
        return " ".join(getattr(widget, "text", "") or "" for widget in counter.widgets())

    division = counter.profile.division("works").name
    assert division.th in said()
    counter.touch("language:en")
    assert division.en in said()
    assert "kind:rating" not in counter.targets()
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
    for target in ("kind:rating", "division:works"):
        box.touch(target)
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


@pytest.mark.parametrize("score", [0, 6, -1])
def test_a_button_without_a_face_is_an_error_of_the_panel(score: int) -> None:
    with Buttons() as buttons, pytest.raises(ValueError, match=f"score {score}"):
        buttons.press(score)


def test_a_press_wakes_whoever_sleeps_in_select() -> None:
    with Buttons() as buttons:
        assert select.select([buttons], [], [], 0)[0] == []
        buttons.press(4)
        assert select.select([buttons], [], [], 10)[0] == [buttons]
        assert buttons.pressed() == [4]
        assert select.select([buttons], [], [], 0)[0] == []


def test_more_presses_than_any_hand_makes_never_hold_up_the_panel() -> None:
    with Buttons() as buttons:
        for _ in range(5000):
            buttons.press(3)
        assert set(buttons.pressed()) == {3}


def test_going_back_from_the_division_after_a_button_leads_home(
    box: Box, press: Callable[..., None]
) -> None:
    press(box, 3)
    box.touch("back")
    assert (box.glass.name, kept(box)) == ("home", [])
