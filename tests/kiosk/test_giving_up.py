"""Only a glass that systemd gave up on climbs the ladder, whichever systemd tells of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hardware.manager import Unit
from kiosk import giving_up
from kiosk.giving_up import GAVE_UP, WRONG_SETTINGS, has_given_up

STARTS = Unit(state="activating")
WAITS = Unit(state="activating", is_waiting_to_restart=True)
RUNS, FAILED, OFF = Unit(state="active"), Unit(state="failed"), Unit(state="inactive")


def seen(*units: Unit) -> bool:
    """What is made of a glass that is so, one look after another."""
    looks: Iterator[Unit] = iter(units)
    return has_given_up(lambda: next(looks), sleep=lambda _: None)


def test_a_glass_that_is_started_again_and_runs_goes_on() -> None:
    assert not seen(WAITS, WAITS, STARTS, RUNS)


def test_a_glass_that_fails_until_nobody_starts_it_any_more_was_given_up() -> None:
    assert seen(WAITS, STARTS, WAITS, STARTS, FAILED)
    assert seen(FAILED)


def test_a_glass_whose_data_is_missing_was_never_started_and_is_given_up() -> None:
    assert seen(OFF)


def test_a_glass_that_a_technician_stops_meanwhile_is_not_given_up() -> None:
    assert not seen(WAITS, STARTS, OFF)


@pytest.mark.parametrize(("status", "code"), [("2", WRONG_SETTINGS), ("1", GAVE_UP), ("", GAVE_UP)])
def test_where_systemd_does_not_answer_it_counts_as_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, status: str, code: int
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("MONITOR_EXIT_STATUS", status)
    assert giving_up.main() == code
