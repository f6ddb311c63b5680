"""Who may log in over SSH after an install: nobody is locked out, and no key is lost."""

import subprocess
from pathlib import Path

import pytest

from tests.deploy.test_install import install, settings_put_by


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A technician's home, and a fresh key `me.pub` beside it."""
    (tmp_path / "home/.ssh").mkdir(parents=True)
    command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", tmp_path / "me", "-C", "me"]
    subprocess.run(command, check=True)
    (tmp_path / "passwd").write_text(f"me:x:1000:1000::{tmp_path}/home:/bin/bash\n")
    return tmp_path / "home"


def keys_put(home: Path, script: str = "keys_only") -> subprocess.CompletedProcess[str]:
    """What `install --ssh-key me.pub` does to the technician's keys; passwords end at `ended`."""
    space = home.parent
    begun = (
        f"PASSWD={space}/passwd ssh_key={space}/me.pub ssh_user=$(id -un); "
        f"getent() {{ cat {space}/passwd; }}; put() {{ echo ended; }}; "
    )
    return settings_put_by(f"{begun}{script}; report", space)


OTHERS = "# who else\n" + 'command="echo log in as debian" ssh-ed25519 AAAAC3Nz root\n'


@pytest.mark.parametrize("before", [None, OTHERS, OTHERS.strip()])
def test_a_key_that_is_given_is_let_in_beside_those_that_are_there(
    home: Path, before: str | None
) -> None:
    there = home / ".ssh/authorized_keys"
    if before is not None:
        there.write_text(before)
    done = keys_put(home)
    assert (done.returncode, "ended" in done.stdout) == (0, True), done.stdout + done.stderr
    lines = there.read_text().splitlines()
    assert lines[0] == (home.parent / "me.pub").read_text().strip()
    assert lines[1:] == (before or "").splitlines()
    assert there.stat().st_mode & 0o777 == 0o600
    assert "let the keys" not in keys_put(home).stdout
    assert there.read_text().splitlines() == lines


def test_a_key_that_stands_there_for_one_command_alone_gets_a_shell_first(home: Path) -> None:
    me = (home.parent / "me.pub").read_text()
    (home / ".ssh/authorized_keys").write_text(f'command="true" {me}')
    keys_put(home)
    assert (home / ".ssh/authorized_keys").read_text() == f'{me}command="true" {me}'


def test_passwords_stay_until_a_key_gives_a_shell(home: Path) -> None:
    """A comment, a forced command, or an account without a shell let nobody in."""
    me = (home.parent / "me.pub").read_text()
    there = home / ".ssh/authorized_keys"
    for text in ("# nobody yet\n", f'command="echo no" {me}', "not a key\n", ""):
        there.write_text(text)
        done = keys_put(home, "ssh_key=; keys_only")
        assert (done.returncode, "ended" in done.stdout) == (1, False), text
        assert "so passwords still may" in done.stdout
    there.write_text(f'# me\nfrom="10.0.0.0/8" {me}'.strip())
    assert "ended" in keys_put(home, "ssh_key=; keys_only").stdout
    (home.parent / "passwd").write_text(f"me:x:1:1::{home}:/usr/sbin/nologin\n")
    assert "ended" not in keys_put(home, "ssh_key=; keys_only").stdout


def test_a_private_key_given_as_a_public_one_is_refused_before_anything_changes(home: Path) -> None:
    space = home.parent
    refused = settings_put_by(f"ssh_key={space}/me; check_ssh_key", space)
    assert refused.returncode == 2
    assert "holds no public key" in refused.stderr
    assert settings_put_by(f"ssh_key={space}/me.pub; check_ssh_key", space).returncode == 0


@pytest.mark.parametrize("words", [["Somchai"], ["a b"], ["-x"], ["somchai"], []])
def test_a_user_for_ssh_has_a_name_that_systems_take_and_keys(words: list[str]) -> None:
    done = install("--ssh-user", *words)
    assert done.returncode == 2
    assert done.stderr.startswith("install: --ssh-user")


def test_who_is_to_log_in_is_made_able_to_do_everything_first(home: Path) -> None:
    """A card's image has nobody but root, and deploy/fleet takes no root."""
    space = home.parent
    made = (
        "ssh_user=somchai SUDOERS=sudoers; id() { [[ -e made ]] && echo 0; }; "
        "useradd() { ls sudoers; touch made; }; chown() { :; }; install() { mkdir -p .ssh; }; "
    )
    done = keys_put(home, f"{made} keys_only")
    assert done.returncode == 0, done.stderr
    assert "make the user somchai, with sudo\nrapfang-somchai\n" in done.stdout
    assert (space / "sudoers/rapfang-somchai").stat().st_mode & 0o777 == 0o440
    assert "make the user" not in keys_put(home, f"{made} keys_only").stdout
