"""Update, bad update and rollback on a booted Debian, by signed bundles, without a network."""

import json
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.appliance import variants
from tests.appliance.conftest import SUITE, WITH_KEY, install
from tests.appliance.guest import Guest
from tests.sync.samples import join_file_text

OFFSCREEN = "[Service]\nEnvironment=SDL_VIDEODRIVER=offscreen\n"
OVER = ("kept", "returned", "failed")
WAIT_S = 300
Bring = Callable[..., str]


@pytest.fixture(scope="module")
def box(shared: dict[str, Path]) -> Iterator[Guest]:
    """A box that joined, whose glass draws in software onto nothing."""
    guest = Guest.fresh(SUITE, "updating", shared)
    drop_in = guest.root / "etc/systemd/system/kiosk-ui.service.d/90-guest.conf"
    drop_in.parent.mkdir(parents=True)
    drop_in.write_text(OFFSCREEN)
    guest.boot()
    install(guest, *WITH_KEY)
    guest.run("tee", "/run/kiosk/join.toml", text=join_file_text())
    guest.run("chown", "kiosk", "/run/kiosk/join.toml")
    guest.run("runuser", "-u", "kiosk", "--", "kiosk", "enrol", "/run/kiosk/join.toml")
    guest.run("systemctl", "reset-failed")
    guest.run("systemctl", "restart", "kiosk.target")
    yield guest
    guest.stop()


@pytest.fixture
def bring(box: Guest, bundle: Path, release_key: Path) -> Iterator[Bring]:
    """Another release, as a signed bundle in the guest; gone from it afterwards."""
    brought: list[Path] = []

    def make(version: str, fault: str, files: dict[str, str] | None = None) -> str:
        packed = variants.make(bundle, version, fault, release_key, files)
        brought.append(box.root / "root" / packed.name)
        shutil.move(packed, brought[-1])
        shutil.rmtree(packed.with_suffix(""))
        return f"/root/{packed.name}"

    yield make
    for path in brought:
        path.unlink()


def in_force(box: Guest) -> str:
    return box.run("readlink", "/opt/rapfang/current").stdout.strip().removeprefix("releases/")


def record(box: Guest) -> dict[str, object]:
    told = box.run("cat", "/var/lib/rapfang/update.json", check=False).stdout
    return dict(json.loads(told)) if told else {}


def outcome(box: Guest, version: str) -> dict[str, object]:
    """What became of the update to a release, once that is known."""
    deadline = time.monotonic() + WAIT_S
    while time.monotonic() < deadline:
        told = record(box)
        if told.get("to") == version and told["phase"] in OVER:
            return told
        time.sleep(1)
    raise TimeoutError(f"{version}: {record(box)}")


def watched(box: Guest, version: str) -> None:
    deadline = time.monotonic() + WAIT_S
    while record(box).get("to") != version or record(box)["phase"] != "watching":
        assert time.monotonic() < deadline
        time.sleep(0.5)


def update(box: Guest, path: str) -> subprocess.CompletedProcess[str]:
    return box.run("kiosk", "update", "--now", path, check=False)


def is_well(box: Guest) -> bool:
    services = ("kiosk-ui", "kiosk-print", "kiosk-sync")
    return box.run("systemctl", "is-active", *services, check=False).returncode == 0


def undrawn_s(box: Guest) -> float:
    """From the end of the last glass to the first frame of the next, by the journal's clock."""
    told = box.run("journalctl", "--boot", "--unit=kiosk-ui", "--output=json").stdout
    lines = [json.loads(line) for line in told.splitlines()]
    ended = [line for line in lines if str(line["MESSAGE"]).startswith("Stopping")][-1]
    drawn = [line for line in lines if str(line["MESSAGE"]).endswith("first frame")][-1]
    told_us = "__REALTIME_TIMESTAMP"
    return (int(drawn[told_us]) - int(ended[told_us])) / 1e6


def test_a_lost_line_in_mid_update_changes_nothing_and_it_is_kept(
    box: Guest, bring: Bring, figures: dict[str, float]
) -> None:
    path = bring("0.2.0", variants.GOOD)
    command = [*box.entering(), "kiosk", "update", "--now", path]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as line:
        watched(box, "0.2.0")
        line.send_signal(signal.SIGKILL)
    told = outcome(box, "0.2.0")
    assert told["phase"] == "kept", told
    assert in_force(box) == "0.2.0"
    assert is_well(box)
    figures["update_without_a_frame_s"] = undrawn_s(box)


