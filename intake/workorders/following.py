"""How the work orders of 12345 stand: state, department, next last day. The answers themselves are sealed to the
department and to the reporter, so they are not here: 12345 asks the department for the words.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake import clocks, queries
from intake.case_workflow import STATES
from intake.models import Report
from intake.workorders.filing import mark_of
from intake.workorders.models import ImportedWorkOrder


def standings(session: Session, numbers: Iterable[str], *, secret: bytes, on: date) -> list[dict[str, Any]]:
    """One answer for each number, in their order; a number that never came is told as such."""
    names = queries.departments_on(session, on)
    return [_standing(session, number, secret, names) for number in numbers]


def _standing(session: Session, number: str, secret: bytes, names: Mapping[str, str]) -> dict[str, Any]:
    report = session.scalar(
        select(Report)
        .join(ImportedWorkOrder, ImportedWorkOrder.report_id == Report.id)
        .where(ImportedWorkOrder.mark == mark_of(number, secret))
    )
    if report is None:
        return {"number": number, "result": "unknown"}
    finished_on = clocks.handling(session, report).finished_on
    running = [one for one in queries.deadlines_of(session, report) if one.met_on is None and not one.is_paused]
    due = min(running, key=lambda one: one.due_on, default=None)
    return {
        "number": number,
        "result": "known",
        "case_number": report.case_number,
        "state": report.state,
        "state_label": str(STATES[report.state][0]),
        "department": names.get(report.responsible_code, report.responsible_code),
        "finished_on": finished_on.isoformat() if finished_on else None,
        "due_on": due.due_on.isoformat() if due else None,
        "due_for": due.label if due else None,
        "provisional": bool(due and due.provisional),
    }
