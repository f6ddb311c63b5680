"""One suite for every driver of pins, the fake one included."""

import queue
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from hardware.errors import DeviceLost
from tests.contract.panels import RIGS, WIRING, Rig


@pytest.fixture(params=RIGS)
def rig(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Rig]:
    with RIGS[request.param](tmp_path) as rig:
        yield rig


@pytest.fixture
def edges(rig: Rig) -> "queue.Queue[tuple[str, bool, float]]":
    """What an open panel tells."""
    told: queue.Queue[tuple[str, bool, float]] = queue.Queue()
    rig.pins.open(getattr(rig, "wiring", WIRING), lambda *edge: told.put(edge))
    return told


def test_an_edge_is_told_with_its_part_its_meaning_and_its_moment(
    rig: Rig, edges: "queue.Queue[tuple[str, bool, float]]"
) -> None:
    before_s = time.monotonic()
    rig.press("face_1")
    part, is_on, at_s = edges.get(timeout=10)
    assert (part, is_on) == ("face_1", True)
    assert before_s - 0.01 <= at_s <= time.monotonic()
    rig.release("face_1")
    assert edges.get(timeout=10)[:2] == ("face_1", False)


def test_a_sensor_that_is_on_when_high_says_so(
    rig: Rig, edges: "queue.Queue[tuple[str, bool, float]]"
) -> None:
    rig.press("presence")
    assert edges.get(timeout=10)[:2] == ("presence", True)


def test_an_error_of_a_handler_ends_no_edges(rig: Rig) -> None:
    told: queue.Queue[bool] = queue.Queue()

    def fail(part: str, is_on: bool, at_s: float) -> None:
        told.put(is_on)
        raise ZeroDivisionError

    rig.pins.open(getattr(rig, "wiring", WIRING), fail)
    for _ in range(3):
        rig.press("face_1")
        assert told.get(timeout=10) is True
        rig.release("face_1")
        assert told.get(timeout=10) is False
    assert rig.pins.is_alive


def test_an_input_can_be_read_at_any_time(
    rig: Rig, edges: "queue.Queue[tuple[str, bool, float]]"
) -> None:
    assert rig.pins.read("face_1") is False
    rig.press("face_1")
    edges.get(timeout=10)
    assert rig.pins.read("face_1") is True


def test_outputs_are_off_until_they_are_switched_on(
    rig: Rig, edges: "queue.Queue[tuple[str, bool, float]]"
) -> None:
    assert [rig.is_lit(part) for part in ("light_1", "buzzer")] == [False, False]
    assert [rig.level(part) for part in ("light_1", "buzzer")] == [False, True]
    rig.pins.write("light_1", True)
    rig.pins.write("buzzer", True)
    assert [rig.level(part) for part in ("light_1", "buzzer")] == [True, False]
    rig.pins.write("light_1", False)
    assert not rig.is_lit("light_1")


def test_a_closed_panel_tells_nothing_and_opens_again(
    rig: Rig, edges: "queue.Queue[tuple[str, bool, float]]"
) -> None:
    rig.pins.close()
    rig.pins.close()
    assert not rig.pins.is_alive
    with pytest.raises(DeviceLost):
        rig.pins.write("light_1", True)
    with pytest.raises(DeviceLost):
        rig.pins.read("face_1")
    rig.pins.open(getattr(rig, "wiring", WIRING), lambda *edge: edges.put(edge))
    rig.press("face_1")
    assert edges.get(timeout=10)[:2] == ("face_1", True)