@pytest.mark.parametrize(
    ("version", "fault", "words"),
    [
        ("0.3.0", variants.CRASHES, "kiosk-ui"),
        ("0.4.0", variants.HANGS, "kiosk-ui drew no frame for"),
        ("0.5.0", variants.NEVER_DRAWS, "drew no first frame"),
    ],
    ids=["crashes", "hangs", "never draws"],
)
def test_a_bad_release_is_taken_back_and_the_box_is_well(
    box: Guest, bring: Bring, figures: dict[str, float], version: str, fault: str, words: str
) -> None:
    before = in_force(box)
    done = update(box, bring(version, fault))
    assert done.returncode == 1, done.stdout + done.stderr
    told = record(box)
    assert (told["phase"], words in str(told["reason"])) == ("returned", True), told
    assert in_force(box) == before
    assert is_well(box)
    figures[f"taken_back_s_{version}"] = float(str(told["took_s"]))
    assert figures[f"taken_back_s_{version}"] <= 60
    status = box.run("runuser", "-u", "kiosk", "--", "kiosk", "status", check=False).stdout
    assert f"{version} was taken back" in " ".join(status.split())


def test_power_that_is_cut_while_a_release_is_watched_is_gone_on_with_at_boot(
    box: Guest, bring: Bring
) -> None:
    path = bring("0.6.0", variants.GOOD)
    with subprocess.Popen([*box.entering(), "kiosk", "update", "--now", path]):
        watched(box, "0.6.0")
        box.cut()
    box.boot()
    told = outcome(box, "0.6.0")
    assert (told["phase"], told["starts"]) == ("kept", 2), told
    assert in_force(box) == "0.6.0"
    assert is_well(box)


def test_a_bad_release_is_taken_back_after_a_power_cut_too(box: Guest, bring: Bring) -> None:
    before, path = in_force(box), bring("0.7.0", variants.NEVER_DRAWS)
    with subprocess.Popen([*box.entering(), "kiosk", "update", "--now", path]):
        watched(box, "0.7.0")
        box.cut()
    box.boot()
    assert outcome(box, "0.7.0")["phase"] == "returned"
    assert in_force(box) == before
    assert is_well(box)


def test_a_hanging_release_whose_own_guard_is_broken_is_taken_back_after_a_power_cut(
    box: Guest, bring: Bring
) -> None:
    before, path = in_force(box), bring("0.7.1", variants.HANGS, variants.BROKEN_GUARD)
    with subprocess.Popen([*box.entering(), "kiosk", "update", "--now", path]):
        watched(box, "0.7.1")
        box.cut()
    box.boot()
    assert outcome(box, "0.7.1")["phase"] == "returned"
    assert in_force(box) == before
    assert is_well(box)
    left = box.run("find", "/etc/systemd", "-name", "resume-update.service").stdout
    assert left == ""


def test_a_rollback_takes_less_than_a_minute(box: Guest, figures: dict[str, float]) -> None:
    before = in_force(box)
    done = box.run("kiosk", "rollback", "--now", check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    figures["rollback_s"] = float(str(record(box)["took_s"]))
    assert figures["rollback_s"] <= 60
    assert in_force(box) != before
    assert is_well(box)


def test_what_is_not_signed_or_half_copied_is_refused_and_nothing_changed(
    box: Guest, bring: Bring
) -> None:
    path = box.root / bring("0.8.0", variants.GOOD).lstrip("/")
    before = in_force(box), sorted(each.name for each in (box.root / "opt/rapfang").rglob("*"))
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2)
    done = update(box, f"/root/{path.name}")
    assert (done.returncode, "copy it again" in done.stderr) == (1, True), done.stderr
    box.run("sh", "-c", "echo AAAAC3NzaC1lZDI1NTE5AAAAAAAAAAAAAAAAAAAAAAA= >/etc/kiosk/release.pub")
    done = update(box, f"/root/{path.name}")
    assert (done.returncode, "release.pub" in done.stderr) == (1, True), done.stderr
    after = in_force(box), sorted(each.name for each in (box.root / "opt/rapfang").rglob("*"))
    assert after == before
