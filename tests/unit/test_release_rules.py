"""When each data set is promised, and what is in time: the last instant still is."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.clock import CHINA
from core.tables import load_table
from core.working_calendar import WorkingCalendar
from portal.release.rules import (
    TABLE,
    Promise,
    Status,
    dataset,
    held_to,
    month_of,
    named,
    outcome,
    period_problem,
    promises,
    record_due,
)

ROWS = {row["code"]: row for row in load_table(TABLE)["dataset"]}
CLOCKED = [code for code, row in ROWS.items() if row["promise"] != "record"]
CALENDAR = WorkingCalendar()


def china(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=CHINA)


def in_window(code: str, first: date, last: date) -> dict[str, datetime]:
    return {one.period: one.due_at for one in promises(ROWS[code], first, last)}


@pytest.mark.parametrize(
    ("code", "first", "last", "expected"),
    [
        ("air_daily", date(2026, 11, 1), date(2026, 11, 1), {"2026-10-31": china(2026, 11, 1, 12)}),
        ("air_monthly", date(2026, 1, 1), date(2026, 1, 31), {"2025-12": china(2026, 1, 10, 23, 59, 59)}),
        ("water_monthly", date(2026, 3, 1), date(2026, 3, 31), {"2026-02": china(2026, 3, 15, 23, 59, 59)}),
        ("drinking_water", date(2026, 1, 1), date(2026, 3, 31), {"2025-Q4": china(2026, 1, 20, 23, 59, 59)}),
        ("noise_quarterly", date(2026, 10, 1), date(2026, 12, 31), {"2026-Q3": china(2026, 10, 30, 23, 59, 59)}),
        ("bulletin", date(2026, 1, 1), date(2026, 12, 31), {"2025": china(2026, 6, 5, 23, 59, 59)}),
        ("polluters", date(2026, 1, 1), date(2026, 12, 31), {"2026": china(2026, 3, 31, 23, 59, 59)}),
        ("air_monthly", date(2026, 11, 11), date(2026, 11, 30), {}),
    ],
)
def test_a_period_is_due_where_the_table_says(
    code: str, first: date, last: date, expected: dict[str, datetime]
) -> None:
    assert in_window(code, first, last) == expected


def test_a_day_has_twenty_four_hours_each_due_within_the_hour() -> None:
    hours = in_window("air_hourly", date(2026, 11, 23), date(2026, 11, 23))
    assert len(hours) == 24
    assert hours["2026-11-23T08"] == china(2026, 11, 23, 9)
    assert hours["2026-11-22T23"] == china(2026, 11, 23, 0)


@given(st.sampled_from(CLOCKED), st.dates(date(2020, 1, 1), date(2029, 1, 1)), st.integers(0, 100), st.integers(1, 100))
def test_two_windows_that_meet_hold_what_the_one_over_both_holds(code: str, start: date, first: int, more: int) -> None:
    row = ROWS[code]
    border, end = start + timedelta(days=first), start + timedelta(days=first + more)
    whole = promises(row, start, end)
    assert [*promises(row, start, border), *promises(row, border + timedelta(days=1), end)] == whole
    assert len({one.period for one in whole}) == len(whole)


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_a_month_ends_before_the_next_begins(day: date) -> None:
    first, last = month_of(day)
    assert first.day == 1 and (last + timedelta(days=1)).day == 1 and first <= day <= last
    assert (first.month, first.year) == (last.month, last.year)


@pytest.mark.parametrize(
    ("kind", "field", "day", "due"),
    [
        ("penalty", "decided_on", "2026-09-30", date(2026, 10, 15)),  # National Day off, 10 October at work
        ("blacklist", "listed_on", "2026-11-23", date(2026, 12, 2)),
        ("notice", "issued_on", "2026-10-30", date(2026, 11, 27)),
    ],
)
def test_a_decision_is_due_after_working_days(kind: str, field: str, day: str, due: date) -> None:
    found = record_due(kind, {field: day}, CALENDAR)
    assert found is not None and found.on == due


@pytest.mark.parametrize("draft", [{}, {"decided_on": None}, {"decided_on": "昨天"}, {"decided_on": "2001-01-01"}])
def test_a_draft_without_a_day_or_before_the_rule_is_due_on_none(draft: dict[str, object]) -> None:
    assert record_due("penalty", draft, CALENDAR) is None
    assert record_due("report", {"decided_on": "2026-01-01"}, CALENDAR) is None


DUE = Promise("2026-10", china(2026, 11, 10, 23, 59, 59))
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("released", "now", "status", "delay"),
    [
        (DUE.due_at, DUE.due_at + SECOND, Status.ON_TIME, None),
        (DUE.due_at + SECOND, DUE.due_at + timedelta(days=9), Status.LATE, SECOND),
        (None, DUE.due_at, Status.AHEAD, None),
        (None, DUE.due_at + SECOND, Status.MISSING, SECOND),
        (None, DUE.due_at + timedelta(days=9), Status.MISSING, timedelta(days=9)),
    ],
)
def test_the_last_instant_is_in_time_and_what_is_missing_grows_later(
    released: datetime | None, now: datetime, status: Status, delay: timedelta | None
) -> None:
    found = outcome(DUE, released, now)
    assert (found.status, found.delay) == (status, delay)


def test_the_platform_is_held_to_what_fell_due_while_it_was_at_work() -> None:
    day = Promise("2026-11-22", china(2026, 11, 23, 12))
    assert not held_to(DUE, None)
    assert held_to(DUE, DUE.due_at) and not held_to(DUE, DUE.due_at + SECOND)
    assert held_to(day, china(2026, 11, 22, 0)) and not held_to(day, china(2026, 11, 22, 9))


@pytest.mark.parametrize(
    ("code", "good", "bad"),
    [
        ("air_monthly", "2026-10", ["2026-13", "2026-Q3", "2026", "", None, "2026-1", "2026-10-01"]),
        ("drinking_water", "2026-Q3", ["2026-Q5", "2026-03", ""]),
        ("bulletin", "2025", ["25", "2025-01", None]),
    ],
)
def test_a_period_is_written_as_its_data_set_counts(code: str, good: str, bad: list[str | None]) -> None:
    assert not period_problem(named(code), good)
    assert all(period_problem(named(code), one) for one in bad)


def test_hours_and_unknown_data_sets_have_no_period_to_type() -> None:
    assert period_problem(named("air_hourly"), "2026-11-23T08") and period_problem(named("nothing"), "2026")


def test_a_data_set_applies_from_its_day_on() -> None:
    assert dataset("polluters", date(2022, 12, 31)) is None and dataset("polluters", date(2023, 1, 1)) is not None


@pytest.mark.parametrize("row", list(ROWS.values()), ids=list(ROWS))
def test_every_data_set_names_its_outlets_its_department_and_its_place(row: dict[str, object]) -> None:
    departments = {one["code"] for one in load_table("intake/departments.toml")["department"]}
    assert row["department"] in departments and row["outlets"] and row["content"]
    assert str(row["url"]).startswith("/") and row["evidence"] in ("air_hour", "air_day", "release", "record")
    assert time(0) <= row.get("by", time(0))  # type: ignore[operator]
