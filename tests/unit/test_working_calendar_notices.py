"""Every day of 2025 and 2026 as the State Council's notices say, and what is said of 2027, which has none yet.

国务院办公厅关于2025年部分节假日安排的通知（国办发明电〔2024〕12号，2024-11-12）
国务院办公厅关于2026年部分节假日安排的通知（国办发明电〔2025〕7号，2025-11-04）
The days were typed from memory of the notices, not taken from the package that the calendar reads: compare them with
the originals before a court does.
"""

from datetime import date, timedelta

import pytest

from core.working_calendar import WorkingCalendar
from intake import deadlines

CALENDAR = WorkingCalendar()
# Festival, first and last day off, days at work instead.
NOTICES = [
    ("元旦 2025", date(2025, 1, 1), date(2025, 1, 1), []),
    ("春节 2025", date(2025, 1, 28), date(2025, 2, 4), [date(2025, 1, 26), date(2025, 2, 8)]),
    ("清明节 2025", date(2025, 4, 4), date(2025, 4, 6), []),
    ("劳动节 2025", date(2025, 5, 1), date(2025, 5, 5), [date(2025, 4, 27)]),
    ("端午节 2025", date(2025, 5, 31), date(2025, 6, 2), []),
    ("国庆节、中秋节 2025", date(2025, 10, 1), date(2025, 10, 8), [date(2025, 9, 28), date(2025, 10, 11)]),
    ("元旦 2026", date(2026, 1, 1), date(2026, 1, 3), [date(2026, 1, 4)]),
    ("春节 2026", date(2026, 2, 15), date(2026, 2, 23), [date(2026, 2, 14), date(2026, 2, 28)]),
    ("清明节 2026", date(2026, 4, 4), date(2026, 4, 6), []),
    ("劳动节 2026", date(2026, 5, 1), date(2026, 5, 5), [date(2026, 5, 9)]),
    ("端午节 2026", date(2026, 6, 19), date(2026, 6, 21), []),
    ("中秋节 2026", date(2026, 9, 25), date(2026, 9, 27), []),
    ("国庆节 2026", date(2026, 10, 1), date(2026, 10, 7), [date(2026, 9, 20), date(2026, 10, 10)]),
]
OFF = {
    day
    for _name, first, last, _work in NOTICES
    for day in (first + timedelta(n) for n in range((last - first).days + 1))
}
INSTEAD = {day for *_festival, work in NOTICES for day in work}
DAYS = [date(2025, 1, 1) + timedelta(n) for n in range(365 + 365)]


def works(day: date) -> bool:
    """By the notices: a day at work instead works, a day off does not, else Monday to Friday."""
    return day in INSTEAD or (day not in OFF and day.weekday() < 5)


@pytest.mark.parametrize(("first", "last", "instead"), [one[1:] for one in NOTICES], ids=[one[0] for one in NOTICES])
def test_a_festival_is_off_to_its_last_day_and_its_days_instead_are_worked(
    first: date, last: date, instead: list[date]
) -> None:
    block = [first + timedelta(n) for n in range((last - first).days + 1)]
    assert [CALENDAR.is_workday(day) for day in block] == [(False, False)] * len(block)
    assert [CALENDAR.is_workday(day) for day in instead] == [(True, False)] * len(instead)
    assert all(day.weekday() >= 5 for day in instead)
    assert CALENDAR.add_workdays(first - timedelta(1), 1).on > last


def test_all_730_days_of_two_years_are_as_the_notices_say() -> None:
    assert DAYS[-1] == date(2026, 12, 31)
    assert [day for day in DAYS if CALENDAR.is_workday(day) != (works(day), False)] == []


@pytest.mark.parametrize("count", [1, 2, 5, 7, 15, 30, 45])
def test_a_limit_counted_from_any_day_of_2025_to_autumn_2026_ends_where_counting_by_hand_does(count: int) -> None:
    for start in DAYS[:640]:
        day, left = start, count
        while left:
            day += timedelta(1)
            left -= works(day)
        due = CALENDAR.add_workdays(start, count)
        assert (due.on, due.provisional) == (day, False), start


def test_all_of_2027_is_monday_to_friday_and_provisional_until_its_notice_is_entered() -> None:
    year = [date(2027, 1, 1) + timedelta(n) for n in range(365)]
    assert [CALENDAR.is_workday(day) for day in year] == [(day.weekday() < 5, True) for day in year]


def test_a_report_of_december_2026_has_its_last_day_in_2027_marked_provisional_and_final_with_the_notice() -> None:
    """60 calendar days from acceptance end in 2027; an invented notice stands for the one that is to come."""
    day = date(2026, 12, 20)
    before = deadlines.limit("environment", "finish", day, CALENDAR)
    assert (before.due_on.year, before.provisional) == (2027, True)
    entered = WorkingCalendar({before.due_on: False, before.due_on + timedelta(1): True})
    after = deadlines.limit("environment", "finish", day, entered)
    assert (after.due_on, after.provisional) == (before.due_on + timedelta(1), False)
