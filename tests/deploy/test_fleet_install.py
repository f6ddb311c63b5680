"""The play that installs, with an installer in the bundle that tells what it was asked for."""

import base64
import hashlib
import io
import json
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from nacl.signing import SigningKey

from tests.deploy.test_fleet import Box, Fleet, counts, put_bundle, pytestmark  # noqa: F401

VERSION = "2.0"


@pytest.fixture
def fleet(tmp_path: Path) -> Iterator[Fleet]:
    fleet = Fleet(tmp_path)
    yield fleet
    for box in fleet.boxes.values():
        box.close()


@pytest.fixture
def box(fleet: Fleet) -> Box:
    return fleet.boxes["A1"]


def play(fleet: Fleet, *words: str, **facts: object) -> subprocess.CompletedProcess[str]:
    told = json.dumps({"rapfang_version": VERSION, **facts})
    return fleet.play("--limit", "A1", "--skip-tags", "ssh", "-e", told, *words, "install")


def packed(script: str, listed: str = "", key: SigningKey | None = None) -> bytes:
    """As much of a bundle as the play looks at; `listed` is the installer of the manifest."""
    digest = hashlib.sha256((listed or script).encode()).hexdigest()
    manifest = json.dumps({"version": VERSION, "files": {"install": {"sha256": digest}}}).encode()
    files = {"manifest.json": manifest, "install": script.encode()}
    if key is not None:
        files["manifest.sig"] = base64.b64encode(key.sign(manifest).signature) + b"\n"
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as tar:
        for name, each in files.items():
            member = tarfile.TarInfo(f"rapfang-{VERSION}/{name}")
            member.size = len(each)
            tar.addfile(member, io.BytesIO(each))
    return content.getvalue()


def test_an_install_that_did_not_end_well_is_gone_on_with_until_it_does(
    fleet: Fleet, box: Box
) -> None:
    (box.root / "current").unlink()
    (box.root / "current").symlink_to(f"releases/{VERSION}")
    notes = box.folder / "asked"
    put_bundle(fleet, packed(f'echo "$*" >>{notes}; exit $(cat {box.folder}/code)\n'))
    before = box.contents()
    told = play(fleet, "--check", "--diff")
    assert (told.returncode, box.contents()) == (0, before), told.stdout
    assert "would install release 2.0" in told.stdout
    for code in (2, 1):
        (box.folder / "code").write_text(str(code))
        assert play(fleet).returncode != 0, "the release in force alone is no end"
    (box.folder / "code").write_text("0")
    done = play(fleet)
    assert done.returncode == 0, done.stdout
    assert counts(done)["A1"]["changed"] > 0
    again = play(fleet)
    assert (again.returncode, counts(again)["A1"]["changed"]) == (0, 0), again.stdout
    assert len(notes.read_text().splitlines()) == 3
    assert "--join" not in notes.read_text()
    (box.state / "identity.toml").rename(box.folder / "elsewhere.toml")
    joined = play(fleet, rapfang_join_file=str(box.folder / "join.toml"))
    assert joined.returncode == 0, joined.stdout
    assert "--join" in notes.read_text().splitlines()[3], "a box without a name has not ended"


def test_an_install_disturbs_a_resident_only_where_it_is_told_to(fleet: Fleet, box: Box) -> None:
    notes = box.folder / "asked"
    put_bundle(fleet, packed(f'echo "$*" >>{notes}\n'))
    for words in ({}, {"rapfang_now": True}):
        assert play(fleet, rapfang_again=True, **words).returncode == 0
    assert ["--now" in line.split() for line in notes.read_text().splitlines()] == [False, True]


def test_what_may_lack_something_is_looked_at_each_time_and_not_changed(
    fleet: Fleet, box: Box
) -> None:
    notes = box.folder / "asked"
    put_bundle(fleet, packed(f"echo run >>{notes}; echo 'install: nothing to change'; exit 1\n"))
    for _ in range(2):
        done = play(fleet, install_may_lack=True)
        assert (done.returncode, counts(done)["A1"]["changed"]) == (0, 0), done.stdout
    assert notes.read_text() == "run\nrun\n"


def test_an_installer_that_nobody_signed_runs_nowhere(fleet: Fleet, box: Box) -> None:
    key, notes = SigningKey.generate(), box.folder / "asked"
    keys = fleet.folder / "release.pub"
    keys.write_text(base64.b64encode(bytes(key.verify_key)).decode())
    evil = f"echo run >>{notes}\n"
    for bundle, words in (
        (packed(evil, listed="true\n", key=key), "its installer is not what was built"),
        (packed(evil, key=SigningKey.generate()), f"not signed by a key in {keys}"),
        (packed(evil), f"not signed by a key in {keys}"),
        (b"half of a bundle", "is not a whole bundle"),
    ):
        put_bundle(fleet, bundle)
        refused = play(fleet, rapfang_release_key=str(keys))
        assert refused.returncode != 0
        assert words in refused.stdout, refused.stdout
        assert not notes.exists()
    put_bundle(fleet, packed(evil, key=key))
    assert play(fleet, rapfang_release_key=str(keys)).returncode == 0
    assert notes.read_text() == "run\n"


def test_the_secrets_of_a_join_file_do_not_stay_where_an_install_fails(
    fleet: Fleet, box: Box
) -> None:
    script = "[ -s $(dirname $0)/kiosk-join.toml ] && echo it was there >&2; exit 2\n"
    put_bundle(fleet, packed(script))
    (box.state / "identity.toml").unlink()
    failed = play(fleet, "-v", rapfang_join_file=str(box.folder / "join.toml"))
    assert failed.returncode != 0
    assert "it was there" in failed.stdout, failed.stdout
    assert not [path for path in (box.folder / "var").rglob("*") if path.is_file()]


def test_once_the_bundle_is_there_check_mode_asks_its_own_installer(fleet: Fleet, box: Box) -> None:
    put_bundle(fleet, packed('echo "install: would lay release 2.0: $*"\n'))
    brought = play(fleet, "--tags", "bring")
    assert brought.returncode == 0, brought.stdout
    assert counts(brought)["A1"]["changed"] == 2
    before = box.contents()
    told = play(fleet, "--check", "--diff", "-v")
    assert "install: would lay release 2.0: --bundle" in told.stdout, told.stdout
    assert "--dry-run" in told.stdout
    assert box.contents() == before
    put_bundle(fleet, packed("true\n"))
    told = play(fleet, "--check", "--diff", "-v")
    assert "install: would lay" not in told.stdout, "what lies there is not what would be run"
