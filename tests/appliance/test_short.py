"""The short form: our units, started by systemd as the first process of a view of this machine.

Nothing is installed and nothing of this machine is written to: the view is an overlay, its
network is its own, and of all services only the kiosk's are started. The release is this
checkout with its packages. Where that is not possible it is skipped, and the run says so.
"""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy import lay_release
from tests.appliance.guest import CHECKOUT, Guest
from tests.appliance.short import hindrance
from tests.appliance.test_box import shown, until
from tests.sync.samples import join_file_text

RELEASE = "opt/rapfang/releases/short"
TARGET = """[Unit]
Requires=basic.target kiosk.target
After=basic.target kiosk.target
AllowIsolate=yes
"""
OFFSCREEN = """# In this guest alone: a container has no panel and no DRM.
[Service]
Environment=SDL_VIDEODRIVER=offscreen
"""
SERVICES = ("kiosk-ui", "kiosk-print", "kiosk-sync")
INSTEAD = "/run/systemd/system/kiosk-ui.service.d"
LADDER = "/run/systemd/system/kiosk-ladder.service.d/none.conf"
PROGRAM = "#!/{release}/bin/python\nimport sys\nfrom kiosk.cli import main\nsys.exit(main())\n"


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guest]:
    """A box that finds a join file on its boot partition as it starts."""
    if hindered := hindrance():
        pytest.skip(f"NOT BOOTED: {hindered}")
    folder = tmp_path_factory.mktemp("short")
    root = folder / "root"
    for name in ("upper", "work", "root"):
        (folder / name).mkdir()
    layers = f"lowerdir=/,upperdir={folder / 'upper'},workdir={folder / 'work'}"
    subprocess.run(["mount", "-t", "overlay", "rapfang", "-o", layers, root], check=True)
    guest = Guest(root, furnished(root), target="short.target")
    try:
        boot(guest)
        yield guest
    finally:
        guest.stop()
        subprocess.run(["umount", root], check=True)


def boot(guest: Guest) -> None:
    """Boot it; where systemd itself does not come up, it is the machine that forbids it."""
    try:
        guest.boot()
    except TimeoutError as error:
        pytest.skip(f"NOT BOOTED: {error}")


def furnished(root: Path) -> dict[str, Path]:
    """Put release, units, settings and join file in place; what is to be seen there besides."""
    release = root / RELEASE
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    packages = release / "lib" / version / "site-packages"
    packages.mkdir(parents=True)
    (release / "bin").mkdir()
    (release / "bin/python").symlink_to(f"/usr/bin/{version}")
    (release / "pyvenv.cfg").write_text("home = /usr/bin\ninclude-system-site-packages = false\n")
    (release / "bin/kiosk").write_text(PROGRAM.format(release=RELEASE))
    (release / "bin/kiosk").chmod(0o755)
    (packages / "there.pth").write_text(f"/{RELEASE}/packages\n/{RELEASE}/checkout\n")
    (root / "opt/rapfang/current").unlink(missing_ok=True)
    (root / "opt/rapfang/current").symlink_to("releases/short")
    give_units(root, release)
    settings = root / "etc/kiosk"
    settings.mkdir(exist_ok=True)
    shutil.copyfile(CHECKOUT / "deploy/etc/kiosk/kiosk.toml", settings / "kiosk.toml")
    profile = CHECKOUT / "deploy/profiles/tha-kasem/profile.toml"
    shutil.copyfile(profile, settings / "profile.toml")
    (root / "boot/firmware").mkdir(parents=True, exist_ok=True)
    (root / "boot/firmware/kiosk-join.toml").write_text(join_file_text())
    found = Path(pytest.__file__).parents[1]
    shared = {"packages": found, "share/fonts": CHECKOUT / "var/fonts"}
    shared |= {f"checkout/{name}": CHECKOUT / name for name in ("kiosk", "sync", "hardware")}
    for name in shared:
        (release / name).mkdir(parents=True, exist_ok=True)
    return {f"/{RELEASE}/{name}": path for name, path in shared.items()}


def give_units(root: Path, release: Path) -> None:
    """As a switch of release does it, and what starts them here."""
    shutil.copytree(CHECKOUT / "systemd", release / "share/systemd")
    lay_release.give_to_system(release, root, None)
    units = root / "etc/systemd/system"
    (units / "short.target").write_text(TARGET)
    wants = units / "kiosk.target.wants"
    wants.mkdir(exist_ok=True)
    (wants / "kiosk-join.service").symlink_to("../kiosk-join.service")
    drop_in = units / "kiosk-ui.service.d/90-guest.conf"
    drop_in.parent.mkdir(exist_ok=True)
    drop_in.write_text(OFFSCREEN)
    users = ["systemd-sysusers", f"--root={root}"]
    subprocess.run([*users, "kiosk.conf"], check=True)
    groups = [f"g {name} - -" for name in ("video", "render", "input", "audio")]
    subprocess.run([*users, "--inline", *groups], check=True)  # where this machine has no udev


