"""The glass's pulse: from drawn frames, and from nothing else."""

from pathlib import Path

import pytest

from kiosk.heartbeat import FILE, Heartbeat, read


def test_a_pulse_comes_from_frames_at_most_four_times_in_its_period(tmp_path: Path) -> None:
    now, pings = [1000.0], []
    pulse = Heartbeat(tmp_path, 8.0, lambda: pings.append(now[0]), lambda: now[0])
    assert read(tmp_path) is None
    for now[0] in (1000.0, 1000.1, 1001.9, 1002.0, 1003.0, 1010.0):
        pulse.frame()
    assert pings == [1000.0, 1002.0, 1010.0]
    found = read(tmp_path)
    assert found is not None
    assert (found.every_s, found.at_s) == (8.0, 1010.0)


def test_a_shorter_pulse_leaves_nothing_of_a_longer_one(tmp_path: Path) -> None:
    for at_s in (123456.0, 7.0):
        Heartbeat(tmp_path, 8.0, lambda: None, lambda at_s=at_s: at_s).frame()
    found = read(tmp_path)
    assert found is not None
    assert found.at_s == 7.0


@pytest.mark.parametrize("garbage", ["", "1.0", "one two", "1 2 3"])
def test_a_pulse_that_is_none_is_not_told(tmp_path: Path, garbage: str) -> None:
    (tmp_path / FILE).write_text(garbage)
    assert read(tmp_path) is None
