"""What every verb that changes something keeps to: nobody is disturbed, all is told, alone."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from kiosk.alone import LOCK_FILE, alone
from kiosk.cli import main
from kiosk.config import Config
from kiosk.errors import Busy
from kiosk.occupied import DOOR_SOCKET, use_of
from kiosk.pin import Pin
from sync.doorbell import UI_BELL, Doorbell
from sync.identity import KEY_FILE
from sync.store import STORE_FILE, Store
from tests.kiosk.cli.doorkeeper import Doorkeeper
from tests.kiosk.cli.terminal import Terminal

DEEDS = [
    ["sync-now"],
    ["test-print"],
    ["outbox", "--retry", "all"],
    ["export-usb", "stick", "--anywhere"],
    ["enrol", "join.toml"],
    ["rotate-key"],
    ["front-desk-pin"],
]


@pytest.mark.parametrize("words", DEEDS, ids=" ".join)
def test_no_deed_disturbs_a_resident(
    box: Config,
    words: list[str],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "stick").mkdir()
    Store.open(box.state_dir / STORE_FILE).close()
    with Doorkeeper(box.runtime_dir, in_use=True):
        assert main(words) == 1
    told = capsys.readouterr()
    assert "a resident is at the glass; next: wait, or add --now" in told.err
    assert "will" not in told.out


def test_a_resident_who_left_holds_nothing_up(box: Config) -> None:
    with Doorkeeper(box.runtime_dir, in_use=True) as keeper:
        assert main(["front-desk-pin"]) == 1
        assert main(["front-desk-pin", "--now"]) == 0
        keeper.in_use = False
        assert main(["front-desk-pin"]) == 0


def test_a_glass_that_does_not_answer_may_have_somebody_at_it(
    box: Config, capsys: pytest.CaptureFixture[str]
) -> None:
    assert use_of(box) == "no_glass"
    box.runtime_dir.mkdir()
    with Doorbell(box.runtime_dir / UI_BELL):
        assert use_of(box) == "silent"
        assert main(["front-desk-pin"]) == 1
    assert "next: kiosk doctor, or add --now" in capsys.readouterr().err
    assert not Pin(box.state_dir).is_set


def test_nobody_but_this_user_may_ask_the_glass(box: Config) -> None:
    with Doorkeeper(box.runtime_dir, in_use=False):
        assert (box.runtime_dir / DOOR_SOCKET).stat().st_mode & 0o777 == 0o600
        assert use_of(box) == "free"
    assert use_of(box) == "no_glass"


@pytest.mark.parametrize(
    "words", [["front-desk-pin"], ["outbox", "--retry", "all"], ["test-print"]], ids=" ".join
)
def test_what_will_change_is_told_before_it_does(
    box: Config, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    Store.open(box.state_dir / STORE_FILE).close()
    main(words)
    assert capsys.readouterr().out.startswith("will ")


def test_the_second_technician_is_told_who_is_at_it(
    box: Config, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUDO_USER", "somchai")
    with alone(box, "backup"):
        assert main(["front-desk-pin"]) == 1
    said = capsys.readouterr().err
    assert said.startswith("somchai is at `kiosk backup` since ")
    assert said.count("\n") == 1
    assert main(["front-desk-pin"]) == 0


def test_a_technician_who_was_killed_holds_nobody_up(box: Config) -> None:
    code = (
        "import os, signal; from kiosk.alone import alone; from kiosk.config import config_path, "
        "load\nwith alone(load(config_path()), 'x'): os.kill(os.getpid(), signal.SIGKILL)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == -signal.SIGKILL
    assert (box.runtime_dir / LOCK_FILE).read_bytes()
    with alone(box, "backup"), pytest.raises(Busy), alone(box, "restore"):
        pass


def test_a_lost_line_does_not_break_a_deed_off(box: Config, tmp_path: Path) -> None:
    """A real terminal that closes in mid-command: the new key is whole, the file erased."""
    again = tmp_path / "again.toml"
    again.write_bytes((tmp_path / "join.toml").read_bytes())
    key = (box.state_dir / KEY_FILE).read_bytes()
    with Terminal(["enrol", str(again)]) as terminal:
        terminal.until(b"will make this box")
        terminal.hang_up()
        assert terminal.ended() in (0, 1)
    assert not again.exists()
    assert (box.state_dir / KEY_FILE).read_bytes() == key
    assert Pin(box.state_dir).is_set
