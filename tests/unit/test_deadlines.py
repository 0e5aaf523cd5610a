"""Deadlines, counted by hand on the calendar of the State Council's notices.

2025 (国务院办公厅 2024-11-12): 春节 1/28-2/4, at work 1/26 Sun and 2/8 Sat; 国庆中秋 10/1-10/8, at work 9/28 Sun and
10/11 Sat.
2026 (国务院办公厅 2025-11-04): 元旦 1/1-1/3, at work 1/4 Sun; 春节 2/15-2/23, at work 2/14 Sat and 2/28 Sat;
清明 4/4-4/6; 劳动节 5/1-5/5, at work 5/9 Sat; 端午 6/19-6/21; 中秋 9/25-9/27; 国庆 10/1-10/7, at work 9/20 Sun and
10/10 Sat.
2027 is not published in the package.
"""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.tables import in_force, load_table
from core.working_calendar import WorkingCalendar
from intake.deadlines import extended, limit, longest_extension, regime_of, stage

CALENDAR = WorkingCalendar()
ROWS = load_table("intake/deadlines.toml")["deadline"]
REGIMES = ("environment", "market", "discipline")
TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("start", "due_on"),
    [
        # 9/20 Sun at work is the 1st, 21-24 2nd-5th, 中秋 off, 28-30 6th-8th, 国庆 off, 10/8 9 9th 10th,
        # 10/10 Sat at work 11th, 12-15 12th-15th
        (date(2026, 9, 18), date(2026, 10, 15)),
        # 23-26 1st-4th, 9/28 Sun at work 5th, 29 30 6th 7th, 10/1-8 off, 9 10 8th 9th, 10/11 Sat at work 10th, 13-17
        (date(2025, 9, 22), date(2025, 10, 17)),
        # 11-13 1st-3rd, 2/14 Sat at work 4th, 15-23 off, 24-27 5th-8th, 2/28 Sat at work 9th, 3/2-6 10th-14th, 3/9
        (date(2026, 2, 10), date(2026, 3, 9)),
        # 20-24 1st-5th, 1/26 Sun at work 6th, 27 7th, 1/28-2/4 off, 5-7 8th-10th, 2/8 Sat at work 11th, 10-13
        (date(2025, 1, 17), date(2025, 2, 13)),
        # received on a day off: Monday 10/12 is not the first, 10/8 is
        (date(2026, 10, 3), date(2026, 10, 27)),
        # an ordinary stretch: three weeks to the day
        (date(2026, 7, 1), date(2026, 7, 22)),
    ],
)
def test_fifteen_working_days_skip_the_festivals_and_count_the_worked_weekends(start: date, due_on: date) -> None:
    answer = limit("market", "accept", start, CALENDAR)
    assert (answer.due_on, answer.provisional, answer.days, answer.unit) == (due_on, False, 15, "working")


@pytest.mark.parametrize(
    ("regime", "step", "start", "due_on"),
    [
        ("environment", "accept", date(2026, 2, 1), date(2026, 2, 24)),  # 15th day 2/16 in 春节
        ("environment", "accept", date(2026, 9, 5), date(2026, 9, 20)),  # a Sunday at work: no delay
        ("environment", "accept", date(2026, 9, 25), date(2026, 10, 10)),  # a Saturday at work: no delay
        ("environment", "accept", date(2026, 10, 2), date(2026, 10, 19)),  # 15th day 10/17, an ordinary Saturday
        ("discipline", "accept", date(2026, 4, 16), date(2026, 5, 6)),  # 15th day 5/1
        ("discipline", "accept", date(2026, 4, 15), date(2026, 4, 30)),
        ("environment", "finish", date(2026, 8, 3), date(2026, 10, 8)),  # 60th day 10/2
        ("environment", "finish", date(2025, 12, 16), date(2026, 2, 14)),  # 60th day a Saturday at work
        ("discipline", "finish", date(2025, 8, 6), date(2025, 10, 9)),  # 60th day 10/5/2025
        ("market", "finish", date(2026, 7, 6), date(2026, 10, 8)),  # 90th day 10/4
    ],
)
def test_calendar_days_count_every_day_and_end_on_a_working_day(
    regime: str, step: str, start: date, due_on: date
) -> None:
    answer = limit(regime, step, start, CALENDAR)
    assert (answer.due_on, answer.provisional, answer.unit) == (due_on, False, "calendar")


@pytest.mark.parametrize(
    ("regime", "step", "start", "due_on", "provisional"),
    [
        ("market", "accept", date(2026, 12, 10), date(2026, 12, 31), False),  # ends on the last published day
        ("market", "accept", date(2026, 12, 11), date(2027, 1, 1), True),  # 2027-01-01 counted as an ordinary Friday
        ("market", "accept", date(2026, 12, 18), date(2027, 1, 8), True),
        ("environment", "finish", date(2026, 11, 1), date(2026, 12, 31), False),
        ("environment", "finish", date(2026, 11, 23), date(2027, 1, 22), True),
        ("market", "accept", date(2030, 9, 30), date(2030, 10, 21), True),  # a year nobody knows: Monday to Friday
    ],
)
def test_a_limit_that_leans_on_an_unpublished_year_is_given_and_marked(
    regime: str, step: str, start: date, due_on: date, provisional: bool
) -> None:
    answer = limit(regime, step, start, CALENDAR)
    assert (answer.due_on, answer.provisional) == (due_on, provisional)


