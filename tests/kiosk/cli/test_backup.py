"""A backup opens for the operator alone; a box that is restored is nobody until it joins anew."""

import hashlib
import io
import json
import os
import shutil
import subprocess
import tarfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.cli import main
from kiosk.config import Config, load
from sync import strongbox
from sync.errors import BadSeal, NewCodeNeeded
from sync.identity import IDENTITY_FILE, KEY_FILE, load_identity
from sync.store import STORE_FILE, Store
from tests.kiosk.cli.terminal import Terminal
from tests.sync.samples import INSTANT, join_file_text, submission

SLIP = b'{"key":"7JQ4M9XW2C5TRHVB"}'


def keep_cases(state: Path, count: int = 3) -> list[str]:
    """Their references."""
    kept = []
    with Store.open(state / STORE_FILE) as store:
        for _ in range(count):
            case_id = uuid.uuid4()
            made = lambda number, case_id=case_id: submission(case_id, number, SLIP)  # noqa: E731
            kept.append(store.submit(case_id, INSTANT, made).reference)
    return kept


def references(path: Path) -> list[str]:
    with Store.open(path) as store:
        return [store.reference_of(entry.record_id) for entry in store.outbox_entries(99)]


@pytest.fixture
def key(box: Config, tmp_path: Path) -> Path:
    assert main(["backup", "--new-key", str(tmp_path / "backup.key")]) == 0
    return tmp_path / "backup.key"


