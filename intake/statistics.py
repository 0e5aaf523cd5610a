"""办理情况: what the public reads about each department, from complete months, without a cell that points at a person.

On time = finished in time / (finished + overdue and still open): a department cannot look better by leaving late cases
lie. A median stands beside the number of cases it comes from.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median

from sqlalchemy import and_, exists, select
from sqlalchemy.orm import Session

from intake.case_models import Handling, Rating
from intake.malice import is_marked
from intake.models import Deadline, Report
from intake.small_cells import LEAST, share, shown, with_totals

MONTHS = 12
GOOD_SCORE = 4


@dataclass(frozen=True)
class Case:
    """What a figure needs to know of a case."""

    department: str
    received_on: date
    finished_on: date | None
    was_late: bool
    is_overdue: bool
    score: int | None


@dataclass(frozen=True)
class Figures:
    """One department over the months. None: hidden, because few, or because it would give away what is few."""

    department: str
    received: Sequence[int | None]
    total: int | None
    finished: int | None
    on_time: float | None
    overdue: int | None
    median_days: float | None
    satisfied: float | None
    ratings: int | None


def months_before(today: date) -> tuple[date, ...]:
    """The first days of the twelve complete months before `today`, the newest first."""
    first = today.year * 12 + today.month - 1
    return tuple(date(number // 12, number % 12 + 1, 1) for number in range(first - 1, first - MONTHS - 1, -1))


def cases_received(session: Session, since: date, before: date, today: date) -> list[Case]:
    """Every case received in [since, before), under the department that has it now; none that is marked malicious."""
    late = exists().where(Deadline.report_id == Report.id, Deadline.met_on > Deadline.due_on)
    overdue = exists().where(
        and_(
            Deadline.report_id == Report.id,
            Deadline.met_on.is_(None),
            Deadline.is_paused.is_(False),
            Deadline.due_on < today,
        )
    )
    statement = (
        select(Report.responsible_code, Report.received_on, Handling.finished_on, late, overdue, Rating.score)
        .join(Handling, Handling.report_id == Report.id)
        .outerjoin(Rating, Rating.report_id == Report.id)
        .where(Report.received_on >= since, Report.received_on < before, Report.state != "merged", ~is_marked())
    )
    return [Case(a, b, c, bool(d), bool(e), f) for a, b, c, d, e, f in session.execute(statement)]


def figures(cases: Sequence[Case], months: Sequence[date]) -> tuple[list[Figures], list[int | None]]:
    """(a line a department, the line of all with its total at the end)."""
    departments = sorted({one.department for one in cases})
    counts = [[_received(cases, code, month) for month in months] for code in departments]
    nothing: list[list[int | None]] = [[0] * (len(months) + 1)]
    table = shown(with_totals(counts)) if departments else nothing
    lines = [
        _figures(code, [one for one in cases if one.department == code], row)
        for code, row in zip(departments, table[:-1], strict=True)
    ]
    return lines, table[-1]


def _received(cases: Sequence[Case], code: str, month: date) -> int:
    same = [one for one in cases if one.department == code]
    return sum((one.received_on.year, one.received_on.month) == (month.year, month.month) for one in same)


def _figures(code: str, cases: Sequence[Case], row: Sequence[int | None]) -> Figures:
    """Where a department's total is hidden all its line is: finished and overdue would give the total away."""
    if row[-1] is None:
        return Figures(code, row[:-1], None, None, None, None, None, None, None)
    finished = [one for one in cases if one.finished_on is not None]
    overdue = sum(one.is_overdue for one in cases if one.finished_on is None)
    in_time = sum(not one.was_late for one in finished)
    days = [(one.finished_on - one.received_on).days for one in finished if one.finished_on is not None]
    scores = [one.score for one in cases if one.score is not None]
    return Figures(
        department=code,
        received=row[:-1],
        total=row[-1],
        finished=_told(len(finished), of=row[-1]),
        on_time=share(in_time, len(finished) + overdue),
        overdue=_told(overdue),
        median_days=median(days) if len(days) >= LEAST else None,
        satisfied=share(sum(score >= GOOD_SCORE for score in scores), len(scores)),
        ratings=_told(len(scores)),
    )


def _told(count: int, of: int | None = None) -> int | None:
    """The count, unless it is small or, of a whole that is shown, leaves a small rest."""
    rest = of - count if of is not None else 0
    return None if 0 < count < LEAST or 0 < rest < LEAST else count
