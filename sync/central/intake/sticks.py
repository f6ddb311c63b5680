"""Taking in what a device put on a stick, with the very rules of the wire.

Nothing here is taken on trust: a batch counts when its device signed it, an attachment when
its bytes fit its name and a case announced it. Doing it again changes nothing.
"""

from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import msgspec
from django.db import transaction
from django.db.models import Case, F, Value, When

from sync.case import Instant
from sync.central import municipality
from sync.central.fleet.models import Device
from sync.central.intake.arrival import Arrival
from sync.central.intake.attachments import announcer_of, take_whole
from sync.central.intake.bundle import (
    Skipped,
    folders_of,
    foreign_in,
    names_in,
    rank_of,
    read_file,
    write_answer,
)
from sync.central.intake.enrolling import enrol, insist_on_code
from sync.central.intake.problems import RequestRefused
from sync.central.intake.requests import unpacked
from sync.central.intake.signing import in_envelope
from sync.central.intake.taking import take_batch
from sync.central.intake.tallying import compare
from sync.central.intake.texts import are_visible
from sync.central.logs import one_line
from sync.errors import BadMessage, BadSignature
from sync.records import LARGEST_ATTACHMENT
from sync.stick import (
    KEYRING,
    LARGEST_FILE,
    StickBatch,
    StickEnrolment,
    StickTally,
    is_attachment,
    read_message,
)
from sync.wire import Acknowledgement, Batch, decode, digest_of, encode

NO_BOOT = ""
"""How long a stick travelled nobody knows: no record counts as of the sending boot."""


class Counts(msgspec.Struct):
    """What was taken of one device."""

    batches: int = 0
    records: int = 0
    refused: int = 0
    attachments: int = 0
    tally: str = "not compared"

    def told(self) -> str:
        """In one line."""
        return (
            f"records taken: {self.records}, refused: {self.refused}, in batches: {self.batches}; "
            f"attachments: {self.attachments}; tally: {self.tally}"
        )


class Import:
    """One run over one stick: `taken` by device code, `skipped` as (file, why)."""

    def __init__(self, clock: Callable[[], datetime], *, with_revoked: bool = False) -> None:
        self._clock = clock
        self._with_revoked = with_revoked
        self.taken: dict[str, Counts] = defaultdict(Counts)
        self.skipped: list[tuple[str, str]] = []

    def run(self, path: Path) -> None:
        """Take all bundles under `path` and write the answers beside their files.

        Raises:
            OSError: `path` cannot be read.
        """
        for folder in folders_of(path):
            for name in filter(rank_of, names_in(folder)):
                try:
                    self._take(folder / name)
                except Skipped as skipped:
                    self.skipped.append((f"{folder.name}/{name}", str(skipped)))
            self.skipped += [(f"{folder.name}/{name}", "foreign") for name in foreign_in(folder)]
            self._tell_keyring(folder)

    def _tell_keyring(self, folder: Path) -> None:
        """A kiosk without a network hears of new keys in no other way."""
        if folder.name in self.taken:
            try:
                write_answer(folder / KEYRING, municipality.keys().envelope)
            except Skipped as skipped:
                self.skipped.append((f"{folder.name}/{KEYRING}", str(skipped)))

    def told(self) -> list[str]:
        """What was taken, a line a device, then what was skipped and why."""
        lines = [f"{code}: {counts.told()}" for code, counts in sorted(self.taken.items())]
        lines += [f"skipped {one_line(name)}: {why}" for name, why in self.skipped]
        return lines or ["nothing of a kiosk is there"]

    def _take(self, path: Path) -> None:
        is_file = is_attachment(path.name)
        answer = self._attachment(path) if is_file else self._message(path)
        if answer is not None:
            write_answer(path, encode(in_envelope(answer)))

    def _message(self, path: Path) -> msgspec.Struct | None:
        raw = read_file(path, LARGEST_FILE)
        try:
            message = read_message(raw, self._key_of)
        except BadSignature as error:
            raise Skipped("not signed by the key its device enrolled with") from error
        except LookupError as error:
            raise Skipped("of a device that central does not know") from error
        except BadMessage as error:
            raise Skipped("damaged") from error
        if isinstance(message, StickEnrolment):
            return self._enrolment(message)
        return self._batch(message) if isinstance(message, StickBatch) else self._tally(message)

    def _key_of(self, code: str) -> bytes:
        device = Device.objects.filter(code=code).first() if are_visible(code) else None
        if device is None:
            raise LookupError(code)
        if device.revoked_at and not self._with_revoked:
            raise Skipped("of a revoked device; --revoked takes it, flagged for officers")
        return bytes(device.public_key)

    def _enrolment(self, message: StickEnrolment) -> msgspec.Struct | None:
        """Of a revoked device it is no news, and gets no answer."""
        enrolment, now = message.enrolment, self._clock()
        if self._is_revoked(enrolment.device_code):
            return None
        try:
            insist_on_code(enrolment, now)
            with transaction.atomic():
                return enrol(enrolment, now)[0]
        except RequestRefused as error:
            raise Skipped("the enrolment code is used or wrong") from error

    def _batch(self, message: StickBatch) -> msgspec.Struct:
        try:
            batch = decode(unpacked(message.packed, "gzip"), Batch)
        except (RequestRefused, BadMessage) as error:
            raise Skipped("damaged") from error
        code, now = message.device_code, self._clock()
        sent = Instant(wall=batch.sent.wall, boot_id=NO_BOOT, monotonic_s=0)
        arrival = Arrival(device_code=code, sent=sent, received_at=now)
        answers = take_batch(batch, arrival, partial(_lock, code, now))
        counts, refused = self.taken[code], sum(a.outcome == "refused" for a in answers)
        counts.batches += 1
        counts.refused += refused
        counts.records += len(answers) - refused
        return Acknowledgement(device_code=code, answers=answers, answered_at=now)

    def _attachment(self, path: Path) -> msgspec.Struct:
        sealed, now = read_file(path, LARGEST_ATTACHMENT), self._clock()
        code = announcer_of(path.stem)
        if code is None or digest_of(sealed) != path.stem:
            raise Skipped("damaged, or no case announced it")
        self._key_of(code)
        status = take_whole(code, sealed, now, partial(_lock, code, now))
        if status is None:
            raise Skipped("announced with another size")
        self.taken[code].attachments += 1
        return status

    def _tally(self, message: StickTally) -> msgspec.Struct | None:
        """Not of a revoked device: its word moves no trust any more."""
        code, now = message.device_code, self._clock()
        if self._is_revoked(code):
            return None
        answer = compare(message.tally, code, now, partial(_lock, code, now))
        self.taken[code].tally = "agreed" if answer.agreed else f"{len(answer.missing)} missing"
        return answer

    def _is_revoked(self, code: str) -> bool:
        return Device.objects.filter(code=code, revoked_at__isnull=False).exists()


def utc_now() -> datetime:
    """Central's time."""
    return datetime.now(UTC)


def _lock(code: str, now: datetime) -> None:
    """The device's row first, as for a request; one in service was heard from."""
    heard_at = Case(When(revoked_at=None, then=Value(now)), default=F("heard_at"))
    Device.objects.filter(code=code).update(heard_at=heard_at)
