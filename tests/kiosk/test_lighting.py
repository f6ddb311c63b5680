"""When the panel is lit, dim and dark."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.fake.backlight import VirtualBacklight
from kiosk.config import BacklightSettings, load
from kiosk.errors import ConfigError
from kiosk.lighting import Light, Lighting, light_at
from sync.case import Instant
from sync.deadline import THAILAND

OPEN = {"mon": "08:00-16:30", "sat": "09:00-24:00"}
HALF_AN_HOUR = timedelta(minutes=30)
MONDAY = datetime(2026, 11, 23, tzinfo=THAILAND)


def at(moment: datetime, *, trusted: bool = True) -> Instant:
    return Instant(wall=moment, boot_id="boot", monotonic_s=1.0, trusted=trusted)


@pytest.mark.parametrize(
    ("day", "hour", "light"),
    [
        (0, 7.99, "dark"),
        (0, 8.0, "lit"),
        (0, 16.49, "lit"),
        (0, 16.5, "dim"),
        (0, 16.99, "dim"),
        (0, 17.0, "dark"),
        (1, 12.0, "dark"),
        (5, 8.5, "dark"),
        (5, 23.99, "lit"),
    ],
)
def test_the_house_is_lit_while_it_is_open_and_dim_for_a_while_after(
    day: int, hour: float, light: Light
) -> None:
    assert light_at(MONDAY + timedelta(days=day, hours=hour), OPEN, HALF_AN_HOUR) == light


@given(st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1)))  # noqa: DTZ001  any wall clock
def test_without_opening_hours_it_is_always_lit(moment: datetime) -> None:
    assert light_at(moment, {}, HALF_AN_HOUR) == "lit"


def test_hours_are_thailands() -> None:
    settings = BacklightSettings(open={"mon": "08:00-16:30"})
    two_utc = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
    assert Lighting(settings, lambda: at(two_utc)).wanted() == "lit"
    assert Lighting(settings, lambda: at(two_utc + timedelta(hours=9))).wanted() == "dark"


def test_a_clock_that_guesses_puts_no_light_out() -> None:
    settings = BacklightSettings(open={"mon": "08:00-16:30"})
    assert Lighting(settings, lambda: at(MONDAY, trusted=False)).wanted() == "lit"


def test_the_panel_is_as_bright_as_the_settings_say(tmp_path: Path) -> None:
    device = tmp_path / "panel"
    light = VirtualBacklight(device)
    settings = BacklightSettings(
        driver="virtual", device=str(device), lit_percent=80, dim_percent=20
    )
    lighting = Lighting(settings, lambda: at(MONDAY))
    found = []
    for wanted in ("lit", "dim", "dark", "lit"):
        lighting.shine(wanted)
        found.append(light.percent)
    assert found == [80, 20, 0, 80]


def test_a_panel_that_takes_nothing_is_said_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    light = VirtualBacklight(tmp_path / "panel")
    light.refuse()
    settings = BacklightSettings(driver="virtual", device=str(tmp_path / "panel"))
    lighting = Lighting(settings, lambda: at(MONDAY))
    for wanted in ("lit", "dim", "dark"):
        lighting.shine(wanted)
    assert [record.getMessage().partition(":")[0] for record in caplog.records] == [
        "backlight as it was"
    ]


@pytest.mark.parametrize("hours", ["8:00-16:30", "16:30-08:00", "08:00-08:00", "08:00-25:00", "x"])
def test_hours_that_are_none_are_refused_with_their_day(tmp_path: Path, hours: str) -> None:
    (tmp_path / "kiosk.toml").write_text(f'[backlight.open]\nmon = "{hours}"\n')
    with pytest.raises(ConfigError, match=r"mon|\$\.backlight\.open"):
        load(tmp_path / "kiosk.toml")


def test_a_day_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "kiosk.toml").write_text('[backlight.open]\nmonday = "08:00-16:30"\n')
    with pytest.raises(ConfigError, match="backlight"):
        load(tmp_path / "kiosk.toml")
