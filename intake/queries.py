"""What the desk and the reporter may read. Another department's case does not exist for an officer."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from core.accounts.actor import Actor
from core.accounts.models import Department, User
from core.accounts.permissions import Permission
from core.errors import NotFound
from intake.case_models import Handling, Recusal
from intake.models import CO, CaseEvent, Deadline, Report, ReportDepartment

DONE = ("closed", "not_accepted", "replied", "merged")


def deadlines_to_watch(session: Session, actor: Actor) -> list[tuple[Report, Deadline]]:
    """The running clocks of the cases that this officer has, and of those of the department that nobody has yet."""
    nobodys = and_(Handling.officer_id.is_(None), Report.responsible_code == actor.department_code)
    statement = (
        select(Report, Deadline)
        .join(Deadline, Deadline.report_id == Report.id)
        .join(Handling, Handling.report_id == Report.id)
        .where(Deadline.met_on.is_(None), Deadline.is_paused.is_(False), visible_to(actor))
        .where(or_(Handling.officer_id == actor.user_id, nobodys), Report.state.not_in(DONE))
        .order_by(Deadline.due_on, Report.case_number, Deadline.step)
    )
    return [(report, deadline) for report, deadline in session.execute(statement)]


def case(session: Session, case_number: str, actor: Actor) -> Report:
    """A case that this officer may see; NotFound for every other, as if it were not there."""
    report = session.scalar(select(Report).where(Report.case_number == case_number, visible_to(actor)))
    if report is None:
        raise NotFound
    return report


def visible_to(actor: Actor) -> Any:
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


def department_names(session: Session) -> dict[str, str]:
    return {one.code: one.name for one in session.scalars(select(Department))}


def departments_on(session: Session, on: date) -> dict[str, str]:
    """Code and name of the departments there are on a day."""
    rows = session.scalars(select(Department).order_by(Department.code))
    return {one.code: one.name for one in rows if (one.valid_from or on) <= on <= (one.valid_to or on)}


def person_name(session: Session, user_id: str | None) -> str | None:
    return session.scalar(select(User.display_name).where(User.id == user_id)) if user_id else None


def colleagues(session: Session, actor: Actor) -> list[User]:
    """Who in the actor's department may be given a case."""
    people = session.scalars(
        select(User).where(User.department_code == actor.department_code, User.is_active).order_by(User.display_name)
    )
    return [one for one in people if one.as_actor().may(Permission.HANDLE_REPORT)]


def duplicates_of(session: Session, report: Report) -> list[str]:
    """The case numbers that were merged into this case; or, of a merged one, the case that it follows."""
    statement = select(Report.case_number).join(Handling, Handling.report_id == Report.id)
    return list(session.scalars(statement.where(Handling.merged_into == report.id).order_by(Report.case_number)))


def co_departments(session: Session, report: Report) -> list[str]:
    statement = select(ReportDepartment.department_code).where(
        ReportDepartment.report_id == report.id, ReportDepartment.part == CO
    )
    return list(session.scalars(statement))
