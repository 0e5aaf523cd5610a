"""What feeds read: what changed last, what a filter leaves of it, and the pages of the past.

A page of the archive holds PAGE numbers of the change sequence. Numbers are committed in their order (see
portal.publishing.operations), so a page whose last number is taken never gets another entry.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session, aliased

from portal.publishing.models import Change, DisclosureVersion, PublicRecord, VersionContent
from portal.publishing.queries import RecordFilters, filtered

PAGE = 50
LOOK_BACK = 200
TELLING = ("publish", "correct")  # the events that made a version


@dataclass(frozen=True)
class Told:
    """A change as a feed tells it. `record` is None where the record is no longer public."""

    record_id: str
    kind: str
    event: str
    at: datetime
    record: PublicRecord | None


@dataclass(frozen=True)
class Past:
    """A change as an archive tells it: what the version said then, or that the record is gone since (`body` None)."""

    record_id: str
    kind: str
    event: str
    first_at: datetime
    at: datetime
    version: int
    body: dict[str, Any] | None


def newest_number(session: Session, kinds: Sequence[str]) -> int:
    """The newest place in the change sequence among `kinds` (all if empty); 0 before the first."""
    return session.scalar(_of(select(func.max(Change.sequence)), kinds)) or 0


def newest_change(session: Session, kinds: Sequence[str]) -> Change | None:
    number = newest_number(session, kinds)
    return session.get(Change, number) if number else None


def changed_last(session: Session, kinds: Sequence[str], limit: int) -> list[Told]:
    """The newest change of each of the records changed last, newest first, also of those no longer public."""
    later = aliased(Change)
    overtaken = select(later.sequence).where(later.record_id == Change.record_id, later.sequence > Change.sequence)
    statement = _of(select(Change), kinds).where(~overtaken.exists()).order_by(Change.sequence.desc()).limit(limit)
    changes = session.scalars(statement).all()
    public = public_records(session, [one.record_id for one in changes])
    return [Told(one.record_id, one.kind, one.event, one.at, public.get(one.record_id)) for one in changes]


def public_records(session: Session, ids: Iterable[str]) -> dict[str, PublicRecord]:
    return {one.id: one for one in session.scalars(select(PublicRecord).where(PublicRecord.id.in_(list(ids))))}


def matching(session: Session, kind: str, filters: RecordFilters, limit: int) -> Sequence[PublicRecord]:
    """The records changed last among those a list shows under `filters`, newest first."""
    statement = filtered(select(PublicRecord).where(PublicRecord.kind == kind), filters)
    return session.scalars(statement.order_by(PublicRecord.sequence.desc()).limit(limit)).all()


def changed_last_of(session: Session, ids: Sequence[str], limit: int) -> Sequence[PublicRecord]:
    """Of the public records `ids`, those changed last, newest first."""
    statement = select(PublicRecord).where(PublicRecord.id.in_(ids)).order_by(PublicRecord.sequence.desc())
    return session.scalars(statement.limit(limit)).all()


def correction_reasons(session: Session, records: Iterable[PublicRecord]) -> dict[str, str]:
    """Why the newest version of each corrected record was made."""
    corrected = {one.id: one.version for one in records if one.version > 1}
    statement = select(VersionContent.disclosure_id, VersionContent.version, VersionContent.reason)
    rows = session.execute(statement.where(VersionContent.disclosure_id.in_(list(corrected))))
    return {record: reason for record, version, reason in rows if reason and corrected[record] == version}


@dataclass(frozen=True)
class Correction:
    """A correcting version, the text before it and the record as it is public now."""

    record: PublicRecord
    version: DisclosureVersion
    before: DisclosureVersion


def corrections(session: Session, limit: int) -> list[Correction]:
    """The newest corrections of records that are still public, newest first."""
    older = aliased(DisclosureVersion)
    earlier = (older.disclosure_id == DisclosureVersion.disclosure_id, older.version == DisclosureVersion.version - 1)
    statement = (
        select(PublicRecord, DisclosureVersion, older)
        .join(DisclosureVersion, DisclosureVersion.disclosure_id == PublicRecord.id)
        .join(older, and_(*earlier))
        .where(DisclosureVersion.event == "correct")
        .order_by(DisclosureVersion.at.desc(), DisclosureVersion.disclosure_id, DisclosureVersion.version.desc())
    )
    return [Correction(*row) for row in session.execute(statement.limit(limit)).unique()]


def full_pages(session: Session) -> int:
    """How many pages of the archive are full, and so will never get another entry."""
    return newest_number(session, ()) // PAGE


def page_before(session: Session, kinds: Sequence[str], page: int) -> int | None:
    """The nearest page before `page` that tells of one of `kinds`."""
    border = (page - 1) * PAGE
    number = session.scalar(_of(select(func.max(Change.sequence)), kinds).where(Change.sequence <= border))
    return _page_of(number)


def page_after(session: Session, kinds: Sequence[str], page: int) -> int | None:
    """The nearest full page after `page` that tells of one of `kinds`."""
    number = session.scalar(_of(select(func.min(Change.sequence)), kinds).where(Change.sequence > page * PAGE))
    found = _page_of(number)
    return found if found is not None and found <= full_pages(session) else None


def page_state(session: Session, kinds: Sequence[str], page: int) -> tuple[str, datetime]:
    """What changes a full page: that a record it speaks of has left the public, or that the page after it filled."""
    later = aliased(Change)
    inside = _of(select(Change.record_id), kinds).where(Change.sequence.between((page - 1) * PAGE + 1, page * PAGE))
    newest = select(later.sequence, later.at).where(later.record_id.in_(inside), later.event.not_in(TELLING))
    row = session.execute(newest.order_by(later.sequence.desc()).limit(1)).first()
    last = _of(select(Change.sequence, Change.at), kinds).where(Change.sequence <= page * PAGE)
    last_row = session.execute(last.order_by(Change.sequence.desc()).limit(1)).one()
    gone, at = (row.sequence, max(row.at, last_row.at)) if row else (0, last_row.at)
    return f"{page}-{gone}-{page_after(session, kinds, page) or 0}", at


def past_page(session: Session, kinds: Sequence[str], page: int) -> list[Past]:
    """A page of the archive, newest first; of a record that changed twice on it, the later."""
    statement = _of(select(Change), kinds).where(Change.sequence.between((page - 1) * PAGE + 1, page * PAGE))
    newest = {one.record_id: one for one in session.scalars(statement.order_by(Change.sequence))}
    ids = list(newest)
    public = public_records(session, ids)
    before = select(Change).where(Change.record_id.in_(ids), Change.sequence <= page * PAGE).order_by(Change.sequence)
    steps: dict[str, list[Change]] = {}
    for change in session.scalars(before):
        steps.setdefault(change.record_id, []).append(change)
    versions = select(DisclosureVersion).where(DisclosureVersion.disclosure_id.in_(ids))
    bodies = {
        (one.disclosure_id, one.version): json.loads(one.content.body)
        for one in session.scalars(versions)
        if one.content
    }
    told = [_past(change, steps[change.record_id], bodies, change.record_id in public) for change in newest.values()]
    return sorted(told, key=lambda one: newest[one.record_id].sequence, reverse=True)


def _past(change: Change, steps: list[Change], bodies: dict[tuple[str, int], dict[str, Any]], is_public: bool) -> Past:
    version = sum(1 for one in steps if one.event in TELLING)
    tells = is_public and change.event in TELLING
    body = bodies.get((change.record_id, version)) if tells else None
    return Past(change.record_id, change.kind, change.event, steps[0].at, change.at, version, body)


def _page_of(number: int | None) -> int | None:
    return -(-number // PAGE) if number else None


def _of(statement: Any, kinds: Sequence[str]) -> Any:
    if len(kinds) == 1:
        return statement.where(Change.kind == kinds[0])
    return statement.where(Change.kind.in_(kinds)) if kinds else statement
