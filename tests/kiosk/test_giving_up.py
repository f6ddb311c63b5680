"""Only a glass that systemd gave up on climbs the ladder, whichever systemd tells of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hardware.manager import Unit
from kiosk import giving_up
from kiosk.giving_up import GAVE_UP, GOES_ON, WRONG_SETTINGS, outcome

STARTS = Unit(state="activating")
WAITS = Unit(state="activating", is_waiting_to_restart=True)
RUNS, OFF = Unit(state="active"), Unit(state="inactive")
FAILED = Unit(state="failed", result="exit-code", exit_status=1)


def seen(*units: Unit, lacks: bool = False) -> int:
    """What is made of a glass that is so, one look after another; each of them is needed."""
    looks: Iterator[Unit] = iter(units)
    code = outcome(lambda: next(looks), lambda: lacks, sleep=lambda _: None)
    assert next(looks, None) is None
    return code


def test_a_glass_that_is_started_again_and_runs_goes_on() -> None:
    assert seen(WAITS, WAITS, STARTS, RUNS) == GOES_ON


def test_a_glass_that_fails_until_nobody_starts_it_any_more_was_given_up() -> None:
    assert seen(WAITS, STARTS, WAITS, STARTS, FAILED) == GAVE_UP
    assert seen(FAILED) == GAVE_UP


def test_a_glass_whose_data_is_missing_was_never_started_and_is_given_up() -> None:
    assert seen(OFF, OFF, lacks=True) == GAVE_UP


def test_a_glass_whose_data_is_lost_between_two_starts_is_given_up() -> None:
    assert seen(WAITS, OFF, OFF, lacks=True) == GAVE_UP


def test_a_glass_that_a_technician_stops_is_not_given_up() -> None:
    assert seen(WAITS, STARTS, OFF, OFF) == GOES_ON
    assert seen(OFF, OFF) == GOES_ON, "before this has looked for the first time"


def test_the_moment_between_two_starts_is_no_stop() -> None:
    assert seen(WAITS, OFF, STARTS, FAILED) == GAVE_UP
    assert seen(OFF, STARTS, RUNS) == GOES_ON


def test_wrong_settings_are_told_by_the_last_start_whatever_ended_the_first() -> None:
    wrong = Unit(state="failed", result="exit-code", exit_status=2)
    assert seen(WAITS, STARTS, wrong) == WRONG_SETTINGS
    interrupted = Unit(state="failed", result="signal", exit_status=2)
    assert seen(interrupted) == GAVE_UP


def test_where_systemd_does_not_answer_it_counts_as_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert giving_up.main() == GAVE_UP
