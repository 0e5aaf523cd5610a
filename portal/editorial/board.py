"""The editors' board: what waits for whom, how long, and what is late."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from core.accounts.actor import Actor
from core.accounts.models import Department, User
from core.accounts.permissions import Permission
from core.clock import local_date
from core.errors import Text
from core.working_calendar import WorkingCalendar
from portal.publishing.consent import content_digest
from portal.publishing.kinds import kind_named
from portal.publishing.models import Consultation, Disclosure
from portal.publishing.workflow import (
    APPROVALS,
    CONSULTATIONS,
    CORRECTION,
    DRAFTS,
    REVIEWS,
    SCHEDULES,
    STATES,
)
from portal.release.rules import record_due

OPEN_STATES = tuple(state for state in STATES if state in DRAFTS | REVIEWS | CONSULTATIONS | APPROVALS | SCHEDULES)
GROUPS: Mapping[str, frozenset[str]] = {
    "draft": DRAFTS,
    "in_review": REVIEWS,
    "consultation": CONSULTATIONS,
    "approved": APPROVALS,
    "scheduled": SCHEDULES,
}
MOST = 1000


@dataclass(frozen=True)
class BoardFilters:
    """`scope` "mine" (what I wrote) or "waits" (what waits for me); `group` one of GROUPS."""

    scope: str | None = None
    group: str | None = None
    kind: str | None = None
    late: bool = False

    def any(self) -> bool:
        return any((self.scope, self.group, self.kind, self.late))


@dataclass(frozen=True)
class BoardRow:
    """`due_on` is the day by which the next thing must happen, `due_for` says what; `digest` what a press approves."""

    id: str
    kind: Text
    title: str
    state: str
    author: str
    waits_for: str
    days: int
    due_on: date | None
    due_for: str
    publish_at: datetime | None
    is_late: bool
    is_reviewable: bool
    digest: str


def counts(session: Session) -> dict[str, int]:
    """How many open drafts there are in each group of states."""
    statement = select(Disclosure.state, func.count()).where(Disclosure.state.in_(OPEN_STATES))
    found = {state: count for state, count in session.execute(statement.group_by(Disclosure.state))}  # noqa: C416
    return {name: sum(found.get(state, 0) for state in states) for name, states in GROUPS.items()}


def board_rows(
    session: Session, filters: BoardFilters, *, actor: Actor, now: datetime, calendar: WorkingCalendar
) -> list[BoardRow]:
    """What is on hand: the late first, then the longest waiting; at most MOST."""
    states = GROUPS.get(filters.group or "", frozenset(OPEN_STATES))
    statement = select(Disclosure).where(Disclosure.state.in_(states))
    if filters.kind:
        statement = statement.where(Disclosure.kind == filters.kind)
    if filters.scope == "mine":
        statement = statement.where(Disclosure.author_id == actor.user_id)
    elif filters.scope == "waits":
        statement = statement.where(_waits_for(actor))
    found = session.scalars(statement.order_by(Disclosure.changed_at, Disclosure.id).limit(MOST)).all()
    rows = _rows(session, found, actor, now, calendar)
    return sorted((one for one in rows if one.is_late or not filters.late), key=lambda one: not one.is_late)


def rows_of(
    session: Session, disclosures: Sequence[Disclosure], *, actor: Actor, now: datetime, calendar: WorkingCalendar
) -> list[BoardRow]:
    return _rows(session, disclosures, actor, now, calendar)


def _waits_for(actor: Actor) -> ColumnElement[bool]:
    mine = Disclosure.author_id == actor.user_id
    writes = mine & Disclosure.state.in_(DRAFTS) if actor.may(Permission.DRAFT_DISCLOSURE) else None
    decides = ~mine & Disclosure.state.in_(REVIEWS | CONSULTATIONS | APPROVALS)
    reviews = decides if actor.may(Permission.REVIEW_DISCLOSURE) else None
    return or_(*(one for one in (writes, reviews) if one is not None))


def _rows(
    session: Session, found: Sequence[Disclosure], actor: Actor, now: datetime, calendar: WorkingCalendar
) -> list[BoardRow]:
    questions = _open_questions(session, [one.id for one in found if one.state in CONSULTATIONS])
    people = {one.id: one.display_name for one in session.scalars(select(User))}
    departments = {one.code: one.short_name for one in session.scalars(select(Department))}
    return [_row(one, questions.get(one.id, []), actor, now, calendar, people, departments) for one in found]


def _open_questions(session: Session, ids: Sequence[str]) -> dict[str, list[Consultation]]:
    waiting = (Consultation.answered_at.is_(None), Consultation.closed_at.is_(None), Consultation.waived_at.is_(None))
    statement = select(Consultation).where(Consultation.disclosure_id.in_(ids), *waiting)
    found: dict[str, list[Consultation]] = {}
    for one in session.scalars(statement.order_by(Consultation.due_on)):
        found.setdefault(one.disclosure_id, []).append(one)
    return found


def _row(
    one: Disclosure,
    questions: Sequence[Consultation],
    actor: Actor,
    now: datetime,
    calendar: WorkingCalendar,
    people: Mapping[str, str],
    departments: Mapping[str, str],
) -> BoardRow:
    due_on, due_for = _due(one, questions, calendar)
    overdue = due_on is not None and due_on < local_date(now)
    return BoardRow(
        id=one.id,
        kind=kind_named(one.kind).label,
        title=title_of(one),
        state=one.state,
        author=people.get(one.author_id, ""),
        waits_for=_waiting(one, questions, people, departments),
        days=(local_date(now) - local_date(one.changed_at)).days,
        due_on=due_on,
        due_for=due_for,
        publish_at=one.publish_at,
        is_late=overdue or (one.publish_at is not None and one.publish_at < now),
        is_reviewable=one.state in REVIEWS and actor.user_id not in (one.author_id, *one.authors),
        digest=content_digest(one) if one.state in REVIEWS else "",
    )


def title_of(one: Disclosure) -> str:
    """What a draft is called while it has no title: whom and which decision, else whose month; "" where nothing is."""
    named = (("title",), ("party_name", "decision_no", "listing_decision_no"), ("authority_name", "month"))
    said = (" ".join(str(one.draft[part]) for part in parts if one.draft.get(part)) for parts in named)
    return next((title.strip() for title in said if title.strip()), "")


def _waiting(
    one: Disclosure, questions: Sequence[Consultation], people: Mapping[str, str], departments: Mapping[str, str]
) -> str:
    if one.state in DRAFTS:
        return people.get(one.author_id, "")
    if questions:
        return "、".join(departments.get(question.department_code, "") for question in questions)
    return str(_("到时自动公开") if one.state in SCHEDULES else _("审核人"))


def _due(one: Disclosure, questions: Sequence[Consultation], calendar: WorkingCalendar) -> tuple[date | None, str]:
    if questions:
        return questions[0].due_on, _("答复")
    if one.state in (CORRECTION.draft, CORRECTION.in_review, CORRECTION.approved, CORRECTION.scheduled):
        return None, ""
    due = record_due(one.kind, one.draft, calendar)
    return (due.on, _("公开")) if due and one.version == 0 else (None, "")
