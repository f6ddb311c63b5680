"""What `kiosk status`, `outbox` and `slips` tell: facts about this box, never a person."""

import textwrap
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Protocol
from uuid import UUID

import msgspec

from kiosk import refusal
from kiosk.clock import can_be, floor_of, instant
from kiosk.config import Config
from kiosk.errors import ConfigError
from kiosk.updating import record
from kiosk.updating.places import places
from kiosk.updating.record import Trial
from kiosk.vitals import Facts, Health, health_now
from sync import reached
from sync.errors import BadMessage, StoreDamaged, StoreFull
from sync.identity import Identity, load_identity
from sync.store import (
    STORE_FILE,
    LinkState,
    OutboxEntry,
    OutboxState,
    SlipJob,
    Store,
    TallyState,
    has_been,
)

MOST_ROWS = 1000
SHOWN_ROWS = 20
COLUMNS = 60
"""Of a terminal on a phone."""
_TAGS = {
    "case_submitted": "case",
    "rating_given": "rating",
    "rating_explained": "reason",
    "survey_answered": "questionnaire",
    "words_added": "added words",
    "signed_up": "sign-up",
    "device_event": "event",
}
"""What a technician calls records that have no reference."""


class Report(Protocol):
    """Something a verb tells: to a program as JSON, to a person as text."""

    @property
    def is_fine(self) -> bool:
        """Whether nothing needs a technician."""
        ...

    def text(self) -> str:
        """For a terminal, at most 60 columns."""
        ...


class PrinterState(msgspec.Struct, frozen=True):
    """The printer as the spooler last saw it: `ok`, a fault's code, or `unknown`."""

    state: str = "unknown"
    since: str = ""


