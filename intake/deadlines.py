"""Until when: each step's limit from a dated table, on the Chinese working calendar, with its source and its counting.

A case may stand under several regimes at once (市场监管 and a 12345 work order): each counts by itself and the shorter
leads. Days of a pause are not counted, and only a rule of the table allows one. The day a clock starts on is day zero.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from core.tables import Row, in_force, load_table
from core.working_calendar import WorkingCalendar

SOON_WORKDAYS = 3
REGIME_OF_KIND = {
    "market_regulation": "market_report",
    "quality_supervision": "market_report",
    "discipline": "discipline",
}
CALENDAR, WORKING = "calendar", "working"
_TABLE = "intake/deadlines.toml"


@dataclass(frozen=True)
class Pause:
    """Days that do not count: from `start` up to the day before `end`; the day work goes on counts again."""

    start: date
    end: date

    def covers(self, day: date) -> bool:
        return self.start <= day < self.end


@dataclass(frozen=True)
class Span:
    """Days in a row that were treated alike. `why`: weekend, festival, pause, made_up (a weekend at work), moved."""

    first: date
    last: date
    why: str
    name: str | None = None


@dataclass(frozen=True)
class Count:
    """Where a count of days ends. `spans` are the days it went past, and the weekends at work that it counted."""

    on: date
    provisional: bool
    spans: tuple[Span, ...]


@dataclass(frozen=True)
class Limit:
    """The last day of a step. `provisional`: a year on the way has no published holiday table yet."""

    regime: str
    step: str
    label: str
    started_on: date
    due_on: date
    provisional: bool
    days: int
    unit: str
    source: str
    article: str | None
    verified: bool


class NoRule(LookupError):
    """The table has no such limit on that day."""


def regimes_of(department_kind: str, *, subject: str, received_by: str) -> tuple[str, ...]:
    """Which rules bind: the department's own first, then those that run beside them."""
    own = REGIME_OF_KIND.get(department_kind, "environment")
    beside = [
        row["regime"]
        for row in load_table(_TABLE)["beside"]
        if received_by in row.get("received_by", (received_by,))
        and subject in row.get("subjects", (subject,))
        and own in row.get("own", (own,))
    ]
    return (own, *beside)


def rules_starting(regime: str, event: str, on: date) -> list[Row]:
    """The limits that begin when `event` happens (received, accepted, decided, disputed, filed)."""
    return [row for row in _rows("deadline", on) if row["regime"] == regime and row["starts"] == event]


def limit(regime: str, step: str, start: date, calendar: WorkingCalendar, pauses: Sequence[Pause] = ()) -> Limit:
    """The limit of `step` counted from `start` (day zero), by the rule in force on that day."""
    row = rule(regime, step, start)
    counted = count(start, row["limit_days"], row["unit"], calendar, pauses)
    return Limit(
        regime=regime,
        step=step,
        label=row["label"],
        started_on=start,
        due_on=counted.on,
        provisional=counted.provisional,
        days=row["limit_days"],
        unit=row["unit"],
        source=row["source"],
        article=row.get("article"),
        verified=row["verified"],
    )


def count(start: date, days: int, unit: str, calendar: WorkingCalendar, pauses: Sequence[Pause] = ()) -> Count:
    """`days` after `start`. A calendar limit ends on a working day (民法典 203); a working one cannot end elsewhere."""
    day, left, provisional, past = start, days, False, list[Span]()
    while left > 0:
        day += timedelta(days=1)
        works, guessed = calendar.is_workday(day)
        if any(pause.covers(day) for pause in pauses):
            _note(past, day, "pause", None)
        elif unit == CALENDAR:
            left -= 1
        else:
            provisional = provisional or guessed
            left -= works
            if works and day.weekday() >= 5:
                _note(past, day, "made_up", calendar.festival(day))
            elif not works:
                _note(past, day, *_why_off(day, calendar))
    while unit == CALENDAR:
        works, guessed = calendar.is_workday(day)
        provisional = provisional or guessed
        if works:
            break
        _note(past, day, "moved", calendar.festival(day))
        day += timedelta(days=1)
    return Count(day, provisional, tuple(past))


def extension_rule(regime: str, step: str, on: date) -> Row | None:
    """By how much this step may be extended; None where no rule allows it."""
    rows = (row for row in _rows("extension", on) if row["regime"] == regime and row["of"] == step)
    return next(rows, None)


def pause_rules(regime: str, step: str, on: date, rules: Iterable[Row] | None = None) -> dict[str, Row]:
    """The reasons for which this step's days may stop counting; empty where no rule allows any."""
    rows = in_force(rules, on=on) if rules is not None else _rows("pause", on)
    return {row["reason"]: row for row in rows if row["regime"] == regime and step in row["steps"]}


def stage(due_on: date, today: date, calendar: WorkingCalendar) -> tuple[str, int]:
    """("overdue" | "due_soon" | "on_time", working days left; negative when late). The last day itself is not late."""
    left = calendar.workdays_between(today, due_on)
    if today > due_on:
        return "overdue", min(left, -1)
    return ("due_soon" if left <= SOON_WORKDAYS else "on_time"), left


def rule(regime: str, step: str, on: date) -> Row:
    rows = (row for row in _rows("deadline", on) if row["regime"] == regime and row["step"] == step)
    found = next(rows, None)
    if found is None:
        raise NoRule(regime, step, on)
    return found


def _rows(name: str, on: date) -> list[Row]:
    return in_force(load_table(_TABLE)[name], on=on)


def _why_off(day: date, calendar: WorkingCalendar) -> tuple[str, str | None]:
    festival = calendar.festival(day)
    return ("festival", festival) if festival or day.weekday() < 5 else ("weekend", None)


def _note(past: list[Span], day: date, why: str, name: str | None) -> None:
    """Add a day to the last span if it follows it and was treated alike."""
    last = past[-1] if past else None
    if last and (last.why, last.name) == (why, name) and last.last + timedelta(days=1) == day:
        past[-1] = Span(last.first, day, why, name)
    else:
        past.append(Span(day, day, why, name))
