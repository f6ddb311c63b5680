"""The plays of deploy/fleet over boxes that are folders here, with `kiosk` as it really runs."""

import base64
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy import bundling, signing
from hardware.fake.health import VirtualMachine
from sync.doorbell import Doorbell
from sync.identity import join
from sync.store import STORE_FILE, Store
from sync.strongbox import make_keys
from tests.deploy.bundles import make_bundle
from tests.kiosk.cli.doorkeeper import Doorkeeper
from tests.sync.samples import join_file_text

CHECKOUT = Path(__file__).resolve().parents[2]
FLEET = CHECKOUT / "deploy/fleet"
PROFILE = CHECKOUT / "deploy/profiles/tha-kasem/profile.toml"
PROGRAM = Path(sys.executable).with_name("ansible-playbook")
PLAYS = {path.stem: path for path in FLEET.glob("*.yml") if path.stem != "inventory.example"}
RELEASE = "1.0"

pytestmark = pytest.mark.skipif(
    not PROGRAM.exists(),
    reason="NOTHING WAS PROVED ABOUT deploy/fleet: ansible-core is not installed;"
    " next: pip install -r deploy/fleet/requirements.txt",
)


class Box:
    """A kiosk without its services, whose doorbells and door are answered here."""

    def __init__(self, folder: Path, code: str) -> None:
        self.code, self.folder = code, folder
        self.state, runtime = folder / "state", folder / "run"
        runtime.mkdir(parents=True)
        (folder / "join.toml").write_text(join_file_text(device_code=code))
        join(folder / "join.toml", self.state)
        with Store.open(self.state / STORE_FILE):
            self.machine = VirtualMachine(self.state, folder / "machine")
        (runtime / "printer.json").write_text('{"state": "ok"}')
        self.settings = folder / "kiosk.toml"
        self.settings.write_text(
            f'[device]\nstate_dir = "{self.state}"\nruntime_dir = "{runtime}"\n'
            f'profile = "{PROFILE}"\n[printer]\ndriver = "virtual"\ntray_dir = "{folder}/tray"\n'
            f'[health]\ndriver = "virtual"\nmachine_dir = "{folder}/machine"\n'
            '[clock]\ntrust = "assume"\n'
        )
        self.root = folder / "opt/rapfang"
        (self.root / "releases" / RELEASE).mkdir(parents=True)
        (self.root / "current").symlink_to(f"releases/{RELEASE}")
        (folder / "etc/kiosk").mkdir(parents=True)
        (folder / "etc/kiosk/release.pub").write_text(base64.b64encode(bytes(32)).decode())
        self._bells = [Doorbell(runtime / f"{name}.sock") for name in ("ui", "print", "sync")]
        self.glass = Doorkeeper(runtime, in_use=False).__enter__()

    def close(self) -> None:
        self.glass.__exit__()
        for bell in self._bells:
            bell.close()

    def in_inventory(self) -> dict[str, object]:
        return {
            "rapfang_environment": {
                "KIOSK_CONFIG": str(self.settings),
                "KIOSK_SYSTEM": str(self.folder),
                "PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}",
            },
            "rapfang_root": str(self.root),
            "rapfang_state": str(self.folder / "var/lib/rapfang"),
            "release_identity": str(self.state / "identity.toml"),
            "rapfang_backup_key_on_box": str(self.folder / "backup.pub"),
        }

    def release(self, link: str) -> str:
        """The version that `current` or `previous` names."""
        return (self.root / link).readlink().name

    def update(self) -> dict[str, object]:
        """What became of the last one."""
        return dict(json.loads((self.folder / "var/lib/rapfang/update.json").read_bytes()))

    def contents(self) -> dict[str, bytes]:
        """Every file; what SQLite keeps beside the store comes and goes with each look."""
        return {
            str(path): bytes(path.readlink()) if path.is_symlink() else path.read_bytes()
            for path in self.folder.rglob("*")
            if (path.is_file() or path.is_symlink()) and not re.search(r"-(wal|shm)$", path.name)
        }


class Fleet:
    """Three boxes on this machine, and the computer that looks after them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.boxes = {code: Box(folder / code, code) for code in ("A1", "B2", "C3")}
        kiosks = {code: box.in_inventory() for code, box in self.boxes.items()}
        shared = {
            "ansible_connection": "local",
            "ansible_python_interpreter": sys.executable,
            "rapfang_become": False,
            "rapfang_kiosk": [str(Path(sys.executable).with_name("kiosk"))],
            "rapfang_bundles": str(folder / "bundles"),
            "rapfang_version": RELEASE,
            "rapfang_backup_key": str(folder / "backup.pub"),
        }
        (folder / "backup.pub").write_text("a public key\n")
        inventory = {"all": {"vars": shared}, "kiosks": {"hosts": kiosks}}
        (folder / "inventory.json").write_text(json.dumps(inventory))

    def play(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Plays by their names, and what else the command takes."""
        named = [str(FLEET / f"{each}.yml") if each in PLAYS else each for each in words]
        return ansible("-i", str(self.folder / "inventory.json"), *named)


