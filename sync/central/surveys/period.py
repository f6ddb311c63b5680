"""The stretches of time that satisfaction is told for, in Thai days. Pure."""

from datetime import date, datetime, time

import msgspec

from sync.deadline import THAILAND

FISCAL_BEGINS = 10
"""October: fiscal year 2570 begins on 1 October 2569 (B.E.)."""


class Period(msgspec.Struct, frozen=True, kw_only=True):
    """From the beginning of the day `since`; None means from the first record on."""

    name: str
    since: date | None = None

    @property
    def since_at(self) -> datetime | None:
        """The moment it begins."""
        return datetime.combine(self.since, time(), THAILAND) if self.since else None


def periods(today: date) -> list[Period]:
    """This month, this fiscal year, everything."""
    month = today.replace(day=1)
    year = today.year if today.month >= FISCAL_BEGINS else today.year - 1
    fiscal = date(year, FISCAL_BEGINS, 1)
    return [
        Period(name="month", since=month),
        Period(name="year", since=fiscal),
        Period(name="all"),
    ]
