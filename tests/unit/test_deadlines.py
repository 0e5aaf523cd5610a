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
from intake import deadlines
from intake.deadlines import NoRule, Pause, Span, count, extension_rule, limit, pause_rules, regimes_of, stage

CALENDAR = WorkingCalendar()
TABLE = load_table("intake/deadlines.toml")
ROWS = TABLE["deadline"]
TODAY = date(2026, 11, 23)
EVENTS = {
    *("filed", "received", "accepted", "decided", "disputed", "replied"),
    *("review_asked", "review_answered", "second_review_asked"),
}

# One line a row of the table: (regime, step), counted from, last day. By hand, on the calendar above.
EXAMPLES = [
    ("environment", "accept", date(2026, 2, 1), date(2026, 2, 24)),  # 15th day 2/16 in 春节
    ("environment", "finish", date(2026, 8, 3), date(2026, 10, 8)),  # 60th day 10/2 in 国庆
    ("environment", "object", date(2026, 2, 12), date(2026, 2, 26)),  # 13, Sat 14 at work, 24, 25, 26
    ("environment", "dispute", date(2025, 9, 26), date(2025, 10, 13)),  # Sun 28, 29, 30, 9, 10, Sat 11, 13
    ("market_report", "accept", date(2026, 9, 18), date(2026, 10, 15)),  # see the stretch below
    ("market_report", "tell", date(2025, 12, 31), date(2026, 1, 8)),  # 元旦 1-3 off; Sun 4 at work, 5, 6, 7, 8
    ("market_report", "dispute", date(2026, 4, 3), date(2026, 4, 15)),  # 清明 4-6; 7-10, 13-15
    ("market_report", "finish", date(2026, 7, 6), date(2026, 10, 8)),  # 90th day 10/4
    ("market_report", "object", date(2026, 4, 30), date(2026, 5, 11)),  # 6-8, Sat 9 at work, 11
    ("market_complaint", "accept", date(2026, 1, 23), date(2026, 2, 3)),  # 26-30, 2, 3
    # 2/11-13 1st-3rd, Sat 14 4th, 24-27 8th, Sat 28 9th, March 2-31 31st, April 1-3 34th, 7-10 38th, 13-17 43rd, 20 21
    ("market_complaint", "finish", date(2026, 2, 10), date(2026, 4, 21)),
    ("market_complaint", "reply", date(2026, 6, 18), date(2026, 6, 30)),  # 端午 19-21; 22-26, 29, 30
    ("discipline", "transfer", date(2026, 4, 16), date(2026, 5, 6)),  # 15th day 5/1
    ("discipline", "accept", date(2026, 4, 15), date(2026, 4, 30)),
    ("discipline", "object", date(2026, 9, 23), date(2026, 10, 8)),  # 24; 中秋 25-27; 28, 29, 30; 国庆 10/1-7; 8
    ("discipline", "finish", date(2025, 8, 6), date(2025, 10, 9)),  # 60th day 10/5/2025
    ("discipline", "dispute", date(2026, 9, 16), date(2026, 9, 24)),  # 17, 18, Sun 20 at work, 21-24
    ("discipline", "review", date(2026, 1, 20), date(2026, 2, 24)),  # 30th day 2/19 in 春节
    ("discipline", "review_answer", date(2026, 3, 2), date(2026, 4, 1)),
    ("discipline", "second_review", date(2026, 9, 1), date(2026, 10, 8)),  # 30th day 10/1
    ("discipline", "second_review_answer", date(2026, 10, 8), date(2026, 11, 9)),  # 30th day Saturday 11/7
    ("hotline_12345", "finish", date(2025, 1, 17), date(2025, 2, 13)),  # 春节 2025
]


@pytest.mark.parametrize(("regime", "step", "start", "due_on"), EXAMPLES, ids=str)
def test_each_row_of_the_table_ends_where_it_does_when_counted_by_hand(
    regime: str, step: str, start: date, due_on: date
) -> None:
    answer = limit(regime, step, start, CALENDAR)
    assert (answer.due_on, answer.provisional) == (due_on, False)


def test_no_row_is_without_an_example() -> None:
    assert {(row["regime"], row["step"]) for row in ROWS} == {(regime, step) for regime, step, *_ in EXAMPLES}


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
    answer = limit("market_report", "accept", start, CALENDAR)
    assert (answer.due_on, answer.provisional, answer.days, answer.unit) == (due_on, False, 15, "working")


