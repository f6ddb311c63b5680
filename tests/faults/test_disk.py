"""A disk that fails the store at any call: once, or from then on."""

import shutil
from pathlib import Path
from random import Random

import msgspec
import pytest

from tests.faults.ledger import IS_LONG, Ledger
from tests.faults.promises import Known, broken
from tests.faults.test_power_cuts import Replay, traced
from tests.faults.trace import Event
from tests.faults.workload import Mark

FAULTS = 120 if IS_LONG else 2
DEEDS = 24
STATES = 25
CALLS = {"pwrite64": 250, "fdatasync": 40, "ftruncate": 12, "fsync": 6}
"""What the store asks of a disk, and about how often in a day of the workload."""


def random_fault(chance: Random) -> str:
    """One call fails, or each from one on; in the words of strace."""
    call = chance.choice([*CALLS])
    error = chance.choice(["EIO", "EROFS"] if "sync" in call else ["EIO", "ENOSPC", "EROFS"])
    until = "+" if chance.random() < 0.3 else ""
    return f"{call}:error={error}:when={chance.randint(1, CALLS[call])}{until}"


def promised(events: list[Event]) -> Known:
    """What holds after the last of them."""
    marks = [msgspec.json.decode(e.data, type=Mark) for e in events if e.deed == "mark"]
    return {(mark.what, mark.key): mark for mark in marks}


@pytest.mark.parametrize("number", range(FAULTS))
def test_whichever_call_fails_what_was_promised_stays(
    tmp_path: Path, fast_folder: Path, ledger: Ledger, number: int
) -> None:
    """Whoever meets the fault goes on; then the box starts again, with or without a power cut."""
    fault = random_fault(Random(number))
    box, events = traced(tmp_path, DEEDS, str(number), fault=fault)
    assert broken(shutil.copytree(box, tmp_path / "copy") / "state", promised(events)) == []
    replay = Replay((box, events), fast_folder)
    replay.run(STATES)
    ledger.count("faults injected into calls of the store", 1)
    ledger.count("power cuts under such a fault", replay.ways.total(), len(replay.broken))
    assert replay.broken == {}
