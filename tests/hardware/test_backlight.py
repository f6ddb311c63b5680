"""A panel's light, on a folder laid out as the kernel's."""

from pathlib import Path

import pytest

from hardware.backlight import Backlight, open_backlight
from hardware.errors import DeviceLost, DeviceMissing, DeviceMisuse
from hardware.fake.backlight import VirtualBacklight, open_virtual_backlight


@pytest.fixture
def device(tmp_path: Path) -> Path:
    return tmp_path / "10-0045"


def test_it_is_as_bright_as_it_was_told_and_off_at_nothing(device: Path) -> None:
    light = VirtualBacklight(device)
    found = []
    for percent in (100, 15, 0, 1):
        light.shine(percent)
        found.append(light.percent)
    assert found == [100, 15, 0, 1]
    assert (device / "bl_power").read_text() == "0\n"


def test_off_keeps_how_bright_it_was(device: Path) -> None:
    light = VirtualBacklight(device)
    light.shine(40)
    light.shine(0)
    assert (device / "brightness").read_text() == "102\n"
    assert (device / "bl_power").read_text() == "4\n"


def test_a_panel_of_few_steps_is_never_put_out_by_dimming(device: Path) -> None:
    VirtualBacklight(device)
    (device / "max_brightness").write_text("7\n")
    light = open_backlight(str(device))
    light.shine(1)
    assert (device / "brightness").read_text() == "1\n"


@pytest.mark.parametrize("percent", [-1, 101])
def test_a_brightness_that_is_none_is_refused(device: Path, percent: int) -> None:
    with pytest.raises(DeviceMisuse):
        VirtualBacklight(device).shine(percent)


@pytest.mark.parametrize("garbage", ["", "bright"])
def test_what_is_no_backlight_is_not_opened(device: Path, garbage: str) -> None:
    with pytest.raises(DeviceMissing):
        Backlight(device)
    VirtualBacklight(device)
    (device / "max_brightness").write_text(garbage)
    with pytest.raises(DeviceMissing):
        open_backlight(str(device))


def test_one_that_was_not_given_to_us_or_is_gone_is_lost(device: Path) -> None:
    light = VirtualBacklight(device)
    light.refuse()
    with pytest.raises(DeviceLost, match="brightness: Permission denied"):
        light.shine(50)
    (device / "refuses").unlink()
    light.vanish()
    with pytest.raises(DeviceLost, match="No such file"):
        light.shine(50)
    with pytest.raises(DeviceLost):
        assert light.percent


def test_a_virtual_one_is_made_lit(device: Path) -> None:
    assert open_virtual_backlight(str(device)).percent == 100