@pytest.mark.parametrize(
    ("regime", "step", "start", "due_on"),
    [
        ("environment", "accept", date(2026, 9, 5), date(2026, 9, 20)),  # a Sunday at work: no delay
        ("environment", "accept", date(2026, 9, 25), date(2026, 10, 10)),  # a Saturday at work: no delay
        ("environment", "accept", date(2026, 10, 2), date(2026, 10, 19)),  # 15th day 10/17, an ordinary Saturday
        ("environment", "finish", date(2025, 12, 16), date(2026, 2, 14)),  # 60th day a Saturday at work
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
        ("market_report", "accept", date(2026, 12, 10), date(2026, 12, 31), False),  # ends on the last published day
        ("market_report", "accept", date(2026, 12, 11), date(2027, 1, 1), True),  # counted as an ordinary Friday
        ("market_report", "accept", date(2026, 12, 18), date(2027, 1, 8), True),
        ("environment", "finish", date(2026, 11, 1), date(2026, 12, 31), False),
        ("environment", "finish", date(2026, 11, 23), date(2027, 1, 22), True),
        ("market_report", "accept", date(2030, 9, 30), date(2030, 10, 21), True),  # a year nobody knows
    ],
)
def test_a_limit_that_leans_on_an_unpublished_year_is_given_and_marked(
    regime: str, step: str, start: date, due_on: date, provisional: bool
) -> None:
    answer = limit(regime, step, start, CALENDAR)
    assert (answer.due_on, answer.provisional) == (due_on, provisional)


def test_a_marked_limit_becomes_certain_and_moves_once_the_year_is_entered() -> None:
    published = WorkingCalendar({date(2027, 1, 1): False})
    answer = limit("market_report", "accept", date(2026, 12, 18), published)
    assert (answer.due_on, answer.provisional) == (date(2027, 1, 11), False)


def test_a_spring_festival_of_2027_that_an_administrator_entered_is_skipped_and_its_made_up_days_are_counted() -> None:
    """Invented: 5 to 11 February off, Sunday 31 January and Saturday 13 February at work."""
    off = {date(2027, 2, day): False for day in range(5, 12)}
    published = WorkingCalendar({**off, date(2027, 1, 31): True, date(2027, 2, 13): True})
    answer = count(date(2027, 1, 29), 8, "working", published)
    # Sun 31 1st, Feb 1-4 2nd-5th, Fri 12 6th, Sat 13 7th, Mon 15 8th
    assert (answer.on, answer.provisional) == (date(2027, 2, 15), False)
    assert Span(date(2027, 1, 31), date(2027, 1, 31), "made_up") in answer.spans


def test_a_count_says_what_it_went_past_and_which_weekends_it_counted() -> None:
    answer = count(date(2026, 9, 23), 6, "working", CALENDAR)
    assert answer.on == date(2026, 10, 9)
    assert answer.spans == (
        Span(date(2026, 9, 25), date(2026, 9, 27), "festival", "中秋"),
        Span(date(2026, 10, 1), date(2026, 10, 7), "festival", "国庆节"),
    )
    made_up = count(date(2026, 9, 18), 1, "working", CALENDAR)
    assert [(one.first, one.why) for one in made_up.spans] == [
        (date(2026, 9, 19), "weekend"),
        (date(2026, 9, 20), "made_up"),
    ]


def test_a_calendar_limit_says_that_its_end_was_moved() -> None:
    answer = count(date(2026, 8, 3), 60, "calendar", CALENDAR)
    assert answer.spans == (Span(date(2026, 10, 2), date(2026, 10, 7), "moved", "国庆节"),)


def test_the_days_of_a_test_do_not_count() -> None:
    """市监 art. 20: sent for testing on Monday 7 July 2025, the result is there on Monday 21 July."""
    without = count(date(2025, 7, 1), 45, "working", CALENDAR)
    with_test = count(date(2025, 7, 1), 45, "working", CALENDAR, [Pause(date(2025, 7, 7), date(2025, 7, 21))])
    assert CALENDAR.workdays_between(without.on, with_test.on) == 10
    assert Span(date(2025, 7, 7), date(2025, 7, 20), "pause") in with_test.spans


@given(
    st.dates(date(2022, 1, 1), date(2025, 6, 1)),
    st.integers(1, 90),
    st.sampled_from(["working", "calendar"]),
    st.integers(0, 60),
    st.integers(0, 40),
)
def test_a_pause_never_shortens_and_never_adds_more_than_itself(
    start: date, days: int, unit: str, after: int, length: int
) -> None:
    pause = Pause(start + timedelta(days=after), start + timedelta(days=after + length))
    without, paused = count(start, days, unit, CALENDAR), count(start, days, unit, CALENDAR, [pause])
    assert without.on <= paused.on
    lost = sum(CALENDAR.is_workday(pause.start + timedelta(days=n))[0] or unit == "calendar" for n in range(length))
    assert CALENDAR.workdays_between(without.on, paused.on) <= lost


@given(st.dates(date(2022, 1, 1), date(2026, 6, 1)), st.integers(1, 90))
def test_the_count_agrees_with_the_calendar_s_own_addition(start: date, days: int) -> None:
    assert count(start, days, "working", CALENDAR).on == CALENDAR.add_workdays(start, days).on
    assert count(start, days, "calendar", CALENDAR).on == CALENDAR.add_calendar_days(start, days).on


