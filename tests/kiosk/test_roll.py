"""Paper counted where no sensor tells of its end."""

from pathlib import Path

import pytest

from kiosk.roll import ROLL_FILE, Roll


def test_the_last_tenth_is_low(tmp_path: Path) -> None:
    roll = Roll(tmp_path, 30)
    roll.use(26_999)
    assert not roll.is_low
    roll.use(2)
    assert roll.is_low


def test_what_was_used_outlives_a_restart_and_a_new_roll_begins_anew(tmp_path: Path) -> None:
    Roll(tmp_path, 30).use(29_000)
    assert Roll(tmp_path, 30).is_low
    Roll(tmp_path, 30).renew()
    assert not Roll(tmp_path, 30).is_low


def test_a_roll_of_unknown_length_is_never_low_and_keeps_nothing(tmp_path: Path) -> None:
    roll = Roll(tmp_path, 0)
    roll.use(1e9)
    assert not roll.is_low
    assert not (tmp_path / ROLL_FILE).exists()


@pytest.mark.parametrize("content", [b"", b"{", b'{"used_mm": "much"}'])
def test_a_file_that_is_damaged_means_a_new_roll(tmp_path: Path, content: bytes) -> None:
    (tmp_path / ROLL_FILE).write_bytes(content)
    assert not Roll(tmp_path, 30).is_low
