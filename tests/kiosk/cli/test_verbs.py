"""Every verb of the command, one after the other: help, example, width, manual, completion."""

import json
import shlex
import subprocess
from pathlib import Path

import pytest

from kiosk.cli import main, manual, parser
from kiosk.config import Config
from sync.store import STORE_FILE, Store
from tests.kiosk.cli.terminal import Terminal

PROMISED = (
    *("status", "doctor", "top", "outbox", "slips", "logs", "query", "screenshot"),
    *("test-print", "test-panel", "sync-now", "enrol", "rotate-key", "backup", "restore"),
    *("export-usb", "support-bundle", "update", "rollback", "profile", "ui", "print", "sync"),
)
"""Of the technician's command; scripts count on them."""
VERBS = dict(manual.verbs_of(parser()))


def test_all_promised_verbs_are_there() -> None:
    assert set(PROMISED) - set(VERBS) == set()


@pytest.mark.parametrize("verb", VERBS)
def test_the_help_of_every_verb_has_an_example_and_fits_a_phone(verb: str) -> None:
    words = VERBS[verb].format_help()
    assert f"Example: kiosk {verb}" in words
    assert all(len(line) <= 60 for line in words.splitlines())


@pytest.mark.parametrize("verb", VERBS)
def test_every_example_can_be_typed(verb: str) -> None:
    _, *words = shlex.split((VERBS[verb].epilog or "").removeprefix("Example: "))
    assert parser().parse_args(words).verb == verb


def test_the_list_of_verbs_fits_a_phone() -> None:
    assert all(len(line) <= 60 for line in parser().format_help().splitlines())


@pytest.mark.parametrize("verb", VERBS)
def test_the_list_of_what_the_folder_is_for_names_every_verb(verb: str) -> None:
    assert f"`{verb}" in Path("kiosk/README.md").read_text()


def test_the_manual_page_is_one_and_names_every_verb(tmp_path: Path) -> None:
    manual.main(tmp_path)
    read = subprocess.run(
        ["man", "--warnings", "-l", tmp_path / manual.MANUAL],
        capture_output=True,
        check=True,
        text=True,
        env={"MANWIDTH": "60", "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
    )
    assert read.stderr == ""
    for verb in VERBS:
        assert f"kiosk {verb}\n" in read.stdout


@pytest.mark.parametrize("typed", ["kiosk sta", "kiosk outbox --re"])
def test_a_shell_completes_verbs_and_options(tmp_path: Path, typed: str) -> None:
    manual.main(tmp_path)
    script = (
        f"source {tmp_path / manual.COMPLETION}\n"
        f"COMP_WORDS=({typed}); COMP_CWORD={len(typed.split()) - 1}\n"
        '"$(complete -p kiosk | sed "s/.*-F \\([^ ]*\\) .*/\\1/")"\n'
        'echo "${COMPREPLY[*]}"\n'
    )
    told = subprocess.run(["bash", "-c", script], capture_output=True, check=True, text=True)
    assert told.stdout.split() == [{"sta": "status", "--re": "--retry"}[typed.split()[-1]]]


def test_completion_and_manual_need_no_box(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KIOSK_CONFIG", "/nowhere/kiosk.toml")
    assert main(["completion", "bash"]) == 0
    assert main(["manual"]) == 0


@pytest.mark.parametrize("verb", ["status", "doctor", "outbox", "slips"])
def test_a_report_has_colours_on_a_terminal_and_the_same_words_elsewhere(
    box: Config, verb: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Store.open(box.state_dir / STORE_FILE).close()
    main([verb])
    plain = capsys.readouterr().out
    assert "\x1b" not in plain
    with Terminal([verb]) as terminal:
        terminal.ended()
    assert "\x1b[" in terminal.shown or verb in ("outbox", "slips")  # there all is well
    assert [line[:8] for line in terminal.words.splitlines()] == [
        line[:8] for line in plain.splitlines()
    ]
    assert all(len(line) <= 60 for line in terminal.words.splitlines() if "/" not in line)


def test_the_help_of_an_update_tells_all_that_now_sets_aside() -> None:
    words = " ".join(VERBS["update"].format_help().split())
    assert "even while a resident is at the glass, and in opening hours" in words
    assert "opening hours" not in VERBS["rollback"].format_help(), "it never waits for them"


def test_what_a_check_and_an_export_came_to_is_json_for_programs(
    box: Config, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Store.open(box.state_dir / STORE_FILE).close()
    (tmp_path / "stick").mkdir()
    assert main(["profile", "check", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["path"], told["divisions"]) == ("", 7)
    assert any("shown in Thai" in remark for remark in told["remarks"])
    assert main(["export-usb", str(tmp_path / "stick"), "--anywhere", "--json"]) == 0
    said = capsys.readouterr()
    assert [each["device_code"] for each in json.loads(said.out)] == ["A1"]
    assert said.err.startswith("will write what waits")


def test_parked_cases_and_fresh_keys_are_told_to_programs_as_json_too(
    box: Config, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Store.open(box.state_dir / STORE_FILE).close()
    assert main(["outbox", "--retry", "all", "--json"]) == 1
    assert json.loads(capsys.readouterr().out) == {"retried": 0}
    assert main(["backup", "--new-key", str(tmp_path / "key"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["public"] == str(tmp_path / "key.pub")