@pytest.mark.parametrize(
    ("regime", "step", "reason", "allowed"),
    [
        ("market_complaint", "finish", "test", True),
        ("market_complaint", "finish", "appraisal", True),
        ("market_complaint", "finish", "hearing", False),
        ("market_complaint", "accept", "test", False),
        ("market_report", "finish", "hearing", True),
        ("environment", "finish", "test", False),
        ("discipline", "finish", "appraisal", False),
        ("hotline_12345", "finish", "test", False),
    ],
)
def test_a_clock_stops_only_where_a_rule_lets_it(regime: str, step: str, reason: str, allowed: bool) -> None:
    assert (reason in pause_rules(regime, step, TODAY)) == allowed


def test_waiting_for_the_reporter_stops_no_clock_until_a_rule_says_so() -> None:
    everywhere = {(row["regime"], row["step"]) for row in ROWS}
    assert not [one for one in everywhere if "reporter_answer" in pause_rules(*one, TODAY)]
    rule = {"regime": "environment", "steps": ["finish"], "reason": "reporter_answer", "label": "等举报人补充"}
    assert "reporter_answer" in pause_rules("environment", "finish", TODAY, [rule])


@pytest.mark.parametrize(
    ("regime", "step", "days"),
    [
        ("environment", "finish", 30),
        ("market_report", "accept", 15),
        ("market_report", "finish", 30),
        ("discipline", "finish", 30),
        ("environment", "accept", None),
        ("market_complaint", "finish", None),
        ("hotline_12345", "finish", None),
    ],
)
def test_a_limit_is_extended_by_its_rule_or_not_at_all(regime: str, step: str, days: int | None) -> None:
    rule = extension_rule(regime, step, TODAY)
    assert (rule["limit_days"] if rule else None) == days


@pytest.mark.parametrize(
    ("kind", "subject", "received_by", "regimes"),
    [
        ("ecology", "water", "web", ("environment",)),
        ("duty_desk", "water", "phone", ("environment",)),
        ("police", "social_noise", "web", ("environment",)),
        ("discipline", "water", "web", ("discipline",)),
        ("market_regulation", "institution", "web", ("market_report",)),
        ("quality_supervision", "institution", "web", ("market_report",)),
        ("market_regulation", "product_quality", "web", ("market_report", "market_complaint")),
        ("ecology", "product_quality", "web", ("environment",)),
        ("ecology", "water", "12345_transfer", ("environment", "hotline_12345")),
        (
            "market_regulation",
            "product_quality",
            "12345_transfer",
            ("market_report", "hotline_12345", "market_complaint"),
        ),
    ],
)
def test_the_rules_that_bind_follow_the_department_the_matter_and_the_way_it_came(
    kind: str, subject: str, received_by: str, regimes: tuple[str, ...]
) -> None:
    assert regimes_of(kind, subject=subject, received_by=received_by) == regimes


def test_of_two_regimes_at_once_the_shorter_leads() -> None:
    on = date(2026, 3, 2)
    both = [limit(regime, "accept", on, CALENDAR) for regime in ("market_report", "market_complaint")]
    assert min(both, key=lambda one: one.due_on).regime == "market_complaint"


@pytest.mark.parametrize(("on", "verified"), [(date(2026, 4, 14), True), (date(2026, 4, 15), False)])
def test_the_rule_is_that_of_the_day_and_an_unread_one_says_so(on: date, verified: bool) -> None:
    assert limit("market_complaint", "accept", on, CALENDAR).verified is verified


def test_before_the_first_rule_there_is_no_limit_rather_than_a_wrong_one() -> None:
    with pytest.raises(NoRule):
        limit("market_complaint", "accept", date(2019, 12, 31), CALENDAR)
    assert deadlines.rules_starting("market_complaint", "received", date(2019, 12, 31)) == []


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


@pytest.mark.parametrize("on", [date(2022, 5, 1), date(2026, 4, 14), date(2026, 4, 15), TODAY, date(2030, 1, 1)])
def test_a_step_of_a_regime_has_at_most_one_rule_on_a_day(on: date) -> None:
    steps = [(row["regime"], row["step"]) for row in in_force(ROWS, on=on)]
    assert len(steps) == len(set(steps))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['regime']}-{row['step']}")
def test_a_deadline_row_names_its_law_and_whether_it_was_checked(row: dict[str, object]) -> None:
    assert row["source"]
    assert isinstance(row["verified"], bool)
    assert row["unit"] in ("calendar", "working")
    assert isinstance(row["limit_days"], int)
    assert row["limit_days"] > 0
    assert row["starts"] in EVENTS
    assert row["label"]


def test_an_answer_carries_the_law_it_stands_on() -> None:
    answer = limit("discipline", "finish", date(2026, 3, 2), CALENDAR)
    assert (answer.step, answer.label, answer.days) == ("finish", "办结", 60)
    assert (answer.article, answer.verified) == ("第三十四条", True)
    assert answer.source.startswith("信访工作条例")
