from typing import Any

import pytest

from kiosk.fingers import LOST_S, FirstFinger

DOWN = ("fingerdown", 7, 0.5, 0.25, 1.0)
MOVED = ("fingermotion", 7, 0.75, 0.25, 1.0)
UP = ("fingerup", 7, 0.75, 0.25, 1.0)
SECOND = ("fingerdown", 8, 0.1, 0.1, 1.0)


class Panel:
    """SDL's window with some events in it, and a clock."""

    title = "a window"

    def __init__(self) -> None:
        self.events: list[Any] = []
        self.now_s = 0.0
        self.first = FirstFinger(self, lambda: (800, 480), lambda: self.now_s)

    def poll(self) -> Any:
        return self.events.pop(0) if self.events else False

    def hears(self, *events: Any) -> list[Any]:
        self.events = list(events)
        return [self.first.poll() for _ in events]


@pytest.fixture
def panel() -> Panel:
    return Panel()


def test_the_first_finger_is_a_mouse_that_is_pressed_moved_and_let_go(panel: Panel) -> None:
    assert panel.hears(DOWN, MOVED, UP) == [
        ("mousebuttondown", 400, 120, 0),
        ("mousemotion", 600, 120),
        ("mousebuttonup", 600, 120, 0),
    ]


def test_a_second_finger_is_left_out_until_the_first_has_gone(panel: Panel) -> None:
    second = ("fingerup", 8, 0.1, 0.1, 1.0)
    assert panel.hears(DOWN, SECOND, second)[1:] == [None, None]
    assert panel.hears(UP, SECOND)[1] == ("mousebuttondown", 80, 48, 0)


def test_the_far_edge_is_still_on_the_panel(panel: Panel) -> None:
    assert panel.hears(("fingerdown", 7, 1.0, 1.0, 1.0)) == [("mousebuttondown", 799, 479, 0)]


def test_a_finger_whose_panel_was_unplugged_is_not_held_for_ever(panel: Panel) -> None:
    panel.hears(DOWN)
    panel.now_s = LOST_S + 1
    assert panel.hears(SECOND)[0][0] == "mousebuttonup"
    assert panel.hears(SECOND)[0][0] == "mousebuttondown"


def test_all_else_comes_through_as_it_is(panel: Panel) -> None:
    others = [("mousebuttondown", 1, 2, 1), ("keydown", 3), None, False]
    assert panel.hears(*others) == others
    assert panel.first.title == "a window"
