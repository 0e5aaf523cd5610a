"""The ladder on the calendar: half, most, the last day, one and five working days late."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.working_calendar import WorkingCalendar
from intake.ladder import MEASURES, RUNGS, reached

CALENDAR = WorkingCalendar()
STARTED, DUE = date(2026, 9, 14), date(2026, 10, 12)  # 15 working days: 15-18, 20-24, 28-30, 8-10 … 12


@pytest.mark.parametrize(
    ("today", "highest"),
    [
        (date(2026, 9, 14), None),
        (date(2026, 9, 22), None),  # 15-18 four, Sun 20 at work fifth, 21, 22: seven of sixteen
        (date(2026, 9, 23), "half"),  # eight of sixteen
        (date(2026, 9, 27), "half"),  # 中秋 changes nothing
        (date(2026, 9, 30), "half"),  # twelve of sixteen: 75 %
        (date(2026, 10, 5), "half"),  # nobody is warned in the holiday
        (date(2026, 10, 8), "most"),  # thirteen of sixteen: 81 %
        (date(2026, 10, 10), "most"),
        (date(2026, 10, 12), "due"),
        (date(2026, 10, 13), "late1"),
        (date(2026, 10, 16), "late1"),
        (date(2026, 10, 19), "late5"),  # 13, 14, 15, 16, 19
        (date(2027, 6, 1), "late5"),
    ],
)
def test_each_rung_comes_on_its_working_day(today: date, highest: str | None) -> None:
    climbed = reached(STARTED, DUE, today, CALENDAR)
    assert (climbed[-1].id if climbed else None) == highest
    assert list(climbed) == list(RUNGS[: len(climbed)]), "who is high has climbed all below"


def test_the_rungs_lead_from_reminder_to_interview_and_tell_ever_higher() -> None:
    assert [rung.id for rung in RUNGS] == ["half", "most", "due", "late1", "late5"]
    assert [MEASURES.index(rung.measure) for rung in RUNGS] == [0, 1, 1, 2, 3]
    assert "supervisor" in RUNGS[3].tells and "supervisor" in RUNGS[4].tells
    assert "supervisor" not in {one for rung in RUNGS[:3] for one in rung.tells}


@given(st.dates(date(2022, 1, 1), date(2027, 12, 31)), st.integers(0, 120), st.integers(0, 200))
def test_nobody_climbs_down_and_late_is_never_before_the_last_day(start: date, length: int, after: int) -> None:
    due, today = start + timedelta(days=length), start + timedelta(days=after)
    now = [rung.id for rung in reached(start, due, today, CALENDAR)]
    later = [rung.id for rung in reached(start, due, today + timedelta(days=1), CALENDAR)]
    assert later[: len(now)] == now
    assert ("due" in now) == (today >= due)
    assert "late1" not in now or today > due
