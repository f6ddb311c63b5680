"""What technicians are told of an update: by the verbs, the status and the doctor."""

import json
import os
import shutil
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from hardware.fake.manager import Fate
from kiosk.cli import main
from kiosk.config import DAYS, Config
from kiosk.doctor.release import release
from kiosk.report import COLUMNS, status
from kiosk.updating import record, window
from sync.deadline import THAILAND
from sync.identity import join
from sync.store import STORE_FILE, Store
from tests.kiosk.cli.doorkeeper import Doorkeeper
from tests.kiosk.updating.box import Box
from tests.sync.samples import join_file_text

PROFILE = Path("deploy/profiles/tha-kasem/profile.toml").absolute()
WEEK = "\n".join(f'{day} = "00:00-24:00"' for day in ("mon", "tue", "wed", "thu", "fri", "sat"))


@pytest.fixture
def config(box: Box, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Config:
    """The box's settings, enrolled; its system is the folder."""
    settings = tmp_path / "kiosk.toml"
    settings.write_text(
        f'[device]\nstate_dir = "{tmp_path}/state"\nruntime_dir = "{tmp_path}/run"\n'
        f'profile = "{PROFILE}"\n[printer]\ntray_dir = "{tmp_path}/tray"\n'
        '[clock]\ntrust = "assume"\n'
    )
    monkeypatch.setenv("KIOSK_CONFIG", str(settings))
    monkeypatch.setenv("KIOSK_SYSTEM", str(box.where.system))
    (tmp_path / "join.toml").write_text(join_file_text())
    join(tmp_path / "join.toml", tmp_path / "state")
    (tmp_path / "run").mkdir()
    Store.open(tmp_path / "state" / STORE_FILE).close()
    from kiosk.config import load

    return load(settings)


def always_open(config: Config) -> None:
    path = Path(os.environ["KIOSK_CONFIG"])
    path.write_text(f'{path.read_text()}[backlight.open]\n{WEEK}\nsun = "00:00-24:00"\n')
    assert config.backlight.open == {}


def test_a_bundle_that_is_refused_says_why_and_ends_with_1(
    box: Box, config: Config, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "holiday.tar").write_bytes(b"x")
    assert main(["update", str(tmp_path / "holiday.tar")]) == 1
    told = capsys.readouterr()
    assert "holiday.tar is not a whole bundle; next: copy it again" in told.err
    assert told.out == ""


def test_nobody_updates_while_the_house_is_open_or_a_resident_there(
    box: Box, config: Config, capsys: pytest.CaptureFixture[str]
) -> None:
    path = str(box.bring("1.1.0"))
    with Doorkeeper(config.runtime_dir, in_use=True):
        assert main(["update", path]) == 1
    assert "a resident is at the glass" in capsys.readouterr().err
    always_open(config)
    assert main(["update", path]) == 1
    assert "the house is open (00:00-24:00); next: after that, or add --now" in (
        capsys.readouterr().err
    )
    assert box.is_whole() == "1.0.0"
    assert not box.where.staging.exists()


def test_what_will_change_is_told_first_and_without_a_manager_nothing_is_switched(
    box: Box, config: Config, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Here no systemd answers for the box's folder: the release lies there, unused."""
    path = box.bring("1.1.0")
    take_systemd_away(box, monkeypatch)
    assert main(["update", str(path)]) == 1
    told = capsys.readouterr()
    assert told.out.startswith("will lay release 1.1.0 beside 1.0.0")
    assert "will go back to 1.0.0 if" in told.out
    assert "nothing was switched: there is no systemctl" in told.err
    assert box.is_whole() == "1.0.0"
    assert not box.where.on_trial.exists()


def take_systemd_away(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    (box.folder / "bin").mkdir()
    for name in ("dpkg", "dpkg-query", "sync", "env", "sh"):
        (box.folder / "bin" / name).symlink_to(shutil.which(name) or "")
    monkeypatch.setenv("PATH", str(box.folder / "bin"))


def test_a_newer_bundle_that_is_not_whole_blocks_no_good_one(
    box: Box, config: Config, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its beginning is whole: only when it is laid it shows that the rest is missing."""
    inbox = box.where.inbox
    inbox.mkdir(parents=True)
    shutil.copy(box.bring("1.1.0"), inbox / "a.tar")
    (inbox / "b.tar").write_bytes(box.bring("1.2.0").read_bytes()[:-20_000])
    os.utime(inbox / "b.tar", (2e9, 2e9))
    monkeypatch.setattr(window, "STILL_COPIED_S", 0.0)
    rest_today(config)
    take_systemd_away(box, monkeypatch)
    assert main(["update", "--inbox"]) == 1
    assert {path.name for path in inbox.iterdir()} == {"a.tar", "b.tar.refused"}
    assert box.where.release("1.1.0").exists()
    assert "nothing was switched: there is no systemctl" in capsys.readouterr().err


def rest_today(config: Config) -> None:
    """The house is open on another day alone."""
    another = DAYS[(datetime.now(THAILAND).weekday() + 3) % 7]
    path = Path(os.environ["KIOSK_CONFIG"])
    path.write_text(f'{path.read_text()}[backlight.open]\n{another} = "08:00-16:30"\n')
    assert config.backlight.open == {}


def test_an_inbox_in_opening_hours_is_left_alone_quietly(
    box: Box, config: Config, capsys: pytest.CaptureFixture[str]
) -> None:
    box.where.inbox.mkdir(parents=True)
    shutil.copy(box.bring("1.1.0"), box.where.inbox)
    always_open(config)
    assert main(["update", "--inbox"]) == 0
    assert capsys.readouterr() == ("", "")


def test_without_a_release_before_rollback_says_so(
    box: Box, config: Config, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["rollback"]) == 1
    assert "there is no release before this one" in capsys.readouterr().err


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become nobody")
def test_it_needs_root(
    config: Config, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("KIOSK_SYSTEM")
    os.seteuid(65534)
    try:
        monkeypatch.setenv("KIOSK_CONFIG", "/dev/null")
        assert main(["rollback"]) == 2
    finally:
        os.seteuid(0)
    assert "it needs root; next: sudo kiosk" in capsys.readouterr().err


def test_status_and_doctor_say_which_was_taken_back_and_why(box: Box, config: Config) -> None:
    assert (release(config).is_well, status(config).release) == (True, "1.0.0")
    box.fates["1.1.0"] = Fate(crashes_s=1.0)
    box.begin("1.1.0")
    assert "switching from 1.0.0 to 1.1.0" in status(config).text()
    box.carry_on()
    told = status(config)
    words = " ".join(told.text().split()).replace("- ", "-")
    assert "1.1.0 was taken back: kiosk-ui ended: exit-code" in words
    assert max(map(len, told.text().splitlines())) <= COLUMNS
    assert json.loads(box.where.record.read_bytes())["from"] == "1.0.0"
    found = release(config)
    assert (found.is_well, found.is_worth_a_look) == (True, True)
    assert "journalctl -u rapfang-trial" in found.next


def test_an_update_that_stands_still_is_a_finding_with_the_way_to_go_on(
    box: Box, config: Config
) -> None:
    begun = box.begin("1.1.0")
    assert release(config).is_well
    long_ago = begun.began_at - timedelta(hours=1)
    record.keep(box.where, msgspec.structs.replace(begun, began_at=long_ago))
    assert not release(config).is_well
    assert release(config).next.startswith("systemctl start rapfang-trial")


def test_a_rollback_that_is_not_well_is_a_finding(box: Box, config: Config) -> None:
    box.begin("1.1.0")
    box.carry_on()
    box.fates["1.0.0"] = Fate(crashes_s=1.0)
    from kiosk.updating import deed

    deed.begin(box.where, box.manager, "rollback", "1.0.0")
    box.carry_on()
    assert not release(config).is_well


def test_a_checkout_is_no_release(
    box: Box, config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KIOSK_SYSTEM", str(tmp_path / "nothing"))
    assert not release(config).is_told