def ansible(*words: str) -> subprocess.CompletedProcess[str]:
    home = {name: value for name, value in os.environ.items() if not name.startswith("ANSIBLE")}
    return subprocess.run(
        [str(PROGRAM), *words],
        env={**home, "ANSIBLE_CONFIG": str(FLEET / "ansible.cfg"), "LC_ALL": "C.UTF-8"},
        cwd=FLEET,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def fleet(tmp_path: Path) -> Iterator[Fleet]:
    fleet = Fleet(tmp_path)
    yield fleet
    for box in fleet.boxes.values():
        box.close()


def counts(done: subprocess.CompletedProcess[str]) -> dict[str, dict[str, int]]:
    """The recap: host to `ok`, `changed`, `failed`."""
    lines = re.findall(r"^(\w+) +: (ok=.*)$", done.stdout, re.MULTILINE)
    return {
        host: {name: int(count) for name, count in re.findall(r"(\w+)=(\d+)", told)}
        for host, told in lines
    }


def test_every_play_is_one() -> None:
    assert len(PLAYS) >= 9
    inventory = str(FLEET / "inventory.example.yml")
    done = ansible("--syntax-check", "-i", inventory, *map(str, PLAYS.values()))
    assert done.returncode == 0, done.stderr
    assert "WARNING" not in done.stderr


def test_a_rolling_update_stops_at_the_first_box_that_is_not_well(fleet: Fleet) -> None:
    fleet.boxes["B2"].machine.heat(84)
    done = fleet.play("update")
    assert done.returncode != 0
    told = counts(done)
    assert set(told) == {"A1", "B2"}, done.stdout
    assert (told["A1"]["failed"], told["B2"]["failed"]) == (0, 1)
    assert "temperature: 84" in done.stdout


def test_check_mode_tells_what_each_play_would_change_and_changes_nothing(fleet: Fleet) -> None:
    put_bundle(fleet, b"\0" * 512)
    before = [box.contents() for box in fleet.boxes.values()]
    words = ["--check", "--diff", "--limit", "A1", "-e", "rapfang_version=2.0"]
    done = fleet.play(*words, "update", "rotate-keys", "backup")
    assert done.returncode == 0, done.stdout
    assert [box.contents() for box in fleet.boxes.values()] == before
    for would in ("update from 1.0 to 2.0", "make a fresh key", "bring a sealed"):
        assert f"would {would}" in done.stdout
    assert counts(done)["A1"]["changed"] >= 3


def test_a_good_release_is_told_first_then_laid_and_kept_and_then_nothing_is_left_to_do(
    fleet: Fleet,
) -> None:
    box, key = fleet.boxes["A1"], fleet.folder / "release.key"
    _make_updatable(box, signing.new_key(key))
    put_bundle(fleet, _signed("2.0", fleet.folder, key))
    words = ["--limit", "A1", "-e", "rapfang_version=2.0", "-e", "rapfang_now=true", "update"]
    before = box.contents()
    told = fleet.play("--check", "--diff", *words)
    assert (told.returncode, box.contents()) == (0, before), told.stdout
    assert "would update from 1.0 to 2.0" in told.stdout
    done = fleet.play(*words)
    assert done.returncode == 0, done.stdout
    assert (box.release("current"), box.release("previous")) == ("2.0", RELEASE)
    assert box.update()["phase"] == "kept"
    assert not list(box.folder.glob("var/lib/rapfang/bundles/*")), "the bundle does not stay"
    again = fleet.play(*words)
    assert (again.returncode, counts(again)["A1"]["changed"]) == (0, 0), again.stdout


def test_a_rollback_that_is_played_again_leaves_the_boxes_it_mended(fleet: Fleet) -> None:
    box = fleet.boxes["A1"]
    _make_updatable(box, base64.b64encode(bytes(32)).decode())
    _lay(box, "2.0")
    (box.root / "current").unlink()
    (box.root / "current").symlink_to("releases/2.0")
    (box.root / "previous").symlink_to(f"releases/{RELEASE}")
    words = ["--limit", "A1", "rollback"]
    before = box.contents()
    told = fleet.play("--check", "--diff", *words)
    assert (told.returncode, box.contents()) == (0, before), told.stdout
    assert "would go back from 2.0 to 1.0" in told.stdout
    done = fleet.play(*words)
    assert (done.returncode, counts(done)["A1"]["changed"]) == (0, 1), done.stdout
    assert box.release("current") == RELEASE
    again = fleet.play(*words)
    assert (again.returncode, counts(again)["A1"]["changed"]) == (0, 0), again.stdout
    assert (box.release("current"), box.release("previous")) == (RELEASE, "2.0")
    other = fleet.play("-e", "rapfang_version=0.9", *words)
    assert other.returncode != 0
    assert "release 1.0 runs, and before it was 2.0, not 0.9" in other.stdout
    assert box.release("current") == RELEASE


def test_a_backup_disturbs_no_resident_unless_told_to(fleet: Fleet) -> None:
    (fleet.folder / "backup.pub").write_text(f"{make_keys()[1]}\n")
    box = fleet.boxes["A1"]
    (box.folder / "var/lib/rapfang").mkdir(parents=True)
    box.glass.in_use = True
    words = ["--limit", "A1", "-e", f"rapfang_backups={fleet.folder}/backups", "backup"]
    refused = fleet.play(*words)
    assert refused.returncode != 0
    assert "a resident is at the glass" in refused.stdout
    assert not (fleet.folder / "backups").exists()
    done = fleet.play("-e", "rapfang_now=true", *words)
    assert done.returncode == 0, done.stdout
    assert (fleet.folder / "backups/A1.backup").stat().st_size > 0


def test_a_backup_that_cannot_be_fetched_does_not_stay_on_the_box(fleet: Fleet) -> None:
    (fleet.folder / "backup.pub").write_text(f"{make_keys()[1]}\n")
    (fleet.folder / "backups").write_text("not a folder\n")
    box = fleet.boxes["A1"]
    (box.folder / "var/lib/rapfang").mkdir(parents=True)
    there = ["--limit", "A1", "-e", f"rapfang_backups={fleet.folder}/backups", "backup"]
    before = box.contents()
    told = fleet.play("--check", "--diff", *there)
    assert (told.returncode, box.contents()) == (0, before), told.stdout
    failed = fleet.play(*there)
    assert failed.returncode != 0
    assert "Fetch it" in failed.stdout
    assert not list(box.folder.rglob("*.backup")), failed.stdout
    (fleet.folder / "backups").unlink()
    done = fleet.play(*there)
    assert done.returncode == 0, done.stdout
    assert (fleet.folder / "backups/A1.backup").stat().st_size > 0
    assert not list(box.folder.rglob("*.backup"))


def test_a_bundle_that_the_first_box_refuses_reaches_no_other(fleet: Fleet) -> None:
    put_bundle(fleet, b"half of a bundle")
    done = fleet.play("update", "-e", "rapfang_version=2.0", "-e", "rapfang_now=true")
    assert done.returncode != 0
    assert set(counts(done)) == {"A1"}, done.stdout
    assert "is not a whole bundle" in done.stdout
    assert not list(fleet.boxes["A1"].folder.glob("var/lib/rapfang/bundles/*")), "it does not stay"
    assert (fleet.boxes["A1"].root / "current").readlink().name == RELEASE
    assert not (fleet.boxes["B2"].folder / "var").exists()


def put_bundle(fleet: Fleet, content: bytes) -> None:
    """What lies on the operator's computer for this machine's Debian."""
    kind = subprocess.run(
        ["sh", "-c", '. /etc/os-release && echo "$VERSION_CODENAME-$(dpkg --print-architecture)"'],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    (fleet.folder / "bundles").mkdir(exist_ok=True)
    (fleet.folder / f"bundles/rapfang-2.0-{kind}.tar").write_bytes(content)


def _make_updatable(box: Box, public: str) -> None:
    """A release that can be switched from, who may sign the next, and a manager of services."""
    _lay(box, RELEASE)
    (box.folder / "etc/kiosk/release.pub").write_text(public)
    systemctl = box.folder / "bin/systemctl"
    systemctl.parent.mkdir()
    stand_in = f'cd {CHECKOUT} && exec {sys.executable} -m tests.deploy.managing "$@"'
    systemctl.write_text(f"#!/bin/sh\n{stand_in}\n")
    systemctl.chmod(0o755)


def _lay(box: Box, version: str) -> None:
    """As much of a release as a switch to it and from it needs."""
    share = box.root / "releases" / version / "share"
    shutil.copytree(make_bundle(box.folder / "laid", version) / "share", share)
    (share.parent / "manifest.json").write_text("{}")


def _signed(version: str, folder: Path, key: Path) -> bytes:
    bundle = make_bundle(folder / "made", version)
    signing.sign(key, bundle)
    return bundling.pack(bundle).read_bytes()
