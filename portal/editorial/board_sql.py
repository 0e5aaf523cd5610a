"""The board's questions to the database: what is late, what waits for whom, in which order. Rows are read a page at a
time; the day by which something is due is stored (portal/publishing/due_days.py), so that nothing is sorted here.
"""

from datetime import date, datetime

from sqlalchemy import ColumnElement, ScalarSelect, and_, case, exists, false, func, or_, select
from sqlalchemy.orm import Session

from core.accounts.actor import Actor
from core.accounts.models import Department, User
from core.accounts.permissions import Permission
from core.clock import local_date
from portal.publishing.models import Consultation, Disclosure
from portal.publishing.workflow import APPROVALS, CONSULTATIONS, DRAFTS, REVIEWS, SCHEDULES

REVIEWERS, CLOCK = "reviewers", "clock"
PERSON, DEPARTMENT = "person:", "department:"
LATE_FIRST, REST = 0, 1

OPEN_QUESTION = and_(
    Consultation.answered_at.is_(None), Consultation.closed_at.is_(None), Consultation.waived_at.is_(None)
)


def rank(now: datetime) -> ColumnElement[int]:
    """LATE_FIRST for what is late, REST for the rest."""
    today = local_date(now)
    answer = and_(Disclosure.state.in_(CONSULTATIONS), _answer_due() < today)
    unanswered = or_(Disclosure.state.not_in(CONSULTATIONS), ~_is_asked())
    publication = and_(Disclosure.version == 0, Disclosure.due_on < today, unanswered)
    return case((or_(answer, publication, Disclosure.publish_at < now), LATE_FIRST), else_=REST)


def _answer_due() -> ScalarSelect[date]:
    mine = Consultation.disclosure_id == Disclosure.id
    return select(func.min(Consultation.due_on)).where(mine, OPEN_QUESTION).correlate(Disclosure).scalar_subquery()


def _is_asked(*departments: str) -> ColumnElement[bool]:
    """A question to another department is open; one to these, where some are named."""
    of_whom = [Consultation.department_code.in_(departments)] if departments else []
    mine = Consultation.disclosure_id == Disclosure.id
    return exists().where(mine, OPEN_QUESTION, *of_whom).correlate(Disclosure)


def waits_for_me(actor: Actor) -> ColumnElement[bool]:
    mine = Disclosure.author_id == actor.user_id
    writes = mine & Disclosure.state.in_(DRAFTS) if actor.may(Permission.DRAFT_DISCLOSURE) else false()
    decides = ~mine & Disclosure.state.in_(REVIEWS | CONSULTATIONS | APPROVALS)
    reviews = decides if actor.may(Permission.REVIEW_DISCLOSURE) else false()
    return or_(writes, reviews)


def waits_for(whom: str) -> ColumnElement[bool]:
    """`whom` one of those that `waited_for` offers."""
    if whom == CLOCK:
        return Disclosure.state.in_(SCHEDULES)
    if whom.startswith(PERSON):
        return and_(Disclosure.state.in_(DRAFTS), Disclosure.author_id == whom.removeprefix(PERSON))
    if whom.startswith(DEPARTMENT):
        return and_(Disclosure.state.in_(CONSULTATIONS), _is_asked(whom.removeprefix(DEPARTMENT)))
    answered = and_(Disclosure.state.in_(CONSULTATIONS), ~_is_asked())
    return or_(Disclosure.state.in_(REVIEWS | APPROVALS), answered)


def waited_for(session: Session) -> list[tuple[str, str]]:
    """Every author with a draft and every department with an open question, with the name that the board shows."""
    writing = select(Disclosure.author_id).where(Disclosure.state.in_(DRAFTS))
    people = session.execute(select(User.id, User.display_name).where(User.id.in_(writing)).order_by(User.display_name))
    asked = (
        select(Consultation.department_code)
        .join(Disclosure, Disclosure.id == Consultation.disclosure_id)
        .where(OPEN_QUESTION, Disclosure.state.in_(CONSULTATIONS))
    )
    names = select(Department.code, Department.short_name).where(Department.code.in_(asked))
    departments = session.execute(names.order_by(Department.code))
    return [
        *((f"{DEPARTMENT}{code}", name) for code, name in departments),
        *((f"{PERSON}{identifier}", name) for identifier, name in people),
    ]
