"""The power fails while a backup is brought back: the old store or the new one, never neither."""

import sys
import uuid
from datetime import UTC, datetime
from pathlib import Path

from sync import strongbox
from sync.backup import back_up, restore
from sync.errors import SyncError
from sync.store import STORE_FILE, Store
from tests.faults.ledger import IS_LONG, Ledger
from tests.faults.promises import Known
from tests.faults.test_power_cuts import Replay
from tests.faults.test_salvage_cut_off import as_found, records_in
from tests.faults.trace import record
from tests.sync.samples import INSTANT, NOW, submission

STATES = 1500 if IS_LONG else 40
RESTORE = """
import sys
from pathlib import Path
from tests.faults.test_restore_cut_off import bring_back
bring_back(Path(sys.argv[1]), Path(sys.argv[2]))
"""


def keep_cases(state: Path, first: int) -> None:
    with Store.open(state / STORE_FILE) as store:
        for number in range(first, first + 5):
            key = uuid.UUID(int=number)
            store.submit(key, INSTANT, lambda number, key=key: submission(key, number))


def make_backup(folder: Path) -> None:
    """A backup of a store of five cases, and the operator's private key."""
    private, public = strongbox.make_keys()
    (folder / "key").write_text(private)
    keep_cases(folder / "source", 1)
    about = {"device_code": "A1", "made_at": NOW, "version": "1"}
    key = strongbox.read_key(public, strongbox.PUBLIC)
    with Store.open(folder / "source" / STORE_FILE) as store, (folder / "file").open("wb") as out:
        back_up(store, about, {}, out, key)


def bring_back(state: Path, folder: Path) -> None:
    key = strongbox.read_key((folder / "key").read_text(), strongbox.PRIVATE)
    with (folder / "file").open("rb") as source:
        restore(state, source, key, "A1", datetime.now(UTC))


def test_a_restore_that_the_power_cuts_off_leaves_one_whole_store(
    tmp_path: Path, fast_folder: Path, ledger: Ledger
) -> None:
    box, aside = tmp_path / "box", tmp_path / "backup"
    aside.mkdir()
    make_backup(aside)
    new = records_in(aside / "source" / STORE_FILE)
    keep_cases(box / "state", 101)
    old = records_in(box / "state" / STORE_FILE)
    before = as_found(box / "state")
    command = [sys.executable, "-c", RESTORE, str(box / "state"), str(aside)]
    events = before + record(command, box, tmp_path / "marks", tmp_path / "trace")
    assert records_in(box / "state" / STORE_FILE) == new

    def judge(state: Path, _known: Known) -> list[str]:
        path = state / STORE_FILE
        try:
            found = records_in(path)
        except SyncError:  # in between: no service counts on, and it is done again
            bring_back(state, aside)
            found = records_in(path)
        if found == old:
            return []
        said = [] if found == new else ["neither the old store nor the new one"]
        with Store.open(path) as store:
            said += [] if store.is_spent("A1") else ["the code is not spent"]
        kept = [records_in(file) for file in state.glob(f"damaged/*/{STORE_FILE}")]
        return said + ([] if old in kept else ["the old store is gone"])

    replay = Replay((box, events), fast_folder, judge)
    replay.run(STATES, since=len(before))
    ledger.count("power cuts in a restore", replay.ways.total(), len(replay.broken))
    assert replay.broken == {}
