"""`kiosk doctor`: finding, evidence, next command.

Each check is a function of the settings that returns one finding; the list at the end
is all of them, in the order in which a technician would look.
"""

import shutil
import textwrap
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from hardware import clock
from kiosk.config import Config
from kiosk.errors import ConfigError
from kiosk.profile import load_profile
from kiosk.report import box_identity, box_store, printer_state
from sync.doorbell import is_answered

LEAST_FREE_MB = 200
"""Below this a week of cases with drawings may not fit."""
LONGEST_SILENCE = timedelta(days=1)
COLUMNS = 60


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing looked at: what was seen and, where it is not well, what to do next."""

    name: str
    is_well: bool
    evidence: str
    next: str = ""

    def text(self) -> str:
        """For a terminal, at most 60 columns."""
        sign = "ok  " if self.is_well else "BAD "
        lines = textwrap.wrap(f"{self.name}: {self.evidence}", COLUMNS - 4)
        lines += [f"-> {self.next}"] if self.next and not self.is_well else []
        return sign + "\n    ".join(lines)


class Examination(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the doctor found."""

    findings: list[Finding]

    @property
    def is_fine(self) -> bool:
        """Nothing needs a technician."""
        return all(finding.is_well for finding in self.findings)

    def text(self) -> str:
        """For a terminal, at most 60 columns."""
        return "\n".join(finding.text() for finding in self.findings)


def examine(config: Config) -> Examination:
    """Look at everything. A check that cannot look is a finding itself."""
    return Examination(findings=[_look(check, config) for check in CHECKS])


def _look(check: Callable[[Config], Finding], config: Config) -> Finding:
    try:
        return check(config)
    except ConfigError as error:
        evidence, _, advice = str(error).partition("; next: ")
        name = check.__name__.removeprefix("_")
        return Finding(name=name, is_well=False, evidence=evidence, next=advice)


def _profile(config: Config) -> Finding:
    path = Path(config.device.profile)
    profile = load_profile(path)
    return Finding(name="profile", is_well=True, evidence=profile.name.th)


def _identity(config: Config) -> Finding:
    return Finding(name="identity", is_well=True, evidence=box_identity(config).device_code)


def _store(config: Config) -> Finding:
    with box_store(config) as store:
        damages = store.damages()
    return Finding(
        name="store",
        is_well=not damages,
        evidence="; ".join(damages) or "whole, WAL, synchronous=FULL",
        next="copy the state folder away before anything else",
    )


def _disk(config: Config) -> Finding:
    free_mb = shutil.disk_usage(config.state_dir).free // 1_000_000
    return Finding(
        name="disk",
        is_well=free_mb >= LEAST_FREE_MB,
        evidence=f"{free_mb} MB free, {LEAST_FREE_MB} wanted",
        next=f"du -xh {config.state_dir} | sort -h | tail",
    )


def _outbox(config: Config) -> Finding:
    with box_store(config) as store:
        counts = store.outbox_counts()
    return Finding(
        name="outbox",
        is_well=not counts.parked,
        evidence=f"{counts.waiting} waiting, {counts.parked} parked",
        next="kiosk outbox",
    )


def _central(config: Config) -> Finding:
    identity = box_identity(config)
    with box_store(config) as store:
        link = store.link_state(identity.device_code)
    silent = link.failing_since and datetime.now(UTC) - link.failing_since > LONGEST_SILENCE
    evidence = f"{identity.central_url} reached" if link.reached_at else "never reached"
    if link.failing_since:
        evidence = f"{identity.central_url} not reached: {link.reason}"
    return Finding(name="central", is_well=not silent, evidence=evidence, next="kiosk sync-now")


def _printer(config: Config) -> Finding:
    state = printer_state(config).state
    advice = {"paper_out": "put in a new roll", "cover_open": "close the printer's cover"}
    return Finding(
        name="printer",
        is_well=state == "ok",
        evidence=state,
        next=advice.get(state, "kiosk test-print"),
    )


def _clock(config: Config) -> Finding:
    trusted = clock.read(assume_trusted=config.clock.trust == "assume").trusted
    return Finding(
        name="clock",
        is_well=trusted,
        evidence="trusted" if trusted else "not set from the network yet; slips carry no date",
        next="timedatectl timesync-status",
    )


def _service(name: str, bell: str) -> Callable[[Config], Finding]:
    def check(config: Config) -> Finding:
        listens = is_answered(config.runtime_dir / bell)
        return Finding(
            name=f"kiosk {name}",
            is_well=listens,
            evidence="listens" if listens else "does not run",
            next=f"systemctl restart kiosk-{name}",
        )

    return check


CHECKS: list[Callable[[Config], Finding]] = [
    _profile,
    _identity,
    _store,
    _disk,
    _outbox,
    _central,
    _printer,
    _clock,
    _service("ui", "ui.sock"),
    _service("print", "print.sock"),
    _service("sync", "sync.sock"),
]
