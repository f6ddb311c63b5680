"""The glass on a panel that a kernel drives by DRM, from the power on; a finger on it.

Installed by `install` alone, in a guest; then its files become a disk that qemu boots, with all
that a Debian starts. Nothing of ours knows that the panel is emulated.
"""

import json
import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from kiosk import curtain, placard
from kiosk.profile import load_profile
from tests.appliance import aftermath, drm, machine
from tests.appliance.conftest import SUITE, WITH_KEY, install
from tests.appliance.drm import PanelMachine
from tests.appliance.guest import FOLDER, Guest
from tests.appliance.test_machine import without_glass
from tests.faults.town import PROFILE, Town

SIZE = (800, 480)
PATIENCE_S = 900
_SETTINGS = """[glass]
width = {}
height = {}
switch_off = ["touch", "/run/kiosk/power-off"]
"""
_DROP_IN = """# In this machine alone: the glass says what can be touched, for a test's finger;
# and the software renderer compiles in haste, for emulated that takes longer than it saves.
[Service]
Environment=GALLIVM_PERF=nopt
ExecStart=
ExecStart=/opt/rapfang/current/bin/kiosk ui --map /run/kiosk/map.json
"""
_NOTE_WORK = "systemctl show -P CPUUsageNSec kiosk-ui >/run/worked"
_SHOWS = """until grep -q '"screen":"{}"' /run/kiosk/map.json; do sleep 0.5; done"""