def test_the_box_joins_by_file_and_all_three_services_say_that_they_are_ready(box: Guest) -> None:
    for unit in SERVICES:
        until(lambda name=unit: shown(box, name, "ActiveState") == "active", unit)
    assert "A1" in box.run("cat", "/var/lib/kiosk/identity.toml").stdout
    assert box.run("ls", "/boot/firmware").stdout == ""


def test_the_doctor_goes_round_within_his_sandbox(box: Guest) -> None:
    box.run("systemctl", "start", "kiosk-health")
    told = json.loads(box.run("cat", "/run/kiosk/round.json").stdout)
    assert told["ill"] == []
    assert "kiosk-health.timer" in box.run("systemctl", "list-timers").stdout


def test_a_run_of_the_firewall_makes_nothing_on_the_disk(box: Guest) -> None:
    """Twelve times an hour: folders for temporary files would be made and removed each time."""
    before = box.run("stat", "--format=%y", "/var/tmp").stdout
    box.run("systemctl", "start", "rapfang-firewall", check=False)  # nftables may not be here
    assert shown(box, "rapfang-firewall", "ExecMainPID") != "0"
    assert shown(box, "rapfang-firewall", "PrivateTmp") == "yes"
    assert box.run("stat", "--format=%y", "/var/tmp").stdout == before


def test_a_glass_that_is_killed_comes_back(box: Guest) -> None:
    before = shown(box, "kiosk-ui", "MainPID")
    box.run("systemctl", "kill", "--signal=SIGKILL", "kiosk-ui")
    until(lambda: shown(box, "kiosk-ui", "MainPID") not in ("0", before), "another glass")
    until(lambda: shown(box, "kiosk-ui", "ActiveState") == "active", "the glass")


def test_no_service_writes_where_it_may_not(box: Guest) -> None:
    for unit in SERVICES:
        inside = ["nsenter", f"--target={shown(box, unit, 'MainPID')}", "--mount", "touch"]
        for path in ("/etc/touched", "/opt/rapfang/touched", "/usr/touched"):
            done = box.run(*inside, path, check=False)
            assert "Read-only file system" in done.stderr, (unit, path, done.stderr)


def test_only_the_glass_reaches_the_shaders_that_its_next_start_runs(box: Guest) -> None:
    kept = box.run("find", "/run/kiosk-shaders", "-type", "f").stdout
    assert kept != ""
    for unit in ("kiosk-print", "kiosk-sync"):
        inside = [
            "nsenter",
            f"--target={shown(box, unit, 'MainPID')}",
            "--mount",
            "ls",
            "--directory",
        ]
        seen = box.run(*inside, "--format=long", "/run/kiosk-shaders").stdout
        assert seen.startswith("d---------"), (unit, seen)
        assert " root " in seen, (unit, seen)


def test_the_glass_goes_last_and_comes_first(box: Guest) -> None:
    """It has the cores to itself between its last frame and its next."""
    box.run("systemctl", "reset-failed", "kiosk-ui")
    ended = {unit: at(box, unit, "ActiveEnter") for unit in SERVICES}
    box.run("systemctl", "restart", "kiosk.target")
    for unit in SERVICES:
        until(lambda name=unit: at(box, name, "ActiveEnter") > ended[name], unit)
    for unit in ("kiosk-print", "kiosk-sync"):
        assert at(box, unit, "InactiveEnter") <= at(box, "kiosk-ui", "ActiveExit")
        assert at(box, "kiosk-ui", "ActiveEnter") <= at(box, unit, "InactiveExit")


def test_who_stops_the_services_by_hand_has_the_box_climb_no_ladder(box: Guest) -> None:
    """As before a salvage, while a glass that fails again and again is being watched."""
    box.run("systemctl", "reset-failed", "kiosk-ui")
    start_instead_of_the_glass(box, "/bin/sleep infinity")
    box.run("systemctl", "restart", "--no-block", "kiosk-ui")
    until(lambda: shown(box, "kiosk-ui", "SubState") == "start", "a glass that hangs")
    box.run("systemctl", "start", "--no-block", "kiosk-gave-up")
    until(lambda: shown(box, "kiosk-gave-up", "MainPID") != "0", "who watches it")
    box.run("systemctl", "stop", "kiosk-*")
    assert shown(box, "kiosk-gave-up", "Result") == "success"
    assert shown(box, "kiosk-ladder", "InvocationID") == ""
    box.run("rm", f"{INSTEAD}/instead.conf")
    box.run("systemctl", "daemon-reload")
    box.run("systemctl", "start", "kiosk.target")
    until(lambda: shown(box, "kiosk-ui", "ActiveState") == "active", "the glass")


def test_who_stops_a_glass_between_two_starts_has_the_box_climb_no_ladder(box: Guest) -> None:
    """Debian 13 tells of each failure, and the first look may come after the stop."""
    take_the_ladder_away(box)
    start_instead_of_the_glass(box, "/bin/false")
    box.run("systemctl", "restart", "--no-block", "kiosk-ui")
    until(lambda: shown(box, "kiosk-ui", "SubState") == "auto-restart", "the pause")
    box.run("systemctl", "stop", "kiosk-ui")
    box.run("systemctl", "start", "kiosk-gave-up")
    assert shown(box, "kiosk-gave-up", "Result") == "success"


