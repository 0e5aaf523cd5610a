"""催办 and 督办: the sweep that climbs the ladder, each rung once, whoever was off and for however long.

A rung is an append-only row beside the case: the handler can meet the deadline, not take the rung back. One mail a
department and measure goes out for all that one sweep found; it names no case.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from core import audit
from core.accounts.actor import SYSTEM
from core.clock import local_date
from core.outbox import Job, Sweep, enqueue
from core.working_calendar import WorkingCalendar
from intake import clocks, department_hooks
from intake.case_models import CaseRung
from intake.ladder import MEASURES, RUNGS, Rung, reached
from intake.models import Deadline, Report
from intake.timeline import NOTICE

FINAL = ("closed", "not_accepted", "merged")


@dataclass(frozen=True)
class Climbed:
    """A rung just reached by a clock of a case."""

    report: Report
    deadline: Deadline
    rung: Rung


def climb(session: Session, today: date, calendar: WorkingCalendar) -> list[Climbed]:
    """Record every rung that running clocks have reached and that is not recorded yet."""
    statement = (
        select(Deadline, Report)
        .join(Report, Report.id == Deadline.report_id)
        .where(Deadline.met_on.is_(None), Deadline.is_paused.is_(False), Report.state.not_in(FINAL))
        .order_by(Deadline.report_id, Deadline.regime, Deadline.step)
    )
    found, done = [], _recorded(session)
    for deadline, report in session.execute(statement).all():
        for rung in reached(deadline.started_on, deadline.due_on, today, calendar):
            if (deadline.report_id, deadline.regime, deadline.step, deadline.round, rung.id) not in done:
                session.add(_row(deadline, report, rung, today))
                found.append(Climbed(report, deadline, rung))
    session.flush()
    return found


def sweep_ladder(job: Job) -> None:
    """Climb, write the audit, tell the people. Runs every few minutes; on most runs nothing is new."""
    found = climb(job.session, local_date(job.now), WorkingCalendar.load(job.session))
    for one in found:
        audit.record(
            job.session,
            actor=SYSTEM,
            action=f"ladder.{one.rung.measure}",
            subject=f"report:{one.report.id}",
            at=job.now,
            step=one.deadline.step,
            rung=one.rung.id,
            due_on=one.deadline.due_on.isoformat(),
        )
    told = _to_tell(found)
    for department, measure, role in told:
        enqueue(job.session, NOTICE, at=job.now, template=f"ladder_{measure}", department=department, role=role)
    for department, measure in sorted({(department, measure) for department, measure, _role in told}):
        department_hooks.tell(job.session, department, f"ladder_{measure}", at=job.now)


def sweep_recount(job: Job) -> None:
    """Dates that leaned on an unpublished holiday table become certain once it is there, and the audit says so."""
    for row, before in clocks.recount(job.session, WorkingCalendar.load(job.session)):
        audit.record(
            job.session,
            actor=SYSTEM,
            action="case.recount",
            subject=f"report:{row.report_id}",
            at=job.now,
            step=row.step,
            before=before.isoformat(),
            due_on=row.due_on.isoformat(),
        )


RECOUNT = "intake.recount"
SWEEPS = (
    Sweep("intake.recount_deadlines", timedelta(hours=6), sweep_recount),
    Sweep("intake.climb_ladder", timedelta(minutes=5), sweep_ladder),
)


def rungs_of(session: Session, report: Report) -> Sequence[CaseRung]:
    statement = select(CaseRung).where(CaseRung.report_id == report.id)
    order = {rung.id: number for number, rung in enumerate(RUNGS)}
    rows = session.scalars(statement).all()
    return sorted(rows, key=lambda row: (row.on_day, row.due_on, row.step, order[row.rung]))


def _recorded(session: Session) -> set[tuple[str, str, str, int, str]]:
    """The rungs that the clocks still running have climbed in their present round."""
    of_clock = (
        Deadline.report_id == CaseRung.report_id,
        Deadline.regime == CaseRung.regime,
        Deadline.step == CaseRung.step,
        Deadline.round == CaseRung.round,
        Deadline.met_on.is_(None),
    )
    columns = (CaseRung.report_id, CaseRung.regime, CaseRung.step, CaseRung.round, CaseRung.rung)
    return {(a, b, c, d, e) for a, b, c, d, e in session.execute(select(*columns).join(Deadline, and_(*of_clock)))}


def _row(deadline: Deadline, report: Report, rung: Rung, today: date) -> CaseRung:
    return CaseRung(
        report_id=report.id,
        regime=deadline.regime,
        step=deadline.step,
        round=deadline.round,
        rung=rung.id,
        measure=rung.measure,
        department_code=report.responsible_code,
        due_on=deadline.due_on,
        on_day=today,
    )


def _to_tell(found: Iterable[Climbed]) -> list[tuple[str, str, str]]:
    """(department, measure, role), each once: of several rungs of one clock only the highest is told."""
    highest: dict[tuple[str, str, str], Climbed] = {}
    for one in found:
        key = (one.report.id, one.deadline.regime, one.deadline.step)
        before = highest.get(key)
        if before is None or MEASURES.index(one.rung.measure) >= MEASURES.index(before.rung.measure):
            highest[key] = one
    told = {
        (one.report.responsible_code, one.rung.measure, role) for one in highest.values() for role in one.rung.tells
    }
    return sorted(told)