def test_a_marked_limit_becomes_certain_and_moves_once_the_year_is_entered() -> None:
    published = WorkingCalendar({date(2027, 1, 1): False})
    answer = limit("market", "accept", date(2026, 12, 18), published)
    assert (answer.due_on, answer.provisional) == (date(2027, 1, 11), False)


@pytest.mark.parametrize(
    ("regime", "due_on", "days", "new_due_on"),
    [
        ("environment", date(2026, 9, 4), 30, date(2026, 10, 8)),  # 30th day 10/4
        ("environment", date(2026, 9, 4), 10, date(2026, 9, 14)),
        ("environment", date(2026, 9, 4), 60, date(2026, 10, 8)),  # asked for more than the rule allows
        ("discipline", date(2026, 1, 30), 20, date(2026, 2, 24)),  # 20th day 2/19 in 春节
        ("market", date(2026, 9, 18), 15, date(2026, 10, 15)),
        ("market", date(2026, 9, 18), 16, date(2026, 10, 15)),
        ("market", date(2026, 9, 18), 1, date(2026, 9, 20)),  # the Sunday at work
    ],
)
def test_an_extension_adds_what_was_asked_and_at_most_what_the_rule_allows(
    regime: str, due_on: date, days: int, new_due_on: date
) -> None:
    assert extended(regime, due_on, days, CALENDAR) == (new_due_on, False)


def test_an_extension_into_an_unpublished_year_is_marked() -> None:
    assert extended("environment", date(2026, 12, 15), 30, CALENDAR) == (date(2027, 1, 14), True)


@given(st.sampled_from(REGIMES), st.dates(date(2022, 1, 1), date(2026, 9, 1)), st.integers(1, 400))
def test_an_extension_never_takes_days_away_and_more_days_never_end_earlier(regime: str, due: date, days: int) -> None:
    new, _ = extended(regime, due, days, CALENDAR)
    assert due < new <= extended(regime, due, days + 1, CALENDAR)[0]
    assert new <= extended(regime, due, longest_extension(regime, due), CALENDAR)[0]


@pytest.mark.parametrize(("regime", "days"), [("environment", 30), ("market", 15), ("discipline", 30)])
def test_the_longest_extension_is_the_rule_s(regime: str, days: int) -> None:
    assert longest_extension(regime, TODAY) == days


@pytest.mark.parametrize(
    ("kind", "regime"),
    [
        ("ecology", "environment"),
        ("duty_desk", "environment"),
        ("market_regulation", "market"),
        ("discipline", "discipline"),
        ("procuratorate", "environment"),
        ("police", "environment"),
        ("urban_management", "environment"),
    ],
)
def test_the_kind_of_department_says_which_rules_bind_it(kind: str, regime: str) -> None:
    assert regime_of(kind) == regime


@pytest.mark.parametrize(
    ("today", "answer"),
    [
        (date(2026, 9, 28), ("on_time", 5)),  # 29, 30, then 10/8, 9, 10: two weeks away but five working days
        (date(2026, 9, 29), ("on_time", 4)),
        (date(2026, 9, 30), ("due_soon", 3)),
        (date(2026, 10, 5), ("due_soon", 3)),  # inside the holiday nothing is lost
        (date(2026, 10, 10), ("due_soon", 0)),  # the last day, a Saturday at work, is not late
        (date(2026, 10, 11), ("overdue", -1)),  # late on the Sunday already
        (date(2026, 10, 12), ("overdue", -1)),
        (date(2026, 10, 13), ("overdue", -2)),
    ],
)
def test_the_days_left_are_working_days_and_late_begins_the_day_after(today: date, answer: tuple[str, int]) -> None:
    assert stage(date(2026, 10, 10), today, CALENDAR) == answer


@given(st.dates(date(2022, 1, 1), date(2028, 12, 31)), st.integers(-60, 60))
def test_overdue_is_exactly_after_the_last_day_and_always_below_zero(due_on: date, distance: int) -> None:
    word, left = stage(due_on, due_on + timedelta(days=distance), CALENDAR)
    assert (word == "overdue") == (distance > 0) == (left < 0)


@pytest.mark.parametrize("regime", REGIMES)
@pytest.mark.parametrize("step", ["accept", "finish", "extension"])
@pytest.mark.parametrize("on", [date(2011, 3, 1), TODAY, date(2030, 1, 1)])
def test_each_step_of_each_regime_has_exactly_one_rule_on_a_day(regime: str, step: str, on: date) -> None:
    steps = [(row["regime"], row["step"]) for row in in_force(ROWS, on=on)]
    assert steps.count((regime, step)) == 1


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['regime']}-{row['step']}")
def test_a_deadline_row_names_its_law_and_whether_it_was_checked(row: dict[str, object]) -> None:
    assert row["source"]
    assert isinstance(row["verified"], bool)
    assert row["unit"] in ("calendar", "working")
    assert isinstance(row["limit_days"], int)
    assert row["limit_days"] > 0
    assert row["starts"] in ("received", "accepted", "decided", "finish")
    assert row["label"]


def test_an_answer_carries_the_law_it_stands_on() -> None:
    answer = limit("discipline", "finish", date(2026, 3, 2), CALENDAR)
    assert (answer.step, answer.label, answer.days) == ("finish", "办结", 60)
    assert (answer.source, answer.article, answer.verified) == ("信访工作条例", "第三十四条", True)
