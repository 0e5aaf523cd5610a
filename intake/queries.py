"""What the desk and the reporter may read. Another department's case does not exist for an officer."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from core.accounts.actor import Actor
from core.accounts.models import Department
from core.accounts.permissions import Permission
from core.errors import NotFound
from core.working_calendar import WorkingCalendar
from intake.case_models import Handling, Recusal
from intake.deadlines import stage
from intake.models import CaseEvent, Deadline, Report, ReportDepartment, SealedFile
from intake.operations import CO
from intake.sealing import Seal
from intake.submission import StoredFile

QUEUE_SIZE = 200
DONE = ("closed", "not_accepted", "replied")


@dataclass(frozen=True)
class QueueRow:
    """`is_co`: we only help; `due_on` is the next unmet deadline; `stage` and `left` say how it stands today."""

    report: Report
    is_co: bool
    due_on: date | None
    label: str | None
    provisional: bool
    stage: str | None
    left: int


@dataclass(frozen=True)
class QueueFilters:
    state: str | None = None
    county: str | None = None
    channel: str | None = None
    done: bool = False


def queue(
    session: Session, actor: Actor, filters: QueueFilters, *, today: date, calendar: WorkingCalendar
) -> list[QueueRow]:
    """The cases of the actor's department, the most urgent first."""
    due = (
        select(Deadline.report_id, func.min(Deadline.due_on).label("due_on"))
        .where(Deadline.met_on.is_(None))
        .group_by(Deadline.report_id)
        .subquery()
    )
    statement = (
        select(Report, Deadline)
        .outerjoin(due, due.c.report_id == Report.id)
        .outerjoin(
            Deadline,
            and_(Deadline.report_id == Report.id, Deadline.due_on == due.c.due_on, Deadline.met_on.is_(None)),
        )
        .where(_visible_to(actor), Report.state.in_(DONE) if filters.done else Report.state.not_in(DONE))
        .order_by(due.c.due_on.is_(None), due.c.due_on, Report.id)
        .limit(QUEUE_SIZE)
    )
    columns = ((Report.state, filters.state), (Report.county_code, filters.county))
    for column, value in (*columns, (Report.category_channel, filters.channel)):
        if value:
            statement = statement.where(column == value)
    return [_queue_row(report, deadline, actor, today, calendar) for report, deadline in session.execute(statement)]


def _queue_row(
    report: Report, deadline: Deadline | None, actor: Actor, today: date, calendar: WorkingCalendar
) -> QueueRow:
    is_co = report.responsible_code != actor.department_code and not actor.may(Permission.SUPERVISE_REPORTS)
    if deadline is None:
        return QueueRow(report, is_co, None, None, False, None, 0)
    how, left = stage(deadline.due_on, today, calendar)
    return QueueRow(report, is_co, deadline.due_on, deadline.label, deadline.provisional, how, left)


def deadlines_to_watch(session: Session, actor: Actor) -> list[tuple[Report, Deadline]]:
    """The running clocks of the cases that this officer has, and of those of the department that nobody has yet."""
    nobodys = and_(Handling.officer_id.is_(None), Report.responsible_code == actor.department_code)
    statement = (
        select(Report, Deadline)
        .join(Deadline, Deadline.report_id == Report.id)
        .join(Handling, Handling.report_id == Report.id)
        .where(Deadline.met_on.is_(None), Deadline.is_paused.is_(False), _visible_to(actor))
        .where(or_(Handling.officer_id == actor.user_id, nobodys), Report.state.not_in(DONE))
        .order_by(Deadline.due_on, Report.case_number, Deadline.step)
    )
    return [(report, deadline) for report, deadline in session.execute(statement)]


def case(session: Session, case_number: str, actor: Actor) -> Report:
    """A case that this officer may see; NotFound for every other, as if it were not there."""
    report = session.scalar(select(Report).where(Report.case_number == case_number, _visible_to(actor)))
    if report is None:
        raise NotFound
    return report


def _visible_to(actor: Actor) -> Any:
    own = Report.responsible_code == actor.department_code
    helps = Report.id.in_(_reports_with_part(actor.department_code, CO))
    kept_out = Report.id.in_(_reports_with_part(actor.department_code, "excluded"))
    seen = or_(own, helps)
    if actor.may(Permission.SUPERVISE_REPORTS):
        seen = or_(seen, Report.id.is_not(None))
    recused = Report.id.in_(select(Recusal.report_id).where(Recusal.user_id == actor.user_id))
    return and_(seen, ~kept_out, ~recused)


def _reports_with_part(department_code: str | None, part: str) -> Any:
    return select(ReportDepartment.report_id).where(
        ReportDepartment.department_code == department_code, ReportDepartment.part == part
    )


def by_lookup(session: Session, lookup: bytes) -> Report | None:
    return session.scalar(select(Report).where(Report.lookup == lookup))


def deadlines_of(session: Session, report: Report) -> Sequence[Deadline]:
    return session.scalars(select(Deadline).where(Deadline.report_id == report.id).order_by(Deadline.due_on)).all()


def events_of(session: Session, report: Report, *, public_only: bool = False) -> Sequence[CaseEvent]:
    statement = select(CaseEvent).where(CaseEvent.report_id == report.id).order_by(CaseEvent.id)
    return session.scalars(statement.where(CaseEvent.is_public) if public_only else statement).all()


def event_text(event: CaseEvent, seal: Seal) -> str | None:
    if event.sealed_text is None:
        return None
    return seal.unseal(event.sealed_text, f"report|{event.report_id}|event|{event.text_id}")


def body_of(report: Report, seal: Seal) -> dict[str, Any]:
    """What the reporter told, unsealed: place, accused, when, words, acts."""
    content: dict[str, Any] = json.loads(seal.unseal(report.sealed_body, f"report|{report.id}|body"))
    return content


def identity_of(report: Report, seal: Seal) -> dict[str, str] | None:
    if report.sealed_identity is None:
        return None
    content: dict[str, str] = json.loads(seal.unseal(report.sealed_identity, f"report|{report.id}|identity"))
    return content


def files_of(session: Session, report: Report, seal: Seal) -> list[StoredFile]:
    rows = session.scalars(select(SealedFile).where(SealedFile.report_id == report.id).order_by(SealedFile.id))
    return [StoredFile(**json.loads(seal.unseal(row.sealed_meta, f"report|{report.id}|file|{row.id}"))) for row in rows]


def department_names(session: Session) -> dict[str, str]:
    return {one.code: one.name for one in session.scalars(select(Department))}


def co_departments(session: Session, report: Report) -> list[str]:
    statement = select(ReportDepartment.department_code).where(
        ReportDepartment.report_id == report.id, ReportDepartment.part == CO
    )
    return list(session.scalars(statement))
