"""An update on a disk that is full: what is in force stays, and all goes on once there is room."""

import contextlib
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy import bundling, lay_release, signing
from kiosk.errors import ReleaseRefused
from kiosk.updating import deed
from tests.deploy.bundles import MACHINE, make_bundle
from tests.kiosk.updating.box import Box
from tests.kiosk.updating.test_deed import snapshot

DISK = "96m"


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    """A box whose system lies on a small disk of its own."""
    place = tmp_path / "system"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", place]
    if not shutil.which("mount") or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("NOT TRIED on a full disk: mounting is for root")
    try:
        yield Box(tmp_path)
    finally:
        subprocess.run(["umount", place], check=True)


def bring(box: Box, version: str) -> Path:
    """A bundle that believes it needs no room: whatever it counts on, others fill the disk."""
    bundle = make_bundle(box.folder / "brought", version)
    for place in ("share/lay_release.py", "lay_release.py"):
        text = (bundle / place).read_text()
        counted = "GROWTH, SPARE_BYTES = 1.6, 64 << 20"
        assert counted in text
        (bundle / place).write_text(text.replace(counted, "GROWTH, SPARE_BYTES = 0, 0"))
    bundling.write_manifest(bundle, {"version": version, **MACHINE})
    signing.sign(box.key, bundle)
    return bundling.pack(bundle)


def fill(box: Box, left_kib: int) -> Path:
    """Leave so much room, and no more."""
    ballast = box.where.system / "ballast"
    with ballast.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while file.write(bytes(1 << 16)):
            pass
    assert free_kib(box) == 0
    with ballast.open("r+b") as file:
        file.truncate(max(0, ballast.stat().st_size - (left_kib << 10)))
    return ballast


def free_kib(box: Box) -> int:
    return shutil.disk_usage(box.where.system).free >> 10


@pytest.mark.parametrize("kib", [0, 256, 10240])
def test_a_disk_that_fills_up_anywhere_while_laying_is_told_and_left_as_it_was(
    box: Box, monkeypatch: pytest.MonkeyPatch, kib: int
) -> None:
    path = bring(box, "1.1.0")
    monkeypatch.setattr(deed, "SPARE_BYTES", 0)
    monkeypatch.setattr(deed, "GROWTH", 0)
    manifest = deed.examine(box.where, path)
    fill(box, kib)
    before, free = snapshot(box), free_kib(box)
    with pytest.raises((OSError, ReleaseRefused), match=r"No space left|the disk became full"):
        deed.lay(box.where, path, manifest)
    assert snapshot(box) == before
    assert free_kib(box) == pytest.approx(free, abs=8)
    assert box.is_whole() == "1.0.0"
    (box.where.system / "ballast").unlink()
    assert deed.lay(box.where, path, manifest) == "1.1.0"


@pytest.mark.parametrize("kind", ["update", "rollback"])
def test_where_not_even_the_note_has_room_nothing_is_switched(box: Box, kind: str) -> None:
    box.lay("1.1.0")
    lay_release.point(box.where.root / "previous", "releases/1.1.0")
    ballast = fill(box, 0)
    with pytest.raises(OSError, match="No space"):
        deed.begin(box.where, box.manager, kind, "1.1.0", box._sleep)
    assert not box.where.on_trial.exists()
    assert box.is_whole() == "1.0.0"
    ballast.unlink()
    deed.begin(box.where, box.manager, kind, "1.1.0", box._sleep)
    assert box.carry_on().phase == "kept"


@pytest.mark.parametrize("kib", [0, 8, 12, 24])
@pytest.mark.parametrize("kind", ["update", "rollback"])
def test_a_disk_that_is_full_while_the_guard_switches_ends_with_one_whole_release(
    box: Box, kib: int, kind: str
) -> None:
    box.begin("1.1.0", kind)
    ballast = fill(box, kib)
    try:
        box.guard().carry_on()
    except (OSError, ReleaseRefused):
        assert box.where.on_trial.exists(), "systemd tries it again"
    else:
        assert not box.where.on_trial.exists()
    ballast.unlink()
    trial = box.carry_on()
    assert box.is_whole() == ("1.1.0" if trial.phase == "kept" else "1.0.0")
    assert trial.phase in ("kept", "returned")
    assert not [path for path in box.where.system.rglob(".*.new") if path.is_file()]
