import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from deploy import lay_release
from deploy.lay_release import Refused
from tests.deploy.bundles import MACHINE, change_manifest, make_bundle

SCRIPT = Path(lay_release.__file__)


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    return make_bundle(tmp_path)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "rapfang").mkdir()
    return tmp_path / "rapfang"


def lay(*arguments: object) -> subprocess.CompletedProcess[str]:
    """As install and update do it: a program, and the system's own Python."""
    python = Path(sys.base_prefix) / "bin/python3"
    command = [python, "-I", SCRIPT, *arguments]
    return subprocess.run(command, capture_output=True, text=True)


def refusal(bundle: Path, root: Path) -> str:
    """Why a bundle is refused; nothing may have been changed then."""
    with pytest.raises(Refused) as caught:
        lay_release.lay(bundle, root)
    assert [path for path in root.rglob("*") if path != root / "releases"] == []
    return str(caught.value)


def pretend_release(root: Path, version: str) -> Path:
    """A release that lies there, without a Python of its own."""
    release = root / "releases" / version
    bundle = make_bundle(root.parent / "pretended", version)
    shutil.copytree(bundle / "share", release / "share")
    shutil.copyfile(bundle / "manifest.json", release / "manifest.json")
    return release


def test_a_release_is_laid_and_its_programs_run_where_they_lie(
    bundle: Path, root: Path, tmp_path: Path
) -> None:
    system = tmp_path / "system"
    done = lay(bundle, "--root", root, "--system", system, "--activate")
    assert (done.returncode, done.stdout) == (0, "1.0.0\n"), done.stderr
    assert (root / "current").readlink() == Path("releases/1.0.0")
    said = subprocess.run([root / "current/bin/kiosk"], capture_output=True, text=True)
    assert said.stdout == "kiosk 1.0.0\n"
    assert (root / "current/share/fonts/Rapfang-Regular.ttf").exists()
    assert (system / "etc/systemd/system/kiosk-ui.service").exists()
    assert [path.name for path in (root / "releases").iterdir()] == ["1.0.0"]
    assert not [
        path
        for path in (root / "releases/1.0.0").rglob("*")
        if path.suffix != ".pyc" and path.is_file() and b"1.0.0.partial" in path.read_bytes()
    ]
    again = lay(bundle, "--root", root)
    assert (again.returncode, again.stdout) == (0, "1.0.0\n"), "what lies there is kept"


def test_a_bundle_can_be_checked_without_changing_anything(bundle: Path, root: Path) -> None:
    done = lay(bundle, "--root", root, "--check")
    assert (done.returncode, done.stdout, done.stderr) == (0, "1.0.0\n", "")
    (bundle / "share/apt.txt").unlink()
    done = lay(bundle, "--root", root, "--check")
    assert (done.returncode, done.stdout) == (1, "")
    assert list(root.iterdir()) == []


def test_another_release_of_the_same_number_is_refused(bundle: Path, root: Path) -> None:
    pretend_release(root, "1.0.0")
    (bundle / "share/apt.txt").write_text("other\n")
    from deploy.bundling import write_manifest

    write_manifest(bundle, {"version": "1.0.0", **MACHINE})
    done = lay(bundle, "--root", root)
    assert done.returncode == 1
    assert "another release 1.0.0 is installed already" in done.stderr


@pytest.mark.parametrize(
    ("fact", "value", "words"),
    [
        ("suite", "buster", "this bundle is for Debian buster; this box has"),
        ("arch", "armhf", "this bundle is for processor armhf; this box has"),
        ("python", "3.7", "this bundle is for Python 3.7; this box has"),
    ],
)
def test_a_bundle_for_another_machine_is_refused(
    bundle: Path, root: Path, fact: str, value: str, words: str
) -> None:
    change_manifest(bundle, **{fact: value})
    assert words in refusal(bundle, root)


def test_a_bundle_copied_in_part_is_refused(bundle: Path, root: Path) -> None:
    next((bundle / "wheels").iterdir()).unlink()
    assert "is missing: the bundle was copied in part" in refusal(bundle, root)