def test_a_glass_without_what_it_requires_was_given_up_whether_it_ran_before_or_not(
    box: Guest,
) -> None:
    """As with a partition that is lost."""
    take_the_ladder_away(box)
    lost = "[Service]\nType=oneshot\nExecStart=/bin/false\n"
    box.run("tee", "/run/systemd/system/lost.service", text=lost)
    for require in ("", "Requires=lost.service\nAfter=lost.service\n"):
        box.run("tee", f"{INSTEAD}/lost.conf", text=f"[Unit]\n{require}")
        box.run("systemctl", "daemon-reload")
        box.run("systemctl", "start", "kiosk-gave-up", check=False)
        result = "exit-code" if require else "success"
        assert shown(box, "kiosk-gave-up", "Result") == result
    box.run("systemctl", "reset-failed", "kiosk-gave-up")
    box.run("systemctl", "start", "kiosk-ui", check=False)
    until(lambda: shown(box, "kiosk-gave-up", "Result") == "exit-code", "it to be told")
    box.run("rm", f"{INSTEAD}/lost.conf")
    box.run("rm", LADDER)
    box.run("systemctl", "reset-failed", "kiosk-gave-up", "kiosk-ui")
    box.run("rm", f"{INSTEAD}/instead.conf")
    box.run("systemctl", "daemon-reload")
    box.run("systemctl", "start", "kiosk.target")
    until(lambda: shown(box, "kiosk-ui", "ActiveState") == "active", "the glass")


def test_a_password_that_everybody_knows_keeps_the_kiosk_from_starting(box: Guest) -> None:
    """Each boot looks; to stop the look itself has the next start be as a boot's."""
    assert shown(box, "rapfang-passwords", "ActiveState") == "active"
    box.run("useradd", "pi")
    has_password(box, "raspberry")
    box.run("systemctl", "stop", "rapfang-passwords")
    box.run("systemctl", "reset-failed", "kiosk-ui")
    ladder = shown(box, "kiosk-ladder", "InvocationID")
    box.run("systemctl", "restart", "kiosk.target")
    until(lambda: shown(box, "rapfang-passwords", "ActiveState") == "failed", "the refusal")
    until(lambda: shown(box, "kiosk-out-of-service", "InvocationID") != "", "the placard")
    for unit in SERVICES:
        until(lambda name=unit: shown(box, name, "ActiveState") == "inactive", unit)
    assert shown(box, "kiosk-ladder", "InvocationID") == ladder
    told = box.run(f"/{RELEASE}/bin/kiosk", "status", check=False).stdout
    assert "next: passwd pi" in told
    assert "raspberry" not in told


def test_another_password_and_a_start_mend_it(box: Guest) -> None:
    has_password(box, "ein langes Wort, das keiner kennt")
    box.run("systemctl", "start", "kiosk.target")
    for unit in SERVICES:
        until(lambda name=unit: shown(box, name, "ActiveState") == "active", unit)
    until(lambda: shown(box, "kiosk-out-of-service", "ActiveState") == "inactive", "no placard")
    check = ("sha256sum", "--check", "--status", "/var/lib/rapfang/passwords.sha256")
    assert box.run(*check, check=False).returncode == 0
    remembered = box.run("stat", "--format=%U %a", "/var/lib/rapfang/passwords.sha256").stdout
    assert remembered.strip() == "root 600"
    assert "refused" not in box.run(f"/{RELEASE}/bin/kiosk", "status", check=False).stdout


def has_password(box: Guest, word: str) -> None:
    box.run("chpasswd", "--crypt-method=YESCRYPT", text=f"pi:{word}\n")


def test_spooler_and_agent_start_where_the_glass_cannot(box: Guest) -> None:
    start_instead_of_the_glass(box, "/bin/false")
    before = {unit: at(box, unit, "ActiveEnter") for unit in SERVICES}
    box.run("systemctl", "restart", "kiosk.target")
    for unit in ("kiosk-print", "kiosk-sync"):
        until(lambda name=unit: at(box, name, "ActiveEnter") > before[name], unit)
    assert at(box, "kiosk-ui", "ActiveEnter") == before["kiosk-ui"]


def take_the_ladder_away(box: Guest) -> None:
    """It would reboot this guest."""
    box.run("mkdir", "-p", str(Path(LADDER).parent))
    box.run("tee", LADDER, text="[Unit]\nConditionPathExists=/nowhere\n")
    box.run("systemctl", "daemon-reload")


def start_instead_of_the_glass(box: Guest, program: str) -> None:
    """From its next start on, in this boot."""
    box.run("mkdir", "-p", INSTEAD)
    text = f"[Service]\nExecStart=\nExecStart={program}\n"
    box.run("tee", f"{INSTEAD}/instead.conf", text=text)
    box.run("systemctl", "daemon-reload")


def at(box: Guest, unit: str, step: str) -> int:
    """When it last took this step, in microseconds since the boot."""
    return int(shown(box, unit, f"{step}TimestampMonotonic"))
