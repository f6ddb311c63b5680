"""Contacts over time: bouncing, held, stuck, restless; whoever looks, whenever."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.panel.debounce import Rules, Switch, due, looked_at, started, told

RULES = Rules()
BOUNCE = st.lists(st.floats(0.0001, 0.0039), max_size=4)
PRESSES = st.lists(st.tuples(st.floats(0.03, 5), BOUNCE, st.floats(0.03, 5), BOUNCE), max_size=6)
LOOKS = st.lists(st.floats(0, 70), max_size=20)


def edges_of(presses: list) -> list[tuple[bool, float]]:
    """Edges of a worn contact: each change is followed by some that undo and redo it."""
    now, edges = 1.0, []
    for pause, closing, hold, opening in presses:
        for level, stands, bounces in ((True, pause, closing), (False, hold, opening)):
            now += stands
            edges.append((level, now))
            for gap in bounces:
                for turned in (not level, level):
                    now += gap
                    edges.append((turned, now))
    return edges


def seen_in(
    edges: list[tuple[bool, float]], looks: list[float] = (), rules: Rules = RULES
) -> list[str]:
    switch, seen = started(level=False, at_s=0.0), []
    moments = sorted(
        [*((at, level) for level, at in edges), *((at, None) for at in looks)],
        key=lambda moment: moment[0],
    )
    for at, level in moments:
        change = looked_at(switch, at, rules) if level is None else told(switch, level, at, rules)
        switch, new = change
        seen += new
    return seen + looked_at(switch, 1000.0, rules)[1]


@given(PRESSES)
def test_however_it_bounces_each_press_counts_once(presses: list) -> None:
    assert seen_in(edges_of(presses)) == ["on", "off"] * len(presses)


@given(st.lists(st.tuples(st.booleans(), st.floats(0, 60)), max_size=30), LOOKS)
def test_what_is_seen_does_not_depend_on_when_somebody_looks(edges: list, looks: list) -> None:
    edges = sorted(edges, key=lambda edge: edge[1])
    assert seen_in(edges, looks) == seen_in(edges)


@given(st.lists(st.tuples(st.booleans(), st.floats(0, 60)), max_size=30))
def test_looking_when_it_is_due_misses_nothing(edges: list) -> None:
    switch, seen = started(level=False, at_s=0.0), []

    def look_until(end: float) -> None:
        nonlocal switch, seen
        while (moment := due(switch, RULES)) is not None and moment <= end:
            before = switch
            switch, new = looked_at(switch, moment, RULES)
            seen += new
            assert switch != before, "due, and nothing came of it"

    for level, at in sorted(edges, key=lambda edge: edge[1]):
        look_until(at)
        switch, new = told(switch, level, at, RULES)
        seen += new
    look_until(1000.0)
    assert seen == seen_in(sorted(edges, key=lambda edge: edge[1]))


def test_a_spark_on_the_wire_is_no_press() -> None:
    assert seen_in([(True, 1.0), (False, 1.015)]) == []


def test_a_press_that_is_heard_of_late_still_counts() -> None:
    switch, _ = told(started(level=False, at_s=0.0), True, 1.0, RULES)
    switch, first = told(switch, False, 1.1, RULES)
    assert [*first, *looked_at(switch, 9.0, RULES)[1]] == ["on", "off"]


def test_a_stuck_button_counts_once_and_is_ignored_until_it_is_free() -> None:
    jammed = [(True, 1.0), (False, 60.0)]
    again = [(True, 61.0), (False, 61.2)]
    assert seen_in(jammed) == ["on", "stuck", "free"]
    assert seen_in(jammed + again) == ["on", "stuck", "free", "on", "off"]


def test_a_button_that_is_down_at_the_start_was_pressed_by_nobody() -> None:
    switch = started(level=True, at_s=0.0)
    assert looked_at(switch, 1.0, RULES) == (switch, [])
    assert looked_at(switch, 31.0, RULES)[1] == ["stuck"]


def test_a_restless_contact_is_told_once_and_counts_for_nothing() -> None:
    rattle = [(number % 2 == 0, 1.0 + number * 0.005) for number in range(400)]
    assert seen_in(rattle, [2.0, 3.0]) == ["restless", "free"]


def test_a_restless_contact_is_free_only_after_calm() -> None:
    rattle = [(number % 2 == 0, 1.0 + number * 0.005) for number in range(400)]
    too_soon = [(True, 3.5), (False, 3.7)]
    later = [(True, 5.0), (False, 5.2)]
    assert seen_in(rattle + too_soon) == ["restless", "free"]
    assert seen_in(rattle + too_soon + later) == ["restless", "free", "on", "off"]


@pytest.mark.parametrize(("held_s", "seen"), [(4.9, ["on", "off"]), (5.1, ["on", "held", "off"])])
def test_what_is_held_long_enough_is_told_once(held_s: float, seen: list[str]) -> None:
    rules = Rules(hold_s=5.0)
    assert seen_in([(True, 1.0), (False, 1.0 + held_s)], [3.0, 6.05, 6.09], rules) == seen


def test_a_sensor_may_be_on_all_day() -> None:
    rules = Rules(stuck_s=None, restless_s=None)
    assert seen_in([(True, 1.0)], [50_000.0], rules) == ["on"]
    assert due(Switch(level=True, since_s=1, is_on=True, counts_s=1), rules) is None
