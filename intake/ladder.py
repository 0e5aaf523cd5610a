"""Which rungs a deadline has reached: half, most of the time, the last day, one and five working days late.

Time is measured in working days, so that nobody is reminded in a holiday. All rungs below the highest are reached too:
a sweep that was off for days finds what it missed.
"""

from dataclasses import dataclass
from datetime import date

from core.tables import load_table
from core.working_calendar import WorkingCalendar


@dataclass(frozen=True)
class Rung:
    """`share` percent of the working days gone by, or `late` working days past the last day."""

    id: str
    measure: str
    label: str
    tells: tuple[str, ...]
    share: int | None
    late: int | None


RUNGS = tuple(
    Rung(row["id"], row["measure"], row["label"], tuple(row["tells"]), row.get("share"), row.get("late"))
    for row in load_table("intake/ladder.toml")["rung"]
)
MEASURES = ("reminder", "warning", "supervision", "interview")


def reached(started_on: date, due_on: date, today: date, calendar: WorkingCalendar) -> tuple[Rung, ...]:
    """The rungs climbed by `today`, the lowest first. A limit of no working day has its shares on its last day."""
    whole = calendar.workdays_between(started_on, due_on)
    gone = calendar.workdays_between(started_on, today)
    return tuple(rung for rung in RUNGS if _is_reached(rung, whole, gone, due_on, today, calendar))


def _is_reached(rung: Rung, whole: int, gone: int, due_on: date, today: date, calendar: WorkingCalendar) -> bool:
    if rung.late is not None:
        return today >= due_on and calendar.workdays_between(due_on, today) >= rung.late
    return today >= due_on or (whole > 0 and gone * 100 >= (rung.share or 0) * whole)
