"""When each data set is promised, and whether it came in time. Pure, over releases.toml.

A period is named by what it tells of: "2026-11-23T08" (the hour that ends then, in China), "2026-11-22", "2026-10",
"2026-Q3", "2025". The last instant of a promise belongs to it: what comes at that instant is in time.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from core.clock import CHINA
from core.tables import Row, in_force, load_table
from core.working_calendar import Due, WorkingCalendar

TABLE = "portal/release/releases.toml"
END_OF_DAY = time(23, 59, 59)
SHAPES = {
    "monthly": re.compile(r"\d{4}-(0[1-9]|1[0-2])"),
    "quarterly": re.compile(r"\d{4}-Q[1-4]"),
    "yearly": re.compile(r"\d{4}"),
}


class Status(StrEnum):
    AHEAD = "ahead"
    ON_TIME = "on_time"
    LATE = "late"
    MISSING = "missing"


@dataclass(frozen=True)
class Promise:
    """One period of a data set and the last instant at which it is in time."""

    period: str
    due_at: datetime
    provisional: bool = False


@dataclass(frozen=True)
class Outcome:
    """`released_at` None: not published so far. `delay` None unless late; for what is missing it still grows."""

    promise: Promise
    released_at: datetime | None
    status: Status
    delay: timedelta | None


def datasets(on: date) -> list[Row]:
    return in_force(load_table(TABLE)["dataset"], on=on)


def dataset(code: str, on: date) -> Row | None:
    return next((row for row in datasets(on) if row["code"] == code), None)


def named(code: str | None) -> Row | None:
    """The data set of that code, whenever it applies."""
    return next((row for row in load_table(TABLE)["dataset"] if row["code"] == code), None)


def outcome(promise: Promise, released_at: datetime | None, now: datetime) -> Outcome:
    if released_at is not None:
        late = released_at > promise.due_at
        status = Status.LATE if late else Status.ON_TIME
        return Outcome(promise, released_at, status, released_at - promise.due_at if late else None)
    if now > promise.due_at:
        return Outcome(promise, None, Status.MISSING, now - promise.due_at)
    return Outcome(promise, None, Status.AHEAD, None)


def promises(row: Row, first: date, last: date) -> list[Promise]:
    """The promises of a data set that fall due from `first` to `last`; none where each record is its own clock."""
    makers = {
        "hourly": _hourly,
        "daily": _daily,
        "monthly": _monthly,
        "quarterly": _quarterly,
        "yearly": _yearly,
        "record": lambda *_: iter(()),
    }
    start, end = _at(first, time.min), _at(last, END_OF_DAY)
    made = makers[row["promise"]](row, first, last)
    return [one for one in made if start <= one.due_at <= end]


def record_due(kind: str, draft: Mapping[str, Any], calendar: WorkingCalendar) -> Due | None:
    """The last day for a decision to be public; None without a day on it or a rule for its kind then."""
    for row in load_table(TABLE)["dataset"]:
        if row["promise"] != "record" or row["kind"] != kind:
            continue
        anchor = _day(draft.get(row["anchor"]))
        if anchor is not None and in_force([row], on=anchor):
            return calendar.add_workdays(anchor, row["workdays"])
    return None


def due_at(day: date) -> datetime:
    """The last instant of a day in China."""
    return _at(day, END_OF_DAY)


def period_problem(row: Row | None, period: str | None) -> bool:
    """Whether `period` cannot be one of the data set's; an hour or a day is nothing that an editor types."""
    shape = SHAPES.get(row["promise"]) if row else None
    return shape is None or shape.fullmatch(period or "") is None


def _hourly(row: Row, first: date, last: date) -> Iterator[Promise]:
    within = timedelta(minutes=row["within_minutes"])
    hour, end = _at(first, time.min) - within, _at(last, END_OF_DAY)
    hour = hour.replace(minute=0, second=0)
    while hour <= end:
        yield Promise(f"{hour:%Y-%m-%dT%H}", hour + within)
        hour += timedelta(hours=1)


def _daily(row: Row, first: date, last: date) -> Iterator[Promise]:
    day = first - timedelta(days=row["days_after"])
    while day <= last:
        yield Promise(day.isoformat(), _at(day + timedelta(days=row["days_after"]), row["by"]))
        day += timedelta(days=1)


def _monthly(row: Row, first: date, last: date) -> Iterator[Promise]:
    for year, month in _months(first, last):
        told = date(year, month, 1) - timedelta(days=1)
        yield Promise(f"{told:%Y-%m}", _at(_day_of_month(year, month, row["day"]), END_OF_DAY))


def _quarterly(row: Row, first: date, last: date) -> Iterator[Promise]:
    for year, month in _months(first, last):
        quarter, place = divmod(month - row["months_after"], 3)
        if place == 0:
            told_year, told = (year, quarter) if quarter else (year - 1, 4)
            yield Promise(f"{told_year}-Q{told}", _at(_day_of_month(year, month, row["day"]), END_OF_DAY))


def _yearly(row: Row, first: date, last: date) -> Iterator[Promise]:
    for year in range(first.year, last.year + 1):
        yield Promise(str(year - row["years_ago"]), _at(date(year, row["month"], row["day"]), END_OF_DAY))


def _months(first: date, last: date) -> Iterator[tuple[int, int]]:
    number, end = first.year * 12 + first.month - 1, last.year * 12 + last.month - 1
    for one in range(number, end + 1):
        yield one // 12, one % 12 + 1


def _day_of_month(year: int, month: int, day: int) -> date:
    """That day, or the last of a shorter month."""
    following = date(year + month // 12, month % 12 + 1, 1)
    return min(date(year, month, 1) + timedelta(days=day - 1), following - timedelta(days=1))


def _at(day: date, moment: time) -> datetime:
    return datetime.combine(day, moment, tzinfo=CHINA)


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None


def month_of(day: date) -> tuple[date, date]:
    """The first and the last day of the month that `day` lies in."""
    return day.replace(day=1), _day_of_month(day.year, day.month, 31)


def held_to(promise: Promise, since: datetime | None) -> bool:
    """Whether the platform was at work by then, for a day from its beginning; what lies before is history."""
    if since is None or promise.due_at < since:
        return False
    day = _day(promise.period)
    return day is None or _at(day, time.min) >= since
