"""`kiosk doctor`: finding, evidence, next command.

Each check is a function of the settings that returns one finding; the list at the end
is all of them, in the order in which a technician would look.
"""

import errno
import os
import shutil
import tempfile
import textwrap
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from kiosk.clock import INSTALLED_AT, floor_of, instant
from kiosk.config import Config
from kiosk.errors import ConfigError
from kiosk.profile import division_of, profile_in_force
from kiosk.report import box_identity, box_store, can_be, printer_state, tally_in_words
from kiosk.sound import Sound
from kiosk.widgets.layouts import speaks
from sync.doorbell import is_answered
from sync.errors import StoreDamaged, StoreFull, StoreReadOnly, SyncError
from sync.rekeying import is_unfinished
from sync.store import STORE_FILE, Store, has_been

LEAST_FREE_MB = 200
"""Below this a week of cases with drawings may not fit."""
LONGEST_SILENCE = timedelta(days=1)
COLUMNS = 60
_LONG_AGO = datetime.fromtimestamp(0, UTC)

_FAULTS: dict[int, type[SyncError]] = {
    errno.ENOSPC: StoreFull,
    errno.EDQUOT: StoreFull,
    errno.EROFS: StoreReadOnly,
}
"""What a failed write is called, as the glass and the store call it."""


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
        advice = advice.replace("kiosk doctor", "see store, above")
        name = check.__name__.removeprefix("_")
        return Finding(name=name, is_well=False, evidence=evidence, next=advice)


def _profile(config: Config) -> Finding:
    profile = profile_in_force(config)
    evidence = profile.name.th
    if code := division_of(config, profile):
        evidence += f", at the counter of {profile.division(code).name.th}"
    return Finding(name="profile", is_well=True, evidence=evidence)


def _keys(config: Config) -> Finding:
    """Whether every language of the profile can be typed."""
    languages = profile_in_force(config).languages
    missing = [language for language in languages if not speaks(language)]
    if missing:
        install = "apt-get install xkb-data libxkbcommon0"
        return _bad("keys", f"{', '.join(missing)} can't be typed", install)
    return Finding(name="keys", is_well=True, evidence=", ".join(languages))


def _identity(config: Config) -> Finding:
    code = box_identity(config).device_code
    if is_unfinished(config.state_dir):
        evidence = f"{code}; a change of its key was not finished"
        return Finding(name="identity", is_well=False, evidence=evidence, next="kiosk rotate-key")
    return Finding(name="identity", is_well=True, evidence=code)


def _store(config: Config) -> Finding:
    """Opens it as a service would, and has SQLite check every page."""
    path = config.state_dir / STORE_FILE
    if not has_been(path):
        raise ConfigError(f"{path}: nothing has been kept yet; next: kiosk enrol JOIN-FILE")
    try:
        with Store.open(path) as store:
            damages = store.damages()
    except (StoreFull, StoreDamaged) as error:
        return _bad("store", str(error), _mending(config, error.code))
    if damages:
        return _bad("store", "; ".join(damages), _mending(config, StoreDamaged.code))
    return Finding(name="store", is_well=True, evidence="whole, WAL, synchronous=FULL")


def _code(config: Config) -> Finding:
    """A salvaged or restored store takes no case under the code it had."""
    code = box_identity(config).device_code
    with box_store(config) as store:
        is_spent = store.is_spent(code)
    if is_spent:
        evidence = f"{code} is used up: no case is taken. Ask for a file by central join-file"
        return _bad("code", evidence, "kiosk enrol JOIN-FILE")
    return Finding(name="code", is_well=True, evidence=f"{code} takes cases")


def _disk(config: Config) -> Finding:
    free_mb = shutil.disk_usage(config.state_dir).free // 1_000_000
    fault = _write_fault(config.state_dir)
    if fault:
        evidence = f"cannot be written to: {fault.strerror}"
        code = _FAULTS.get(fault.errno or 0, StoreDamaged).code
        return _bad("disk", evidence, _mending(config, code))
    if free_mb < LEAST_FREE_MB:
        evidence = f"{free_mb} MB free, {LEAST_FREE_MB} wanted"
        return _bad("disk", evidence, _mending(config, StoreFull.code))
    return Finding(name="disk", is_well=True, evidence=f"{free_mb} MB free")


def _write_fault(directory: Path) -> OSError | None:
    """What a small file meets on its way to the disk; None when it got there."""
    try:
        handle, name = tempfile.mkstemp(dir=directory, prefix=".doctor-")
        try:
            os.write(handle, bytes(4096))
            os.fsync(handle)
        finally:
            os.close(handle)
            Path(name).unlink()
    except OSError as error:
        return error
    return None


