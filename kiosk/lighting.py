"""How bright the panel is: lit while the house is open or somebody is there, then dim, then dark.

Without a trusted clock, and without opening hours, always lit.
"""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, time, timedelta
from typing import Literal

from hardware.backlight import Backlight, open_backlight
from hardware.errors import HardwareError
from hardware.fake.backlight import open_virtual_backlight
from kiosk.config import DAYS, BacklightSettings, Weekday, hours_of
from sync.case import Instant
from sync.deadline import THAILAND

log = logging.getLogger(__name__)

Light = Literal["lit", "dim", "dark"]
OPENERS: dict[str, Callable[[str], Backlight]] = {
    "sysfs": open_backlight,
    "virtual": open_virtual_backlight,
}


def light_at(local: datetime, opening: Mapping[Weekday, str], dim_for: timedelta) -> Light:
    """What `local` time wants, where nobody is there: `dim_for` after closing, then dark.

    `opening` has hours such as `08:00-16:30` by weekday; a day without is one of rest.
    """
    if not opening:
        return "lit"
    hours = opening.get(DAYS[local.weekday()])
    if hours is None:
        return "dark"
    opens, closes = hours_of(hours)
    since_midnight = local - datetime.combine(local.date(), time(), local.tzinfo)
    if opens <= since_midnight < closes:
        return "lit"
    return "dim" if closes <= since_midnight < closes + dim_for else "dark"


class Lighting:
    """One panel's light by the hour; `shine` sets it, `wanted` says what the hour wants."""

    def __init__(self, settings: BacklightSettings, clock: Callable[[], Instant]) -> None:
        self._settings, self._clock = settings, clock
        self._shone: Light | None = None
        self._trouble = ""
        self._percent = {"lit": settings.lit_percent, "dim": settings.dim_percent, "dark": 0}

    def wanted(self) -> Light:
        """What this moment wants, where nobody is there."""
        now, settings = self._clock(), self._settings
        if not now.trusted:
            return "lit"
        dim_for = timedelta(minutes=settings.dim_for_min)
        return light_at(now.wall.astimezone(THAILAND), settings.open, dim_for)

    def shine(self, light: Light) -> None:
        """Be so bright; a panel whose light can't be set is only black when it is dark."""
        if light == self._shone:
            return
        self._shone = light
        if self._settings.driver not in OPENERS:
            return
        try:
            OPENERS[self._settings.driver](self._settings.device).shine(self._percent[light])
        except HardwareError as error:
            self._note(error)
        else:
            self._trouble = ""

    def _note(self, error: HardwareError) -> None:
        """Once for each trouble."""
        if self._trouble != error.code:
            self._trouble = error.code
            log.warning("backlight as it was: %s: %s", error.code, error)
