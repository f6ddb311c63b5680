"""`kiosk restore --salvage`: a sound store in the place of a damaged one.

What can be read is kept; what cannot is named. The box takes no case until it is enrolled
under a new device code, because numbers of the old one may have been lost.
"""

import textwrap
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from kiosk.config import Config
from kiosk.errors import ConfigError
from sync.doorbell import PRINT_BELL, SYNC_BELL, UI_BELL, is_answered
from sync.errors import BadMessage, StoreDamaged, StoreFull, StoreReadOnly
from sync.identity import load_identity
from sync.salvage import Salvaged, salvage
from sync.store import STORE_FILE, Store, has_been

COLUMNS = 60
MOST_NAMED = 40
"""References named one by one; the report beside the damaged files has them all."""


def salvage_store(config: Config) -> Salvaged:
    """Salvage the store of this box.

    Raises:
        ConfigError: a service still holds the store, there is nothing to mend, or the
            disk is full or takes no writing; says which.
    """
    insist_on_stopped(config)
    insist_on_damage(config)
    path = config.state_dir / STORE_FILE
    try:
        return salvage(path, _device_code(config), datetime.now(UTC))
    except (StoreFull, StoreDamaged) as error:
        raise ConfigError(f"{error}; next: kiosk doctor") from error
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}; next: kiosk doctor") from error


def insist_on_stopped(config: Config) -> None:
    """Nothing is restored under a service's feet. Raises ConfigError: one runs."""
    for name, bell in (("ui", UI_BELL), ("print", PRINT_BELL), ("sync", SYNC_BELL)):
        if is_answered(config.runtime_dir / bell):
            raise ConfigError(f"kiosk {name} runs; next: systemctl stop 'kiosk-*'")


def insist_on_damage(config: Config) -> None:
    """Look whether there is something to mend. Raises ConfigError: there is not."""
    path = config.state_dir / STORE_FILE
    if not has_been(path):
        raise ConfigError(f"{path}: nothing has been kept yet; next: kiosk enrol JOIN-FILE")
    if _is_sound(path):
        raise ConfigError(f"{path}: it is whole, there is nothing to salvage; next: kiosk doctor")


def in_words(told: Salvaged) -> str:
    """For a terminal, 60 columns but for paths: what was saved, what not, what to do next."""
    lines = [
        f"saved: {told.cases} cases, {told.records} records, {told.attachments} attachments",
        f"could not be read: {told.unreadable} pages or rows",
        f"the damaged files are in {told.kept_in}",
        "they may hold the words of slips that were not printed:",
        "delete them once central has everything",
    ]
    if told.lost:
        named = ", ".join(told.lost[:MOST_NAMED])
        more = f" and {len(told.lost) - MOST_NAMED} more" if told.lost[MOST_NAMED:] else ""
        lines += textwrap.wrap(f"not saved, {len(told.lost)}: {named}{more}", COLUMNS)
    lines += textwrap.wrap(
        f"This box takes no case as {', '.join(told.spent) or 'nobody'} any more. Next: ask for "
        "a new join file (central join-file), then",
        COLUMNS,
    )
    return "\n".join([*lines, "  kiosk enrol JOIN-FILE", "  systemctl start kiosk-ui"])


def _is_sound(path: Path) -> bool:
    """Whether it needs no salvage.

    Raises:
        ConfigError: the disk is full or takes no writing, which no salvage mends.
    """
    try:
        with Store.open(path) as store:
            return not store.damages()
    except (StoreFull, StoreReadOnly) as error:
        raise ConfigError(f"{error}; next: kiosk doctor") from error
    except StoreDamaged:
        return False


def _device_code(config: Config) -> str:
    """Empty where the box never joined, or its identity went with the rest."""
    with suppress(FileNotFoundError, BadMessage):
        return load_identity(config.state_dir).device_code
    return ""
