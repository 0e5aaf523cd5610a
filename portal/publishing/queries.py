"""What the pages, feeds and search read of the published records."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select, tuple_
from sqlalchemy.orm import Session

from core.clock import local_date
from core.errors import Gone, NotFound
from core.identifiers import USCC_LENGTH, check_uscc
from core.paging import Cursor, Page, page_of
from portal.publishing.models import (
    PAST_TERM,
    Consultation,
    Disclosure,
    DisclosureVersion,
    PublicRecord,
    PublicRecordAct,
)
from portal.publishing.terms import basis_of
from portal.publishing.workflow import ERASED, EXPIRED, PUBLISHED, REPAIRED, WITHDRAWN

PAGE_SIZE = 20
REPAIR_BASIS = "信用修复管理办法（发改委令第36号）"


@dataclass(frozen=True)
class RecordFilters:
    """`first` and `last` bound the day of the decision; `party` is a credit code or a whole name."""

    county: str | None = None
    authority: str | None = None
    act: str | None = None
    year: int | None = None
    first: date | None = None
    last: date | None = None
    party: str | None = None

    def any(self) -> bool:
        return any(asdict(self).values())

    def admit(self, one: PublicRecord) -> bool:
        """The same question as `filtered` asks, of a row that is no longer in the table."""
        acts = one.body.get("acts") or ()
        return (
            self.county in (None, one.county_code)
            and self.authority in (None, one.authority)
            and (self.act is None or self.act in acts)
            and self.year in (None, one.decided_on.year)
            and (self.first or date.min) <= one.decided_on <= (self.last or date.max)
            and (self.party is None or self.party in (one.party_uscc, one.party_name))
        )

    def asked(self) -> dict[str, str]:
        """What filters, as the address says it."""
        words = {"first": "from", "last": "to"}
        return {words.get(name, name): str(value) for name, value in vars(self).items() if value}


def records_page(
    session: Session, kind: str, filters: RecordFilters, cursor: Cursor | None, limit: int = PAGE_SIZE
) -> Page[PublicRecord]:
    """Newest decisions first, paged by (day, id)."""
    statement = order_of(filtered(select(PublicRecord).where(PublicRecord.kind == kind), filters), cursor)
    rows = session.scalars(statement.limit(limit + 1)).all()
    return page_of(rows, limit=limit, cursor=cursor, key=lambda one: (one.decided_on.isoformat(), one.id))


def border_of(cursor: Cursor) -> tuple[date, str]:
    """The (day, id) that a list's cursor names; NotFound for a cursor of another list."""
    try:
        return date.fromisoformat(str(cursor.key[0])), str(cursor.key[1])
    except ValueError as error:
        raise NotFound from error


def order_of(statement: Select[PublicRecord], cursor: Cursor | None) -> Select[PublicRecord]:
    """Newest decisions first, from the cursor on; in the cursor's direction."""
    order = (PublicRecord.decided_on, PublicRecord.id)
    backwards = cursor is not None and cursor.backwards
    if cursor is not None:
        key, border = tuple_(*order), border_of(cursor)
        statement = statement.where(key > border if backwards else key < border)
    return statement.order_by(*(column.asc() if backwards else column.desc() for column in order))


def filtered(statement: Select[PublicRecord], filters: RecordFilters) -> Select[PublicRecord]:
    if filters.county:
        statement = statement.where(PublicRecord.county_code == filters.county)
    if filters.authority:
        statement = statement.where(PublicRecord.authority == filters.authority)
    if filters.act:
        having = select(PublicRecordAct.record_id).where(PublicRecordAct.act_code == filters.act)
        statement = statement.where(PublicRecord.id.in_(having))
    if filters.year:
        first, last = date(filters.year, 1, 1), date(filters.year, 12, 31)
        statement = statement.where(PublicRecord.decided_on.between(first, last))
    if filters.first:
        statement = statement.where(PublicRecord.decided_on >= filters.first)
    if filters.last:
        statement = statement.where(PublicRecord.decided_on <= filters.last)
    if filters.party:
        statement = statement.where(_is_party(filters.party))
    return statement


def _is_party(party: str) -> ColumnElement[bool]:
    """By code where it looks like one, else by the whole name."""
    code = check_uscc(party)
    return PublicRecord.party_uscc == code.code if len(code.code) == USCC_LENGTH else PublicRecord.party_name == party


def authorities(session: Session, kind: str) -> list[str]:
    """Every authority that published this kind, found by leaping through the index instead of reading all rows."""
    first = select(func.min(PublicRecord.authority).label("name")).where(PublicRecord.kind == kind)
    leap = first.cte(recursive=True)
    following = select(func.min(PublicRecord.authority)).where(
        PublicRecord.kind == kind, PublicRecord.authority > leap.c.name
    )
    leap = leap.union_all(select(following.scalar_subquery()).where(leap.c.name.is_not(None)))
    return [name for name in session.scalars(select(leap.c.name)) if name is not None]


def years(session: Session, kind: str) -> list[int]:
    """From the newest decision's year down to the oldest's."""
    oldest, newest = (
        session.scalar(select(function(PublicRecord.decided_on)).where(PublicRecord.kind == kind))
        for function in (func.min, func.max)
    )
    return list(range(newest.year, oldest.year - 1, -1)) if oldest and newest else []


def latest(session: Session, kinds: Sequence[str], limit: int) -> Sequence[PublicRecord]:
    """The records changed last, newest first."""
    statement = select(PublicRecord).order_by(PublicRecord.sequence.desc()).limit(limit)
    if len(kinds) == 1:
        statement = statement.where(PublicRecord.kind == kinds[0])
    elif kinds:
        statement = statement.where(PublicRecord.kind.in_(kinds))
    return session.scalars(statement).all()