def _mending(config: Config, code: str) -> str:
    """The command that mends a fault of store or disk, or shows what is in the way.

    Nothing is mended on a card that loses what is written: what it has leaves it first.
    """
    if code == StoreFull.code:
        return f"du -xh {config.state_dir} | sort -h | tail"
    if code == StoreReadOnly.code:
        return "dmesg | tail; then: systemctl reboot"
    if (fault := _write_fault(config.state_dir)) and fault.errno not in _FAULTS:
        return f"systemctl stop 'kiosk-*'; cp -a {config.state_dir} STICK; new card"
    return "systemctl stop 'kiosk-*'; kiosk restore --salvage"


def _bad(name: str, evidence: str, advice: str) -> Finding:
    return Finding(name=name, is_well=False, evidence=evidence, next=advice)


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
    since = link.failing_since
    silent = since and not (can_be(since) and datetime.now(UTC) - since <= LONGEST_SILENCE)
    evidence = f"{identity.central_url} reached" if link.reached_at else "never reached"
    if link.failing_since:
        evidence = f"{identity.central_url} not reached: {link.reason}"
    return Finding(name="central", is_well=not silent, evidence=evidence, next="kiosk sync-now")


def _former(config: Config) -> Finding:
    """What a salvage left under another device code goes as well, or somebody should know."""
    present = box_identity(config).device_code
    with box_store(config) as store:
        links = {code: store.link_state(code) for code in store.waiting_codes() if code != present}
    stuck = [f"{code} waits: {link.reason}" for code, link in links.items() if link.failing_since]
    return Finding(
        name="former codes",
        is_well=not stuck,
        evidence="; ".join(stuck)
        or (f"{', '.join(links)} still wait" if links else "nothing waits"),
        next="kiosk sync-now; if it stays, tell central's operator",
    )


def _tally(config: Config) -> Finding:
    with box_store(config) as store:
        state = store.tally_state(box_identity(config).device_code)
    return Finding(
        name="tally",
        is_well=state is None or state.is_agreed,
        evidence=tally_in_words(state),
        next="kiosk sync-now; if it stays, tell central's operator",
    )


def _printer(config: Config) -> Finding:
    state = printer_state(config).state
    advice = {"paper_out": "put in a new roll", "cover_open": "close the printer's cover"}
    return Finding(
        name="printer",
        is_well=state == "ok",
        evidence=state,
        next=advice.get(state, "kiosk test-print"),
    )


def _sound(config: Config) -> Finding:
    """Whether what hears and what is heard are plugged in, and their programs installed."""
    settings, sound = config.sound, Sound(config.sound)
    there = {"microphone": sound.can_record, "speaker": sound.can_play}
    wanted = [name for name in there if getattr(settings, name)]
    if settings.driver == "none" or not wanted:
        return Finding(name="sound", is_well=True, evidence="none is set up")
    if missing := [name for name in SOUND_PROGRAMS if not shutil.which(name)]:
        install = "apt-get install alsa-utils opus-tools"
        return _bad("sound", f"{', '.join(missing)} not installed", install)
    if gone := [name for name in wanted if not there[name]]:
        return _bad("sound", f"{' and '.join(gone)} not plugged in", "arecord -L; aplay -L")
    return Finding(name="sound", is_well=True, evidence=" and ".join(wanted))


def _clock(config: Config) -> Finding:
    now, floor = instant(config, _LONG_AGO), _floor(config)
    if not now.trusted:
        evidence = "not set from the network yet; slips carry no date"
    elif now.wall < floor:
        evidence = f"behind {floor:%Y-%m-%d %H:%MZ}, which has passed; slips carry no date"
    else:
        return Finding(name="clock", is_well=True, evidence="trusted")
    return _bad("clock", evidence, "timedatectl timesync-status")


def _floor(config: Config) -> datetime:
    """What has surely passed, as far as can be told without a sound store."""
    try:
        with box_store(config) as store:
            return floor_of(store)
    except ConfigError:
        return INSTALLED_AT


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


SOUND_PROGRAMS = ("arecord", "aplay", "opusenc", "opusdec")

CHECKS: list[Callable[[Config], Finding]] = [
    _profile,
    _keys,
    _identity,
    _store,
    _code,
    _disk,
    _outbox,
    _central,
    _former,
    _tally,
    _printer,
    _sound,
    _clock,
    _service("ui", "ui.sock"),
    _service("print", "print.sock"),
    _service("sync", "sync.sock"),
]
