"""`kiosk doctor`: finding, evidence, next command.

Each check is a function of the settings that returns one finding. `CHECKS` is all of
them, in the order in which a technician would look.
"""

from collections.abc import Callable

from kiosk.config import Config
from kiosk.doctor import box, cables, devices, panel, passwords, release, store, sync, vitals
from kiosk.doctor.finding import Examination, Finding
from kiosk.doctor.services import service
from kiosk.errors import ConfigError
from kiosk.report import COLUMNS
from sync.identity import IDENTITY_FILE
from sync.release import RELEASE_FILE

__all__ = ["CHECKS", "COLUMNS", "ROUND", "Examination", "Finding", "examine", "round_of"]

CHECKS: list[Callable[[Config], Finding]] = [
    box.profile,
    box.keys,
    box.identity,
    store.store,
    box.code,
    store.disk,
    sync.outbox,
    sync.central,
    sync.former,
    sync.tally,
    devices.printer,
    cables.cable,
    devices.sound,
    panel.panel,
    devices.clock,
    *(vitals.vital(name) for name in vitals.NAMES),
    release.release,
    passwords.passwords,
    service("ui", "ui.sock"),
    service("print", "print.sock"),
    service("sync", "sync.sock"),
]


ROUND: list[Callable[[Config], Finding]] = [
    box.profile,
    box.keys,
    box.identity,
    store.store,
    box.code,
    sync.outbox,
    sync.former,
    sync.tally,
    release.release,
]
"""Those that no vital stands for and that open no device: the round of each night."""


def examine(config: Config) -> Examination:
    """Look at everything. A check that cannot look is a finding itself.

    Raises:
        PermissionError: the box is not this user's to look at.
    """
    _insist_on_open(config)
    return Examination(findings=[_look(check, config) for check in CHECKS])


def round_of(config: Config) -> Examination:
    """Look at what nobody looks at by day."""
    return Examination(findings=[_look(check, config) for check in ROUND])


def _insist_on_open(config: Config) -> None:
    """Ask first, or the log would tell of a release that cannot be used."""
    for name in (RELEASE_FILE, IDENTITY_FILE):
        try:
            (config.state_dir / name).open("rb").close()
        except PermissionError:
            raise
        except OSError:
            continue  # what is missing or broken is for a check to find


def _look(check: Callable[[Config], Finding], config: Config) -> Finding:
    try:
        return check(config)
    except ConfigError as error:
        evidence, _, advice = str(error).partition("; next: ")
        advice = advice.replace("kiosk doctor", "see store, above")
        name = check.__name__
        return Finding(name=name, is_well=False, evidence=evidence, next=advice)
