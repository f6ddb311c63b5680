"""Satisfaction in the numbers of Thai municipal reports: five levels, x̄, S.D., %, band. Pure.

The mean is rounded to two places first, half up; percent and band follow from the
rounded mean. S.D. is that of a sample (n-1).
"""

from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

import msgspec

LEVELS = range(1, 6)
PERCENT_OF_LEVEL = 20
PLACES = Decimal("0.01")

Band = Literal["most", "much", "moderate", "little", "least"]
BANDS: tuple[tuple[Decimal, Band], ...] = (
    (Decimal("4.51"), "most"),
    (Decimal("3.51"), "much"),
    (Decimal("2.51"), "moderate"),
    (Decimal("1.51"), "little"),
    (Decimal("1.00"), "least"),
)
"""From which mean on a band holds."""


class Statistic(msgspec.Struct, frozen=True, kw_only=True):
    """Of `n` answers; what cannot be said of so few is None."""

    n: int
    mean: Decimal | None = None
    sd: Decimal | None = None
    percent: Decimal | None = None
    band: Band | None = None


def statistic_of(counts: Mapping[int, int]) -> Statistic:
    """The statistic of answers, given how many there were of each level."""
    n = sum(counts.values())
    if not n:
        return Statistic(n=0)
    total = sum(level * count for level, count in counts.items())
    mean = _rounded(Decimal(total) / n)
    band = next(name for least, name in BANDS if mean >= least)
    return Statistic(n=n, mean=mean, sd=_sd(counts, n), percent=mean * PERCENT_OF_LEVEL, band=band)


def levels(scores: Iterable[int]) -> dict[int, int]:
    """How many there were of each level."""
    counts = dict.fromkeys(LEVELS, 0)
    for score in scores:
        counts[score] += 1
    return counts


def share(part: int, whole: int) -> Decimal:
    """`part` in percent of `whole`, two places; 0 of nothing."""
    return _rounded(Decimal(100 * part) / whole) if whole else Decimal("0.00")


def _sd(counts: Mapping[int, int], n: int) -> Decimal | None:
    """None for a single answer. Exact until the root: n·Σx² - (Σx)² are whole numbers."""
    if n == 1:
        return None
    total = sum(level * count for level, count in counts.items())
    squares = sum(level * level * count for level, count in counts.items())
    return _rounded((Decimal(n * squares - total * total) / (n * (n - 1))).sqrt())


def _rounded(number: Decimal) -> Decimal:
    return number.quantize(PLACES, ROUND_HALF_UP)
