"""`kiosk export-usb`: the outbox on a stick, for a box without a network."""

import errno
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

from kiosk.clock import floor_of, instant
from kiosk.config import Config
from kiosk.errors import ConfigError
from kiosk.putting import insist_on_folder, not_written
from kiosk.report import box_identity, box_store
from sync.doorbell import UI_BELL, ring
from sync.errors import BadMessage, StoreDamaged, StoreFull
from sync.export import Exported, Stick
from sync.identity import FORMER_DIR, former_codes, load_identity
from sync.store import Store

_FULL = "the stick is full; next: take it to central, then kiosk export-usb again"


def export(config: Config, stick: Path, *, anywhere: bool = False) -> list[Exported]:
    """Settle what central answered on the stick and put on it what waits.

    A directory on the card itself is refused unless it may be `anywhere`: as a rule it is
    where a stick should have been mounted.

    Raises:
        ConfigError: nobody's box, no such directory, or the stick is full, read-only or
            gone. What is on it by then is whole, and the store has lost nothing.
    """
    insist_on_stick(config, stick, anywhere=anywhere)
    with box_store(config) as store:
        try:
            told = [_exchange(place, store) for place in _places(config, stick, store)]
        except OSError as error:
            if error.errno == errno.ENOSPC:
                raise ConfigError(f"{stick}: {_FULL}") from error
            raise not_written(stick, error) from error
        except (StoreFull, StoreDamaged) as error:
            raise ConfigError(f"{error}; next: kiosk doctor") from error
    ring(config.runtime_dir / UI_BELL)
    return told


def insist_on_stick(config: Config, stick: Path, *, anywhere: bool) -> None:
    """Look whether there is something to export, and whether it can be put there.

    Raises:
        ConfigError: as `export` does.
    """
    box_identity(config)
    if not stick.is_dir():
        raise ConfigError(
            f"{stick}: no such folder; next: mount the stick, or findmnt to see where"
        )
    if not anywhere and stick.stat().st_dev == config.state_dir.stat().st_dev:
        raise ConfigError(f"{stick}: no stick is mounted there; next: mount it, or add --anywhere")
    insist_on_folder(stick)
    with box_store(config):
        pass


def in_words(told: list[Exported]) -> str:
    """What it came to, in 60 columns but for names of files."""
    lines = [line for exported in told for line in _lines(exported)]
    if any(exported.records or exported.attachments for exported in told):
        lines.append("next: central import-usb, and bring the stick back")
    return "\n".join(lines)


def _places(config: Config, stick: Path, store: Store) -> Iterator[Stick]:
    """The present code's folder, and those of former codes that still have something."""
    clock = partial(instant, config, floor_of(store))
    grace = timedelta(days=config.sync.grace_days)
    yield Stick(stick, config.state_dir, box_identity(config), clock, grace)
    for code in former_codes(config.state_dir):
        former = config.state_dir / FORMER_DIR / code
        try:
            place = Stick(stick, former, load_identity(former), clock, grace)
        except (OSError, BadMessage) as error:
            raise ConfigError(f"{former}: {error}; next: kiosk doctor") from error
        if place.exists or code in store.waiting_codes():
            yield place


def _exchange(place: Stick, store: Store) -> Exported:
    place.exchange(store)
    return place.told


def _lines(told: Exported) -> list[str]:
    code = told.device_code
    return [
        f"{code}: put {told.records} records, {told.attachments} attachments on it",
        f"{code}: central took {told.settled}, refused {told.refused}",
        *(f"{code}: ignored {name}" for name in told.ignored),
    ]
