"""The editors' board: what waits for whom, how long, and what is late."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, func, literal, select, tuple_
from sqlalchemy.orm import Session

from core.accounts.actor import Actor
from core.accounts.models import Department, User
from core.clock import local_date
from core.database import UtcDateTime
from core.errors import NotFound, Text
from core.paging import Cursor, Page, page_of
from portal.editorial import board_sql
from portal.publishing.consent import content_digest
from portal.publishing.kinds import kind_named
from portal.publishing.models import Consultation, Disclosure
from portal.publishing.workflow import (
    APPROVALS,
    CONSULTATIONS,
    DRAFTS,
    REVIEWS,
    SCHEDULES,
    STATES,
)

OPEN_STATES = tuple(state for state in STATES if state in DRAFTS | REVIEWS | CONSULTATIONS | APPROVALS | SCHEDULES)
GROUPS: Mapping[str, frozenset[str]] = {
    "draft": DRAFTS,
    "in_review": REVIEWS,
    "consultation": CONSULTATIONS,
    "approved": APPROVALS,
    "scheduled": SCHEDULES,
}
PAGE_SIZE = 50
CURSOR_PARTS = 3


@dataclass(frozen=True)
class BoardFilters:
    """`scope` "mine" (what I wrote) or "waits" (what waits for me); `group` one of GROUPS; `whom` as board_sql says."""

    scope: str | None = None
    group: str | None = None
    kind: str | None = None
    whom: str | None = None
    late: bool = False

    def any(self) -> bool:
        return any((self.scope, self.group, self.kind, self.whom, self.late))


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


def board_page(
    session: Session, filters: BoardFilters, cursor: Cursor | None, *, actor: Actor, now: datetime
) -> Page[BoardRow]:
    """What is on hand: the late first, then the longest waiting, PAGE_SIZE at a time."""
    rank = board_sql.rank(now)
    order = (rank, Disclosure.changed_at, Disclosure.id)
    backwards = cursor is not None and cursor.backwards
    statement = _filtered(select(Disclosure, rank), filters, actor, now)
    if cursor is not None:
        key, border = tuple_(*order), tuple_(*_border_of(cursor))
        statement = statement.where(key < border if backwards else key > border)
    statement = statement.order_by(*(column.desc() if backwards else column.asc() for column in order))
    found = [(one, place) for one, place in session.execute(statement.limit(PAGE_SIZE + 1))]
    page = page_of(found, limit=PAGE_SIZE, cursor=cursor, key=_key)
    rows = _rows(session, [one for one, _rank in page.items], actor, now)
    return Page(rows, page.next_cursor, page.previous_cursor)


def _key(found: tuple[Disclosure, int]) -> tuple[int, str, str]:
    return found[1], found[0].changed_at.isoformat(), found[0].id


def _border_of(cursor: Cursor) -> tuple[Any, ...]:
    """The place that a cursor of the board names; NotFound for a cursor of another list."""
    rank, changed_at, identifier = cursor.key
    try:
        at = datetime.fromisoformat(str(changed_at))
    except ValueError as error:
        raise NotFound from error
    if not isinstance(rank, int) or at.tzinfo is None:
        raise NotFound
    return literal(rank), literal(at, UtcDateTime), literal(str(identifier))


def _filtered(
    statement: Select[Disclosure, int], filters: BoardFilters, actor: Actor, now: datetime
) -> Select[Disclosure, int]:
    states = GROUPS.get(filters.group or "", frozenset(OPEN_STATES))
    statement = statement.where(Disclosure.state.in_(states))
    if filters.kind:
        statement = statement.where(Disclosure.kind == filters.kind)
    if filters.scope == "mine":
        statement = statement.where(Disclosure.author_id == actor.user_id)
    elif filters.scope == "waits":
        statement = statement.where(board_sql.waits_for_me(actor))
    if filters.whom:
        statement = statement.where(board_sql.waits_for(filters.whom))
    if filters.late:
        statement = statement.where(board_sql.rank(now) == board_sql.LATE_FIRST)
    return statement


def rows_of(session: Session, disclosures: Sequence[Disclosure], *, actor: Actor, now: datetime) -> list[BoardRow]:
    return _rows(session, disclosures, actor, now)


def _rows(session: Session, found: Sequence[Disclosure], actor: Actor, now: datetime) -> list[BoardRow]:
    questions = _open_questions(session, [one.id for one in found if one.state in CONSULTATIONS])
    people = {one.id: one.display_name for one in session.scalars(select(User))}
    departments = {one.code: one.short_name for one in session.scalars(select(Department))}
    return [_row(one, questions.get(one.id, []), actor, now, people, departments) for one in found]


def _open_questions(session: Session, ids: Sequence[str]) -> dict[str, list[Consultation]]:
    statement = select(Consultation).where(Consultation.disclosure_id.in_(ids), board_sql.OPEN_QUESTION)
    found: dict[str, list[Consultation]] = {}
    for one in session.scalars(statement.order_by(Consultation.due_on)):
        found.setdefault(one.disclosure_id, []).append(one)
    return found


def _row(
    one: Disclosure,
    questions: Sequence[Consultation],
    actor: Actor,
    now: datetime,
    people: Mapping[str, str],
    departments: Mapping[str, str],
) -> BoardRow:
    due_on, due_for = _due(one, questions)
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


def _due(one: Disclosure, questions: Sequence[Consultation]) -> tuple[date | None, str]:
    if questions:
        return questions[0].due_on, _("答复")
    return (one.due_on, _("公开")) if one.due_on and one.version == 0 else (None, "")
