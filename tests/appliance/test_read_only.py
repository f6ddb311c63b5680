"""A root that forgets what is written to it: what was said stays, and security updates do too.

`install --read-only-root` in a guest; then its files become one disk, and what is kept another,
and Debian's own kernel and initramfs boot from them in qemu. The tray stays outside, as paper.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from tests.appliance import aftermath, machine
from tests.appliance.conftest import SUITE, WITH_KEY, install
from tests.appliance.guest import FOLDER, Guest
from tests.appliance.machine import Kernel, Machine
from tests.appliance.test_machine import is_kept, prepare_load, without_glass
from tests.faults.town import Town

CASES = 3
"""Slips that the machine waits for before it updates itself."""
_ASK = "usr/local/lib/ask"
_ASKED = r"""#!/bin/bash
# What the machine knows of itself, a line each, on the serial port.
tell() { echo "$1 ${*:2}"; }
for _ in $(seq 300); do  # what could not be started has been given up by then
  [[ $(systemctl list-jobs --no-legend | grep -c -v ask) -eq 0 ]] && break
  sleep 1
done
tell root "$(findmnt -n -o FSTYPE /)"
for place in /var/lib/kiosk /etc/kiosk /etc/ssh /opt/rapfang /var/log/journal \
    /var/lib/systemd/timesync; do
  tell place "$place" "$(findmnt -n -o SOURCE "$place" | grep -o '^/dev/[a-z]*' || echo nowhere)"
done
tell machine "$(cat /etc/machine-id)"
tell hostkey "$(cut -d' ' -f2 /etc/ssh/ssh_host_ed25519_key.pub)"
tell journal "$(ls /var/log/journal)"
tell forgotten "$([[ -e /etc/written-here ]] && echo no || echo yes)"
touch /etc/written-here
tell updated "$(dpkg-query -W -f '${Version}' rapfang-probe 2>/dev/null || echo no)"
for unit in rapfang-data kiosk-print kiosk-sync kiosk-out-of-service; do
  tell unit "$unit" "$(systemctl is-active "$unit")"
done
tell asked
[[ -e /root/updates-come && -e /data/update-now ]] || exit 0
rm /data/update-now
while [[ $(ls /var/lib/kiosk/tray | grep -c 'slip-.*bin') -lt 3 ]]; do sleep 1; done
tell upgrading
exec systemctl start apt-daily-upgrade.service
"""
_UNIT = f"""[Unit]
After=basic.target
DefaultDependencies=no
[Service]
ExecStart=/{_ASK}
StandardOutput=file:/dev/ttyS1
[Install]
WantedBy=kiosk.target
"""
_APT = """#!/bin/sh
# In place of Debian's mirror, which no machine here reaches.
[ "$1" = install ] && dpkg -i /root/probe.deb
"""
_PROBE = """Package: rapfang-probe
Version: 2
Architecture: all
Maintainer: nobody <nobody@example.invalid>
Description: a security update
"""


class Disks(msgspec.Struct, frozen=True):
    """The guest's files, those of its data partition, and what boots them."""

    root: Path
    data: Path
    kernel: Kernel


@pytest.fixture(scope="module")
def disks(shared: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Disks]:
    """A guest that has joined a town and was made to forget; it is off."""
    if hindered := machine.hindrance():
        pytest.skip(f"NO ROOT WAS LAID UNDER A LAYER: {hindered}")
    box = Guest.fresh(SUITE, "read-only", shared, machine.KERNEL_PACKAGE)
    with Town(tmp_path_factory.mktemp("town")) as town:
        (box.root / "root/kiosk-join.toml").write_text(town.join_file())
    without_glass(box)
    (box.root / "data").mkdir()
    (box.root / "data-made").mkdir()
    box.boot()
    try:
        box.run("mount", "--bind", "/data-made", "/data")
        done = install(box, *WITH_KEY, "--join", "/root/kiosk-join.toml", "--read-only-root")
        assert "the root is read-only after the next boot" in done.stdout, done.stdout + done.stderr
        again = install(box, *WITH_KEY, "--read-only-root")
        assert "nothing to change" in again.stdout, again.stdout + again.stderr
        prepare_load(box)
        prepare_questions(box)
    finally:
        box.stop()
    data = box.root.with_name("read-only-data")
    shutil.rmtree(data, ignore_errors=True)
    (box.root / "data-made").rename(data)
    shutil.rmtree(data / "var/lib/kiosk/tray", ignore_errors=True)
    (data / "var/lib/kiosk/tray").mkdir()
    kept = (box.root / "etc/fstab").read_text()
    kernel = machine.kernel_of(box.root, tmp_path_factory.mktemp("kernel"))
    with (box.root / "etc/fstab").open("a") as fstab:
        fstab.write(kept)
    yield Disks(box.root, data, kernel)
    shutil.rmtree(box.root)
    shutil.rmtree(data)


