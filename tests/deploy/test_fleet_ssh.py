"""The play that hardens SSH, over a line that takes only who is in the box's authorized_keys."""

import json
import os
import pwd
import subprocess
from pathlib import Path

import pytest

from tests.deploy.test_fleet import FLEET, ansible, counts, pytestmark  # noqa: F401

Done = subprocess.CompletedProcess[str]
TECHNICIAN = pwd.getpwuid(os.getuid()).pw_name if os.getuid() else "nobody"
"""Somebody to whom files can be given here, and who is not root."""


class Line:
    """A box that is a folder, and `ssh` to it with one key."""

    def __init__(self, folder: Path) -> None:
        self.box, self.here = folder / "box", folder
        self.mine, self.other = self._new_key("mine"), self._new_key("other")
        self.keys = self.box / "home/.ssh/authorized_keys"
        for place in ("home/.ssh", "etc/ssh/sshd_config.d", "units", "state", "bin"):
            (self.box / place).mkdir(parents=True)
        self.keys.write_text(f"# by hand\n{self.mine}\n")
        self.keys.chmod(0o640)
        self._program("sshd", "exit 0")
        self._program(
            "systemctl",
            f'echo "$*" >>{folder}/asked\n'
            "[ $1 != show ] || printf 'LoadState=loaded\\nActiveState=active\\n'",
        )
        self._program(
            "ssh",
            f"grep -qF '{self.mine.split()[1]}' {self.keys} ||"
            " { echo 'Permission denied (publickey).' >&2; exit 255; }\n"
            f'for command; do :; done; PATH="{self.box}/bin:$PATH" exec sh -c "$command"',
        )

    def harden(self, *words: str, **facts: object) -> Done:
        host = {
            "ansible_connection": "ssh",
            "ansible_user": TECHNICIAN,
            "ansible_ssh_executable": str(self.box / "bin/ssh"),
            "ansible_ssh_args": "-o ControlMaster=no",
            "ansible_ssh_transfer_method": "piped",
            "ansible_remote_tmp": str(self.here / "tmp"),
            "rapfang_become": False,
            "rapfang_state": str(self.box / "state"),
            "ssh_home": str(self.box / "home"),
            "ssh_etc": str(self.box / "etc/ssh"),
            "ssh_units": str(self.box / "units"),
            "ssh_daemon": str(self.box / "bin/sshd"),
            "ssh_wait_s": 2,
            "rapfang_technician_keys": [self.mine],
            **facts,
        }
        inventory = self.here / "inventory.json"
        inventory.write_text(json.dumps({"kiosks": {"hosts": {"A1": host, "B2": host}}}))
        return ansible("-i", str(inventory), *words, str(FLEET / "harden.yml"))

    def let_the_timer_run_out(self) -> None:
        """As systemd would, three minutes later or after a boot."""
        assert "enable rapfang-ssh-before.timer" in self.asked
        unit = (self.box / "units/rapfang-ssh-before.service").read_text()
        [command] = [line[10:] for line in unit.splitlines() if line.startswith("ExecStart=")]
        path = f"{self.box}/bin:{os.environ['PATH']}"
        subprocess.run(command.split(), check=True, env={**os.environ, "PATH": path})

    @property
    def asked(self) -> str:
        """What systemd was asked for."""
        return (self.here / "asked").read_text()

    def contents(self) -> dict[str, tuple[int, bytes]]:
        """Every file of the box with its mode."""
        files = [path for path in self.box.rglob("*") if path.is_file()]
        return {str(path): (path.stat().st_mode, path.read_bytes()) for path in files}

    def _new_key(self, name: str) -> str:
        path = self.here / name
        words = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", path]
        subprocess.run(words, check=True)
        return path.with_suffix(".pub").read_text().strip()

    def _program(self, name: str, script: str) -> None:
        path = self.box / "bin" / name
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)


@pytest.fixture
def line(tmp_path: Path) -> Line:
    return Line(tmp_path)


@pytest.mark.parametrize("wrong", ["text", "typo", "two", "authority", "none"])
def test_keys_that_are_none_are_refused_before_anything_is_written(line: Line, wrong: str) -> None:
    facts: dict[str, dict[str, object]] = {
        "text": {"rapfang_technician_keys": line.mine},
        "typo": {"rapfang_technician_keys": [line.mine, line.mine.replace("AAAA", "AAA", 1)]},
        "two": {"rapfang_technician_keys": [f"{line.mine}\n{line.other}\n"]},
        "authority": {"rapfang_ssh_authority": "ssh-ed25519 AAAA... ca"},
        "none": {"rapfang_technician_keys": []},
    }
    before = line.contents()
    refused = line.harden(**facts[wrong])
    assert refused.returncode != 0
    told = "has to be a list" if wrong in ("text", "none") else "this is not a public key"
    assert told in refused.stdout, refused.stdout
    assert set(counts(refused)) == {"A1"}, "no other box is tried"
    assert line.contents() == before


def test_who_is_locked_out_is_let_in_again(line: Line) -> None:
    before = line.contents()
    refused = line.harden(rapfang_technician_keys=[line.other])
    assert refused.returncode != 0
    assert "SSH becomes what it was, 180 s after the change" in refused.stdout
    assert set(counts(refused)) == {"A1"}, "no other box is tried"
    assert line.keys.read_text() == f"{line.other}\n"
    line.let_the_timer_run_out()
    assert line.contents() == before
    assert line.asked.count("reload ssh.service") == 1


def test_what_is_told_first_is_done_then_and_a_second_run_changes_nothing(line: Line) -> None:
    before = line.contents()
    told = line.harden("--check", "--diff", "--limit", "A1")
    assert (told.returncode, line.contents()) == (0, before), told.stdout
    assert counts(told)["A1"]["changed"] > 0
    assert "-# by hand" in told.stdout
    done = line.harden("--limit", "A1")
    assert done.returncode == 0, done.stdout
    assert counts(done)["A1"]["changed"] == counts(told)["A1"]["changed"]
    fresh = {Path(path).name for path in line.contents().keys() - before.keys()}
    assert fresh == {"05-rapfang-fleet.conf"}, "nothing waits to give the former back"
    again = line.harden("--limit", "A1")
    assert (again.returncode, counts(again)["A1"]["changed"]) == (0, 0), again.stdout


def test_a_play_that_broke_off_does_not_make_its_half_the_state_to_return_to(line: Line) -> None:
    before = line.contents()
    line.harden(rapfang_technician_keys=[line.other])
    line.keys.write_text(f"{line.mine}\n{line.other}\n")
    line.harden(rapfang_technician_keys=[line.other])
    line.let_the_timer_run_out()
    assert line.contents() == before
