"""A box that no network ever reaches, with the commands as they really run."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.demo.product import program
from sync.store import STORE_FILE, Store
from tests.journey.test_bad_days import Box, Day


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Day]:
    """One central for all; it serves nobody until a test opens it."""
    day = Day(tmp_path_factory.mktemp("day"))
    with day.processes:
        yield day


@pytest.fixture
def box(day: Day) -> Box:
    """A box that no network reaches; each test has its own."""
    return day.another_box()


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    (tmp_path / "stick").mkdir()
    return tmp_path / "stick"


def central(day: Day, *words: str | Path) -> str:
    return day.product.command("central", *map(str, words))


def export(box: Box, stick: Path) -> subprocess.CompletedProcess[str]:
    done = box.command("export-usb", stick, "--anywhere")
    said = done.stdout.replace(str(stick), "")  # a mount point may be as long as it likes
    assert all(len(line) <= 60 for line in said.splitlines()), done.stdout
    return done


def files(stick: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in stick.rglob("*") if path.is_file()}


def test_what_a_box_without_a_network_kept_travels_and_is_settled(
    day: Day, box: Box, stick: Path
) -> None:
    receipts = [box.submit() for _ in range(3)]
    box.rate()
    first = export(box, stick)
    assert first.returncode == 0, first.stderr
    assert f"{box.code}: put 4 records, 0 attachments on it" in first.stdout
    assert set(files(stick)) == {"enrolment.signed", "0001.batch"}
    assert "records taken: 4" in central(day, "import-usb", stick)
    second = export(box, stick)
    assert second.returncode == 0, second.stderr
    assert f"{box.code}: central took 4, refused 0" in second.stdout
    assert not box.waits_for_central()
    assert set(files(stick)) == {"tally.signed"}
    assert "tally: agreed" in central(day, "import-usb", stick)
    assert export(box, stick).returncode == 0
    assert files(stick) == {}
    with Store.open(box.config.state_dir / STORE_FILE) as store:
        state = store.tally_state(box.code)
    assert state is not None
    assert (state.is_agreed, state.agreed_through) == (True, 3)
    day.open_central()
    assert all(day.knows(receipt) for receipt in receipts)


def test_what_central_has_had_for_long_leaves_a_box_without_a_network_too(
    day: Day, box: Box, stick: Path
) -> None:
    box.settings.write_text(box.settings.read_text() + "[sync]\ngrace_days = 0\n")
    box.submit()
    for _ in range(2):
        export(box, stick)
        central(day, "import-usb", stick)
    assert box.tells("outbox")["acknowledged"] == 1
    assert export(box, stick).returncode == 0
    assert box.tells("outbox")["acknowledged"] == 0


def test_exporting_again_writes_only_what_is_new(day: Day, box: Box, stick: Path) -> None:
    box.submit()
    export(box, stick)
    before = files(stick)
    assert "put 0 records" in export(box, stick).stdout
    assert files(stick) == before
    box.submit()
    assert "put 1 records" in export(box, stick).stdout
    assert set(files(stick)) - set(before) == {"0002.batch"}


def test_an_answer_that_is_not_centrals_changes_nothing_and_is_named(
    day: Day, box: Box, stick: Path
) -> None:
    box.submit()
    export(box, stick)
    central(day, "import-usb", stick)
    answer = stick / "rapfang" / box.code / "0001.ack"
    answer.write_bytes(answer.read_bytes().replace(b'"payload":"', b'"payload":"AAAA'))
    done = export(box, stick)
    assert done.returncode == 1
    assert f"{box.code}: ignored 0001.ack" in done.stdout
    assert box.waits_for_central()


def test_another_towns_central_settles_nothing(
    day: Day, box: Box, stick: Path, tmp_path: Path
) -> None:
    box.submit()
    export(box, stick)
    other = Day(tmp_path / "other")
    with other.processes:
        other.box.submit()
        elsewhere = tmp_path / "elsewhere"
        elsewhere.mkdir()
        export(other.box, elsewhere)
        central(other, "import-usb", elsewhere)
    for name in ("0001.ack", "enrolment.ack"):
        shutil.copy(elsewhere / "rapfang/A1" / name, stick / "rapfang" / box.code / name)
    assert export(box, stick).returncode == 1
    assert box.waits_for_central()


def test_a_key_that_changed_meanwhile_reaches_the_box_on_the_stick(
    day: Day, box: Box, stick: Path
) -> None:
    box.submit()
    export(box, stick)
    central(day, "keys", "rotate", "central")
    central(day, "import-usb", stick)
    assert export(box, stick).returncode == 0
    assert not box.waits_for_central()


def test_an_empty_mount_point_on_the_card_is_no_stick(day: Day, box: Box, stick: Path) -> None:
    box.submit()
    done = box.command("export-usb", stick)
    assert done.returncode == 2
    assert "no stick is mounted there" in done.stderr
    assert files(stick) == {}


def test_no_stick_is_said_in_one_line(day: Day, box: Box, stick: Path) -> None:
    done = box.command("export-usb", stick / "nowhere")
    assert done.returncode == 2
    assert "no such folder; next: mount the stick" in done.stderr


FULL_STICK = """
import subprocess, sys
subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", sys.argv[1]], check=True)
done = subprocess.run([sys.argv[2], "export-usb", sys.argv[1]], capture_output=True, text=True)
left = subprocess.run(["find", sys.argv[1], "-type", "f"], capture_output=True, text=True).stdout
print(done.returncode, done.stderr, left)
"""


def test_a_full_stick_is_said_and_holds_no_half_file(day: Day, box: Box, stick: Path) -> None:
    if os.geteuid() or not shutil.which("unshare"):
        pytest.skip("a small file system of one's own is for root")
    for _ in range(12):
        box.submit()
    done = subprocess.run(
        ["unshare", "--mount", sys.executable, "-c", FULL_STICK, stick, program("kiosk")],
        env={**os.environ, "KIOSK_CONFIG": str(box.settings)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith("2 "), done.stdout
    assert "the stick is full" in done.stdout
    assert "draft" not in done.stdout
    assert "0001.batch" not in done.stdout
    assert box.waits_for_central()
