"""What `deploy/install` asks before it touches anything. The rest is tried in a booted guest
(tests/appliance)."""

import base64
import hashlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from deploy import signing
from kiosk import passwords
from tests.kiosk.cli.doorkeeper import Doorkeeper

INSTALL = Path("deploy/install")
PARTS = [Path(f"deploy/install-{part}.sh") for part in ("pi", "resident", "ssh")]


def install(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run it with words that end before it looks at the machine."""
    return subprocess.run([INSTALL, *arguments], capture_output=True, text=True)


def test_every_option_is_told_by_its_help() -> None:
    done = install("--help")
    assert done.returncode == 0
    known = re.findall(r"^      (--[a-z-]+)\)", INSTALL.read_text(), re.MULTILINE)
    assert len(known) > 6
    for option in known:
        if option != "--kiosk":  # the usual
            assert option in done.stdout, option


def test_an_unknown_option_is_refused() -> None:
    done = install("--hepl")
    assert done.returncode == 2
    assert "next: deploy/install --help" in done.stderr


@pytest.mark.parametrize("option", ["--bundle", "--release-key", "--ssh-key"])
def test_a_file_that_is_mistyped_is_refused_and_never_reads_as_none(option: str) -> None:
    for words in ([option, "/nowhere/at/all"], [option, "/nowhere"], [option]):
        done = install(*words)
        assert done.returncode == 2, words
        assert done.stderr.startswith(f"install: {option}"), done.stderr
        assert "; next: " in done.stderr


def test_a_dry_run_that_misses_something_does_not_say_installed(tmp_path: Path) -> None:
    told = settings_put_by("dry=yes; lack this that; report", tmp_path)
    assert (told.returncode, "nothing was changed; missing now:" in told.stdout) == (1, True)
    assert "installed" not in told.stdout


def test_what_breaks_off_by_itself_does_not_read_as_installed(tmp_path: Path) -> None:
    broken = INSTALL.read_text().replace("  check_machine\n", "  false\n", 1)
    done = subprocess.run(["bash", "-c", broken], capture_output=True, text=True)
    assert done.returncode == 2
    assert "it broke off" in done.stderr


def test_every_file_it_installs_is_in_a_bundle_too() -> None:
    from deploy.bundling import SHARED

    asked = set(re.findall(r"\$\(part ([\w.-]+)\)", INSTALL.read_text()))
    assert {"etc", "udev", "nftables", "passwords.py"} <= asked
    assert asked <= set(SHARED)


@pytest.mark.parametrize("word", ["raspberry", "pi", "1234"])
@pytest.mark.parametrize("kind", ["$y$j9T$saltsaltsalt$", "$6$saltsalt$", "$1$saltsalt$"])
def test_a_default_password_is_found_whatever_hash_it_has(word: str, kind: str) -> None:
    hashed = passwords.crypt(word, kind)
    assert hashed.startswith(kind[:3])
    assert passwords.is_known("pi", hashed)
    assert not passwords.is_known("pi", passwords.crypt("ein langes Wort, das keiner kennt", kind))


def test_the_accounts_name_as_its_password_and_no_password_at_all_are_found() -> None:
    hashed = passwords.crypt("somchai", "$6$saltsalt$")
    assert passwords.is_known("somchai", hashed)
    assert not passwords.is_known("malee", hashed)
    assert passwords.is_known("malee", "")


def test_accounts_that_let_nobody_in_are_not_looked_at(tmp_path: Path) -> None:
    known = passwords.crypt("raspberry", "$6$saltsalt$")
    shadow = tmp_path / "shadow"
    shadow.write_text(f"root:*:1::::::\npi:!{known}:1::::::\ndaemon:!:1::::::\n")
    assert subprocess.run([sys.executable, "-I", "kiosk/passwords.py", shadow]).returncode == 0
    shadow.write_text(f"root:*:1::::::\npi:{known}:1::::::\nguest::1::::::\n")
    done = subprocess.run(
        [sys.executable, "-I", "kiosk/passwords.py", shadow], capture_output=True, text=True
    )
    assert (done.returncode, done.stdout) == (passwords.FOUND, "pi guest")


def asked_of_openssl(bundle: Path, keys: Path) -> subprocess.CompletedProcess[str]:
    """The signature as `deploy/install` checks it, with what every Debian has."""
    functions = INSTALL.read_text().rpartition('\nmain "$@"')[0]
    asking = f"bundle={bundle} release_key={keys}\ncheck_signature\n"
    return subprocess.run(["bash", "-c", functions + "\n" + asking], capture_output=True, text=True)


def sign_manifest(key: Path, bundle: Path) -> None:
    """Whatever it lists: the bundle need not be whole."""
    signature = signing.load_key(key).sign((bundle / "manifest.json").read_bytes()).signature
    (bundle / "manifest.sig").write_bytes(base64.b64encode(signature))


def test_only_a_signature_by_a_pinned_key_is_believed(tmp_path: Path) -> None:
    ours, other = tmp_path / "ours.key", tmp_path / "other.key"
    pinned = tmp_path / "release.pub"
    public, stranger = signing.new_key(ours), signing.new_key(other)
    pinned.write_text(f"# the operator's\n{stranger}\n{public}\n")
    (tmp_path / "manifest.json").write_text('{"version": "1"}')
    assert "not signed" in asked_of_openssl(tmp_path, pinned).stderr

    sign_manifest(ours, tmp_path)
    assert asked_of_openssl(tmp_path, pinned).returncode == 0
    pinned.write_text(f"{stranger}\n")
    assert asked_of_openssl(tmp_path, pinned).returncode == 2
    for how in (public, f"{stranger}\r\n{public}\r\n", f"{public}\n"):
        pinned.write_text(how, newline="")
        assert asked_of_openssl(tmp_path, pinned).returncode == 0, how
    (tmp_path / "manifest.json").write_text('{"version": "2"}')
    refused = asked_of_openssl(tmp_path, pinned)
    assert refused.returncode == 2
    assert "not signed by a key in" in refused.stderr


def test_nothing_of_a_signed_bundle_runs_before_it_was_compared(tmp_path: Path) -> None:
    """The manifest's signature says nothing yet of the program that compares the others."""
    key, pinned, bundle = tmp_path / "key", tmp_path / "release.pub", tmp_path / "bundle"
    pinned.write_text(signing.new_key(key) + "\n")
    bundle.mkdir()
    layer, manifest = bundle / "lay_release.py", bundle / "manifest.json"

    def checked() -> subprocess.CompletedProcess[str]:
        return settings_put_by(f"bundle={bundle} release_key={pinned}; check_bundle", tmp_path)

    layer.write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\n")
    digest = hashlib.sha256(layer.read_bytes()).hexdigest()
    for files in ({}, {"lay_release.py": {"sha256": "0" * 64}}):
        manifest.write_text(json.dumps({"files": files}))
        sign_manifest(key, bundle)
        refused = checked()
        assert refused.returncode == 2
        assert "lay_release.py is not what was built" in refused.stderr
        assert not (tmp_path / "ran").exists()
    manifest.write_text(json.dumps({"files": {"lay_release.py": {"sha256": digest}}}))
    sign_manifest(key, bundle)
    assert checked().returncode == 0
    assert (tmp_path / "ran").exists()


def settings_put_by(script: str, folder: Path) -> subprocess.CompletedProcess[str]:
    functions = INSTALL.read_text().rpartition('\nmain "$@"')[0]
    functions = "\n".join((functions, *(part.read_text() for part in PARTS)))
    functions = functions.replace("${BASH_SOURCE[0]}", str(INSTALL.absolute()))
    return subprocess.run(
        ["bash", "-c", f"{functions}\ncd {folder}\n{script}"], capture_output=True, text=True
    )


def test_a_file_is_put_once_and_under_dry_run_not_at_all(tmp_path: Path) -> None:
    (tmp_path / "from").write_text("as it should be\n")
    put = "put from etc/to 640; echo $changes"
    assert settings_put_by(f"dry=yes; {put}", tmp_path).stdout == "install: would write etc/to\n1\n"
    assert not (tmp_path / "etc").exists()
    assert settings_put_by(put, tmp_path).stdout == "install: write etc/to\n1\n"
    assert (tmp_path / "etc/to").read_text() == "as it should be\n"
    assert (tmp_path / "etc/to").stat().st_mode & 0o777 == 0o640
    assert settings_put_by(put, tmp_path).stdout == "0\n"
    (tmp_path / "etc/to").chmod(0o666)
    assert settings_put_by(put, tmp_path).stdout == "install: write etc/to\n1\n"
    assert os.listdir(tmp_path / "etc") == ["to"]  # noqa: PTH208 nothing is left beside


def test_a_dry_run_in_a_checkout_goes_on_without_the_bundle_that_it_would_build(
    tmp_path: Path,
) -> None:
    """Nothing of a folder that is not there is read, so no raw line of the shell comes out."""
    script = (
        f"dry=yes here={INSTALL.parent.absolute()} suite=none arch=none; "
        'in_checkout() { echo 9.9; }; release; echo "$(part etc)"; ls "$(part etc)" >/dev/null'
    )
    told = settings_put_by(script, tmp_path)
    assert (told.returncode, told.stderr) == (0, "")
    would, where = told.stdout.splitlines()
    assert would.startswith("install: would build release 9.9+g9.9 from this checkout")
    assert where == f"{INSTALL.parent.absolute()}/etc"


def test_whatever_refuses_says_what_comes_next() -> None:
    for path in Path("deploy").glob("install*"):
        for line in path.read_text().splitlines():
            if 'refuse "' in line:
                assert "; next: " in line, f"{path}: {line}"


def test_a_pis_kernel_gets_its_words_once_on_one_line(tmp_path: Path) -> None:
    line = "console=tty1 root=PARTUUID=1 rootwait quiet"
    (tmp_path / "cmdline.txt").write_text(f"{line}\n")
    words = "kernel_words cmdline.txt; echo $changes"
    assert settings_put_by(words, tmp_path).stdout.endswith("\n1\n")
    once = (tmp_path / "cmdline.txt").read_text()
    assert once.startswith(f"{line} cgroup_enable=memory ")
    assert once.count("\n") == 1
    assert once.split().count("quiet") == 1
    assert settings_put_by(words, tmp_path).stdout == "0\n"
    assert (tmp_path / "cmdline.txt").read_text() == once


def test_a_package_counts_as_there_by_what_it_stands_for(tmp_path: Path) -> None:
    told = "installed libmtdev1t64, libmtdev1 (= 1.1), x:any\\ninstalled libgl1, \\nrc gone, \\n"
    listed = f"dpkg-query() {{ printf '{told}'; }}; packages_there"
    found = settings_put_by(listed, tmp_path).stdout.split()
    assert found == ["libgl1", "libmtdev1", "libmtdev1t64", "x"]


class Box:
    """A kiosk in force: its `kiosk` is the real one, its systemd notes what it is asked."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.renewing = folder, folder / "renewing"
        (folder / "current/bin").mkdir(parents=True)
        (folder / "current/bin/kiosk").symlink_to(Path(sys.executable).with_name("kiosk"))
        (folder / "kiosk.toml").write_text(
            f'[device]\nstate_dir = "{folder}/state"\nruntime_dir = "{folder}/run"\n'
        )

    def asked(
        self, script: str, unit: str = "active", real: str = ""
    ) -> subprocess.CompletedProcess[str]:
        """`script` among functions of `install`, where every service is `unit`; of those steps
        that services run with, only `real` does what it does."""
        steps = {"units", "release", "settings", "read_only_root"} - {real}
        begun = (
            f"ROOT=. RENEWING={self.renewing} INSTALLED=./installed LEAVE_S=0; "
            f"export KIOSK_CONFIG={self.folder}/kiosk.toml; is_running() {{ true; }}; "
            f'systemctl() {{ if [[ $1 == is-active ]]; then echo {unit}; else echo "$*"; fi; }}; '
            + "".join(f"{step}() {{ :; }}; " for step in sorted(steps))
        )
        return settings_put_by(begun + script, self.folder)


@pytest.fixture
def box(tmp_path: Path) -> Box:
    return Box(tmp_path)


UNITS_CHANGE = "units() { act 'write a unit' echo writes; }; foresee; units; start; settled"
RESTART = "restart kiosk.target"


def test_a_resident_at_the_glass_is_not_disturbed_unless_it_is_said(box: Box) -> None:
    """Refused before anything is changed, in the words of the verbs."""
    with Doorkeeper(box.folder / "run", in_use=True):
        refused = box.asked(UNITS_CHANGE)
        assert (refused.returncode, refused.stdout) == (2, "")
        assert "a resident is at the glass; next: wait" in refused.stderr
        assert "add --now" in refused.stderr
        assert not box.renewing.exists()
        assert RESTART in box.asked(f"now=yes; {UNITS_CHANGE}").stdout


def test_with_nobody_at_the_glass_it_is_started_anew_once(box: Box) -> None:
    with Doorkeeper(box.folder / "run", in_use=False):
        done = box.asked(UNITS_CHANGE)
    assert done.stdout.splitlines()[-3:] == ["install: write a unit", "writes", RESTART]
    assert not box.renewing.exists()


def test_a_glass_that_runs_and_does_not_answer_is_left_alone(box: Box) -> None:
    (box.folder / "kiosk.toml").write_text("nothing that can be read")
    refused = box.asked(UNITS_CHANGE)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "does not say if it is used" in refused.stderr
    assert RESTART in box.asked(UNITS_CHANGE, unit="failed").stdout


def test_what_services_do_not_run_with_starts_nothing_anew(box: Box) -> None:
    """Such as one more key for SSH: it does not even ask the glass."""
    with Doorkeeper(box.folder / "run", in_use=True):
        done = box.asked("foresee; act 'let the keys in' echo; start; settled")
    assert (done.returncode, done.stderr) == (0, "")
    assert RESTART not in done.stdout
    assert RESTART in box.asked("start", unit="inactive").stdout


def test_whoever_comes_before_the_switch_and_the_restart_is_waited_for(box: Box) -> None:
    """As the glass is free at first, and is not when it comes to it."""
    uses = "glass_use() { [[ -e asked ]] && echo in_use || { touch asked; echo free; }; }"
    refused = box.asked(f"{uses}; {UNITS_CHANGE}")
    assert refused.returncode == 2
    assert RESTART not in refused.stdout
    again = box.asked("glass_use() { echo free; }; foresee; start; settled")
    assert RESTART in again.stdout  # by the mark: nothing more is to change

    (box.folder / "manifest.json").write_text('{"version": "2"}')
    lays = (
        f"lay() {{ echo lays $*; }}; glass_use() {{ echo in_use; }}; bundle={box.folder}; release"
    )
    refused = box.asked(lays, real="release")
    assert refused.returncode == 2
    assert "--activate" not in refused.stdout


def test_an_install_that_was_cut_off_is_read_by_the_system_later(box: Box) -> None:
    (box.folder / "installed").touch()
    assert "daemon-reload" not in box.asked("take_effect").stdout
    box.asked("act 'write a unit' exit 1")
    assert "daemon-reload" in box.asked("systemd-tmpfiles() { exit; }; take_effect").stdout


def test_the_packages_alone_are_installed_for_an_update_that_asks_for_them(box: Box) -> None:
    names = "check_machine one_at_a_time check_passwords foresee packages system enable"
    stubs = "".join(f"{name}() {{ echo {name}; }}; " for name in names.split())
    told = box.asked(f"cd {Path.cwd()}; {stubs} main --packages-only")
    assert told.stdout.split("\n")[:4] == [*names.split()[:3], "packages"]
    assert (told.returncode, "foresee" in told.stdout) == (0, False), told.stderr
    assert told.stdout.endswith("install: done\n")


def test_nobody_joins_where_nothing_runs_and_it_is_said_before_anything_is_changed(
    tmp_path: Path,
) -> None:
    asked = "is_running() { false; }; join=B2.toml; insist_it_can_join"
    refused = settings_put_by(asked, tmp_path)
    assert refused.returncode == 2
    assert "next: the file onto the boot partition" in refused.stderr
    assert settings_put_by(asked.replace("false", "true"), tmp_path).returncode == 0
