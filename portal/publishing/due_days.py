"""The day by which a decision's first publication is due, kept beside its draft: the board sorts by it.

It follows from the kind, the day in the draft and the working calendar. Whoever saves a draft settles it; a sweep
settles all that wait once more, because a holiday may have been announced, and for drafts from before it was kept.
"""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.outbox import Job
from core.working_calendar import WorkingCalendar
from portal.publishing.models import Disclosure
from portal.publishing.workflow import FIRST
from portal.release.rules import record_due

WAITING = (FIRST.draft, FIRST.in_review, FIRST.consultation, FIRST.approved, FIRST.scheduled)


def settle(session: Session, disclosure: Disclosure) -> None:
    """After its draft was written."""
    due = record_due(disclosure.kind, disclosure.draft, WorkingCalendar.load(session))
    disclosure.due_on = due.on if due else None


def settle_all(session: Session) -> int:
    """How many days were not what they must be."""
    calendar, changed = WorkingCalendar.load(session), 0
    columns = (Disclosure.id, Disclosure.kind, Disclosure.draft, Disclosure.due_on)
    statement = select(*columns).where(Disclosure.state.in_(WAITING), Disclosure.version == 0)
    for identifier, kind, draft, known in session.execute(statement).all():
        due = record_due(kind, draft, calendar)
        day = due.on if due else None
        if day != known:
            session.execute(update(Disclosure).where(Disclosure.id == identifier).values(due_on=day))
            changed += 1
    return changed


def sweep(job: Job) -> None:
    settle_all(job.session)
