"""The power fails while a damaged store is salvaged: it is done again, and loses no more."""

import sys
import uuid
from pathlib import Path
from random import Random

from sync.errors import SyncError
from sync.salvage import salvage
from sync.store import STORE_FILE, Store
from tests.faults.ledger import IS_LONG, Ledger
from tests.faults.promises import Known
from tests.faults.test_power_cuts import Replay
from tests.faults.trace import Event, record
from tests.sync.samples import INSTANT, NOW, submission

STATES = 1500 if IS_LONG else 40
PAGE = 4096
SALVAGE = """
import sys
from pathlib import Path
from sync.salvage import salvage
from tests.sync.samples import NOW
salvage(Path(sys.argv[1]), "A1", NOW)
"""


def trampled_store(state: Path) -> bytes:
    """Thirty cases, and every fifth page overwritten; the bytes of it."""
    with Store.open(state / STORE_FILE) as store:
        for number in range(30):
            key = uuid.UUID(int=number + 1)
            store.submit(key, INSTANT, lambda number, key=key: submission(key, number))
    content, chance = bytearray((state / STORE_FILE).read_bytes()), Random(1)
    for begin in range(3 * PAGE, len(content), 5 * PAGE):
        content[begin : begin + PAGE] = chance.randbytes(PAGE)
    (state / STORE_FILE).write_bytes(content)
    return bytes(content)


def as_found(state: Path) -> list[Event]:
    """What lies there before anything begins, durably."""
    events = [Event("mkdir", str(state)), Event("sync", str(state.parent))]
    for path in sorted(state.iterdir()):
        content = path.read_bytes()
        events.append(Event("create", str(path)))
        events += [Event("write", str(path), content)] if content else []
        events.append(Event("sync", str(path)))
    return [*events, Event("sync", str(state))]


def is_sound(path: Path) -> bool:
    try:
        with Store.open(path) as store:
            return store.damages() == []
    except SyncError:
        return False


def records_in(path: Path) -> dict[uuid.UUID, bytes]:
    with Store.open(path) as store:
        return {entry.record_id: entry.record for entry in store.outbox_entries(999)}


def test_a_salvage_that_the_power_cuts_off_is_done_again_and_loses_no_more(
    tmp_path: Path, fast_folder: Path, ledger: Ledger
) -> None:
    box = tmp_path / "box"
    trampled = trampled_store(box / "state")
    before = as_found(box / "state")
    command = [sys.executable, "-c", SALVAGE, str(box / "state" / STORE_FILE)]
    events = before + record(command, box, tmp_path / "marks", tmp_path / "trace")
    expected = records_in(box / "state" / STORE_FILE)
    assert 10 < len(expected) < 30

    def judge(state: Path, _known: Known) -> list[str]:
        path = state / STORE_FILE
        if not is_sound(path):
            salvage(path, "A1", NOW)
        said = [] if records_in(path) == expected else ["other records than at first"]
        kept = [file.read_bytes() for file in state.glob(f"damaged/*/{STORE_FILE}")]
        said += [] if trampled in kept else ["the damaged file is gone"]
        with Store.open(path) as store:
            said += [] if store.is_spent("A1") else ["the code is not spent"]
        return said

    replay = Replay((box, events), fast_folder, judge)
    replay.run(STATES, since=len(before))
    ledger.count("power cuts in a salvage", replay.ways.total(), len(replay.broken))
    assert replay.broken == {}
