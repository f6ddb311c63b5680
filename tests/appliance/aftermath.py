"""What a power cut left: the file system, the store on it, and the paper in the tray."""

import os
import shutil
import subprocess
import tempfile
from itertools import takewhile
from pathlib import Path

from sync.errors import SyncError
from sync.store import STORE_FILE, SlipState, Store

_STATE = "/var/lib/kiosk"
_MENDED = 1
"""e2fsck's exit: the journal was replayed, and all is well now (e2fsck(8))."""


def copied(disk: Path, copy: Path) -> Path:
    """A copy of a disk as it is now."""
    subprocess.run(["cp", "--sparse=always", "--reflink=auto", disk, copy], check=True)
    return copy


def broken(disk: Path, acknowledged: set[str], begun: int) -> list[str]:
    """The promises that this disk does not keep, as sentences; its journal is replayed.

    `acknowledged` are the ids of cases that were told before the cut, `begun` is how many
    slips were on paper by then, whole or in part.
    """
    said = file_system(disk)
    with tempfile.TemporaryDirectory() as space:
        dump = ["debugfs", "-R", f"rdump {_STATE} {space}", str(disk)]
        subprocess.run(dump, check=True, capture_output=True)
        return said + _store(Path(space) / Path(_STATE).name, acknowledged, begun)


def begun(tray: Path) -> int:
    """How many slips are on paper, whole or in part."""
    return sum(1 for path in tray.glob("slip-*") if path.suffix in (".bin", ".part"))


def printed_twice(tray: Path) -> list[str]:
    """Slips in the tray that are there twice, or by half and whole."""
    whole = slips(tray)
    said = [f"{len(whole) - len(set(whole))} slips twice"] if len(set(whole)) < len(whole) else []
    if len(whole) < 2:
        return said
    pairs = zip(min(whole), max(whole), strict=False)
    alike = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
    halves = [path.read_bytes() for path in sorted(tray.glob("slip-*.part"))]
    come_again = [half for half in halves if len(half) > alike and _begins(half, whole)]
    return said + ["a slip by half, and whole again"] * len(come_again)


def _begins(half: bytes, whole: list[bytes]) -> bool:
    return any(slip.startswith(half) for slip in whole)


def slips(tray: Path) -> list[bytes]:
    """Those that came out whole."""
    return [path.read_bytes() for path in sorted(tray.glob("slip-*.bin"))]


def file_system(disk: Path) -> list[str]:
    """Replay the journal as a boot does; nothing may be left to mend then."""
    said = []
    for options in (["-p"], ["-f", "-n"]):
        done = subprocess.run(
            ["e2fsck", *options, disk], capture_output=True, text=True, check=False
        )
        if done.returncode not in (0, _MENDED) or (options != ["-p"] and done.returncode):
            said.append(f"e2fsck {options[0]}: {done.returncode} {done.stdout[-400:]}")
    return said


def _store(state: Path, acknowledged: set[str], begun: int) -> list[str]:
    if not (state / STORE_FILE).exists():
        return [f"no store, and {len(acknowledged)} cases were told"] if acknowledged else []
    try:
        with Store.open(state / STORE_FILE) as store:
            damages, jobs = store.damages(), store.slip_jobs(1_000_000)
            entries = store.outbox_entries(1_000_000)
    except SyncError as error:
        return [f"the store does not open: {error}"]
    held = {str(job.job_id) for job in jobs}
    said = [f"damaged: {damage}" for damage in damages]
    said += [f"case {case} was told and is gone" for case in sorted(acknowledged - held)]
    if held != {str(entry.record_id) for entry in entries}:
        said.append("cases without a record, or records without a case")
    claimed = sum(1 for job in jobs if job.state != SlipState.WAITING)
    if claimed < begun:
        said.append(f"{begun} slips are on paper, {claimed} known: others come out twice")
    return said


def tray_for(root: Path, tray: Path) -> None:
    """A tray on this machine that belongs to a guest's user kiosk."""
    shutil.rmtree(tray, ignore_errors=True)
    tray.mkdir(parents=True)
    lines = (root / "etc/passwd").read_text().splitlines()
    [(user, group)] = [line.split(":")[2:4] for line in lines if line.startswith("kiosk:")]
    os.chown(tray, int(user), int(group))
