"""Days in any order of deeds, and no word of a finished slip in any file of the box."""

import os
import shutil
from pathlib import Path
from random import Random

from sync.store import STORE_FILE, Store
from tests.faults.ledger import IS_LONG, Ledger
from tests.faults.promises import WORDS
from tests.faults.workload import Day

DAYS = 1000 if IS_LONG else 40
DEEDS = 60


def words_in(folder: Path) -> set[str]:
    """Cases of whose slip any file tells."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {case.decode() for path in files for case in WORDS.findall(path.read_bytes())}


def test_no_page_remembers_a_slip_that_was_printed_or_given_up(
    fast_folder: Path, ledger: Ledger
) -> None:
    marks = os.open(os.devnull, os.O_WRONLY)
    for number in range(DAYS):
        state = fast_folder / f"{number}"
        day = Day(state, marks, Random(f"{number} x"))
        day.go_on(DEEDS)
        assert words_in(state) <= day.live_slips(), f"day {number}, in mid-service"
        day.close()
        with Store.open(state / STORE_FILE) as store:
            store.recover_slips()
            live = {str(job.job_id) for job in store.slip_jobs(9999) if job.slip}
        assert words_in(state) <= live, f"day {number}"
        shutil.rmtree(state)
    os.close(marks)
    ledger.count("days after which files were searched for printed slips", DAYS)
