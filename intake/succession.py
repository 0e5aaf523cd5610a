"""机构调整: open cases of a department that ended go to the one that took over, with a line in the timeline."""

from datetime import timedelta

from sqlalchemy import select

from core.accounts.actor import SYSTEM
from core.audit import record
from core.clock import local_date
from core.outbox import Job, Sweep, enqueue
from intake import clocks
from intake.departments import successor
from intake.models import CaseEvent, Report
from intake.operations import excluded_codes
from intake.queries import DONE
from intake.timeline import NOTICE


def sweep_succession(job: Job) -> None:
    """The clocks run on: the reporter loses no day by a reorganisation. An excluded heir is skipped and stays open."""
    on = local_date(job.now)
    owners = job.session.scalars(select(Report.responsible_code).where(Report.state.not_in(DONE)).distinct()).all()
    heirs = {code: heir for code in owners if (heir := successor(code, on))}
    if not heirs:
        return
    statement = select(Report).where(Report.responsible_code.in_(heirs), Report.state.not_in(DONE))
    for report in job.session.scalars(statement).all():
        if heirs[report.responsible_code] not in excluded_codes(job.session, report):
            _pass_on(job, report, heirs[report.responsible_code])


SWEEPS = (Sweep("intake.succession", timedelta(hours=6), sweep_succession),)


def _pass_on(job: Job, report: Report, heir: str) -> None:
    before, report.responsible_code = report.responsible_code, heir
    clocks.handling(job.session, report).officer_id = None
    job.session.add(
        CaseEvent(
            report_id=report.id,
            on_day=local_date(job.now),
            at=job.now,
            action="succeed",
            actor_name="",
            department_code=None,
            is_public=True,
            detail={"from": before, "to": heir},
        )
    )
    subject = f"report:{report.id}"
    record(job.session, actor=SYSTEM, action="case.succeed", subject=subject, at=job.now, before=before, after=heir)
    enqueue(job.session, NOTICE, at=job.now, template="new_case", department=heir)
