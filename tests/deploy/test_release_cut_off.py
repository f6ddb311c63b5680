"""A release is whole or not there, wherever laying or switching is cut off.

strace kills the program as it begins its n-th call that changes a disk, for every n. What
was not synced is a matter of `sync -f` before and after each rename, which is looked at too.
"""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from deploy import lay_release
from tests.deploy.bundles import make_bundle
from tests.deploy.test_lay_release import SCRIPT, pretend_release

CHANGES = ("?rename,?renameat", "?symlink,?symlinkat", "?unlink,?unlinkat", "fsync", "?chmod")
"""strace counts each call by itself; of a pair a machine has one."""
STARTS = "?vfork,?fork,?clone,?clone3"
BY_NAME, BY_PATH = "?vfork,?fork", "?clone,?clone3"
"""Since 3.13 Python starts a program whose path it is given by posix_spawn(3), which is another
call, and strace counts each by itself."""
MOMENTS = {
    "venv": ((STARTS, 2), (BY_PATH, 1)),
    "pip": ((STARTS, 3), (BY_PATH, 2)),
    "sync": ((STARTS, 4), (BY_NAME, 2)),
    "sync again": ((STARTS, 5), (BY_NAME, 3)),
}
"""Which start of a program each is, before and since 3.13; dpkg is asked first, by its name."""
PYTHON = Path(sys.base_prefix) / "bin/python3"


def killed_at(number: int, calls: str, *arguments: object) -> bool:
    """Run `lay_release.py` until its `number`-th of `calls`; False where it ended before."""
    inject = f"inject={calls}:signal=SIGKILL:when={number}"
    strace = ["strace", "-qqq", "-o", "/dev/null", "-e", f"trace={calls}", "-e", inject]
    command = [*strace, PYTHON, "-I", "-B", SCRIPT, *arguments]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode in (0, -9, 137), done.stderr
    return done.returncode != 0


def in_force(root: Path) -> str:
    """The release that `current` names; it is whole."""
    release = (root / "current").resolve(strict=True)
    assert (release / "manifest.json").exists()
    assert (release / "share/systemd/kiosk-ui.service").exists()
    return release.name


def glass(system: Path) -> str:
    return (system / "etc/systemd/system/kiosk-ui.service").read_text().splitlines()[0]


@pytest.mark.parametrize("calls", CHANGES)
def test_a_switch_that_is_killed_at_any_call_leaves_a_whole_release(
    tmp_path: Path, calls: str
) -> None:
    """At boot the switch is made again, or the way back is; both end whole."""
    root, system = tmp_path / "rapfang", tmp_path / "system"
    for version in ("1.0.0", "2.0.0"):
        pretend_release(root, version)
    options = ("--activate", "--root", root, "--system", system)
    for number in range(1, 30):
        for goes_on_to in ("2.0.0", "1.0.0"):
            lay_release.activate("1.0.0", root, system)
            was_killed = killed_at(number, calls, "--release", "2.0.0", *options)
            assert in_force(root) in ("1.0.0", "2.0.0")
            assert re.fullmatch(r"# the glass of [12]\.0\.0", glass(system)), "whole, whichever"
            lay_release.activate(goes_on_to, root, system)
            assert (in_force(root), glass(system)) == (goes_on_to, f"# the glass of {goes_on_to}")
        if not was_killed:
            break
    assert number > 1, "it was never killed"


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_release_that_is_killed_while_it_is_laid_is_not_there_and_can_be_laid_again(
    tmp_path: Path, moment: str
) -> None:
    root, system = tmp_path / "rapfang", tmp_path / "system"
    pretend_release(root, "1.0.0")
    lay_release.activate("1.0.0", root, system)
    bundle = make_bundle(tmp_path, "2.0.0")
    calls, number = MOMENTS[moment][sys.version_info >= (3, 13)]
    assert killed_at(number, calls, bundle, "--root", root)
    assert in_force(root) == "1.0.0"
    there = {path.name for path in (root / "releases").iterdir()}
    assert there <= {"1.0.0", "2.0.0.partial", "2.0.0"}
    if "2.0.0" in there:
        assert moment == "sync again", "only what was synced has its name"
        return
    done = subprocess.run(
        [PYTHON, "-I", SCRIPT, bundle, "--root", root], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert {path.name for path in (root / "releases").iterdir()} == {"1.0.0", "2.0.0"}


def test_the_link_is_renamed_between_two_syncs_of_its_file_system(tmp_path: Path) -> None:
    root, system = tmp_path / "rapfang", tmp_path / "system"
    pretend_release(root, "1.0.0")
    arguments = ["--release", "1.0.0", "--activate", "--root", root, "--system", system]
    calls = "trace=syncfs,?rename,?renameat,?renameat2"
    traced = ["strace", "-f", "-qqq", "-e", "signal=none", "-e", calls, "-o", tmp_path / "calls"]
    subprocess.run([*traced, PYTHON, "-I", "-B", SCRIPT, *arguments], check=True)
    lines = (tmp_path / "calls").read_text().splitlines()
    [switch] = [n for n, line in enumerate(lines) if "/current" in line]
    assert "syncfs" in lines[switch - 1]
    assert "syncfs" in lines[switch + 1]
