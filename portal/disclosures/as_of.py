"""What the public saw at the end of a day, read from the versions.

A record that was erased or has expired is left out, text and all. One that was withdrawn since is told as withdrawn,
with its reason and without its text: withdrawing took it back for the past as well.
"""

import json
from collections.abc import Iterator, Sequence
from datetime import date, datetime

from sqlalchemy import Select, func, select, tuple_
from sqlalchemy.orm import Session

from core.errors import NotFound
from core.paging import Cursor, Page, page_of
from core.web.past import end_of
from portal.publishing.kinds import DisclosureKind, kind_named
from portal.publishing.models import Disclosure, DisclosureVersion, PublicRecord, VersionContent
from portal.publishing.queries import RecordFilters, border_of, filtered, order_of, record
from portal.publishing.workflow import WITHDRAWN

# A day before or after all records is as good as the first or the last that can be reckoned with.
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2999, 12, 31)


def reckoned(day: date) -> date:
    return min(max(day, FIRST_DAY), LAST_DAY)


def records_as_of(
    session: Session, kind: DisclosureKind, filters: RecordFilters, day: date, cursor: Cursor | None, limit: int
) -> Page[PublicRecord]:
    """A page of the list as it stood when `day` ended; the rows of records corrected since are of that day's version.

    What was corrected since is read whole and few; everything else is paged by the index.
    """
    end = end_of(day)
    backwards = cursor is not None and cursor.backwards
    untouched = _untouched(session, kind, filters, end, cursor, limit)
    border = border_of(cursor) if cursor is not None else None
    changed = [one for one in _changed(session, kind, end) if filters.admit(one)]
    if border is not None:
        changed = [one for one in changed if (_key(one) > border if backwards else _key(one) < border)]
    rows = sorted([*untouched, *changed], key=_key, reverse=not backwards)[: limit + 1]
    return page_of(rows, limit=limit, cursor=cursor, key=lambda one: (one.decided_on.isoformat(), one.id))


def record_as_of(session: Session, kind: DisclosureKind, record_id: str, day: date) -> PublicRecord:
    """The record as it stood when `day` ended; Gone as for its page, NotFound where it was not public yet."""
    found = record(session, kind.name, record_id)
    end = end_of(day)
    if found.published_at >= end:
        raise NotFound
    return found if found.updated_at < end else _as_it_was(session, found, end)


def corrected_since(session: Session, kind: DisclosureKind, end: datetime) -> Iterator[PublicRecord]:
    """Records that were public before `end` and have changed since, as they were then."""
    return _changed(session, kind, end)


def withdrawn_since(session: Session, kind: DisclosureKind, day: date, limit: int) -> Sequence[Disclosure]:
    """What was public on `day` and has been withdrawn since, newest withdrawal first."""
    published = select(DisclosureVersion.disclosure_id).where(
        DisclosureVersion.version == 1, DisclosureVersion.at < end_of(day)
    )
    statement = (
        select(Disclosure)
        .where(Disclosure.kind == kind.name, Disclosure.state == WITHDRAWN, Disclosure.changed_at >= end_of(day))
        .where(Disclosure.id.in_(published))
    )
    return session.scalars(statement.order_by(Disclosure.changed_at.desc(), Disclosure.id).limit(limit)).all()


def _untouched(
    session: Session, kind: DisclosureKind, filters: RecordFilters, end: datetime, cursor: Cursor | None, limit: int
) -> Sequence[PublicRecord]:
    statement: Select[PublicRecord] = select(PublicRecord).where(
        PublicRecord.kind == kind.name, PublicRecord.published_at < end, PublicRecord.updated_at < end
    )
    return session.scalars(order_of(filtered(statement, filters), cursor).limit(limit + 1)).all()


def _changed(session: Session, kind: DisclosureKind, end: datetime) -> Iterator[PublicRecord]:
    statement = select(PublicRecord).where(
        PublicRecord.kind == kind.name, PublicRecord.published_at < end, PublicRecord.updated_at >= end
    )
    then = (
        select(DisclosureVersion.disclosure_id, func.max(DisclosureVersion.version))
        .where(DisclosureVersion.at < end)
        .group_by(DisclosureVersion.disclosure_id)
    )
    number = tuple_(VersionContent.disclosure_id, VersionContent.version)
    rows = session.execute(
        statement.add_columns(VersionContent)
        .join(VersionContent, VersionContent.disclosure_id == PublicRecord.id)
        .where(number.in_(then))
    )
    for now, content in rows:
        yield _version_of(now, content, end)


def _as_it_was(session: Session, now: PublicRecord, end: datetime) -> PublicRecord:
    statement = (
        select(VersionContent)
        .join(
            DisclosureVersion,
            (DisclosureVersion.disclosure_id == VersionContent.disclosure_id)
            & (DisclosureVersion.version == VersionContent.version),
        )
        .where(VersionContent.disclosure_id == now.id, DisclosureVersion.at < end)
    )
    content = session.scalars(statement.order_by(VersionContent.version.desc()).limit(1)).first()
    if content is None:
        raise NotFound
    return _version_of(now, content, end)


def _version_of(now: PublicRecord, content: VersionContent, end: datetime) -> PublicRecord:
    """A row that belongs to no session: what `public_record` held when that version was the newest."""
    body = json.loads(content.body)
    summary = kind_named(now.kind).summarise(body)
    return PublicRecord(
        id=now.id,
        kind=now.kind,
        version=content.version,
        sequence=now.sequence,
        title=summary.title,
        summary=summary.summary,
        party_name=summary.party_name,
        party_uscc=summary.party_uscc,
        county_code=summary.county_code,
        authority=summary.authority,
        decided_on=summary.decided_on,
        published_at=now.published_at,
        updated_at=min(now.updated_at, end),
        body=body,
        publicity_until=now.publicity_until,
        publicity_rule=now.publicity_rule,
    )


def _key(one: PublicRecord) -> tuple[date, str]:
    return one.decided_on, one.id
