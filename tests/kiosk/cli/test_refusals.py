"""What is typed in vain: a few words and what comes next, JSON for programs, nothing done."""

import io
import json
import shlex
from pathlib import Path

import pytest

from kiosk.alone import alone
from kiosk.cli import main, manual, parser
from kiosk.config import Config
from sync.store import STORE_FILE, Store
from tests.kiosk.cli.doorkeeper import Doorkeeper
from tests.kiosk.cli.terminal import Terminal
from tests.sync.samples import join_file_text

MISUSED = {
    "": "VERB; next: kiosk --help",
    "frobnicate": "no such verb: frobnicate; next: kiosk --help",
    "stauts": "no such verb: stauts (did you mean status?); next: kiosk --help",
    "status --jsn": "no such option: --jsn (did you mean --json?); next: kiosk status --help",
    "status A1": "one word too many: A1; next: kiosk status --help",
    "query": "SQL; next: kiosk query --help",
    "logs -n some": "a number of lines, 0 or more; next: kiosk logs --help",
    "backup --to . --keep 0": "a number of backups, 1 or more; next: kiosk backup --help",
    "profile mend": "next: kiosk profile --help",
    "restore": "next: kiosk restore --help",
}
IN_VAIN = {
    "nobody": (
        *("outbox --retry all", "logs --file /nope", "logs --since sometime"),
        *(
            "front-desk-pin",
            "sync-now",
            "rotate-key",
            "outbox",
            "slips",
            "status",
            "query 'SELECT 1'",
        ),
        *("export-usb stick", "backup --to stick --key key.pub", "restore --salvage"),
        *("test-print --report", "profile check /nope", "enrol /nope", "enrol no-join.toml"),
    ),
    "joined": (
        *("front-desk-pin --own", "outbox --retry A1-0009", "query 'DROP TABLE outbox'"),
        *("export-usb /nope", "export-usb stick", "enrol b2.toml", "restore --salvage"),
        *("backup --to /nope/x --key key.pub", "backup --to stick", "backup --new-key /nope/key"),
        *("backup --new-key key", "backup --to b2.toml --key key.pub"),
        *("support-bundle /nope/x.tar.gz", "support-bundle b2.toml", "screenshot /nope/x.png"),
        *("restore /nope --key key", "restore b2.toml --key key", "restore b2.toml"),
        *("restore b2.toml --key key.pub", "profile check b2.toml", "update /nope", "rollback"),
        "screenshot x.png",
    ),
}
"""Commands that a box refuses; none of them says that it will do anything."""


@pytest.fixture
def bench(box: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which a technician types, with the box's store and what they brought."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KIOSK_SYSTEM", str(tmp_path / "system"))
    Store.open(box.state_dir / STORE_FILE).close()
    (tmp_path / "stick").mkdir()
    (tmp_path / "b2.toml").write_text(join_file_text(device_code="B2"))
    (tmp_path / "no-join.toml").write_text('device_cod = "A1"\n')
    assert main(["backup", "--new-key", "key"]) == 0
    return tmp_path


@pytest.fixture
def nobody(bench: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same for a box to which nothing came yet."""
    settings = (bench / "kiosk.toml").read_text().replace(f"{bench}/state", f"{bench}/new/state")
    (bench / "new.toml").write_text(settings)
    monkeypatch.setenv("KIOSK_CONFIG", str(bench / "new.toml"))
    return bench


@pytest.mark.parametrize("typed", MISUSED)
def test_what_makes_no_command_is_told_in_a_line_with_whose_help_to_read(
    typed: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(shlex.split(typed)) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.count("\n") == 1
    assert MISUSED[typed] in told.err
    assert main([*shlex.split(typed), "--json"]) == 2
    refused = json.loads(capsys.readouterr().out)["error"]
    assert refused["code"] == "usage"
    assert refused["next"].startswith("kiosk ")


def test_a_long_word_is_not_told_back_whole(capsys: pytest.CaptureFixture[str]) -> None:
    main(["x" * 500])
    assert len(capsys.readouterr().err) <= 61


@pytest.mark.parametrize("typed", IN_VAIN["nobody"])
def test_a_box_that_is_nobody_refuses_with_what_comes_next(
    nobody: Path, typed: str, capsys: pytest.CaptureFixture[str]
) -> None:
    insist_on_refusal(typed, capsys)
    assert not (nobody / "new").exists()


@pytest.mark.parametrize("typed", IN_VAIN["joined"])
def test_what_is_in_vain_is_refused_before_anything_is_announced(
    bench: Path, typed: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())
    before = everything(bench)
    insist_on_refusal(typed, capsys)
    assert everything(bench) == before


def everything(folder: Path) -> dict[str, bytes]:
    """What is there, but for SQLite's own files beside the store."""
    files = (path for path in folder.rglob("*") if path.is_file() and "-" not in path.suffix)
    return {str(path): path.read_bytes() for path in files if path.suffix != ".lock"}


def insist_on_refusal(typed: str, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert main(shlex.split(typed)) in (1, 2)
    told = capsys.readouterr()
    assert "will " not in told.out + told.err
    assert told.out == ""
    assert told.err.count("\n") == 1
    assert "; next: " in told.err
    assert "Errno" not in told.err


@pytest.mark.parametrize(
    "verb", [name for name, verb in manual.verbs_of(parser()) if "--json" in verb.format_usage()]
)
def test_a_program_reads_json_where_there_is_no_answer(
    verb: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Settings that cannot be read hinder every verb that has `--json`."""
    (tmp_path / "kiosk.toml").write_text("printer = 7\n")
    monkeypatch.setenv("KIOSK_CONFIG", str(tmp_path / "kiosk.toml"))
    (words,) = [found.epilog for name, found in manual.verbs_of(parser()) if name == verb]
    typed = shlex.split((words or "").removeprefix("Example: kiosk "))
    assert main([*typed, *(["--json"] if "--json" not in typed else [])]) == 2
    told = capsys.readouterr()
    refused = json.loads(told.out)["error"]
    assert refused["code"] == "config"
    assert refused["next"] == f"sudoedit {tmp_path}/kiosk.toml"
    assert told.err == f"{refused['finding']}; next: {refused['next']}\n"


def test_json_says_who_is_in_the_way_by_a_code(
    bench: Path, box: Config, capsys: pytest.CaptureFixture[str]
) -> None:
    typed = ["outbox", "--retry", "all", "--json"]
    with Doorkeeper(box.runtime_dir, in_use=True):
        assert main(typed) == 1
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "occupied"
    with alone(box, "backup"):
        assert main(typed) == 1
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "busy"
    assert main(["rollback", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["error"] == {
        "code": "release_refused",
        "finding": "there is no release before this one",
        "next": "kiosk update BUNDLE.tar",
    }


def test_in_a_terminal_what_comes_next_has_a_line_of_its_own(bench: Path) -> None:
    with Terminal(
        ["restore", "b2.toml", "--key", str(bench / "not" / "there" / "key")]
    ) as terminal:
        assert terminal.ended() == 2
    lines = terminal.words.splitlines()
    assert all(len(line) <= 60 for line in lines if "/" not in line)
    assert any(line.startswith("next: bring the private half") for line in lines)


def test_a_pin_of_ones_own_is_asked_for_and_not_shown(bench: Path) -> None:
    with Terminal(["front-desk-pin", "--own"]) as terminal:
        terminal.until(b"PIN, 6 to 12 digits: ")
        terminal.type(b"135790\n")
        assert terminal.ended() == 0
    assert "135790" not in terminal.shown
    assert "will put a new PIN" in terminal.words
