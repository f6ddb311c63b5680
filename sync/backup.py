"""The whole of what a device keeps, but for who it is: sealed for the operator, and back again.

A strongbox with a tar inside: `manifest.json` first, then `store.db`, what central released,
and the settings. The device's identity and keys are left out, so a backup makes no second
device; and so are the words of slips, which hold a case's key in the clear.
"""

import shutil
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import msgspec

from sync import boxed
from sync.backed_up import Manifest
from sync.bulletin import BULLETIN_FILE
from sync.errors import StoreDamaged
from sync.pictures import PICTURES
from sync.release import RELEASE_FILE
from sync.replacing import alone, marker, put_aside, switch
from sync.store import STORE_FILE, Store, has_been
from sync.whole import sync_folder

DRAFT_DIR = "restoring"
RELEASED = (RELEASE_FILE, BULLETIN_FILE)
"""What central signed: a box without a network would have to wait for it again."""
SETTINGS = "kiosk.toml"
SETTINGS_BACK = "kiosk.toml.restored"
"""Where the settings of the box that was backed up lie, to be compared; never in force."""


class Restored(msgspec.Struct, frozen=True, kw_only=True):
    """What came back. `kept_in` holds the store that was here, empty where there was none."""

    device_code: str
    made_at: datetime
    cases: int
    waiting: int
    spent: list[str]
    kept_in: str


def back_up(
    store: Store, about: Mapping[str, object], parts: Mapping[str, bytes], out: BinaryIO, key: bytes
) -> Manifest:
    """Seal the store and `parts`, by name, to the public `key`; what it holds is returned.

    `about` gives the manifest's code, moment and version.
    """
    contents = {STORE_FILE: store.image(), **parts}
    counts = store.outbox_counts()
    manifest = msgspec.convert(
        {
            **about,
            "cases": store.case_count(),
            "waiting": counts.waiting + counts.attachments,
            "codes": store.codes(),
            "files": boxed.digests_of(contents),
        },
        Manifest,
    )
    boxed.seal(contents, manifest, out, key)
    return manifest


def released(state_dir: Path) -> dict[str, bytes]:
    """What central signed and this device keeps, by name below the state directory."""
    pictures = sorted((state_dir / PICTURES).glob("*"))
    names = [*RELEASED, *(f"{PICTURES}/{path.name}" for path in pictures if path.is_file())]
    found = {}
    for name in names:
        with suppress(FileNotFoundError):
            found[name] = (state_dir / name).read_bytes()
    return found


def restore(
    state_dir: Path, source: BinaryIO, key: bytes, present_code: str, now: datetime
) -> Restored:
    """Put what was backed up in the place of what is here; that is kept aside.

    Nothing is touched before all of the backup was read and found whole. Every device code
    it knows, and the present one, are spent from then on. Safe to repeat when broken off.

    Raises:
        BadSeal: another key's, changed, or cut off; nothing was touched.
        BadMessage: not a backup of ours.
        StoreDamaged: its store is not sound, or somebody uses the one that is here.
        OSError: no room, or the disk takes no writing.
    """
    draft, path = state_dir / DRAFT_DIR, state_dir / STORE_FILE
    state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    with alone(path):
        try:
            manifest = _unpack(source, key, draft)
            spent = _spend(draft, manifest, present_code, now)
            kept = _switch(state_dir, draft, now)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    return Restored(
        device_code=manifest.device_code,
        made_at=manifest.made_at,
        cases=manifest.cases,
        waiting=manifest.waiting,
        spent=spent,
        kept_in=str(kept or ""),
    )


def _unpack(source: BinaryIO, key: bytes, draft: Path) -> Manifest:
    """All of it into `draft`, checked."""
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    return boxed.unseal(source, key, draft, Manifest, _may_hold)


def _may_hold(name: str) -> bool:
    return name in (STORE_FILE, SETTINGS, *RELEASED) or boxed.is_in(name, PICTURES)


def _spend(draft: Path, manifest: Manifest, present_code: str, now: datetime) -> list[str]:
    """No number of a code that is in the backup, or was in use since, may come twice."""
    spent = sorted({*manifest.codes, manifest.device_code, present_code} - {""})
    with Store.open(draft / STORE_FILE) as store:
        if damages := store.damages():
            raise StoreDamaged(f"the backup's store: {damages[0]}")
        for code in spent:
            store.mark_spent(code, "restored", now)
    return spent


def _switch(state_dir: Path, draft: Path, now: datetime) -> Path | None:
    path = state_dir / STORE_FILE
    kept = put_aside(path, now) if has_been(path) else None
    switch(path, draft)
    for name in RELEASED:
        if (draft / name).exists():
            (draft / name).replace(state_dir / name)
    if (draft / SETTINGS).exists():
        (draft / SETTINGS).replace(state_dir / SETTINGS_BACK)
    if (draft / PICTURES).is_dir():
        (state_dir / PICTURES).mkdir(mode=0o700, exist_ok=True)
        for picture in (draft / PICTURES).iterdir():
            picture.replace(state_dir / PICTURES / picture.name)
    sync_folder(state_dir)
    marker(path).unlink(missing_ok=True)
    sync_folder(state_dir)
    return kept
