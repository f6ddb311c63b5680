"""From a Debian to a kiosk by `install` alone, from the bundle, without a network."""

import re
import shutil
import subprocess
from pathlib import Path

from tests.appliance import tree
from tests.appliance.conftest import SUITE, WITH_KEY, install
from tests.appliance.guest import Guest
from tests.deploy.test_operators_command import AROUND, CASES

STEPS = (
    *("install [0-9]+ Debian packages", "write /etc/systemd/system/kiosk-ui"),
    *("lay release", "switch to release", "put kiosk on the path", "write /etc/nftables.conf"),
    *("write /etc/kiosk/profile.toml", "enable kiosk-join", "start without a desktop"),
)
"""What it says as it begins each step, in order; the boot after the first cut makes the user."""


def test_the_kiosk_runs_after_one_command(installed: Guest) -> None:
    assert installed.run("systemctl", "is-active", "kiosk.target").stdout == "active\n"
    assert installed.run("systemctl", "is-active", "kiosk-print").stdout == "active\n"
    assert installed.run("kiosk", "--help").returncode == 0
    assert installed.run("systemctl", "is-active", "nftables").stdout == "active\n"


def test_it_takes_less_than_five_minutes(installed: Guest, figures: dict[str, float]) -> None:
    assert figures["install_from_bundle_s"] < 300


def test_a_second_run_changes_nothing_and_says_so(installed: Guest) -> None:
    before = tree.of(installed.root)
    done = install(installed, *WITH_KEY)
    assert "install: nothing to change" in done.stdout, done.stdout
    assert tree.differences(before, tree.of(installed.root)) == []


def test_the_firewall_is_that_of_a_kiosk(installed: Guest) -> None:
    told = installed.run("nft", "list", "table", "inet", "rapfang").stdout
    assert "policy drop" in told
    assert "dropped, out" in told


def test_log_logins_and_updates_are_set(installed: Guest) -> None:
    for command, words in (
        ("systemd-analyze cat-config systemd/journald.conf", "SystemMaxUse=64M"),
        ("systemd-analyze cat-config systemd/logind.conf", "NAutoVTs=0"),
        ("systemd-analyze cat-config systemd/system.conf", "RuntimeWatchdogSec=14s"),
        ("systemctl cat apt-daily-upgrade.timer", "02:00 Asia/Bangkok"),
        ("apt-config dump Unattended-Upgrade", "label=Debian-Security"),
    ):
        assert words in installed.run(*command.split()).stdout, command
    origins = installed.run("apt-config", "dump", "Unattended-Upgrade::Origins-Pattern").stdout
    assert origins.count("origin=") == 1  # security alone


def test_systemd_takes_settings_for_what_the_operators_command_takes_them(
    installed: Guest,
) -> None:
    asked = ("systemd-run", "--quiet", "--wait", "--pipe", "--property=EnvironmentFile=/run/env")
    for line, value in CASES:
        installed.run("tee", "/run/env", text=f"{AROUND}{line}\n")
        told = installed.run(*asked, "printenv", "CENTRAL_IT").stdout.removesuffix("\n")
        assert told == (line.partition("=")[2] if value is None else value), line


def test_a_default_password_is_refused_and_nothing_is_changed(fresh: Guest) -> None:
    before = tree.of(fresh.root)
    fresh.run("useradd", "--create-home", "pi")
    fresh.run("chpasswd", text="pi:raspberry\n")
    done = install(fresh, *WITH_KEY)
    assert done.returncode == 2
    assert "everybody knows the password of pi" in done.stderr
    assert "next: passwd pi" in done.stderr
    fresh.run("userdel", "--remove", "pi")
    assert tree.differences(before, tree.of(fresh.root)) == []


def test_an_unsigned_and_a_half_copied_bundle_are_refused(
    fresh: Guest, bundle: Path, shared: dict[str, Path]
) -> None:
    before = tree.of(fresh.root)
    copy = fresh.root / "root/bundle"
    shutil.copytree(bundle, copy)
    (copy / "manifest.sig").unlink()
    done = fresh.run("/root/bundle/install", *WITH_KEY, check=False)
    assert (done.returncode, "not signed" in done.stderr) == (2, True), done.stderr
    shutil.copyfile(bundle / "manifest.sig", copy / "manifest.sig")
    wheel = next((copy / "wheels").glob("[Kk]ivy*"))
    wheel.write_bytes(wheel.read_bytes()[: wheel.stat().st_size // 2])
    done = fresh.run("/root/bundle/install", *WITH_KEY, check=False)
    assert (done.returncode, wheel.name in done.stderr) == (2, True), done.stderr
    packed = fresh.root / "root/half.tar"
    subprocess.run(["tar", "-cf", packed, "-C", bundle.parent, bundle.name], check=True)
    with packed.open("r+b") as file:
        file.truncate(packed.stat().st_size // 2)
    done = install(fresh, *WITH_KEY, "--bundle", "/root/half.tar")
    assert (done.returncode, "not a whole bundle" in done.stderr) == (2, True), done.stderr
    shutil.rmtree(copy)
    packed.unlink()
    assert tree.differences(before, tree.of(fresh.root)) == []


def test_two_technicians_do_not_install_at_once(fresh: Guest) -> None:
    holding = subprocess.Popen(
        [*fresh.entering(), "flock", "/run/lock/rapfang-install", "sh", "-c", "echo held; read x"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert holding.stdout is not None
    assert holding.stdout.readline() == b"held\n"
    done = install(fresh, *WITH_KEY)
    holding.communicate(b"\n")
    assert done.returncode == 2
    assert "somebody else is installing" in done.stderr


def test_an_install_whose_power_is_cut_at_every_step_ends_like_one_that_was_not(
    installed: Guest, shared: dict[str, Path]
) -> None:
    """The guest is killed as each step begins, booted, and `install` is run again."""
    box = Guest.fresh(SUITE, "cut", shared)
    try:
        for step in STEPS:
            box.boot()
            assert cut_at(box, step), f"{step} never came"
        box.boot()
        install(box, *WITH_KEY)
        done = install(box, *WITH_KEY)
        assert "install: nothing to change" in done.stdout, done.stdout
        assert tree.differences(tree.of(installed.root), tree.of(box.root)) == []
    finally:
        box.stop()


def cut_at(box: Guest, step: str) -> bool:
    """Run `install` until it says that `step` begins, then cut the power."""
    command = [*box.entering(), "/media/bundle/install", *WITH_KEY]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        for line in running.stdout:
            if re.search(step, line):
                box.cut()
                running.wait()
                return True
    return False
