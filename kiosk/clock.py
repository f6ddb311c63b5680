"""The device's clocks as records carry them, trusted as the settings say, above a floor.

A Pi wakes in 1970, or where a wrong server puts it. Some instants have surely passed: the
one when this release was put here, and those that the store knows of. A wall clock below
them is wrong, whoever set it.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from hardware import clock
from kiosk.config import Config
from sync.case import Instant
from sync.store import Store

INSTALLED_AT = datetime.fromtimestamp(Path(__file__).stat().st_mtime, UTC)
"""When this file was built into the release or unpacked here."""
FIRST_DAY = datetime(2026, 1, 1, tzinfo=UTC)
"""No box noted anything before."""


def instant(config: Config, floor: datetime = INSTALLED_AT) -> Instant:
    """The device's clocks now; trusted only from `floor` on."""
    reading = clock.read(assume_trusted=config.clock.trust == "assume")
    return above_floor(
        Instant(
            wall=reading.wall,
            boot_id=reading.boot_id,
            monotonic_s=reading.monotonic_s,
            trusted=reading.trusted,
        ),
        floor,
    )


def above_floor(found: Instant, floor: datetime) -> Instant:
    """The same instant, not trusted where its wall clock stands below `floor`."""
    return Instant(
        wall=found.wall,
        boot_id=found.boot_id,
        monotonic_s=found.monotonic_s,
        trusted=found.trusted and found.wall >= floor,
    )


def floor_of(store: Store) -> datetime:
    """The later of the release's own instant and the newest that the store knows of."""
    return max(INSTALLED_AT, store.clock_floor() or INSTALLED_AT)


def can_be(noted: datetime) -> bool:
    """Whether a moment that this box noted can be right; its clock may have been anywhere."""
    return FIRST_DAY <= noted <= datetime.now(UTC) + timedelta(days=1)
