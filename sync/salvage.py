"""From a damaged store a sound one: what can be read goes over, the rest is named.

The damaged files stay, under `damaged/<time>/`. Numbers may have been lost with them, so
the device code is spent: no case is taken until the device is enrolled under a new one.

How one store takes the other's place, whatever breaks it off, is in `sync.replacing`.
"""

import shutil
from datetime import datetime
from pathlib import Path

import msgspec

from sync.errors import StoreDamaged
from sync.pages import Pages
from sync.replacing import alone, marker, put_aside, switch
from sync.store import STORE_FILE, Store
from sync.store.fragments import Fragments, fragments_in
from sync.whole import put, sync_folder
from sync.wire import decode, encode

DRAFT_DIR = "salvage"
REPORT_FILE = "salvage.json"


class Salvaged(msgspec.Struct, frozen=True, kw_only=True):
    """What a salvage could save, and what it could not.

    `lost` are references of cases whose record is neither here nor, by an agreed tally,
    at central. `unreadable` counts pages and rows. `kept_in` holds the damaged files.
    """

    kept_in: str
    cases: int
    records: int
    attachments: int
    unreadable: int
    lost: list[str]
    spent: list[str]


def salvage(path: Path, device_code: str, now: datetime) -> Salvaged:
    """Put a sound store with all that can be read in the place of the damaged one.

    `device_code` is the present one, empty where the device never joined. Nobody else may
    have the store open.

    Raises:
        StoreFull: no room for the second store; the damaged one is still in place.
        StoreDamaged: somebody uses the store, or the disk takes no writing.
    """
    with alone(path):
        kept = put_aside(path, now)
        _build(kept, path.parent / DRAFT_DIR, device_code, now)
        switch(path, path.parent / DRAFT_DIR)
        marker(path).unlink()
        sync_folder(path.parent)
        shutil.rmtree(path.parent / DRAFT_DIR, ignore_errors=True)
    return decode((kept / REPORT_FILE).read_bytes(), Salvaged)


def _build(kept: Path, folder: Path, device_code: str, now: datetime) -> None:
    """A sound store in `folder` with all that can be read, and the report of it."""
    shutil.rmtree(folder, ignore_errors=True)
    with Pages(kept / STORE_FILE) as pages:
        found = fragments_in(pages.rows(), device_code)
        with Store.open(folder / STORE_FILE) as draft:
            for code in found.codes:
                draft.mark_spent(code, "salvaged", now)
            draft.take_in(found.rows(pages.rows()), found.highest_of(device_code))
            report = _report(kept, found, pages.unreadable)
            if damages := draft.damages():
                raise StoreDamaged(f"{folder}: {damages[0]}")
    put(kept / REPORT_FILE, encode(report))


def _report(kept: Path, found: Fragments, unreadable: int) -> Salvaged:
    return Salvaged(
        kept_in=str(kept),
        cases=len(found.cases),
        records=found.records,
        attachments=found.attachments,
        unreadable=unreadable,
        lost=found.lost(),
        spent=sorted(found.codes),
    )
