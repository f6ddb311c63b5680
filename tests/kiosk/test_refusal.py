"""A box whose password everybody knows does not start; one that cannot be looked at does."""

import ctypes
import os
import stat
import subprocess
from pathlib import Path

import pytest

from kiosk import passwords, preflight, refusal
from kiosk.config import Config
from kiosk.doctor.passwords import passwords as looked_at
from kiosk.errors import ConfigError

KNOWN = passwords.crypt("raspberry", "$6$saltsalt$")
OWN = passwords.crypt("ein langes Wort, das keiner kennt", "$6$saltsalt$")


@pytest.fixture
def system(tmp_path: Path) -> Path:
    """A folder that stands for `/`, with one account, whose password is its own."""
    for name in ("etc", "run/rapfang", "var/lib/rapfang"):
        (tmp_path / name).mkdir(parents=True)
    has(tmp_path, OWN)
    return tmp_path


def has(system: Path, hashed: str) -> None:
    """Give `pi` a password, by its hash."""
    (system / refusal.SHADOW).write_text(f"root:*:1::::::\npi:{hashed}:1::::::\n")


def test_a_known_password_refuses_until_it_is_another(system: Path) -> None:
    has(system, KNOWN)
    assert refusal.at_start(system) == ["pi"]
    assert refusal.refused(system) == ["pi"]
    assert "raspberry" not in (system / refusal.MARK).read_text()
    assert refusal.advice(["pi"]) == "passwd pi\nsystemctl start kiosk.target"
    has(system, OWN)
    assert refusal.at_start(system) == []
    assert refusal.refused(system) == []


def test_what_was_found_well_is_not_tried_again_before_it_changes(
    system: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusal.at_start(system)
    assert stat.S_IMODE((system / refusal.MEMORY).stat().st_mode) == 0o600
    monkeypatch.setattr(passwords, "_library", lambda: ctypes.CDLL("libnone.so.9"))
    assert refusal.at_start(system) == []
    has(system, KNOWN)
    with pytest.raises(OSError, match="libnone"):
        refusal.at_start(system)


def test_it_is_remembered_as_sha256sum_checks_it(system: Path) -> None:
    """Which the unit asks before it starts Python."""
    refusal.at_start(system)
    memory = system / refusal.MEMORY
    memory.write_text(memory.read_text().replace("/etc/shadow", f"{system}/etc/shadow"))
    check = ["sha256sum", "--check", "--status", str(memory)]
    assert subprocess.run(check).returncode == 0
    has(system, KNOWN)
    assert subprocess.run(check).returncode == 1


def test_another_release_that_knows_more_words_looks_again(
    system: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    has(system, passwords.crypt("sawasdee", "$6$saltsalt$"))
    assert refusal.at_start(system) == []
    monkeypatch.setattr(passwords, "WELL_KNOWN", (*passwords.WELL_KNOWN, "sawasdee"))
    other = system / "passwords.py"
    other.write_text("its words are others")
    monkeypatch.setattr(passwords, "__file__", str(other))
    assert refusal.at_start(system) == ["pi"]


def test_what_cannot_be_looked_at_refuses_nothing(system: Path) -> None:
    has(system, KNOWN)
    refusal.at_start(system)
    (system / refusal.SHADOW).unlink()
    with pytest.raises(FileNotFoundError):
        refusal.at_start(system)
    assert refusal.refused(system) == []


def test_a_memory_that_cannot_be_kept_refuses_nothing(system: Path) -> None:
    (system / "var/lib/rapfang").rmdir()
    assert refusal.at_start(system) == []


def test_a_release_is_not_switched_to_where_its_glass_would_not_start(system: Path) -> None:
    has(system, KNOWN)
    with pytest.raises(ConfigError, match="the password of pi; next: passwd pi"):
        preflight.insist_on_passwords(system)
    has(system, OWN)
    preflight.insist_on_passwords(system)
    assert (system / refusal.MEMORY).exists()
    assert not (system / refusal.MARK).exists()
    (system / refusal.SHADOW).unlink()
    preflight.insist_on_passwords(system)


def test_the_doctor_names_whose_password_it_is_and_what_to_type(
    system: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KIOSK_SYSTEM", str(system))
    has(system, KNOWN)
    refusal.at_start(system)
    found = looked_at(Config())
    assert not found.is_well
    assert found.evidence.startswith("everybody knows that of pi")
    assert found.next.splitlines() == ["passwd pi", "systemctl start kiosk.target"]


@pytest.mark.skipif(os.geteuid() != 0, reason="NOT LOOKED AT: only root can read /etc/shadow")
def test_the_doctor_as_root_finds_what_was_changed_since_the_boot(
    system: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KIOSK_SYSTEM", str(system))
    refusal.at_start(system)
    assert looked_at(Config()).is_well
    has(system, KNOWN)
    assert not looked_at(Config()).is_well
    (system / refusal.SHADOW).unlink()
    assert not looked_at(Config()).is_told
