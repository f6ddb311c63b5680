import json
import subprocess
import sys
from pathlib import Path

import pytest

from kiosk.cli import main
from kiosk.config import Config
from tests.kiosk.cli.journals import make_journal

ENTRIES = [
    ("kiosk-ui.service", "2026-09-21T13:33:21.000000Z INFO kiosk.app: in service"),
    ("ssh.service", "somebody signed in"),
    ("kiosk-print.service", "2026-09-21T13:33:23.000000Z WARNING kiosk.printing: paper_out"),
    ("kiosk-sync.service", "no head on this one"),
]


@pytest.fixture
def journal(tmp_path: Path) -> str:
    return str(make_journal(tmp_path / "test.journal", ENTRIES))


def test_services_are_called_as_technicians_call_them(
    box: Config, journal: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["logs", "--file", journal]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "09-21 14:13:21Z  glass    kiosk.app: in service",
        "09-21 14:13:23Z  printer  WARN kiosk.printing: paper_out",
        "09-21 14:13:24Z  agent    no head on this one",
    ]


@pytest.mark.parametrize("name", ["printer", "print", "kiosk-print"])
def test_one_service_is_asked_for_by_any_of_its_names(
    box: Config, journal: str, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["logs", name, "--json", "--file", journal]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert json.loads(line)["unit"] == "printer"


@pytest.mark.parametrize("name", ["update", "trial", "firewall", "data", "gave-up", "health"])
def test_a_service_answers_to_the_name_that_the_log_gives_it(
    box: Config, tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    own = f"{'kiosk' if name in ('gave-up', 'health') else 'rapfang'}-{name}"
    entries = [(f"{own}.service", "something"), *ENTRIES]
    journal = make_journal(tmp_path / "own.journal", entries)
    for called in (name, own, f"{own}.service"):
        assert main(["logs", called, "--json", "--file", str(journal)]) == 0
        (line,) = capsys.readouterr().out.splitlines()
        assert json.loads(line)["unit"] == name


def test_the_newest_few_and_those_since_a_time(
    box: Config, journal: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["logs", "-n", "1", "--file", journal]) == 0
    assert capsys.readouterr().out.count("\n") == 1
    assert main(["logs", "--since", "2026-09-21 14:13:23 UTC", "--file", journal]) == 0
    assert capsys.readouterr().out.count("\n") == 2
    assert main(["logs", "--since", "before lunch", "--file", journal]) == 2
    assert "before lunch" in capsys.readouterr().err


def test_a_machine_without_a_journal_says_where_to_look_instead(
    box: Config, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert main(["logs"]) == 2
    said = capsys.readouterr().err
    assert said.startswith("no journal on this machine")
    assert said.endswith("next: kiosk doctor\n")


def test_a_journal_without_a_word_of_ours_says_so(
    box: Config, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    journal = make_journal(tmp_path / "other.journal", [("ssh.service", "hello")])
    assert main(["logs", "--file", str(journal)]) == 0
    told = capsys.readouterr()
    assert (told.out, told.err) == ("", "nothing was written\n")


def test_a_pipe_that_was_closed_ends_it_quietly(box: Config, journal: str) -> None:
    code = "import sys; from kiosk.cli import main; sys.exit(main(sys.argv[1:]))"
    words = [sys.executable, "-c", code, "logs", "-f", "--file", journal]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as logs:
        logs.stdout.close()
        assert logs.stderr.read() == b""
        assert logs.wait(60) == 0
