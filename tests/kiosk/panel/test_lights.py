"""What the lights say, decided without any."""

import uuid

import pytest

from hardware.panel.pattern import QUICK, SLOW, STEADY
from kiosk.form.flow import Step, Visit
from kiosk.form.model import Rating
from kiosk.panel.lights import is_quiet, of_health, of_heat, of_scene
from kiosk.scene import BoxState, Scene

RATED = Rating(rating_id=uuid.UUID(int=1), division_code="works", score=4)


def test_the_face_that_was_touched_is_lit_while_the_thanks_stand() -> None:
    assert of_scene(Scene(visit=Visit(step=Step.THANKS, rating=RATED))) == {"light_4": STEADY}
    assert of_scene(Scene(visit=Visit(step=Step.HOME))) == {}


@pytest.mark.parametrize(
    ("slip", "shown"),
    [
        ("waiting", {"slip_light": SLOW}),
        ("printing", {"slip_light": SLOW}),
        ("printed", {"slip_light": STEADY}),
        ("asked", {"slip_light": STEADY}),
        ("unknown", {}),
        ("expired", {}),
    ],
)
def test_the_slot_blinks_while_it_prints_and_is_lit_while_the_slip_is_to_be_taken(
    slip: str, shown: dict[str, object]
) -> None:
    done = Visit(step=Step.DONE)
    assert of_scene(Scene(visit=done, slip=slip)) == shown
    assert of_scene(Scene(visit=done, slip=slip, box=BoxState(printer="paper_out"))) == {}
    assert of_scene(Scene(visit=Visit(step=Step.HOME), slip=slip)) == {}


def test_the_slot_is_lit_for_a_voucher_beside_the_face() -> None:
    thanks = Visit(step=Step.THANKS, rating=RATED)
    told = Scene(visit=thanks, paper=RATED.rating_id, slip="printed")
    assert of_scene(told) == {"light_4": STEADY, "slip_light": STEADY}
    joined = Scene(visit=Visit(step=Step.JOINED), paper=RATED.rating_id, slip="waiting")
    assert of_scene(joined) == {"slip_light": SLOW}


def test_health_is_told_by_rhythm() -> None:
    shown = [of_health(worst)["status"] for worst in ("fine", "warn", "bad")]
    assert shown == [STEADY, SLOW, QUICK]


def test_the_fan_runs_from_hot_down_to_cool() -> None:
    def runs(temperature_c: float | None, ran: bool) -> bool:
        return bool(of_heat(temperature_c, 65, 55, runs=ran))

    assert [runs(warm, False) for warm in (54, 60, 64.9, 65, 80)] == [
        False,
        False,
        False,
        True,
        True,
    ]
    assert [runs(warm, True) for warm in (70, 60, 55, 54.9)] == [True, True, True, False]
    assert runs(None, False), "nobody knows how warm it is"


@pytest.mark.parametrize(
    ("hours", "quiet"),
    [((20, 7), {20, 23, 0, 6}), ((12, 13), {12}), ((0, 0), set()), ((9, 9), set())],
)
def test_quiet_hours_may_go_over_midnight(hours: tuple[int, int], quiet: set[int]) -> None:
    loud = {7, 8, 13, 19} | ({12} if 12 not in quiet else set())
    assert all(is_quiet(hour, *hours) for hour in quiet)
    assert not any(is_quiet(hour, *hours) for hour in loud)
