"""When a box may be updated: outside opening hours. Pure; the bundles that wait for it.

Opening hours are those of `[backlight] open`. A box that has none is updated unasked
between one and four in the morning only; a person may do it whenever no resident is there.
"""

import logging
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path

from kiosk.config import DAYS, Weekday, hours_of
from kiosk.errors import BundleRefused, Occupied, ReleaseRefused
from kiosk.updating.bundle import read_manifest
from kiosk.updating.places import Places
from kiosk.updating.record import Trial

log = logging.getLogger(__name__)

BEFORE_OPENING = timedelta(minutes=15)
"""Nothing is begun so shortly before the doors open."""
NIGHT = "01:00-04:00"
STILL_COPIED_S = 600.0
"""A copy over a slow line writes more often. By ctime: a copy that keeps its time has that too."""


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


def waiting(where: Places, last: Trial | None, now_s: float) -> Iterator[Path]:
    """The bundles in the inbox that may be installed, the newest first: those that this box
    believes and that are neither in force nor were taken back. What is not believed is put
    aside, and so is what came before the one in force.

    What was written to within `STILL_COPIED_S` before the Unix time `now_s` is left alone.
    """
    for path in _newest_first(where.inbox):
        if 0 <= now_s - path.stat().st_ctime < STILL_COPIED_S:
            continue
        try:
            version = read_manifest(path, where.keys).version
        except ReleaseRefused as error:
            note_refusal(path, error)
            continue
        if version == where.named("current"):
            settle(where, path)
            return
        if last is None or last.target != version or last.phase not in ("returned", "failed"):
            yield path


def note_refusal(path: Path, error: ReleaseRefused) -> None:
    """A file that never will be a bundle is looked at no more; another may be installed yet."""
    log.error("%s: %s", path.name, error)
    if isinstance(error, BundleRefused):
        _put_aside(path, "refused")


def settle(where: Places, path: Path) -> None:
    """What this bundle brought is in force: to install what came before would be a way back."""
    place = _newest_first(where.inbox).index(path)
    _, *older = _newest_first(where.inbox)[place:]
    path.unlink()
    for each in older:
        _put_aside(each, "superseded")


def _newest_first(inbox: Path) -> list[Path]:
    return sorted(inbox.glob("*.tar"), key=lambda path: path.stat().st_mtime, reverse=True)


def _put_aside(path: Path, why: str) -> None:
    log.error("%s is put aside: %s", path.name, why)
    path.rename(path.with_name(f"{path.name}.{why}"))


def _is_within(local: datetime, hours: str, sooner: timedelta = timedelta()) -> bool:
    opens, closes = hours_of(hours)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    return opens - sooner <= local - midnight < closes
