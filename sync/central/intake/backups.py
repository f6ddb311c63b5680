"""Taking in what a dead box left in its backup, by the very path that its requests would take.

A backup is not signed by its device, whose key died with it: the operator who opens it
vouches for where it comes from. All else holds as on the wire, record by record.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from pathlib import Path

import msgspec
from django.db.models import F

from sync import boxed
from sync.backed_up import Left, LeftEntry, Manifest, left_in
from sync.case import Instant
from sync.central.errors import BackupRefused, DeviceUnknown
from sync.central.fleet.models import Deed, Device
from sync.central.intake.arrival import Arrival
from sync.central.intake.attachments import take_whole
from sync.central.intake.models import Attachment, Record, Revision
from sync.central.intake.sticks import NO_BOOT
from sync.central.intake.taking import take_batch
from sync.errors import BadMessage, BadSeal, StoreDamaged
from sync.stored import STORE_FILE
from sync.wire import LONGEST_BATCH, Batch, digest_of


class Taken(msgspec.Struct):
    """What became of one device's records and attachments; `changed` are other bytes under an id
    that is known, kept as a revision."""

    records: int = 0
    attachments: int = 0
    known: int = 0
    changed: int = 0
    refused: int = 0

    def told(self) -> str:
        """In one line."""
        return (
            f"records taken: {self.records}, attachments: {self.attachments}, known: {self.known}, "
            f"changed: {self.changed}, refused: {self.refused}"
        )


class Backup:
    """One device's backup, opened and found whole; nothing of it was taken yet."""

    def __init__(self, manifest: Manifest, left: Left) -> None:
        """Raises DeviceUnknown: it is of a device that this central never handed a code."""
        self._manifest, self._boots = manifest, left.boots
        self._by_code: dict[str, list[LeftEntry]] = defaultdict(list)
        for entry in left.entries:
            self._by_code[entry.device_code or manifest.device_code].append(entry)
        found = Device.objects.in_bulk([manifest.device_code, *self._by_code])
        for code in sorted({manifest.device_code, *self._by_code} - found.keys()):
            raise DeviceUnknown(f"no device code {code or '(none)'} was handed out by this central")
        self._devices = found

    def planned(self) -> list[str]:
        """What it holds and how much of that is new here, a line a device code."""
        made = f"{self._manifest.made_at:%Y-%m-%d %H:%M} UTC"
        lines = [f"backup of {self._manifest.device_code}, made {made}"]
        for code, entries in sorted(self._by_code.items()):
            new = [entry for entry in entries if not _is_known(code, entry)]
            files = sum(entry.is_attachment for entry in new)
            revoked = " (revoked)" if self._devices[code].revoked_at else ""
            lines.append(
                f"{code}{revoked}: not yet here: {len(new) - files} records, {files} attachments; "
                f"known: {len(entries) - len(new)}"
            )
        return lines

    def take(self, now: datetime) -> dict[str, Taken]:
        """Take in what is not here yet, and log that it was done; counts by device code."""
        done = {}
        for code, entries in sorted(self._by_code.items()):
            done[code] = self._of_device(code, entries, now)
            Deed.objects.create(
                device=self._devices[code], what=Deed.What.BACKUP_TAKEN, done_at=now
            )
        return done

    def _of_device(self, code: str, entries: Sequence[LeftEntry], now: datetime) -> Taken:
        taken = Taken()
        new = []
        for entry in entries:
            if _is_known(code, entry):
                taken.known += 1
            elif digest_of(entry.record) != entry.digest:
                taken.refused += 1
            else:
                new.append(entry)
        records = [entry for entry in new if not entry.is_attachment]
        for first in range(0, len(records), LONGEST_BATCH):
            self._records(code, records[first : first + LONGEST_BATCH], now, taken)
        for entry in new:
            if entry.is_attachment:
                _take_attachment(code, entry.record, now, taken)
        return taken

    def _records(
        self, code: str, entries: Sequence[LeftEntry], now: datetime, taken: Taken
    ) -> None:
        sent = Instant(wall=self._manifest.made_at, boot_id=NO_BOOT, monotonic_s=0)
        ids = [entry.record_id for entry in entries]
        there = Record.objects.filter(pk__in=ids).count()
        batch = Batch(
            records=[msgspec.Raw(entry.record) for entry in entries], sent=sent, boots=self._boots
        )
        arrival = Arrival(device_code=code, sent=sent, received_at=now)
        answers = take_batch(batch, arrival, partial(_lock, code))
        refused = sum(answer.outcome == "refused" for answer in answers)
        new = Record.objects.filter(pk__in=ids).count() - there
        taken.refused += refused
        taken.records += new
        taken.changed += len(answers) - refused - new


def open_backup(path: Path, key: bytes, draft: Path) -> Backup:
    """Read a backup that `kiosk backup` made, all of it; `key` is the operator's private half.

    `draft` is an empty folder for its store, whose records are sealed.

    Raises:
        BackupRefused: another key's, changed, cut off, no device's backup, or not sound.
        DeviceUnknown: its device is not one of this central's.
        OSError: it cannot be read.
    """
    try:
        with path.open("rb") as source:
            manifest = boxed.unseal(source, key, draft, Manifest, _may_hold)
        if STORE_FILE not in manifest.files:
            raise BackupRefused(f"{path}: not a device's backup: no store")
        return Backup(manifest, left_in(draft / STORE_FILE))
    except (BadSeal, BadMessage, StoreDamaged) as error:
        raise BackupRefused(f"{path}: {error}") from error


def _may_hold(name: str) -> bool:
    """Whatever a device may put beside its store; central reads none of it."""
    parts = Path(name).parts
    return len(parts) <= 2 and ".." not in parts and not Path(name).is_absolute()


def _is_known(code: str, entry: LeftEntry) -> bool:
    """Whether these very bytes are here."""
    if entry.is_attachment:
        here = Attachment.objects.filter(device_id=code, address=entry.digest)
        return here.filter(completed_at__isnull=False).exists()
    return any(
        kept.objects.filter(record_id=entry.record_id, digest=entry.digest).exists()
        for kept in (Record, Revision)
    )


def _take_attachment(code: str, sealed: bytes, now: datetime, taken: Taken) -> None:
    """Only what a case of this device announced, as on the wire."""
    is_announced = Attachment.objects.filter(device_id=code, address=digest_of(sealed)).exists()
    if is_announced and take_whole(code, sealed, now, partial(_lock, code)):
        taken.attachments += 1
    else:
        taken.refused += 1


def _lock(code: str) -> None:
    """The device's row first, as for a request. Nobody heard from the device: it is dead."""
    Device.objects.filter(code=code).update(waiting=F("waiting"))
