"""A box that died before it ever reached central: its cases come by its backup."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journey.test_bad_days import Box, Day
from tests.journey.test_journey import Desk


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Day]:
    """A central that serves nobody until a test opens it."""
    day = Day(tmp_path_factory.mktemp("day"))
    with day.processes:
        yield day


class Reader(Desk):
    """An officer who reads what residents said."""

    def words(self) -> str:
        """Of all cases in the list."""
        found = re.findall(r'href="(/staff/cases/[0-9a-f-]+)"', self._get("/staff/"))
        return "\n".join(map(self._get, dict.fromkeys(found)))


def test_two_cases_of_a_box_that_died_offline_reach_the_officer_who_reads_them(
    day: Day, tmp_path: Path
) -> None:
    box, key = day.another_box(), tmp_path / "backup.key"
    receipts = [box.submit() for _ in range(2)]
    assert box.command("backup", "--new-key", key).returncode == 0
    made = box.command("backup", "--to", tmp_path / "A.backup", "--key", f"{key}.pub")
    assert made.returncode == 0, made.stderr
    code = box.code
    shutil.rmtree(box.folder)

    words = ("import-backup", str(tmp_path / "A.backup"), "--key", str(key))
    told = day.product.command("central", *words)
    assert f"{code}: not yet here: 2 records, 0 attachments; known: 0" in told
    assert "nothing was taken" in told
    assert "records taken: 2" in day.product.command("central", *words, "--yes")
    assert "records taken: 0, attachments: 0, known: 2" in day.product.command(
        "central", *words, "--yes"
    )
    said = day.product.command("central", "officer", "somsri")
    day.open_central()
    assert all(day.knows(receipt) for receipt in receipts)
    read = Reader(day.product.central_url, said).words()
    assert all(str(receipt.reference) in read for receipt in receipts)
    assert read.count("ไฟดับที่ปากซอย") >= 2


def given_back(day: Day, box: Box, code: str, backup: Path, key: Path) -> None:
    """The backup, into this box, which joins under this new code and speaks with central."""
    join_file = box.folder / "again.toml"
    day.product.command("central", "join-file", code, "--output", str(join_file))
    for words in (
        ("restore", backup, "--key", key, "--set-aside"),
        ("enrol", join_file),
    ):
        done = box.command(*words)
        assert done.returncode == 0, done.stderr
    day.open_central()
    assert box.command("sync-now").returncode == 0


@pytest.mark.parametrize("is_new", [True, False], ids=["another machine", "the same machine"])
def test_a_box_given_its_backup_back_after_central_took_it_lists_nothing_as_unsent(
    day: Day, tmp_path: Path, is_new: bool
) -> None:
    """On another machine the former key is gone; on the same it sends again, which is harmless."""
    box, key = day.another_box(), tmp_path / "backup.key"
    receipts = [box.submit() for _ in range(2)]
    box.rate()
    code = box.code
    assert box.command("backup", "--new-key", key).returncode == 0
    made = box.command("backup", "--to", tmp_path / "A.backup", "--key", f"{key}.pub")
    assert made.returncode == 0, made.stderr
    words = ("import-backup", str(tmp_path / "A.backup"), "--key", str(key), "--yes")
    assert "records taken: 3" in day.product.command("central", *words)
    for path in box.config.state_dir.iterdir() if is_new else ():
        if path.is_file() and path != box.settings:
            path.unlink()
    given_back(day, box, f"{code}X", tmp_path / "A.backup", key)
    told = box.tells("status")
    assert (told["waiting"], told["parked"], told["oldest_waiting_at"]) == (0, 0, None)
    assert {row["state"] for row in box.tells("outbox")["entries"]} == {"acknowledged"}
    assert not [
        f
        for f in box.tells("doctor")["findings"]
        if f["name"] == "former codes" and not f["is_well"]
    ]
    again = day.product.command("central", *words)
    assert f"{code}: records taken: 0" in again
    assert "changed: 0" in again
    assert all(day.knows(receipt) for receipt in receipts)
