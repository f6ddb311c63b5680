"""A box that died before it ever reached central: its cases come by its backup."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journey.test_bad_days import Day
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