@pytest.fixture(scope="module")
def made(
    shared: dict[str, Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[PanelMachine]:
    """A box that has joined a town, with a panel; it is off."""
    if hindered := machine.hindrance():
        pytest.skip(f"NO PANEL WAS DRIVEN: {hindered}")
    box = Guest.fresh(SUITE, "panel", shared, drm.KERNEL_PACKAGE)
    with Town(tmp_path_factory.mktemp("town")) as town:
        (box.root / "root/kiosk-join.toml").write_text(town.join_file())
    (box.root / "etc/kiosk").mkdir()
    (box.root / "etc/kiosk/kiosk.toml").write_text(_SETTINGS.format(*SIZE))
    without_glass(box)  # as long as it is a guest
    box.boot()
    try:
        done = install(box, *WITH_KEY, "--join", "/root/kiosk-join.toml")
        assert "installed; still missing" in done.stdout, done.stdout + done.stderr
        drm.prepare(box, *SIZE)
    finally:
        box.stop()
    drop_ins = box.root / "etc/systemd/system/kiosk-ui.service.d"
    (drop_ins / "machine.conf").rename(drop_ins / "90-guest.conf").write_text(_DROP_IN)
    kernel = machine.kernel_of(box.root, tmp_path_factory.mktemp("kernel"))
    disk, tray = FOLDER / "panel.disk", FOLDER / "panel.tray"
    machine.disk_of(box.root, disk)
    aftermath.tray_for(box.root, tray)
    shutil.rmtree(box.root)
    made = PanelMachine(kernel, disk, tray, SIZE)
    yield made
    made.cut()
    disk.unlink()


@pytest.fixture(scope="module")
def own_boot_s(made: PanelMachine) -> float:
    """What its Debian takes without the kiosk, from the kernel's start until all is up."""
    made.kernel_words = (*drm.KERNEL_WORDS, "systemd.mask=kiosk.target")
    made.boot()
    made.ask("systemctl is-system-running --wait", PATIENCE_S)
    took_s = int(made.ask("systemctl show -P FinishTimestampMonotonic")) / 1e6
    made.ask("sync")
    made.cut()
    made.kernel_words = drm.KERNEL_WORDS
    return took_s


@pytest.fixture(scope="module")
def booted(made: PanelMachine, own_boot_s: float) -> PanelMachine:
    """Its power is on, and the glass says that it shows its first screen.

    The boot without the kiosk comes before.
    """
    made.boot()
    made.ask(_SHOWS.format("home") + "; " + _NOTE_WORK, PATIENCE_S)
    return made


def until_it_shows(made: PanelMachine, wanted: Image.Image, wait_s: float = 600) -> None:
    """Wait for a picture on the panel, dot by dot. Raises TimeoutError."""
    deadline = time.monotonic() + wait_s
    while ImageChops.difference(seen := made.picture().convert("RGB"), wanted).getbbox():
        if time.monotonic() > deadline:
            seen.save(FOLDER / "panel-instead.png")
            raise TimeoutError(f"the panel shows something else: {FOLDER}/panel-instead.png")
        time.sleep(1)


def box_of(made: PanelMachine, name: str) -> tuple[int, int, int, int]:
    """Where something that can be touched lies: left, top, right, bottom."""
    targets = json.loads(made.ask("cat /run/kiosk/map.json"))["targets"]
    [(left, top, width, height)] = [each["box"] for each in targets if each["name"] == name]
    return round(left), round(top), round(left + width), round(top + height)


def colours(picture: Image.Image) -> int:
    return len(picture.convert("RGB").getcolors(1 << 20) or [])


def seconds(made: PanelMachine, moment: str, unit: str = "kiosk-ui") -> float:
    """When a unit was at some moment of its life, since the kernel began."""
    return int(made.ask(f"systemctl show -P {moment}TimestampMonotonic {unit}")) / 1e6


def test_a_cold_boot_ends_with_the_glass_on_the_panel_at_the_first_try(
    booted: PanelMachine, own_boot_s: float, figures: dict[str, float]
) -> None:
    """The picture is looked at once the first frame is told of, and before there is a second."""
    picture = booted.picture()
    picture.save(FOLDER / "panel.png")
    assert booted.ask("systemctl show -P NRestarts kiosk-ui") == "0"
    assert picture.size == SIZE
    assert colours(picture) > 100
    assert colours(picture.crop(box_of(booted, "kind:complaint"))) > 10, "its words are on it"
    began = seconds(booted, "InactiveExit", "rapfang-passwords")  # the first that it waits for
    drawn = seconds(booted, "ActiveEnter")
    [driver] = re.findall(r"^\[ *([0-9.]+)\].* fb0: ", booted.ask("dmesg"), re.MULTILINE)
    figures["panel_power_to_its_driver_s"] = round(float(driver), 2)
    worked_s = int(booted.ask("cat /run/worked")) / 1e9
    figures["panel_work_to_first_frame_s"] = round(worked_s, 2)
    figures["panel_own_boot_s"] = round(own_boot_s, 2)
    figures["panel_power_to_unit_s"] = round(began, 2)
    figures["panel_power_to_first_frame_s"] = round(drawn, 2)
    figures["panel_unit_to_first_frame_s"] = round(drawn - began, 2)
    figures["panel_unit_to_first_frame_of_own_boot"] = round((drawn - began) / own_boot_s, 3)


def test_a_finger_on_the_panel_leads_on(booted: PanelMachine) -> None:
    left, top, right, bottom = box_of(booted, "kind:complaint")
    before = booted.picture()
    booted.tap((left + right) // 2, (top + bottom) // 2)
    booted.ask(_SHOWS.format("topic"), PATIENCE_S)
    after = booted.picture().convert("RGB")
    assert ImageChops.difference(before.convert("RGB"), after).getbbox()


def test_a_touchscreen_that_is_plugged_in_again_is_felt(booted: PanelMachine) -> None:
    again = "systemctl stop finger; rm /run/finger; systemctl start finger; udevadm settle"
    booted.ask(f"{again}; until [ -p /run/finger ]; do sleep 0.2; done; udevadm settle")
    left, top, right, bottom = box_of(booted, "topic:road")
    booted.tap((left + right) // 2, (top + bottom) // 2)
    booted.ask(_SHOWS.format("words"), PATIENCE_S)


def test_between_two_releases_the_panel_says_one_moment(booted: PanelMachine) -> None:
    booted.ask("touch /var/lib/rapfang/on-trial; systemctl stop kiosk-ui")
    until_it_shows(booted, placard.paint_lines(list(curtain._lines()), *SIZE))
    booted.ask("rm /var/lib/rapfang/on-trial; systemctl start kiosk-ui", PATIENCE_S)
    assert colours(booted.picture()) > 100


def test_where_the_ladder_ends_the_panel_says_whom_to_turn_to(booted: PanelMachine) -> None:
    booted.ask("systemctl start kiosk-out-of-service")
    until_it_shows(booted, placard.paint(*SIZE, load_profile(PROFILE).phone))
    assert booted.ask("systemctl is-active kiosk-ui") == "inactive"
