"""Whether what was promised still holds, after the real start-up code has run."""

import re
import sqlite3
import uuid
from pathlib import Path

from sync.errors import SyncError
from sync.store import STORE_FILE, Store
from tests.faults.workload import ABSENT, CODE, Mark
from tests.sync.samples import INSTANT, NOW, submission

Known = dict[tuple[str, str], Mark]
"""The latest mark of each thing."""

_AT_START = {"printing": "expired", "unknown": "expired"}
"""What the spooler makes of slips that it finds so."""
WORDS = re.compile(rb"<key of ([0-9a-f-]{36})>")
"""Of slips in the workload, wherever they stand."""
_WIPED = {"printed", "expired"}


class Found:
    """What a store tells after a start."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        def table(query: str) -> dict[str, str]:
            return dict(connection.execute(query).fetchall())

        self.cases = table("SELECT case_id, reference FROM cases")
        self.slips = table("SELECT case_id, state FROM slip_jobs")
        self.records = table("SELECT record_id, state FROM outbox")
        self.digests = table("SELECT record_id, digest FROM outbox")
        self.copies = table("SELECT case_id, CAST(copies AS TEXT) FROM slip_jobs")
        self.slip_references = table(
            "SELECT case_id, reference FROM slip_jobs WHERE paper = 'slip'"
        )
        self.check = connection.execute("PRAGMA integrity_check").fetchall()
        self.strays = connection.execute("PRAGMA foreign_key_check").fetchall()


def start(state: Path) -> tuple[Found, str]:
    """Start as the services do, look, take one more case; its reference comes back too."""
    with Store.open(state / STORE_FILE) as store:
        store.recover_slips()
        with store._database.reading() as connection:
            found = Found(connection)
        waiting = store.claim_slip(NOW)
        if waiting:
            store.slip_not_started(waiting.job_id, "")
        one_more = uuid.uuid4()
        kept = store.submit(
            one_more, INSTANT, lambda number: submission(one_more, number, b"", CODE)
        )
    return found, kept.reference


def broken(state: Path, known: Known) -> list[str]:
    """The promises of `known` that a store in this folder does not keep, as sentences."""
    try:
        found, next_reference = start(state)
    except SyncError as error:
        return [f"does not start: {error}"]
    said = [*_missing(found, known), *_halves(found, known), *_slips_that_still_tell(found, state)]
    if found.check != [("ok",)] or found.strays:
        said.append(f"not whole: {found.check[:3]} {found.strays[:3]}")
    if next_reference in {mark.reference for mark in known.values()}:
        said.append(f"{next_reference} was given twice")
    return said


def _missing(found: Found, known: Known) -> list[str]:
    said = []
    for (what, key), mark in known.items():
        match what:
            case "case":
                state = "kept" if key in found.cases else ABSENT
                if mark.reference and found.cases.get(key) != mark.reference:
                    said.append(f"case {mark.reference} was allowed to print and is not here")
                if mark.digest and found.digests.get(key, mark.digest) != mark.digest:
                    said.append(f"case {mark.reference} has another record")
            case "slip":
                state = found.slips.get(key, ABSENT)
            case "copies":
                state = found.copies.get(key, ABSENT)
            case _:
                state = found.records.get(key, ABSENT)
        if state not in {_AT_START.get(may, may) if what == "slip" else may for may in mark.may}:
            said.append(f"{what} {key} is {state}, not {' or '.join(mark.may)}")
    return said


def _halves(found: Found, known: Known) -> list[str]:
    """Cases, and ratings with a paper, of which not all parts are here.

    Records may have gone, once acknowledged.
    """
    said = [f"half a case: {key}" for key in found.cases.keys() ^ found.slip_references.keys()]
    said += [
        f"half a rating: {key}"
        for what, key in known
        if what == "slip" and known.get(("record", key)) and ("case", key) not in known
        if known["record", key].may == [ABSENT, "waiting"] == known[what, key].may
        if (key in found.slips) != (key in found.records)
    ]
    said += [
        f"{key} goes by two references"
        for key, reference in found.slip_references.items()
        if found.cases.get(key, reference) != reference
    ]
    return said


def _slips_that_still_tell(found: Found, state: Path) -> list[str]:
    """Printed or given-up slips whose words, and so the tracking key, a file still holds."""
    files = [path for path in state.glob(f"{STORE_FILE}*") if path.is_file()]
    held = {case.decode() for path in files for case in WORDS.findall(path.read_bytes())}
    return [f"words of slip {key}" for key in held if found.slips.get(key) in _WIPED]
