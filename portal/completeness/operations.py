"""Making a month's manifest: number what is newly owed, say where each stands, hand it to the gate as a draft."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.accounts.actor import Actor
from core.clock import local_date
from core.errors import InvalidInput
from core.working_calendar import WorkingCalendar
from portal.completeness.kinds import MANIFEST
from portal.completeness.numbering import Fact, in_order, line, month_bounds, numbered, totals
from portal.publishing import operations
from portal.publishing.due_items import NOT_COUNTED, DueItem, Withholding, remember
from portal.publishing.kinds import kind_named
from portal.publishing.models import Disclosure, DisclosureVersion
from portal.publishing.publicity import NoRule, term
from portal.publishing.workflow import ENDED, ERASED, EXPIRED, REPAIRED
from portal.release.rules import record_due

HOW_ENDED = {EXPIRED: "expired", REPAIRED: "repaired", ERASED: "withdrawn"}


def authorities(session: Session) -> list[str]:
    """Everybody who owes or owed something."""
    refresh(session, WorkingCalendar.load(session))
    return list(session.scalars(select(DueItem.authority).distinct().order_by(DueItem.authority)))


def refresh(session: Session, calendar: WorkingCalendar) -> None:
    """Give every disclosure that has a text its row."""
    known = select(DueItem.disclosure_id).where(DueItem.number.is_not(None))
    statement = select(Disclosure).where(Disclosure.kind.not_in(NOT_COUNTED), Disclosure.id.not_in(known))
    for one in session.scalars(statement):
        due = record_due(one.kind, one.draft, calendar) if one.draft else None
        remember(session, one, due.on if due else None)


def make_manifest(
    session: Session, authority: str, month: str, *, calendar: WorkingCalendar, actor: Actor, at: datetime
) -> Disclosure:
    """The manifest of one authority and month, submitted for approval; InvalidInput for a month that is not over.

    What came in late is numbered with the month in which it is found; what earlier manifests left open is told again.
    """
    today, (_first, after) = local_date(at), _bounds(month)
    if after > today:
        raise InvalidInput({"month": _l("这个月还没有结束。")})
    refresh(session, calendar)
    items = _to_tell(session, authority, after)
    new = [one for one in items if one.number is None]
    last = session.scalar(select(func.max(DueItem.number)).where(DueItem.authority == authority)) or 0
    facts = {one.disclosure_id: _fact(session, one, today) for one in items}
    order = in_order(facts[one.disclosure_id] for one in new)
    numbers = numbered(last, [one.key for one in order])
    for one in new:
        one.number, one.month = numbers[one.disclosure_id], month
    session.flush()
    lines = [
        line(one.number or 0, facts[one.disclosure_id], today)
        for one in sorted(items, key=lambda each: each.number or 0)
    ]
    content: dict[str, Any] = {
        "authority_name": authority,
        "month": month,
        "issued_on": today.isoformat(),
        "numbers": f"{last + 1}–{last + len(new)}" if new else "无",
        **totals(lines),
        "lines": lines,
    }
    drafted = operations.draft(session, MANIFEST, content, actor=actor, at=at)
    operations.submit(session, drafted, actor=actor, at=at)
    return drafted


def withhold(session: Session, disclosure: Disclosure, reason: str, basis: str, *, actor: Actor) -> None:
    """Put on record why this is not published; the manifest tells it, without the subject."""
    session.merge(Withholding(disclosure_id=disclosure.id, reason=reason, basis=basis, decided_by=actor.user_id))


def _bounds(month: str) -> tuple[date, date]:
    try:
        return month_bounds(month)
    except ValueError:
        raise InvalidInput({"month": _l("月份写成 2026-10 的样子。")}) from None


def _to_tell(session: Session, authority: str, after: date) -> Sequence[DueItem]:
    """What is newly owed up to the end of the month, and what was numbered before and never went out."""
    statement = (
        select(DueItem)
        .join(Disclosure, Disclosure.id == DueItem.disclosure_id)
        .where(DueItem.authority == authority, DueItem.on_day < after)
        .where(DueItem.number.is_(None) | (Disclosure.version == 0))
    )
    return session.scalars(statement).all()


def _fact(session: Session, item: DueItem, today: date) -> Fact:
    disclosure = session.get_one(Disclosure, item.disclosure_id)
    first = session.scalar(
        select(DisclosureVersion.at).where(
            DisclosureVersion.disclosure_id == disclosure.id, DisclosureVersion.version == 1
        )
    )
    ended = HOW_ENDED.get(disclosure.state, "withdrawn") if disclosure.state in ENDED else None
    return Fact(
        key=disclosure.id,
        kind=item.kind,
        on_day=item.on_day,
        due_on=item.due_on,
        first_on=local_date(first) if first else None,
        ended=ended,
        reason=_reason(session, disclosure, today),
    )


def _reason(session: Session, disclosure: Disclosure, today: date) -> str:
    """What may be told: the public words of a withdrawal, an editor's reason, or the rule that forbids publishing."""
    if disclosure.state in ENDED:
        return "；".join(filter(None, (disclosure.withdrawn_reason, disclosure.withdrawn_basis)))
    kept = session.get(Withholding, disclosure.id)
    if kept is not None and disclosure.version == 0:
        return f"{kept.reason}（{kept.basis}）"
    kind = kind_named(disclosure.kind)
    if disclosure.version or kind.problems(disclosure.draft):
        return ""
    try:
        found = term(kind.publicity(disclosure.draft), published_on=today)
    except NoRule:
        return ""
    return f"{found.label}（{found.basis}）" if found.is_forbidden or found.is_over(today) else ""