@pytest.fixture
def other(box: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Config:
    """A box that was just set up, to be given to `main` with `at`."""
    text = (tmp_path / "kiosk.toml").read_text()
    (tmp_path / "new").mkdir()
    settings = tmp_path / "new" / "kiosk.toml"
    settings.write_text(text.replace(f"{tmp_path}/state", f"{tmp_path}/new/state"))
    return load(settings)


def backed_up(key: Path, to: Path, *more: str) -> Path:
    assert main(["backup", "--to", str(to), "--key", f"{key}.pub", *more]) == 0
    return max(to.glob("*.backup")) if to.is_dir() else to


def test_size_and_digest_that_are_told_are_the_files(
    box: Config, key: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keep_cases(box.state_dir)
    capsys.readouterr()
    file = backed_up(key, tmp_path / "one.backup", "--json")
    told = json.loads(capsys.readouterr().out)
    assert told["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()
    assert told["size_bytes"] == file.stat().st_size
    assert (told["cases"], told["waiting"]) == (3, 3)
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_restored_box_has_all_that_was_said_and_asks_for_a_new_code(
    box: Config, key: Path, other: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = keep_cases(box.state_dir)
    file = backed_up(key, tmp_path)
    monkeypatch.setenv("KIOSK_CONFIG", str(tmp_path / "new" / "kiosk.toml"))
    assert main(["restore", str(file), "--key", str(key)]) == 0
    assert sorted(references(other.state_dir / STORE_FILE)) == sorted(said)
    assert not (other.state_dir / IDENTITY_FILE).exists()
    assert main(["status"]) == 2
    again = tmp_path / "again.toml"
    again.write_text(join_file_text())
    assert main(["enrol", str(again)]) == 2
    again.write_text(join_file_text(device_code="B2"))
    assert main(["enrol", str(again)]) == 0
    with Store.open(other.state_dir / STORE_FILE) as store:
        case_id = uuid.uuid4()
        with pytest.raises(NewCodeNeeded):
            store.submit(case_id, INSTANT, lambda number: submission(case_id, number))
        assert store.waiting_codes() == ["A1"]


def test_a_box_that_gets_its_own_backup_back_is_used_up_and_keeps_what_it_had(
    box: Config, key: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = keep_cases(box.state_dir)
    file = backed_up(key, tmp_path)
    later = keep_cases(box.state_dir, 1)
    assert main(["restore", str(file), "--key", str(key)]) == 2
    assert "4 that central lacks; next: kiosk sync-now" in capsys.readouterr().err
    assert sorted(references(box.state_dir / STORE_FILE)) == sorted(before + later)
    assert main(["restore", str(file), "--key", str(key), "--set-aside"]) == 0
    assert sorted(references(box.state_dir / STORE_FILE)) == sorted(before)
    (aside,) = box.state_dir.glob(f"damaged/*/{STORE_FILE}")
    shutil.copy(aside, tmp_path / "aside.db")
    assert set(later) <= set(references(tmp_path / "aside.db"))
    capsys.readouterr()
    assert main(["doctor"]) == 1
    assert "A1 is used up: no case is taken" in capsys.readouterr().out
    (tmp_path / "new.toml").write_text(join_file_text(device_code="B2"))
    assert main(["enrol", str(tmp_path / "new.toml")]) == 0
    assert (box.state_dir / "former" / "A1" / KEY_FILE).exists()


def plain(file: Path, key: Path) -> dict[str, bytes]:
    private = strongbox.read_key(key.read_text(), strongbox.PRIVATE)
    with file.open("rb") as source:
        opened = strongbox.Opened(source, private)
        whole = opened.read(1 << 30)
    with tarfile.open(fileobj=io.BytesIO(whole)) as tar:
        return {entry.name: tar.extractfile(entry).read() for entry in tar}


def test_who_the_device_is_and_the_words_of_slips_are_left_out(
    box: Config, key: Path, tmp_path: Path
) -> None:
    keep_cases(box.state_dir)
    file = backed_up(key, tmp_path)
    identity = load_identity(box.state_dir)
    inside = plain(file, key)
    assert set(inside) == {"manifest.json", STORE_FILE, "kiosk.toml"}
    secrets = (identity.device_key, identity.slip_secret, b"once-only", SLIP)
    for secret in secrets:
        assert secret
        assert not any(secret in content for content in inside.values())
        assert secret not in file.read_bytes()


def test_what_central_released_comes_along(box: Config, key: Path, tmp_path: Path) -> None:
    (box.state_dir / "profile.json").write_bytes(b"signed")
    (box.state_dir / "pictures").mkdir()
    (box.state_dir / "pictures" / "abc").write_bytes(b"a picture")
    keep_cases(box.state_dir)
    file = backed_up(key, tmp_path)
    (box.state_dir / "profile.json").unlink()
    (box.state_dir / "pictures" / "abc").unlink()
    assert main(["restore", str(file), "--key", str(key), "--set-aside"]) == 0
    assert (box.state_dir / "profile.json").read_bytes() == b"signed"
    assert (box.state_dir / "pictures" / "abc").read_bytes() == b"a picture"
    assert (box.state_dir / "kiosk.toml.restored").read_text() == (
        tmp_path / "kiosk.toml"
    ).read_text()


@pytest.mark.parametrize("harm", ["cut", "longer", "flipped", "other key", "no backup"])
def test_what_is_not_whole_or_not_ours_touches_nothing(
    box: Config, key: Path, tmp_path: Path, harm: str, capsys: pytest.CaptureFixture[str]
) -> None:
    keep_cases(box.state_dir)
    file = backed_up(key, tmp_path)
    whole = file.read_bytes()
    harmed = {
        "cut": whole[: len(whole) // 2],
        "longer": whole + b"x",
        "flipped": whole[:5000] + bytes([whole[5000] ^ 1]) + whole[5001:],
        "other key": whole,
        "no backup": b"rapfang strongbox 1\nnonsense",
    }[harm]
    file.write_bytes(harmed)
    if harm == "other key":
        key = tmp_path / "other.key"
        main(["backup", "--new-key", str(key)])
    before = (box.state_dir / STORE_FILE).read_bytes()
    capsys.readouterr()
    assert main(["restore", str(file), "--key", str(key), "--set-aside"]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert (box.state_dir / STORE_FILE).read_bytes() == before
    assert not (box.state_dir / "damaged").exists()
    assert not (box.state_dir / "restoring").exists()


@pytest.mark.parametrize("at", range(0, 200_001, 10_000))
def test_a_strongbox_that_is_cut_off_anywhere_does_not_open(at: int) -> None:
    private, public = strongbox.make_keys()
    out = io.BytesIO()
    box = strongbox.Strongbox(out, strongbox.read_key(public, strongbox.PUBLIC))
    box.write(bytes(200_000))
    box.finish()
    part = io.BytesIO(out.getvalue()[:at])
    with pytest.raises(BadSeal):
        strongbox.Opened(part, strongbox.read_key(private, strongbox.PRIVATE)).insist_on_end()


def test_the_private_half_has_no_business_on_a_box(
    box: Config, key: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keep_cases(box.state_dir)
    assert main(["backup", "--to", str(tmp_path), "--key", str(key)]) == 2
    assert "other half of the pair" in capsys.readouterr().err
    file = backed_up(key, tmp_path)
    assert main(["restore", str(file), "--key", f"{key}.pub", "--set-aside"]) == 2
    assert main(["restore", str(file)]) == 2
    assert main(["backup", "--new-key", str(key)]) == 2
    assert key.stat().st_mode & 0o777 == 0o600


def test_without_the_private_key_nobody_is_told_to_make_another_pair(
    box: Config, key: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A fresh pair opens nothing that was sealed before."""
    keep_cases(box.state_dir)
    file = backed_up(key, tmp_path)
    assert main(["restore", str(file), "--key", str(tmp_path / "lost")]) == 2
    assert "lost: no such key; next: bring the private half that" in capsys.readouterr().err
    assert main(["backup", "--to", str(tmp_path), "--key", str(tmp_path / "none")]) == 2
    said = capsys.readouterr().err
    assert "none: no such key; next: copy the public half there" in said
    assert "--new-key" not in said  # its private half would lie on the box


def test_a_join_file_that_is_not_there_is_told_with_where_it_comes_from(
    box: Config, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["enrol", str(tmp_path / "none.toml")]) == 2
    told = capsys.readouterr().err
    assert "none.toml: no such join file; next: bring what `central join-file` made" in told
    assert "Errno" not in told


def test_the_private_key_may_come_by_the_line(
    box: Config, key: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_cases(box.state_dir)
    file = backed_up(key, tmp_path)
    monkeypatch.setattr("sys.stdin", io.StringIO(key.read_text()))
    assert main(["restore", str(file), "--key", "-", "--set-aside"]) == 0


def test_a_box_that_has_kept_nothing_has_nothing_to_back_up(
    box: Config, key: Path, tmp_path: Path
) -> None:
    assert main(["backup", "--to", str(tmp_path / "x"), "--key", f"{key}.pub"]) == 2
    assert not list(tmp_path.glob("*partial*"))


def test_older_backups_make_room(box: Config, key: Path, tmp_path: Path) -> None:
    keep_cases(box.state_dir)
    folder = tmp_path / "backups"
    folder.mkdir()
    for day in (1, 2, 3):
        (folder / f"rapfang-A1-2025010{day}T000000Z.backup").touch()
    (folder / "rapfang-B2-20250101T000000Z.backup").touch()
    (folder / ".rapfang-A1-20200101T000000Z.backup.draft").touch()
    backed_up(key, folder, "--keep", "2")
    names = sorted(path.name for path in folder.iterdir())
    assert len([name for name in names if "-A1-" in name]) == 2
    assert "rapfang-A1-20250103T000000Z.backup" in names
    assert "rapfang-B2-20250101T000000Z.backup" in names
    assert not [name for name in names if name.endswith(".draft")]


@pytest.fixture
def small_stick(tmp_path: Path) -> Iterator[Path]:
    """A file system of 64 KiB."""
    stick = tmp_path / "small"
    stick.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(stick)]
    if not shutil.which("mount") or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("mounting is for root")
    yield stick
    subprocess.run(["umount", str(stick)], check=True)


def test_a_full_stick_is_said_and_leaves_nothing(
    box: Config, key: Path, small_stick: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keep_cases(box.state_dir)
    assert main(["backup", "--to", str(small_stick), "--key", f"{key}.pub"]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "there is no room for it" in said
    assert not list(small_stick.iterdir())


def test_nothing_is_written_over(box: Config, key: Path, tmp_path: Path) -> None:
    keep_cases(box.state_dir)
    (tmp_path / "mine").write_text("mine")
    os.mkfifo(tmp_path / "no file")
    for taken in (tmp_path / "mine", tmp_path / "no file"):
        assert main(["backup", "--to", str(taken), "--key", f"{key}.pub"]) == 2
    assert (tmp_path / "mine").read_text() == "mine"
    assert (tmp_path / "no file").is_fifo()


@pytest.mark.parametrize("deed", ["backup", "restore", "export-usb"])
def test_a_line_lost_in_mid_command_leaves_all_whole(
    box: Config, key: Path, tmp_path: Path, deed: str
) -> None:
    said = keep_cases(box.state_dir, 30)
    file, stick = backed_up(key, tmp_path), tmp_path / "stick"
    stick.mkdir()
    words = {
        "backup": ["backup", "--to", str(stick), "--key", f"{key}.pub"],
        "restore": ["restore", str(file), "--key", str(key), "--set-aside"],
        "export-usb": ["export-usb", str(stick), "--anywhere"],
    }[deed]
    with Terminal(words) as terminal:
        terminal.until(b"will ")
        terminal.hang_up()
        assert terminal.ended() == 0
    assert sorted(references(box.state_dir / STORE_FILE)) == sorted(said)
    if deed == "backup":
        assert STORE_FILE in plain(next(stick.glob("*.backup")), key)
    elif deed == "restore":
        assert list(box.state_dir.glob(f"damaged/*/{STORE_FILE}"))
    else:
        assert list(stick.rglob("*.json*")) or list(stick.rglob("*"))
    assert not list(tmp_path.rglob("*.draft"))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root makes files of another's")
def test_what_root_restores_belongs_to_the_box_user(box: Config, key: Path, tmp_path: Path) -> None:
    keep_cases(box.state_dir)
    file = backed_up(key, tmp_path)
    os.chown(box.state_dir, 4321, 4321)
    for path in box.state_dir.rglob("*"):
        os.chown(path, 4321, 4321)
    assert main(["restore", str(file), "--key", str(key), "--set-aside"]) == 0
    assert {path.stat().st_uid for path in box.state_dir.rglob("*")} == {4321}
