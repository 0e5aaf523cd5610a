"""The queue of a desk: whose cases, the most urgent first; what a case of the queue looks like today."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from core.accounts.actor import Actor
from core.accounts.models import User
from core.accounts.permissions import Permission
from core.working_calendar import WorkingCalendar
from intake.case_models import CaseRung, Handling
from intake.deadlines import stage
from intake.ladder import MEASURES
from intake.models import Deadline, Report
from intake.queries import DONE, visible_to

QUEUE_SIZE = 200
DUE = ("overdue", "today", "week", "supervised", "paused", "provisional")
WHO = ("mine", "nobody")


@dataclass(frozen=True)
class QueueRow:
    """`is_co`: we only help; `due_on` is the next unmet deadline; `stage` and `left` say how it stands today.

    `measure`: the highest that the ladder has taken on a running clock.
    """

    report: Report
    handling: Handling
    officer: str | None
    is_co: bool
    due_on: date | None
    label: str | None
    provisional: bool
    is_paused: bool
    stage: str | None
    left: int
    measure: str | None


@dataclass(frozen=True)
class QueueFilters:
    state: str | None = None
    county: str | None = None
    channel: str | None = None
    due: str | None = None
    who: str | None = None
    number: str | None = None
    done: bool = False

    def any(self) -> bool:
        return any((self.state, self.county, self.channel, self.due, self.who, self.number))


def queue(
    session: Session,
    actor: Actor,
    filters: QueueFilters,
    *,
    today: date,
    calendar: WorkingCalendar,
    limit: int | None = QUEUE_SIZE,
) -> list[QueueRow]:
    """The cases that the actor may see and the filters leave, the most urgent first; `limit` None for all."""
    order = (Deadline.is_paused, Deadline.due_on, Deadline.regime, Deadline.step)
    place = func.row_number().over(partition_by=Deadline.report_id, order_by=order).label("place")
    ranked = select(Deadline.report_id, Deadline.regime, Deadline.step, place).where(Deadline.met_on.is_(None))
    first = ranked.subquery()
    of_first = and_(
        Deadline.report_id == first.c.report_id, Deadline.regime == first.c.regime, Deadline.step == first.c.step
    )
    statement = (
        select(Report, Handling, User.display_name, Deadline)
        .join(Handling, Handling.report_id == Report.id)
        .outerjoin(User, User.id == Handling.officer_id)
        .outerjoin(first, and_(first.c.report_id == Report.id, first.c.place == 1))
        .outerjoin(Deadline, of_first)
        .where(visible_to(actor), Report.state.in_(DONE) if filters.done else Report.state.not_in(DONE))
        .where(*_filtered(filters, actor, today))
        .order_by(Deadline.due_on.is_(None), Deadline.is_paused, Deadline.due_on, Report.id)
        .limit(limit)
    )
    found = session.execute(statement).all()
    measures = _measures(session, [report.id for report, *_rest in found])
    return [_row(*one, actor, today, calendar, measures) for one in found]


def _filtered(filters: QueueFilters, actor: Actor, today: date) -> list[Any]:
    columns = (
        (Report.state, filters.state),
        (Report.county_code, filters.county),
        (Report.category_channel, filters.channel),
    )
    conditions: list[Any] = [column == value for column, value in columns if value]
    if filters.number:
        conditions.append(Report.case_number.contains(filters.number.strip().upper(), autoescape=True))
    if filters.who == "mine":
        conditions.append(Handling.officer_id == actor.user_id)
    if filters.who == "nobody":
        conditions.append(Handling.officer_id.is_(None))
    due = {
        "overdue": Deadline.due_on < today,
        "today": Deadline.due_on == today,
        "week": Deadline.due_on <= today + timedelta(days=7),
        "paused": Deadline.is_paused,
        "provisional": Deadline.provisional,
        "supervised": or_(Handling.is_disputed, Report.id.in_(_supervised())),
    }
    if filters.due in due:
        conditions.append(due[filters.due])
    return conditions


def _supervised() -> Any:
    """Cases with a running clock that the ladder has put under supervision or on the list of interviews."""
    return (
        select(CaseRung.report_id)
        .join(Deadline, _same_clock())
        .where(Deadline.met_on.is_(None), CaseRung.measure.in_(MEASURES[2:]))
    )


def _same_clock() -> Any:
    return and_(
        Deadline.report_id == CaseRung.report_id,
        Deadline.regime == CaseRung.regime,
        Deadline.step == CaseRung.step,
        Deadline.round == CaseRung.round,
    )


def _measures(session: Session, report_ids: list[str]) -> dict[str, str]:
    """The highest measure on a running clock of each case."""
    statement = (
        select(CaseRung.report_id, CaseRung.measure)
        .join(Deadline, _same_clock())
        .where(Deadline.met_on.is_(None), CaseRung.report_id.in_(report_ids))
    )
    highest: dict[str, str] = {}
    for report_id, measure in session.execute(statement):
        if MEASURES.index(measure) >= MEASURES.index(highest.get(report_id, measure)):
            highest[report_id] = measure
    return highest


def _row(
    report: Report,
    handling: Handling,
    officer: str | None,
    deadline: Deadline | None,
    actor: Actor,
    today: date,
    calendar: WorkingCalendar,
    measures: dict[str, str],
) -> QueueRow:
    how, left = stage(deadline.due_on, today, calendar) if deadline is not None else (None, 0)
    return QueueRow(
        report=report,
        handling=handling,
        officer=officer,
        is_co=report.responsible_code != actor.department_code and not actor.may(Permission.SUPERVISE_REPORTS),
        due_on=deadline.due_on if deadline is not None else None,
        label=deadline.label if deadline is not None else None,
        provisional=deadline is not None and deadline.provisional,
        is_paused=deadline is not None and deadline.is_paused,
        stage=how,
        left=left,
        measure=measures.get(report.id),
    )
