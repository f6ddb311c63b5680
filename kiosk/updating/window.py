"""When a box may be updated: outside opening hours. Pure; the bundles that wait for it.

Opening hours are those of `[backlight] open`. A box that has none is updated unasked
between one and four in the morning only; a person may do it whenever no resident is there.
"""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

from kiosk.config import DAYS, Weekday, hours_of
from kiosk.errors import Occupied, ReleaseRefused
from kiosk.updating.bundle import read_manifest
from kiosk.updating.places import Places
from kiosk.updating.record import Trial

log = logging.getLogger(__name__)

BEFORE_OPENING = timedelta(minutes=15)
"""Nothing is begun so shortly before the doors open."""
NIGHT = "01:00-04:00"


def is_open(local: datetime, opening: Mapping[Weekday, str]) -> bool:
    """Whether residents may come now, or within a quarter of an hour. `local` is Thailand's."""
    hours = opening.get(DAYS[local.weekday()])
    return hours is not None and _is_within(local, hours, BEFORE_OPENING)


def may_unasked(local: datetime, opening: Mapping[Weekday, str], *, is_trusted: bool) -> bool:
    """Whether a box may be updated with nobody there; never by a clock that guesses."""
    if not is_trusted:
        return False
    return not is_open(local, opening) if opening else _is_within(local, NIGHT)


def insist_on_closed(local: datetime, opening: Mapping[Weekday, str], *, is_trusted: bool) -> None:
    """Raises Occupied: the house is open."""
    if is_trusted and is_open(local, opening):
        hours = opening[DAYS[local.weekday()]]
        raise Occupied(f"the house is open ({hours}); next: after that, or add --now")


def waiting(where: Places, last: Trial | None) -> Path | None:
    """The bundle in the inbox that is to be installed: of those that this box believes, the
    newest that is neither in force nor was taken back. What is not believed is put aside."""
    for path in sorted(where.inbox.glob("*.tar"), key=lambda p: p.stat().st_mtime, reverse=True):
        try:
            version = read_manifest(path, where.keys).version
        except ReleaseRefused as error:
            log.error("%s is put aside: %s", path.name, error)  # noqa: TRY400
            path.rename(path.with_name(f"{path.name}.refused"))
            continue
        if version == where.named("current"):
            path.unlink()
        elif last is None or last.target != version or last.phase not in ("returned", "failed"):
            return path
    return None


def _is_within(local: datetime, hours: str, sooner: timedelta = timedelta()) -> bool:
    opens, closes = hours_of(hours)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    return opens - sooner <= local - midnight < closes
