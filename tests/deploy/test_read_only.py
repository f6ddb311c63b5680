"""What `install --read-only-root` writes and refuses; booted it is in tests/appliance."""

import shutil
import subprocess
from pathlib import Path

import pytest

from deploy import units
from kiosk.doctor.store import is_forgotten, is_not_yet_read_only

INSTALL = Path("deploy/install")
STEPS = Path("deploy/install-read-only.sh")
PARTS = Path("deploy/read-only")
PROGRAMS = PARTS / "usr/local/lib/rapfang"


def done_by(script: str, folder: Path, **replaced: Path) -> subprocess.CompletedProcess[str]:
    """Run the functions of `install` with other places in place of the system's."""
    functions = INSTALL.read_text().rpartition('\nmain "$@"')[0] + STEPS.read_text()
    for old, new in replaced.items():
        functions = functions.replace(f"/{old}", str(new))
    return subprocess.run(
        ["bash", "-c", f"{functions}\ncd {folder}\n{script}"], capture_output=True, text=True
    )


def test_systemd_understands_the_units_and_none_may_do_more_than_it_must(tmp_path: Path) -> None:
    folder = tmp_path / "systemd"
    shutil.copytree("systemd", folder)
    shutil.copytree(PARTS / "etc/systemd/system", folder, dirs_exist_ok=True)
    assert list(units.problems(folder)) == []


def test_every_service_that_keeps_something_waits_for_where_it_is_kept() -> None:
    for unit in Path("systemd").glob("*.service"):
        text = unit.read_text()
        if "ReadWritePaths=/var/lib/kiosk" in text:
            assert "/var/lib/kiosk" in text.partition("RequiresMountsFor=")[2].split("\n")[0], unit