def test_a_file_cut_short_is_refused(bundle: Path, root: Path) -> None:
    wheel = next((bundle / "wheels").iterdir())
    os.truncate(wheel, 100)
    assert f"wheels/{wheel.name} is not what was built" in refusal(bundle, root)


def test_a_changed_file_is_refused(bundle: Path, root: Path) -> None:
    path = bundle / "share/apt.txt"
    path.write_bytes(path.read_bytes()[::-1])
    assert "share/apt.txt is not what was built" in refusal(bundle, root)


def test_a_file_too_many_is_refused(bundle: Path, root: Path) -> None:
    (bundle / "wheels/evil-1-py3-none-any.whl").write_bytes(b"")
    assert "wheels/evil-1-py3-none-any.whl does not belong" in refusal(bundle, root)


def test_a_link_in_place_of_a_file_is_refused(bundle: Path, root: Path, tmp_path: Path) -> None:
    path = bundle / "share/apt.txt"
    path.rename(tmp_path / "elsewhere")
    path.symlink_to(tmp_path / "elsewhere")
    assert "share/apt.txt is not what was built" in refusal(bundle, root)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"version": "1"}'])
def test_a_manifest_that_says_nothing_is_refused(bundle: Path, root: Path, content: bytes) -> None:
    (bundle / "manifest.json").write_bytes(content)
    assert "cannot be read; copy the bundle again" in refusal(bundle, root)


def test_a_folder_that_is_no_bundle_is_refused(root: Path, tmp_path: Path) -> None:
    assert "is no bundle" in refusal(tmp_path / "nothing", root)


@pytest.mark.parametrize("version", ["../../etc", "", ".1", "1/2", "1 2"])
def test_a_version_that_leads_elsewhere_is_refused(bundle: Path, root: Path, version: str) -> None:
    change_manifest(bundle, version=version)
    assert "is no version" in refusal(bundle, root)


def test_where_there_is_no_room_nothing_is_begun(
    bundle: Path, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lay_release, "SPARE_BYTES", 1 << 60)
    assert "MB free, the release needs" in refusal(bundle, root)


def test_a_wheel_that_pip_refuses_leaves_nothing_behind(bundle: Path, root: Path) -> None:
    from deploy.bundling import write_manifest

    wheel = next((bundle / "wheels").iterdir())
    (wheel.parent / "tiny_too-1.0.0-py3-none-any.whl").write_bytes(wheel.read_bytes())
    write_manifest(bundle, {"version": "1.0.0", **MACHINE})
    assert "python ended with 1: ERROR" in refusal(bundle, root)


def test_switching_gives_the_system_what_is_of_this_release_and_no_other(
    root: Path, tmp_path: Path
) -> None:
    system = tmp_path / "system"
    units = system / "etc/systemd/system"
    for version in ("1.0.0", "2.0.0"):
        pretend_release(root, version)
        lay_release.activate(version, root, system)
    assert "the glass of 2.0.0" in (units / "kiosk-ui.service").read_text()
    assert {path.name for path in units.iterdir()} == {
        *("kiosk-ui.service", "kiosk-.service.d", "kiosk-only-in-2.0.0.timer"),
        *("rapfang-trial.service", "rapfang-.service.d"),
    }
    assert (root / "current").readlink() == Path("releases/2.0.0")
    assert (root / "previous").readlink() == Path("releases/1.0.0")
    lay_release.activate("1.0.0", root, system)
    assert "the glass of 1.0.0" in (units / "kiosk-ui.service").read_text()
    assert (root / "previous").readlink() == Path("releases/2.0.0")


def test_a_release_that_is_not_there_is_not_switched_to(root: Path, tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"release 3\.0\.0 is not installed"):
        lay_release.activate("3.0.0", root, tmp_path)


def test_all_but_two_releases_are_removed(root: Path, tmp_path: Path) -> None:
    for version in ("1.0.0", "2.0.0", "3.0.0"):
        pretend_release(root, version)
        lay_release.activate(version, root, tmp_path)
    (root / "releases/4.0.0.partial").mkdir()
    assert lay_release.remove_old(root) == ["1.0.0", "4.0.0.partial"]
    assert sorted(path.name for path in (root / "releases").iterdir()) == ["2.0.0", "3.0.0"]
