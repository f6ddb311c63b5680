from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.deadline import DeadlineRule, day_in_words, due_on

days = st.dates(date(2020, 1, 1), date(2060, 1, 1))
FIFTEEN = DeadlineRule(days=15)
FIFTEEN_WORKING = DeadlineRule(days=15, working_days=True)
SATURDAY = 5


def test_the_day_of_receipt_is_not_counted() -> None:
    assert due_on(date(2026, 11, 2), DeadlineRule(days=1)) == date(2026, 11, 3)


def test_a_due_day_on_a_weekend_moves_to_monday() -> None:
    assert due_on(date(2026, 10, 30), FIFTEEN) == date(2026, 11, 16)


def test_a_due_day_on_a_holiday_moves_on() -> None:
    holiday = date(2026, 11, 17)
    assert due_on(date(2026, 11, 2), FIFTEEN, [holiday]) == date(2026, 11, 18)


def test_working_days_leave_out_weekends_and_holidays() -> None:
    assert due_on(date(2026, 11, 2), FIFTEEN_WORKING) == date(2026, 11, 23)
    kings_birthday = date(2026, 11, 16)
    assert due_on(date(2026, 11, 2), FIFTEEN_WORKING, {kings_birthday}) == date(2026, 11, 24)
    assert due_on(date(2026, 11, 2), FIFTEEN_WORKING, {date(2026, 11, 7)}) == date(2026, 11, 23)


@given(days, st.integers(1, 60), st.booleans(), st.sets(days, max_size=20))
def test_nobody_has_to_answer_on_a_day_off_or_early(
    received_on: date, count: int, working_days: bool, holidays: set[date]
) -> None:
    due = due_on(received_on, DeadlineRule(days=count, working_days=working_days), holidays)
    assert due.weekday() < SATURDAY
    assert due not in holidays
    assert due >= received_on + timedelta(days=count)


@given(days, st.integers(1, 60), st.sets(days, max_size=20))
def test_working_days_are_counted_out(received_on: date, count: int, holidays: set[date]) -> None:
    due = due_on(received_on, DeadlineRule(days=count, working_days=True), holidays)
    between = [received_on + timedelta(days=n) for n in range(1, (due - received_on).days + 1)]
    worked = [day for day in between if day.weekday() < SATURDAY and day not in holidays]
    assert len(worked) == count


@pytest.mark.parametrize(
    ("day", "language", "thai_digits", "words"),
    [
        (date(2026, 11, 1), "th", False, "1 พฤศจิกายน 2569"),
        (date(2026, 11, 1), "th", True, "๑ พฤศจิกายน ๒๕๖๙"),
        (date(2026, 11, 1), "en", True, "1 November 2026"),
        (date(2024, 2, 29), "th", False, "29 กุมภาพันธ์ 2567"),
        (date(2026, 12, 31), "th", False, "31 ธันวาคม 2569"),
    ],
)
def test_a_day_in_words(day: date, language: str, thai_digits: bool, words: str) -> None:
    assert day_in_words(day, language, thai_digits=thai_digits) == words
