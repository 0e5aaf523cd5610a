"""Vectors: State Council notices for 2025 and 2026 as packaged in chinesecalendar 1.11.0; 2027 is not published yet."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.working_calendar import Due, WorkingCalendar

CALENDAR = WorkingCalendar()


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 1, 4), True),  # a Sunday made up for New Year
        (date(2026, 2, 14), True),  # a Saturday made up for Spring Festival
        (date(2026, 2, 16), False),
        (date(2026, 2, 23), False),
        (date(2026, 2, 28), True),
        (date(2026, 5, 9), True),
        (date(2026, 9, 20), True),
        (date(2026, 10, 7), False),
        (date(2026, 10, 10), True),
        (date(2026, 11, 21), False),
        (date(2025, 1, 26), True),
        (date(2025, 1, 28), False),
    ],
)
def test_published_days(day, works):
    assert CALENDAR.is_workday(day) == (works, False)


def test_a_year_without_a_table_is_guessed_and_says_so():
    assert CALENDAR.is_workday(date(2027, 1, 4)) == (True, True)
    assert CALENDAR.is_workday(date(2027, 1, 3)) == (False, True)


def test_a_limit_that_skips_spring_festival_and_counts_the_make_up_day():
    assert CALENDAR.add_workdays(date(2026, 2, 13), 3) == Due(date(2026, 2, 25), False)


def test_a_limit_that_crosses_into_2027_is_provisional():
    assert CALENDAR.add_workdays(date(2026, 12, 30), 7) == Due(date(2027, 1, 8), True)
    assert CALENDAR.add_calendar_days(date(2026, 11, 23), 60).provisional


def test_a_calendar_limit_ends_on_the_next_working_day():
    assert CALENDAR.add_calendar_days(date(2026, 9, 16), 15) == Due(date(2026, 10, 8), False)


def test_an_entered_day_wins_and_makes_its_year_published():
    calendar = WorkingCalendar({date(2027, 1, 1): False, date(2027, 1, 2): True})
    assert calendar.is_workday(date(2027, 1, 2)) == (True, False)
    assert calendar.add_workdays(date(2026, 12, 31), 1) == Due(date(2027, 1, 2), False)
    assert not calendar.add_workdays(date(2026, 12, 31), 5).provisional


def test_zero_days_is_the_day_itself():
    assert CALENDAR.add_workdays(date(2026, 11, 21), 0) == Due(date(2026, 11, 21), False)


@given(st.dates(date(2024, 1, 1), date(2028, 12, 31)), st.integers(1, 60))
def test_counting_back_gives_the_number_of_days(day, count):
    due = CALENDAR.add_workdays(day, count)
    assert CALENDAR.is_workday(due.on)[0]
    assert CALENDAR.workdays_between(day, due.on) == count
    assert CALENDAR.workdays_between(due.on, day) == -count


@given(st.dates(date(2024, 1, 1), date(2028, 12, 31)), st.integers(1, 90))
def test_a_calendar_limit_never_ends_early_nor_on_a_day_off(day, count):
    due = CALENDAR.add_calendar_days(day, count)
    assert due.on >= day + timedelta(days=count)
    assert CALENDAR.is_workday(due.on)[0]