WELL = ("ok", "paper_low", "unknown")
"""Printer states in which slips come out; `unknown` before the spooler's first look."""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One record of the outbox. `reference` is empty for what is no case.

    `tag` is the record's on the wire, such as `rating_given`, or `attachment`.
    """

    record_id: UUID
    tag: str
    reference: str
    state: str
    reason: str
    attempts: int
    kept_at: datetime
    acknowledged_at: datetime | None


class Outbox(msgspec.Struct, frozen=True, kw_only=True):
    """What waits, what is parked and why, what central has; newest first in each.

    `attachments` wait too, and are not among the entries unless they are parked.
    """

    waiting: int
    parked: int
    acknowledged: int
    entries: list[Row]
    attachments: int = 0

    @property
    def is_fine(self) -> bool:
        """Nothing is parked."""
        return not self.parked

    def text(self) -> str:
        """For a terminal, at most 60 columns."""
        head = f"{self.waiting} waiting, {self.parked} parked, {self.acknowledged} acknowledged"
        more = [f"{self.attachments} attachments waiting"] if self.attachments else []
        rows = [
            f"{_minute(row.kept_at)}  {_label(row):<15} {row.reason or row.state}"
            for row in self.entries[:SHOWN_ROWS]
        ]
        foot = ["next: kiosk outbox --retry all, once the cause is gone"] if self.parked else []
        return "\n".join([head, *more, *rows, *foot])


class SlipRow(msgspec.Struct, frozen=True, kw_only=True):
    """One slip job, without a word of what the slip says.

    A `paper` other than `slip` has no reference; its `case_id` is what it was kept with.
    """

    case_id: UUID
    paper: str
    reference: str
    state: str
    reason: str
    kept_at: datetime


class Slips(msgspec.Struct, frozen=True, kw_only=True):
    """Slip jobs, the newest first, and how many are in each state."""

    counts: dict[str, int]
    printer: PrinterState
    jobs: list[SlipRow]

    @property
    def is_fine(self) -> bool:
        """Nobody is asked whether a slip came out, and the printer is well."""
        return not self.counts.get("unknown") and self.printer.state in WELL

    def text(self) -> str:
        """For a terminal, at most 60 columns."""
        rows = [
            f"{_minute(job.kept_at)}  {_called(job):<15} {job.state} {job.reason}".rstrip()
            for job in self.jobs[:SHOWN_ROWS]
        ]
        return "\n".join([f"printer: {self.printer.state}", *(rows or ["no slips yet"])])


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """The box on one screen; counts are records, instants are UTC."""

    device_code: str
    central_url: str
    central: str
    waiting: int
    parked: int
    acknowledged: int
    oldest_waiting_at: datetime | None
    slips: dict[str, int]
    printer: PrinterState
    clock_trusted: bool
    tally: TallyState | None = None
    health: Health = Health()
    release: str = ""
    update: Trial | None = None
    known_passwords: list[str] = []

    @property
    def is_fine(self) -> bool:
        """Nothing parked, no gap at central, printer well, no vital bad, not refused."""
        is_whole = self.tally is None or self.tally.is_agreed
        is_hale = self.health.worst != "bad" and self.printer.state in WELL
        return is_whole and not self.parked and is_hale and not self.known_passwords

    def text(self) -> str:
        """For a terminal, at most 60 columns."""
        return "\n".join(f"{name:<9}{words}" for name, words in self.rows())

    def rows(self) -> list[tuple[str, str]]:
        """Names and words, from top to bottom; a row without a name goes on from the last."""
        oldest = f", oldest {_minute(self.oldest_waiting_at)}" if self.oldest_waiting_at else ""
        slips = ", ".join(f"{count} {state}" for state, count in sorted(self.slips.items()))
        rows = [
            ("box", self.device_code),
            ("central", self.central_url),
            ("", self.central),
            ("outbox", f"{self.waiting} waiting{oldest}"),
            ("", f"{self.parked} parked, {self.acknowledged} acknowledged"),
            ("", tally_in_words(self.tally)),
            ("slips", slips or "none yet"),
            ("printer", self.printer.state),
            ("clock", "trusted" if self.clock_trusted else "not set yet: slips carry no date"),
        ]
        return [
            *rows,
            *_release_rows(self.release, self.update),
            *_health_rows(self.health),
            *_refused_rows(self.known_passwords),
        ]


def status(config: Config) -> Status:
    """How the box is. Raises ConfigError: not enrolled, or the store cannot be opened."""
    identity = box_identity(config)
    with box_store(config) as store:
        counts, link = store.outbox_counts(), store.link_state(identity.device_code)
        printer = printer_state(config)
        return Status(
            device_code=identity.device_code,
            central_url=identity.central_url,
            central=_in_words(link, reached.last(config.runtime_dir, identity.device_code)),
            waiting=counts.waiting,
            parked=counts.parked,
            acknowledged=counts.acknowledged,
            oldest_waiting_at=counts.oldest_waiting_at,
            slips=store.slip_counts(),
            printer=printer,
            clock_trusted=instant(config, floor_of(store)).trusted,
            tally=store.tally_state(identity.device_code),
            health=health_now(config, Facts(printer=printer.state, link=link)),
            release=places().named("current"),
            update=record.read(places()),
            known_passwords=refusal.refused(places().system),
        )


def outbox(config: Config) -> Outbox:
    """The outbox's counts and newest entries. Raises ConfigError as `status` does."""
    with box_store(config) as store:
        counts = store.outbox_counts()
        return Outbox(
            waiting=counts.waiting,
            parked=counts.parked,
            acknowledged=counts.acknowledged,
            entries=[
                _row(entry, store.reference_of(entry.record_id))
                for entry in store.outbox_entries(MOST_ROWS)
            ],
            attachments=counts.attachments,
        )


def slips(config: Config) -> Slips:
    """The newest slip jobs. Raises ConfigError as `status` does."""
    with box_store(config) as store:
        return Slips(
            counts=store.slip_counts(),
            printer=printer_state(config),
            jobs=[_slip_row(job) for job in store.slip_jobs(MOST_ROWS)],
        )


REPORTS: dict[str, Callable[[Config], Report]] = {
    "status": status,
    "outbox": outbox,
    "slips": slips,
}


def box_identity(config: Config) -> Identity:
    """Who this box is. Raises ConfigError: not enrolled yet, or its file is damaged."""
    try:
        return load_identity(config.state_dir)
    except FileNotFoundError as error:
        raise ConfigError("this box is nobody yet; next: kiosk enrol JOIN-FILE") from error
    except PermissionError:
        raise
    except (OSError, BadMessage) as error:
        raise ConfigError(f"{config.state_dir}: {error}; next: kiosk doctor") from error


