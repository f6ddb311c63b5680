from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk import ladder
from kiosk.ladder import LADDER_FILE, MOST_REBOOTS, WITHIN, climb, decide

NOW = datetime(2026, 11, 28, 8, 0, tzinfo=UTC)
CRASHED = {"MONITOR_SERVICE_RESULT": "start-limit-hit", "MONITOR_EXIT_STATUS": "1"}
MINUTE = timedelta(minutes=1)


def noted(folder: Path) -> list[datetime]:
    return msgspec.json.decode((folder / LADDER_FILE).read_bytes(), type=ladder.Climbed).reboots


def test_a_glass_that_gives_up_again_and_again_has_the_box_reboot_twice_an_hour(
    tmp_path: Path,
) -> None:
    minutes = [0, 5, 10, 59, 60, 61, 64, 66]
    decided = [decide(tmp_path, CRASHED, NOW + at * MINUTE) for at in minutes]
    assert decided == [True, True, False, False, True, False, False, True]


def test_a_reboot_is_noted_before_it_happens(tmp_path: Path) -> None:
    decide(tmp_path, CRASHED, NOW)
    assert noted(tmp_path) == [NOW]


def test_wrong_settings_are_not_mended_by_a_reboot(tmp_path: Path) -> None:
    wrong = {"MONITOR_SERVICE_RESULT": "exit-code", "MONITOR_EXIT_STATUS": "2"}
    assert not decide(tmp_path, wrong, NOW)
    assert not (tmp_path / LADDER_FILE).exists()


def test_what_cannot_be_noted_does_not_happen(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        decide(tmp_path / "gone", CRASHED, NOW)


def test_a_file_that_nobody_can_read_is_no_leave_to_reboot(tmp_path: Path) -> None:
    (tmp_path / LADDER_FILE).write_bytes(b"")
    assert not decide(tmp_path, CRASHED, NOW)
    assert not decide(tmp_path, CRASHED, NOW + 59 * MINUTE)
    assert decide(tmp_path, CRASHED, NOW + 60 * MINUTE)


def test_a_clock_that_begins_anew_with_each_boot_leads_to_no_loop(tmp_path: Path) -> None:
    decided = [decide(tmp_path, CRASHED, NOW) for _ in range(9)]
    assert decided == [True] * MOST_REBOOTS + [False] * 7


def test_reboots_that_a_wrong_clock_put_years_ahead_age_from_now_on(tmp_path: Path) -> None:
    ahead = NOW + timedelta(days=3650)
    assert decide(tmp_path, CRASHED, ahead)
    assert decide(tmp_path, CRASHED, ahead)
    assert not decide(tmp_path, CRASHED, NOW)
    assert decide(tmp_path, CRASHED, NOW + WITHIN)


@given(st.lists(st.integers(-300, 300), max_size=40))
def test_however_the_clock_jumps_no_more_than_two_in_a_row_lie_within_an_hour(
    jumps: list[int],
) -> None:
    now, reboots, run = NOW, [], 0
    for jump in jumps:
        now += jump * MINUTE
        more = climb(reboots, now)
        run = run + 1 if more else 0
        reboots = more if more is not None else [min(at, now) for at in reboots]
        assert len(reboots) <= MOST_REBOOTS
        assert all(now - at < WITHIN and at <= now for at in more or [])


def test_the_command_ends_well_only_where_a_reboot_was_noted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = tmp_path / "kiosk.toml"
    settings.write_text(f'[device]\nstate_dir = "{tmp_path}"\n')
    monkeypatch.setenv("KIOSK_CONFIG", str(settings))
    assert [ladder.main() for _ in range(3)] == [0, 0, 1]
    (tmp_path / LADDER_FILE).unlink()
    settings.write_text("[devise]\n")
    assert ladder.main() == ladder.OUT_OF_SERVICE
