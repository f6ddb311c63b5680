"""The power fails while a release is laid, switched to, and gone back from: one is always whole.

On a real ext4 whose disk forgets what was not flushed; the releases are small.
"""

import hashlib
import subprocess
import sys
from pathlib import Path
from random import Random

import msgspec
import pytest

from deploy import lay_release
from tests.appliance import aftermath, logged_disk, writelog
from tests.deploy.bundles import make_bundle

STATES = 60
OLD, NEW = "1.0.0", "2.0.0"
_UNIT = "etc/systemd/system/kiosk-ui.service"
Tree = dict[str, str]


class Updated(msgspec.Struct, frozen=True):
    """What was done on a logged disk: which releases may be in force from where in the log on,
    and each one's files as they were when it was laid."""

    before: Path
    log: Path
    writes: list[writelog.Write]
    may: list[tuple[int, set[str]]]
    trees: dict[str, Tree]

    def may_be(self, upto: int) -> set[str]:
        """Releases of which one must be in force when this much was written."""
        end = self.writes[upto - 1].end
        return [releases for since, releases in self.may if since <= end][-1]


@pytest.fixture(scope="module")
def updated(tmp_path_factory: pytest.TempPathFactory) -> Updated:
    """Install, update, go back, on a disk that is logged."""
    if hindered := logged_disk.hindrance():
        pytest.skip(f"NO POWER WAS CUT: {hindered}")
    folder = tmp_path_factory.mktemp("updated")
    bundles = {version: make_bundle(folder, version) for version in (OLD, NEW)}
    disk, log = logged_disk.made(folder / "disk"), folder / "log"
    before = aftermath.copied(disk, folder / "before")
    may, trees = [(0, {"", OLD})], {}
    with logged_disk.mounted_and_logged(disk, log) as system:
        lay(system, bundles[OLD], "--activate")
        trees[OLD] = tree_of(system, OLD)
        may.append((logged_disk.size(log), {OLD}))
        lay(system, bundles[NEW])
        trees[NEW] = tree_of(system, NEW)
        may.append((logged_disk.size(log), {OLD, NEW}))
        lay(system, "--release", NEW, "--activate")
        may.append((logged_disk.size(log), {NEW, OLD}))
        lay(system, "--release", OLD, "--activate")
        may.append((logged_disk.size(log), {OLD}))
    return Updated(before, log, writelog.read(log), may, trees)


def lay(system: Path, *words: str | Path) -> None:
    """As install and update do it, below `system`."""
    root = system / "opt/rapfang"
    root.mkdir(parents=True, exist_ok=True)
    python = Path(sys.base_prefix) / "bin/python3"
    where = ["--root", root, "--system", system]
    subprocess.run([python, "-I", lay_release.__file__, *words, *where], check=True)


def tree_of(system: Path, version: str) -> Tree:
    """A release's files, each by its digest; empty where there is none."""
    release = system / "opt/rapfang/releases" / version
    return {
        str(path.relative_to(release)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(release.rglob("*"))
        if path.is_file() and not path.is_symlink() and "__pycache__" not in path.parts
    }


def broken(system: Path, may: set[str], trees: dict[str, Tree]) -> list[str]:
    """What is not whole, as sentences."""
    link = system / "opt/rapfang/current"
    version = link.readlink().name if link.is_symlink() else ""
    said = [] if version in may else [f"{version or 'none'} is in force, not {may}"]
    laid = [path.name for path in (system / "opt/rapfang/releases").glob("*[0-9]")]
    said += [f"{each} is not whole" for each in laid if tree_of(system, each) != trees[each]]
    if version and version not in laid:
        said.append(f"{version} is in force and not there")
    units = {f"# the glass of {each}" for each in (OLD, NEW)}
    if version and (system / _UNIT).read_text().splitlines()[0] not in units:
        said.append("half a unit")
    return said


def left_by(updated: Updated, disk: Path, upto: int, chance: Random) -> list[str]:
    """What the cut after this write left; of what was not flushed, some is lost."""
    writes = updated.writes
    flushed = max((number for number in range(upto) if writes[number].is_flush), default=0)
    aftermath.copied(updated.before, disk)
    writelog.play(updated.log, writes[:flushed], disk)
    writelog.play(updated.log, writes[flushed:upto], disk, chance)
    return said_of(disk, updated, upto)


def said_of(disk: Path, updated: Updated, upto: int) -> list[str]:
    """The file system, and then the releases on it."""
    if said := aftermath.file_system(disk):
        return said
    with logged_disk.mounted(disk, disk.with_suffix(".look"), "-o", "ro") as system:
        return broken(system, updated.may_be(upto), updated.trees)


def test_a_power_cut_in_an_update_or_on_the_way_back_leaves_a_whole_release(
    updated: Updated, tmp_path: Path, figures: dict[str, float]
) -> None:
    chance, count = Random(9), len(updated.writes)
    moments = chance.sample(range(1, count + 1), min(STATES, count))
    for upto in sorted({*moments, count}):
        said = left_by(updated, tmp_path / "disk", upto, chance)
        assert said == [], f"after write {upto} of {count}"
    figures["update_cut_states"], figures["update_cut_writes"] = len({*moments, count}), count


def test_an_update_whose_flushes_are_lost_is_found_out(updated: Updated, tmp_path: Path) -> None:
    """So the test before looks where it hurts."""
    disk = aftermath.copied(updated.before, tmp_path / "disk")
    writelog.play(updated.log, updated.writes, disk, Random(10))
    assert said_of(disk, updated, len(updated.writes)) != []
