"""Each of the three processes is killed, at any moment, while the box is busy.

Afterwards the services start once more, and nothing is lost, doubled or stuck.
"""

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from itertools import takewhile
from pathlib import Path
from random import Random
from threading import Timer

import pytest

from deploy.demo.display import virtual_display
from deploy.demo.processes import Processes
from sync.doorbell import PRINT_BELL, SYNC_BELL
from sync.reference import parse_reference
from sync.store import SlipState
from tests.faults.ledger import IS_LONG, Ledger
from tests.faults.resident import Gone, sit_down
from tests.faults.services import Services, kill_again_and_again, wait_until
from tests.faults.town import Town

KILLS = 200 if IS_LONG else 3
KILLS_OF_THE_GLASS = 200 if IS_LONG else 2
MOST_WAITING = 8
"""Slips or records that wait while a service is down: busy, but not for ever behind."""
ENDED = {SlipState.PRINTED, SlipState.EXPIRED}


@pytest.fixture
def box(tmp_path: Path, town: Town) -> Iterator[Services]:
    with Processes(tmp_path / "log") as processes:
        services = Services(tmp_path / "box", town, processes)
        yield services
        services.close()


def assert_numbered_without_gap(box: Services, given: list[str]) -> None:
    """Every reference that was given is kept; numbers run from 1 on, each once."""
    kept = [job.reference for job in reversed(box.store.slip_jobs(1_000_000))]
    assert set(given) <= set(kept)
    assert [parse_reference(name).number for name in kept] == [*range(1, len(kept) + 1)]
    assert box.store.damages() == []


def assert_held_once(town: Town, box: Services) -> None:
    """Central has the whole outbox, byte for byte, and nothing else; all of it is settled."""
    entries = {entry.record_id: entry for entry in box.entries()}
    assert {entry.state for entry in entries.values()} == {"acknowledged"}
    held = town.holds_of(box.identity.device_code)
    assert held.records == {key: entry.record for key, entry in entries.items()}
    assert (held.cases + held.ratings, held.revisions) == (len(entries), 0)


def sheets(tray: Path, kind: str) -> list[bytes]:
    return [path.read_bytes() for path in sorted(tray.glob(f"slip-*.{kind}"))]


def assert_no_slip_twice(box: Services) -> None:
    """No two slips are the same; what was half printed did not come out whole as well."""
    whole, halves = sheets(box.tray, "bin"), sheets(box.tray, "part")
    assert len(set(whole)) == len(whole)
    pairs = zip(min(whole), max(whole), strict=False)
    alike = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
    for half in halves:
        assert len(half) <= alike or not any(slip.startswith(half) for slip in whole)
    started = re.findall(r"slip started reference=(\S+)", box.log("print"))
    assert Counter(started).most_common(1)[0][1] == 1


def test_a_killed_spooler_prints_no_slip_twice_and_forgets_none(
    box: Services, ledger: Ledger
) -> None:
    given: list[str] = []

    def work() -> None:
        if box.store.slip_counts().get(SlipState.WAITING, 0) < MOST_WAITING:
            given.append(box.submit())

    serves = partial(box.serves, PRINT_BELL)
    kill_again_and_again(box.start_printing, serves, work, KILLS, Random(1))
    ledger.count("kills of kiosk print", KILLS)
    box.start_printing()
    wait_until(lambda: box.slips().keys() <= ENDED, "the last slip")
    assert_numbered_without_gap(box, given)
    assert_no_slip_twice(box)
    slips = box.slips()
    assert slips[SlipState.EXPIRED] <= KILLS
    assert slips[SlipState.PRINTED] <= len(sheets(box.tray, "bin"))
    assert slips[SlipState.PRINTED] > 0


def test_a_killed_agent_delays_and_neither_loses_nor_doubles(
    town: Town, box: Services, ledger: Ledger
) -> None:
    given: list[str] = []

    def work() -> None:
        if box.store.outbox_counts().waiting < MOST_WAITING:
            given.append(box.submit())

    start, serves = partial(box.start, "sync"), partial(box.serves, SYNC_BELL)
    kill_again_and_again(start, serves, work, KILLS, Random(2))
    ledger.count("kills of kiosk sync", KILLS)
    box.start("sync")
    wait_until(lambda: not box.store.outbox_counts().waiting, "the last acknowledgement")
    assert len(given) > MOST_WAITING
    assert_numbered_without_gap(box, given)
    assert_held_once(town, box)


def visit_and_kill(box: Services, display: str, map_file: Path, chance: Random) -> str:
    """One visit; the glass dies within it, every other time right after the last touch.

    Tells how far the visit came.
    """
    resident, came_to = sit_down(box, display, map_file), "nothing"
    any_time = Timer(chance.uniform(0, 2.5), resident.glass.kill)
    after_sending = Timer(chance.uniform(0, 0.15), resident.glass.kill)
    is_aimed = chance.random() < 0.5
    with suppress(Gone):
        if not is_aimed:
            any_time.start()
        resident.to_review()
        came_to = "send"
        if is_aimed:
            after_sending.start()
        resident.touch("next")
        resident.wait_for("done")
        came_to = "thank you"
        resident.wait_for_the_end()
    resident.glass.wait()
    return came_to


def test_a_killed_glass_keeps_what_it_gave_thanks_for_and_nothing_by_halves(
    town: Town, tmp_path: Path, ledger: Ledger
) -> None:
    chance, ways = Random(3), Counter[str]()
    with Processes(tmp_path / "log") as processes:
        box = Services(tmp_path / "box", town, processes)
        display = virtual_display(processes, 1024, 600)
        box.start_printing()
        box.start("sync")
        for _ in range(KILLS_OF_THE_GLASS):
            before = box.slips().total()
            heard = visit_and_kill(box, display, tmp_path / "map.json", chance)
            kept = box.slips().total() - before
            ways[f"{heard}, {kept} kept"] += 1
            assert kept in {"nothing": {0}, "send": {0, 1}, "thank you": {1}}[heard]
        ledger.count("kills of kiosk ui", KILLS_OF_THE_GLASS)
        wait_until(lambda: box.slips().keys() <= ENDED, "the last slip")
        wait_until(lambda: not box.store.outbox_counts().waiting, "the last acknowledgement")
        assert_numbered_without_gap(box, re.findall(r"case kept reference=(\S+)", box.log("ui")))
        assert_held_once(town, box)
        assert_no_slip_twice(box)
        assert box.slips()[SlipState.EXPIRED] == 0
        box.close()
    assert not IS_LONG or len(ways) == 4, ways
