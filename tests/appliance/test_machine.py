"""The power of a whole machine is cut, under load, again and again; nothing is lost or doubled.

Installed by `install` alone, in a guest; then its files become a disk that qemu boots.
"""

import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from statistics import median

import msgspec
import pytest

from tests.appliance import aftermath, machine, writelog
from tests.appliance.conftest import SUITE, WITH_KEY, install
from tests.appliance.guest import FOLDER, Guest
from tests.appliance.machine import Heard, Kernel, Machine
from tests.faults.town import Town

KILLS = int(os.environ.get("APPLIANCE_KILLS") or 5)
"""Boots that end with SIGKILL for qemu; the next one has to come up whole."""
MOMENTS = -(-20 // KILLS)
"""Of each boot: its disk is looked at as if the power had failed; 20 and the kills in one run."""
REPLAYED = 30
"""Disks as they might be after a cut, made of one log of writes."""
LOGGED_CASES = 12
BUSY_S = 8.0
"""The longest time under load between two looks at the disk."""
_LOAD = "/usr/local/lib/rapfang-load.py"
_UNIT = f"""[Unit]
After=kiosk.target
RequiresMountsFor=/var/lib/kiosk
[Service]
User=kiosk
Environment=PYTHONDONTWRITEBYTECODE=1
ExecStart=/opt/rapfang/current/bin/python {_LOAD}
StandardOutput=file:/dev/ttyS1
[Install]
WantedBy=multi-user.target
"""
_NO_GLASS = "[Unit]\nConditionPathExists=/dev/dri\n"
"""There is no GPU, and a glass that fails would climb the ladder, up to a reboot."""
_NOT_OURS = ("apt-daily.timer", "apt-daily-upgrade.timer", "e2scrub_reap.service")
"""What a boot can do without."""


class Logged(msgspec.Struct, frozen=True):
    """A boot's log of writes, the disk `before` them, and what the machine said meanwhile."""

    log: Path
    before: Path
    writes: list[writelog.Write]
    heard: list[Heard]

    def busy(self) -> list[int]:
        """The writes since the first case was told, by their number."""
        since = next(heard.logged_bytes for heard in self.heard if is_kept(heard.line))
        return [number for number, write in enumerate(self.writes) if write.end > since]

    def broken(self, disk: Path, upto: int) -> list[str]:
        """What a disk breaks of the promises that were made before this write."""
        end = self.writes[upto - 1].end
        told = [heard for heard in self.heard if heard.logged_bytes <= end]
        acknowledged = {heard.line.split()[1] for heard in told if is_kept(heard.line)}
        return aftermath.broken(disk, acknowledged, told[-1].begun)


@pytest.fixture(scope="module")
def loaded(
    shared: dict[str, Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Guest, Kernel]]:
    """A guest that has joined a town and takes cases as soon as it is up; it is off."""
    if hindered := machine.hindrance():
        pytest.skip(f"NO POWER WAS CUT: {hindered}")
    box = Guest.fresh(SUITE, "machine", shared, machine.KERNEL_PACKAGE)
    with Town(tmp_path_factory.mktemp("town")) as town:
        (box.root / "root/kiosk-join.toml").write_text(town.join_file())
    without_glass(box)
    box.boot()
    try:
        done = install(box, *WITH_KEY, "--join", "/root/kiosk-join.toml")
        assert box.run("systemctl", "is-active", "kiosk-print").stdout == "active\n", done.stdout
        prepare_load(box)
    finally:
        box.stop()
    shutil.rmtree(box.root / "var/lib/kiosk/tray", ignore_errors=True)
    (box.root / "var/lib/kiosk/tray").mkdir()
    yield box, machine.kernel_of(box.root, tmp_path_factory.mktemp("kernel"))
    shutil.rmtree(box.root)


def without_glass(box: Guest) -> None:
    """Before it is installed: there is no panel, neither now nor later."""
    drop_in = box.root / "etc/systemd/system/kiosk-ui.service.d/machine.conf"
    drop_in.parent.mkdir()
    drop_in.write_text(_NO_GLASS)


def prepare_load(box: Guest) -> None:
    """From the next boot on, cases are handed in."""
    shutil.copyfile(Path(__file__).with_name("load.py"), box.root / _LOAD[1:])
    (box.root / "etc/systemd/system/load.service").write_text(_UNIT)
    box.run("systemctl", "enable", "load")
    box.run("systemctl", "disable", *_NOT_OURS)


def machine_of(loaded: tuple[Guest, Kernel], name: str, log: Path | None = None) -> Machine:
    """A new machine: its disk holds the guest's files, its tray is empty."""
    box, kernel = loaded
    disk, tray = FOLDER / f"{name}.disk", FOLDER / f"{name}.tray"
    machine.disk_of(box.root, disk)
    aftermath.tray_for(box.root, tray)
    return Machine(kernel, disk, tray, log)


def is_kept(line: str) -> bool:
    return line.startswith("kept ")


def cases(made: Machine) -> set[str]:
    """Ids that this boot has acknowledged, by what came out of the serial port."""
    return {heard.line.split()[1] for heard in made.heard if is_kept(heard.line)}


def assert_came_up_whole(made: Machine, acknowledged: set[str]) -> None:
    """The doctor's checks are well, the services serve, and as many cases are held."""
    made.wait_for(lambda line: line == "serving")
    said = [heard.line for heard in made.heard]
    assert [line for line in said if " BAD" in line] == []
    assert sum(line.startswith(("store ok", "disk ok")) for line in said) == 2
    [held] = [int(line.split()[1]) for line in said if line.startswith("held ")]
    assert held >= len(acknowledged)


def test_power_cuts_under_load_lose_no_case_and_double_no_slip(
    loaded: tuple[Guest, Kernel], figures: dict[str, float]
) -> None:
    made, chance = machine_of(loaded, "cut"), Random(6)
    told: set[str] = set()
    booted: list[float] = []
    looked = 0
    try:
        for _ in range(KILLS):
            made.boot()
            assert_came_up_whole(made, told)
            booted.append(made.wait_for(is_kept).at_s)
            for _ in range(MOMENTS):
                time.sleep(chance.uniform(0, BUSY_S))
                with made.frozen():
                    copy = aftermath.copied(made.disk, made.disk.with_suffix(".copy"))
                    promised = told | cases(made), aftermath.begun(made.tray)
                assert aftermath.broken(copy, *promised) == [], f"cut {looked}"
                looked += 1
            time.sleep(chance.uniform(0, BUSY_S))
            made.cut()
            told |= cases(made)
            copy = aftermath.copied(made.disk, made.disk.with_suffix(".copy"))
            assert aftermath.broken(copy, told, aftermath.begun(made.tray)) == []
        made.boot()
        assert_came_up_whole(made, told)
    finally:
        made.cut()
    assert aftermath.printed_twice(made.tray) == []
    assert len(aftermath.slips(made.tray)) > 0
    figures["cuts_killed_and_booted"], figures["cuts_looked_at"] = KILLS, KILLS + looked
    figures["cuts_cases_acknowledged"] = len(told)
    figures["cuts_slips_begun"] = aftermath.begun(made.tray)
    figures["machine_power_to_first_case_s"] = round(median(booted), 1)
    made.disk.unlink()
    copy.unlink()


@pytest.fixture(scope="module")
def logged(loaded: tuple[Guest, Kernel]) -> Iterator[Logged]:
    """One boot, whose writes and flushes are logged from the power on; then the cut."""
    log = FOLDER / "writes.log"
    made = machine_of(loaded, "logged", log)
    before = made.disk.with_suffix(".before")
    aftermath.copied(made.disk, before)
    try:
        made.boot()
        made.wait_for(lambda _: len(cases(made)) >= LOGGED_CASES)
    finally:
        made.cut()
    yield Logged(log, before, writelog.read(log), made.heard)
    for path in (made.disk, before, log):
        path.unlink()


def test_a_disk_that_loses_what_was_not_flushed_keeps_every_promise(
    logged: Logged, figures: dict[str, float]
) -> None:
    """Its writes are played up to any of them; of those since the last flush, some are lost."""
    chance, played = Random(7), 0
    cut = logged.before.with_suffix(".cut")
    writes, busy = logged.writes, logged.busy()
    moments = sorted(chance.sample(busy, min(REPLAYED, len(busy))))
    for upto in moments:
        flushed = max(number for number in range(upto) if writes[number].is_flush)
        writelog.play(logged.log, writes[played:flushed], logged.before)
        played = max(played, flushed)
        aftermath.copied(logged.before, cut)
        writelog.play(logged.log, writes[flushed:upto], cut, chance)
        assert logged.broken(cut, upto) == [], f"after write {upto} of {len(writes)}"
    figures["cuts_unflushed_states"] = len(moments)
    figures["cuts_unflushed_writes"] = len(writes)
    figures["cuts_unflushed_flushes"] = sum(write.is_flush for write in writes)
    cut.unlink()


def test_a_disk_that_loses_flushed_writes_too_is_found_out(logged: Logged) -> None:
    """So the test before looks where it hurts."""
    lost = [write for number, write in enumerate(logged.writes) if number in set(logged.busy())]
    writelog.play(logged.log, lost, logged.before, Random(8))
    assert logged.broken(logged.before, len(logged.writes)) != []
