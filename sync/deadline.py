"""By when a case is answered, and how a day reads in Thai."""

from collections.abc import Collection
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import msgspec

THAILAND = ZoneInfo("Asia/Bangkok")
"""Days are counted in Thailand; instants are stored in UTC."""

BUDDHIST_ERA = 543

_SATURDAY = 5
_THAI_DIGITS = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")
_THAI_MONTHS = (
    "มกราคม",
    "กุมภาพันธ์",
    "มีนาคม",
    "เมษายน",
    "พฤษภาคม",
    "มิถุนายน",
    "กรกฎาคม",
    "สิงหาคม",
    "กันยายน",
    "ตุลาคม",
    "พฤศจิกายน",
    "ธันวาคม",
)
_BY_CLDR = ("km", "my", "lo")
_ENGLISH_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


class DeadlineRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How long the municipality takes to answer; `legal_basis` is shown, never parsed."""

    days: int = 15
    working_days: bool = False
    legal_basis: str = ""


def due_on(received_on: date, rule: DeadlineRule, holidays: Collection[date] = ()) -> date:
    """The last day to answer; the day of receipt is not counted.

    With `working_days`, weekends and `holidays` are not counted. A due day that falls
    on a day off moves to the next working day either way.
    """
    if not rule.working_days:
        return _next_working_day(received_on + timedelta(days=rule.days), holidays)
    day = received_on
    for _ in range(rule.days):
        day = _next_working_day(day + timedelta(days=1), holidays)
    return day


def day_in_words(day: date, language: str = "th", *, thai_digits: bool = False) -> str:
    """`1 พฤศจิกายน 2569` in Thai (Buddhist Era), `1 November 2026` in English.

    Khmer, Burmese and Lao (`km`, `my`, `lo`) as CLDR writes a day, in the common era.
    """
    if language in _BY_CLDR:
        from babel.dates import format_date  # half a second on a Pi, and few need it

        return format_date(day, "long", locale=language)
    if language != "th":
        return f"{day.day} {_ENGLISH_MONTHS[day.month - 1]} {day.year}"
    words = f"{day.day} {_THAI_MONTHS[day.month - 1]} {day.year + BUDDHIST_ERA}"
    return words.translate(_THAI_DIGITS) if thai_digits else words


def _next_working_day(day: date, holidays: Collection[date]) -> date:
    while day.weekday() >= _SATURDAY or day in holidays:
        day += timedelta(days=1)
    return day
