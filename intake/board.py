"""What a supervisor watches: load and lateness by department, the lists of the ladder, cases that go to and fro."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.accounts.actor import Actor
from core.working_calendar import WorkingCalendar
from intake.case_models import Handling, Rating
from intake.desk_queue import QueueFilters, QueueRow, queue
from intake.models import CaseEvent, Report
from intake.queries import DONE

LOOK_BACK = timedelta(days=90)
PING_PONG = 2


@dataclass(frozen=True)
class Load:
    """One department: its open cases, how many are late or soon, and what it gave back in the last 90 days."""

    department: str
    open: int
    soon: int
    overdue: int
    paused: int
    returned: int
    ratings: int
    score: float | None


@dataclass(frozen=True)
class Board:
    loads: Sequence[Load]
    disputed: Sequence[QueueRow]
    interview: Sequence[QueueRow]
    supervised: Sequence[QueueRow]
    ping_pong: Sequence[tuple[Report, int]]


def board(session: Session, actor: Actor, *, today: date, calendar: WorkingCalendar) -> Board:
    """Open cases that the supervisor may see. The lists hold the most urgent first."""
    rows = queue(session, actor, QueueFilters(), today=today, calendar=calendar, limit=None)
    return Board(
        loads=_loads(session, rows, today),
        disputed=[row for row in rows if row.handling.is_disputed],
        interview=[row for row in rows if row.measure == "interview"],
        supervised=[row for row in rows if row.measure == "supervision"],
        ping_pong=_ping_pong(session),
    )


def _loads(session: Session, rows: Sequence[QueueRow], today: date) -> list[Load]:
    by_department: dict[str, list[QueueRow]] = defaultdict(list)
    for row in rows:
        by_department[row.report.responsible_code].append(row)
    returned = _returned(session, today - LOOK_BACK)
    ratings = _ratings(session, today - LOOK_BACK)
    codes = sorted({*by_department, *returned, *ratings})
    loads = [_load(code, by_department[code], returned.get(code, 0), ratings.get(code)) for code in codes]
    return sorted(loads, key=lambda one: (-one.overdue, -one.open, one.department))


def _load(code: str, rows: Sequence[QueueRow], returned: int, rated: tuple[int, float] | None) -> Load:
    stages = [None if row.is_paused else row.stage for row in rows]
    return Load(
        department=code,
        open=len(rows),
        soon=stages.count("due_soon"),
        overdue=stages.count("overdue"),
        paused=sum(row.is_paused for row in rows),
        returned=returned,
        ratings=rated[0] if rated else 0,
        score=rated[1] if rated else None,
    )


def _returned(session: Session, since: date) -> dict[str, int]:
    """How often each department gave a case back."""
    statement = select(CaseEvent.detail).where(CaseEvent.action == "return", CaseEvent.on_day >= since)
    counts: dict[str, int] = defaultdict(int)
    for detail in session.scalars(statement):
        counts[detail["from"]] += 1
    return counts


def _ratings(session: Session, since: date) -> dict[str, tuple[int, float]]:
    statement = (
        select(Report.responsible_code, func.count(), func.avg(Rating.score))
        .join(Rating, Rating.report_id == Report.id)
        .where(Rating.on_day >= since)
        .group_by(Report.responsible_code)
    )
    return {code: (int(count), float(mean)) for code, count, mean in session.execute(statement)}


def _ping_pong(session: Session) -> list[tuple[Report, int]]:
    """Open cases that went back twice or more, the worst first."""
    statement = (
        select(Report, Handling.bounces)
        .join(Handling, Handling.report_id == Report.id)
        .where(Handling.bounces >= PING_PONG, Report.state.not_in(DONE))
        .order_by(Handling.bounces.desc(), Report.case_number)
    )
    return [(report, bounces) for report, bounces in session.execute(statement)]
