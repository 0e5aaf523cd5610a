"""Until when: each step's limit from a dated table, on the Chinese working calendar, with its source."""

from dataclasses import dataclass
from datetime import date

from core.tables import Row, in_force, load_table
from core.working_calendar import WorkingCalendar

SOON_WORKDAYS = 3
REGIME_OF_KIND = {"market_regulation": "market", "discipline": "discipline"}


@dataclass(frozen=True)
class Limit:
    """The last day of a step. `provisional`: a year on the way has no published holiday table yet."""

    step: str
    label: str
    due_on: date
    provisional: bool
    days: int
    unit: str
    source: str
    article: str | None
    verified: bool


def regime_of(department_kind: str) -> str:
    """Which rules bind a department: 市场监管, 信访 for discipline inspection, else 环境举报."""
    return REGIME_OF_KIND.get(department_kind, "environment")


def limit(regime: str, step: str, start: date, calendar: WorkingCalendar) -> Limit:
    """The limit of `step` counted from `start` (day zero), by the rule in force on that day."""
    row = _row(regime, step, start)
    add = calendar.add_workdays if row["unit"] == "working" else calendar.add_calendar_days
    due = add(start, row["limit_days"])
    return Limit(
        step=step,
        label=row["label"],
        due_on=due.on,
        provisional=due.provisional,
        days=row["limit_days"],
        unit=row["unit"],
        source=row["source"],
        article=row.get("article"),
        verified=row["verified"],
    )


def extended(regime: str, due_on: date, days: int, calendar: WorkingCalendar) -> tuple[date, bool]:
    """(new last day, provisional) of an extension by `days`, at most what the rule allows."""
    row = _row(regime, "extension", due_on)
    add = calendar.add_workdays if row["unit"] == "working" else calendar.add_calendar_days
    due = add(due_on, min(days, row["limit_days"]))
    return due.on, due.provisional


def longest_extension(regime: str, on: date) -> int:
    return int(_row(regime, "extension", on)["limit_days"])


def stage(due_on: date, today: date, calendar: WorkingCalendar) -> tuple[str, int]:
    """("overdue" | "due_soon" | "on_time", working days left; negative when late). The last day itself is not late."""
    left = calendar.workdays_between(today, due_on)
    if today > due_on:
        return "overdue", min(left, -1)
    return ("due_soon" if left <= SOON_WORKDAYS else "on_time"), left


def _row(regime: str, step: str, on: date) -> Row:
    rows = in_force(load_table("intake/deadlines.toml")["deadline"], on=on)
    return next(row for row in rows if row["regime"] == regime and row["step"] == step)