@contextmanager
def box_store(config: Config) -> Iterator[Store]:
    """The store, open. Raises ConfigError: it does not open, or not all can be read; says why."""
    path = config.state_dir / STORE_FILE
    if not has_been(path):
        raise ConfigError(f"{path}: nothing has been kept yet; next: kiosk enrol JOIN-FILE")
    try:
        with Store.open(path) as store:
            yield store
    except (StoreFull, StoreDamaged) as error:
        raise ConfigError(f"{error}; next: kiosk doctor") from error


def printer_state(config: Config) -> PrinterState:
    """What the spooler last wrote about the printer."""
    try:
        raw = (config.runtime_dir / "printer.json").read_bytes()
        return msgspec.json.decode(raw, type=PrinterState)
    except (OSError, msgspec.MsgspecError):
        return PrinterState()


def _release_rows(release: str, update: Trial | None) -> Iterator[tuple[str, str]]:
    """Which is in force, and what became of the last update, unless it is just that."""
    if not release:
        return
    yield "release", release
    if update is not None and update.phase != "kept":
        words = " ".join(update.text().split())
        yield from (("", line) for line in textwrap.wrap(words, COLUMNS - 9))


def _refused_rows(names: list[str]) -> Iterator[tuple[str, str]]:
    """For whose password this box does not start, and what comes next."""
    if names:
        words = f"everybody knows the password of {', '.join(names)}: the kiosk does not start"
        lines = textwrap.wrap(words, COLUMNS - 9)
        lines += [f"next: {line}" for line in refusal.advice(names).splitlines()]
        yield "refused", lines[0]
        yield from (("", line) for line in lines[1:])


def _health_rows(health: Health) -> list[tuple[str, str]]:
    """The worst and what it is, wrapped beside its label."""
    lines = textwrap.wrap(health.text(), COLUMNS - 9)
    return [("health", lines[0]), *(("", line) for line in lines[1:])]


def _row(entry: OutboxEntry, reference: str) -> Row:
    return Row(
        record_id=entry.record_id,
        tag=_tag(entry),
        reference=reference,
        state=entry.state,
        reason=entry.reason,
        attempts=entry.attempts,
        kept_at=entry.kept_at,
        acknowledged_at=entry.settled_at if entry.state == "acknowledged" else None,
    )


def _label(row: Row) -> str:
    return row.reference or _TAGS.get(row.tag, row.tag)


def _tag(entry: OutboxEntry) -> str:
    if entry.state == OutboxState.ATTACHMENT_PARKED:
        return "attachment"
    try:
        return msgspec.json.decode(entry.record, type=_Tagged).type
    except msgspec.MsgspecError:  # what central has keeps no bytes here
        return "record"


class _Tagged(msgspec.Struct, frozen=True):
    """What every record begins with."""

    type: str


def _slip_row(job: SlipJob) -> SlipRow:
    return SlipRow(
        case_id=job.job_id,
        paper=job.paper,
        reference=job.reference,
        state=job.state,
        reason=job.reason,
        kept_at=job.kept_at,
    )


def _called(job: SlipRow) -> str:
    return job.reference or job.paper


def _in_words(link: LinkState, reached_at: datetime | None) -> str:
    """`reached_at` is since the boot: the store's own may be an hour older."""
    if link.failing_since:
        since = f" since {_minute(link.failing_since)}" if can_be(link.failing_since) else ""
        return f"not reached{since} ({link.reason})"
    last = reached_at or link.reached_at
    return f"reached {_minute(last)}" if last else "never reached yet"


def tally_in_words(tally: TallyState | None) -> str:
    """What the last comparison with central came to."""
    if tally is None:
        return "not yet compared with central"
    if tally.is_agreed:
        return f"central holds all {tally.through} cases, {_minute(tally.compared_at)}"
    if tally.missing:
        return f"central lacks {len(tally.missing)} of {tally.through} cases"
    return f"central holds other contents in {tally.through} cases"


def _minute(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%MZ")