def record(session: Session, kind: str, record_id: str) -> PublicRecord:
    """The public record; Gone with the public reason where it was withdrawn, NotFound where it never was public."""
    found = session.get(PublicRecord, record_id)
    if found is not None and found.kind == kind:
        return found
    disclosure = session.get(Disclosure, record_id)
    raise (gone(session, disclosure) if disclosure is not None and disclosure.kind == kind else None) or NotFound


def gone(session: Session, disclosure: Disclosure) -> Gone | None:
    """Why a record that was public no longer is; None where it is, or never was."""
    if disclosure.state in (WITHDRAWN, ERASED):
        return Gone(disclosure.withdrawn_reason or "", basis=disclosure.withdrawn_basis, ground="withdrawn")
    if disclosure.state == REPAIRED:
        return Gone(_l("信用已经修复，停止公示。"), basis=REPAIR_BASIS, ground="repaired")
    if disclosure.state == EXPIRED or _is_past_term(session, disclosure):
        newest = session.get(DisclosureVersion, (disclosure.id, disclosure.version))
        return Gone(_l("公示期已满，停止公示。"), basis=basis_of(newest), ground="expired")
    return None


def _is_past_term(session: Session, disclosure: Disclosure) -> bool:
    """Whether the row still stands although no read finds it: the term is over and the worker has not come by."""
    standing = select(PublicRecord.id).where(PublicRecord.id == disclosure.id)
    return session.scalar(standing.execution_options(**{PAST_TERM: True})) is not None


def past_term(session: Session, at: datetime | None = None) -> tuple[str, ...]:
    """The ids of records that still stand although their term is over, now or at `at`, until the worker comes by."""
    today = local_date(at or session.info["clock"].now())
    statement = select(PublicRecord.id).where(PublicRecord.publicity_until < today)
    statement = statement.order_by(PublicRecord.publicity_until, PublicRecord.id)
    return tuple(session.scalars(statement.execution_options(**{PAST_TERM: True})))


def last_past_term(session: Session) -> date | None:
    """The last day of the record that ended last among those that still stand; None where none does."""
    today = local_date(session.info["clock"].now())
    statement = select(func.max(PublicRecord.publicity_until)).where(PublicRecord.publicity_until < today)
    return session.scalar(statement.execution_options(**{PAST_TERM: True}))


def versions(session: Session, record_id: str) -> Sequence[DisclosureVersion]:
    """All published versions, newest first."""
    statement = select(DisclosureVersion).where(DisclosureVersion.disclosure_id == record_id)
    return session.scalars(statement.order_by(DisclosureVersion.version.desc())).all()


def acts_of(session: Session, record_id: str) -> list[str]:
    statement = select(PublicRecordAct.act_code).where(PublicRecordAct.record_id == record_id)
    return sorted(session.scalars(statement))


def of_party(
    session: Session, uscc: str | None, name: str | None, *, but: str, limit: int = 10
) -> Sequence[PublicRecord]:
    """Other public records of the same party, by code where there is one, else by name."""
    if not uscc and not name:
        return ()
    same = PublicRecord.party_uscc == uscc if uscc else PublicRecord.party_name == name
    statement = select(PublicRecord).where(same, PublicRecord.id != but)
    return session.scalars(statement.order_by(PublicRecord.decided_on.desc()).limit(limit)).all()


def counts_of_party(session: Session, uscc: str) -> tuple[str | None, dict[str, int]]:
    """The name that the newest record gives the party with this code, and how many records of each kind name it."""
    statement = select(PublicRecord.kind, func.count()).where(PublicRecord.party_uscc == uscc)
    counts: dict[str, int] = {row[0]: row[1] for row in session.execute(statement.group_by(PublicRecord.kind))}
    newest = of_party(session, uscc, None, but="", limit=1)
    return (newest[0].party_name if newest else None), counts


def all_records(session: Session, kind: str) -> Iterator[PublicRecord]:
    """Oldest decisions first."""
    statement = select(PublicRecord).where(PublicRecord.kind == kind)
    ordered = statement.order_by(PublicRecord.decided_on, PublicRecord.id).execution_options(yield_per=1000)
    with session.scalars(ordered) as found:
        yield from found


def consultations_of(session: Session, department: str | None, limit: int = 200) -> Sequence[Consultation]:
    """What a department was asked, or what came up to it: the open first by their last day, then the newest answers."""
    if department is None:
        return ()
    asked = or_(Consultation.department_code == department, Consultation.escalated_to == department)
    is_open = and_(Consultation.answered_at.is_(None), Consultation.closed_at.is_(None))
    by_day = case((is_open, Consultation.due_on), else_=None)
    order = (is_open.desc(), by_day, Consultation.asked_at.desc(), Consultation.id)
    return session.scalars(select(Consultation).where(asked).order_by(*order).limit(limit)).all()


def recently_published(session: Session, limit: int = 8) -> Sequence[Disclosure]:
    statement = select(Disclosure).where(Disclosure.state == PUBLISHED).order_by(Disclosure.changed_at.desc())
    return session.scalars(statement.limit(limit)).all()


def disclosure(session: Session, disclosure_id: str) -> Disclosure:
    found = session.get(Disclosure, disclosure_id)
    if found is None:
        raise NotFound
    return found


def drafted_authorities(session: Session) -> set[str]:
    """The authorities named in drafts that are not erased."""
    return {
        str(draft["authority_name"])
        for draft in session.scalars(select(Disclosure.draft))
        if draft.get("authority_name")
    }