def prepare_questions(box: Guest) -> None:
    """The machine tells of itself as it boots; an update waits for it."""
    (box.root / _ASK).write_text(_ASKED)
    (box.root / _ASK).chmod(0o755)
    (box.root / "etc/systemd/system/ask.service").write_text(_UNIT)
    box.run("systemctl", "enable", "ask")
    probe = box.root / "root/probe"
    (probe / "DEBIAN").mkdir(parents=True)
    (probe / "DEBIAN/control").write_text(_PROBE)
    box.run("dpkg-deb", "--build", "/root/probe", "/root/probe.deb")
    (box.root / "usr/lib/apt/apt.systemd.daily").write_text(_APT)
    (box.root / "root/updates-come").touch()
    (box.root / "data-made/update-now").touch()


@pytest.fixture(scope="module")
def made(disks: Disks) -> Iterator[Machine]:
    root, data, tray = (FOLDER / f"read-only.{part}" for part in ("disk", "data", "tray"))
    machine.disk_of(disks.root, root)
    machine.disk_of(disks.data, data, "rapfang-data")
    aftermath.tray_for(disks.root, tray)
    made = Machine(disks.kernel, root, tray)
    made.second_disk = data
    yield made
    made.cut()
    for path in (root, data):
        path.unlink()


def told(made: Machine) -> dict[str, str]:
    """What the machine says of itself, once it is up: the last word of a line, by the others."""
    made.wait_for(lambda line: line == "asked")
    lines = [heard.line for heard in made.heard if not is_kept(heard.line)]
    return dict(line.rpartition(" ")[::2] for line in lines)


def test_the_root_forgets_and_nothing_that_is_kept_is_lost(made: Machine) -> None:
    """Power cut, boot, security update, boot, and at last without the data partition."""
    made.boot()
    first = told(made)
    assert first["root"] == "overlay"
    places = {value for name, value in first.items() if name.startswith("place ")}
    assert places == {"/dev/vdb"}
    assert [first[f"unit {name}"] for name in ("rapfang-data", "kiosk-print", "kiosk-sync")] == [
        "active"
    ] * 3
    assert first["updated"] == "no"
    made.wait_for(lambda line: line == "upgrading")
    assert made.wait_until_off() == 0, "it reboots for the update"
    made.cut()
    acknowledged = cases(made)
    assert len(acknowledged) >= CASES

    made.boot()
    second = told(made)
    assert second["updated"] == "2", "the update reached the root below"
    assert second["forgotten"] == "yes"
    for name in ("machine", "hostkey", "journal"):
        assert second[name] == first[name], name
    made.wait_for(is_kept)
    acknowledged |= cases(made)
    made.cut()
    assert made.second_disk
    assert aftermath.file_system(made.second_disk) == []
    assert aftermath.file_system(made.disk) == []

    made.boot()
    held = made.wait_for(lambda line: line.startswith("held ")).line
    assert int(held.split()[1]) >= len(acknowledged)
    made.cut()


def test_without_its_data_partition_a_box_takes_nothing_and_says_so(made: Machine) -> None:
    made.second_disk = None
    made.boot()
    alone = told(made)
    assert alone["root"] == "overlay"
    assert alone["unit rapfang-data"] == "failed"
    assert {alone["unit kiosk-print"], alone["unit kiosk-sync"]} == {"inactive"}
    assert alone["unit kiosk-out-of-service"] != "inactive"
    assert cases(made) == set()
    made.cut()


def cases(made: Machine) -> set[str]:
    return {heard.line.split()[1] for heard in made.heard if is_kept(heard.line)}