def test_a_place_is_mounted_by_one_line_however_often_it_is_asked(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    fstab = tmp_path / "etc/fstab"
    fstab.write_text("PARTUUID=1 / ext4 defaults 0 1\n")
    line = "/data/opt/rapfang /opt/rapfang none bind,nofail 0 0"
    done = done_by(f"SYSTEM=.; mount_of '{line}'; mount_of '{line}'; echo $changes", tmp_path)
    assert done.stdout.splitlines()[-1] == "1"
    assert fstab.read_text() == f"PARTUUID=1 / ext4 defaults 0 1\n{line}\n"


STORE = "var/lib/kiosk/store.db"


class Parts:
    """A system and a data partition, each a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.data, self.system = folder, folder / "data", folder / "system"
        (self.system / "etc").mkdir(parents=True)
        self.data.mkdir()

    def put(self, root: Path, text: str) -> None:
        (root / STORE).parent.mkdir(parents=True, exist_ok=True)
        (root / STORE).write_text(text)

    def install(self) -> str:
        """What counts afterwards, where the system is not running."""
        script = "is_running() { false; }; adopting=; if is_from_before; then adopting=yes; fi"
        script = f"SYSTEM={self.system} DATA={self.data}; {script}; keep var/lib/kiosk"
        done = done_by(script, self.folder)
        assert done.returncode == 0, done.stderr
        return (self.data / STORE).read_text()


@pytest.fixture
def parts(tmp_path: Path) -> Parts:
    return Parts(tmp_path)


def test_what_was_there_goes_along_whole_and_again_where_it_was_cut_off(parts: Parts) -> None:
    parts.put(parts.system, "all of it")
    (parts.system / STORE).parent.chmod(0o700)
    half = (parts.data / STORE).parent.with_name("kiosk.new")
    half.mkdir(parents=True)
    (half / "store.db").write_text("half")
    assert parts.install() == "all of it"
    assert (parts.data / STORE).parent.stat().st_mode & 0o777 == 0o700
    assert not half.exists()


def test_a_case_taken_between_two_installs_of_which_one_was_cut_off_is_not_left(
    parts: Parts,
) -> None:
    """The copy was there, its line in fstab was not: so what is here still counted."""
    parts.put(parts.data, "one case")
    parts.put(parts.system, "one case, and another")
    assert parts.install() == "one case, and another"
    [aside] = (parts.data / "var/lib").glob("kiosk.aside-*")
    assert (aside / "store.db").read_text() == "one case", "and nothing is thrown away"


def test_once_it_counts_there_it_is_not_brought_again(parts: Parts) -> None:
    parts.put(parts.system, "one case")
    parts.install()
    parts.put(parts.data, "one case, and another")
    assert parts.install() == "one case, and another"


def test_a_new_card_beside_an_old_data_partition_takes_what_was_kept(parts: Parts) -> None:
    parts.put(parts.data, "what was kept")
    (parts.system / STORE).parent.mkdir(parents=True)
    assert parts.install() == "what was kept"


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ("role=kiosk", "next: mkfs.ext4 -L rapfang-data"),
        ("role=central", "is for a kiosk"),
    ],
)
def test_it_refuses_before_anything_is_changed(tmp_path: Path, settings: str, said: str) -> None:
    script = f"DATA={tmp_path}; read_only=yes; {settings}; check_root"
    done = done_by(script, tmp_path, **{"dev/disk": tmp_path})
    assert done.returncode == 2
    assert said in done.stderr


def test_a_box_whose_root_is_read_only_already_is_not_installed_into_memory(tmp_path: Path) -> None:
    done = done_by("check_root", tmp_path, **{"media/root-ro": Path("/proc")})
    assert done.returncode == 2
    assert "overlayroot-chroot" in done.stderr


def asked_of_data(folder: Path, *lines: str) -> subprocess.CompletedProcess[str]:
    fstab = folder / "fstab"
    fstab.write_text("".join(f"{line}\n" for line in lines))
    script = (PROGRAMS / "data").read_text().replace("/etc/fstab", str(fstab))
    script = script.replace("-w /data", f"-w {folder}").replace("/media/root-ro", str(folder))
    return subprocess.run(["bash", "-c", script], capture_output=True, text=True)


def test_what_would_lie_in_memory_is_found_out(tmp_path: Path) -> None:
    well = asked_of_data(tmp_path, "LABEL=rapfang-data /data ext4 noatime 0 2", "/data/x /proc x")
    assert (well.returncode, well.stdout) == (0, "")
    ill = asked_of_data(tmp_path, "/data/x /proc bind", f"/data/y {tmp_path} bind")
    assert ill.returncode == 1
    assert f"{tmp_path} is not on the data partition" in ill.stdout


def test_the_doctor_tells_of_a_root_that_should_be_read_only_and_is_not(tmp_path: Path) -> None:
    settings = PARTS / "etc/overlayroot.local.conf"
    assert is_not_yet_read_only(settings, tmp_path)
    assert not is_not_yet_read_only(settings, Path("/proc"))
    assert not is_not_yet_read_only(tmp_path / "none", tmp_path)


def test_the_doctor_knows_what_the_next_boot_forgets(tmp_path: Path) -> None:
    assert is_forgotten(tmp_path, root=tmp_path.parent, lower=Path("/proc"))
    assert not is_forgotten(tmp_path, root=Path("/proc"), lower=Path("/proc"))
    assert not is_forgotten(tmp_path, root=tmp_path.parent, lower=tmp_path)


def test_without_the_layer_security_updates_are_those_of_apt(tmp_path: Path) -> None:
    apt = tmp_path / "apt.systemd.daily"
    apt.write_text("#!/bin/sh\necho apt $1\n")
    apt.chmod(0o755)
    script = (PROGRAMS / "upgrade").read_text().replace("/usr/lib/apt/apt.systemd.daily", str(apt))
    script = script.replace("/media/root-ro", str(tmp_path))
    done = subprocess.run(["bash", "-c", script, "-", "install"], capture_output=True, text=True)
    assert done.stdout == "apt install\n"


def test_a_resident_is_waited_for_before_the_kiosk_is_stopped(tmp_path: Path) -> None:
    script = (
        "is_running() { true; }; mountpoint() { false; }; mount_of() { :; }; "
        'act() { echo "$1"; }; insist_on_free() { exit 3; }; read_only=yes; read_only_root'
    )
    done = done_by(script, tmp_path)
    assert (done.returncode, "stop the kiosk" in done.stdout) == (3, False)


def night(folder: Path, what: str, *, changes: bool, who: str) -> str:
    """What `upgrade` asks of systemd in a night in which `who` says that."""
    (folder / "var/lib/dpkg").mkdir(parents=True, exist_ok=True)
    status = folder / "var/lib/dpkg/status"
    status.touch()
    stubs = (
        "mountpoint() { true; }; mount() { :; }; sync() { :; }; "
        f"who() {{ printf '{who}'; }}; "
        f"chroot() {{ {f'echo more >>{status}' if changes else ':'}; }}; "
        'systemctl() { echo "$*"; }; '
    )
    script = (PROGRAMS / "upgrade").read_text().replace("/media/root-ro", str(folder))
    script = stubs + script.replace("/run/rapfang-reboot", str(folder / "mark"))
    done = subprocess.run(["bash", "-c", script, "-", what], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


HERE = "root     pts/0        Nov 28 15:00   .          1200 (10.0.0.2)\n"
FORGOTTEN = "root     pts/1        Nov 20 15:00  old         1100 (tmux)\n"


def test_a_reboot_that_somebody_was_in_the_way_of_is_asked_for_the_next_night(
    tmp_path: Path,
) -> None:
    assert "reboot" not in night(tmp_path, "install", changes=False, who="")
    put_off = night(tmp_path, "install", changes=True, who=FORGOTTEN + HERE)
    assert put_off == "the root below has changed: it counts after a reboot\n"
    assert "reboot" not in night(tmp_path, "install", changes=False, who=HERE)
    assert "reboot" not in night(tmp_path, "update", changes=False, who="")
    assert night(tmp_path, "install", changes=False, who="") == "--no-block reboot\n"


def test_a_session_that_was_forgotten_does_not_put_off_security_updates(tmp_path: Path) -> None:
    told = night(tmp_path, "install", changes=True, who=FORGOTTEN)
    assert told.endswith("\n--no-block reboot\n")
