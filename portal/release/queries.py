"""What was promised and what came: computed from published records and imported observations, never typed."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from core.clock import CHINA, local_date
from core.tables import Row
from core.working_calendar import Due, WorkingCalendar
from portal.disclosures.as_of import corrected_since
from portal.monitoring.models import ImportBatch, Observation, PastObservation, Station
from portal.publishing.kinds import kind_named
from portal.publishing.models import Change, Disclosure, DisclosureVersion, PublicRecord
from portal.publishing.workflow import FIRST
from portal.release.models import ReleaseReason
from portal.release.rules import (
    Outcome,
    Promise,
    Status,
    datasets,
    due_at,
    held_to,
    month_of,
    outcome,
    promises,
    record_due,
)

HOURS_FOR_A_DAY = 20  # GB 3095, HJ 663: a day's mean needs 20 hours
LONGEST_LEAD = timedelta(days=400)


@dataclass(frozen=True)
class Release:
    """One promise with what came of it. `title` and `url` of the record that kept it, where there is one."""

    outcome: Outcome
    title: str = ""
    url: str = ""
    reason: str = ""

    @property
    def period(self) -> str:
        return self.outcome.promise.period


@dataclass(frozen=True)
class DatasetMonth:
    """A data set in a month: every promise that falls due in it. `unpublished` counts drafts past their last day."""

    row: Row
    releases: tuple[Release, ...]
    unpublished: int = 0

    def count(self, status: str) -> int:
        return sum(one.outcome.status == status for one in self.releases)

    @property
    def promised(self) -> int:
        return len(self.releases) - self.count(Status.AHEAD) + self.unpublished

    @property
    def longest_delay(self) -> timedelta | None:
        return max((one.outcome.delay for one in self.releases if one.outcome.delay), default=None)


def month(
    session: Session, day: date, *, now: datetime, area: str, calendar: WorkingCalendar, only: str | None = None
) -> list[DatasetMonth]:
    """The data sets of the month that `day` lies in, in the order of the table; `only` one of them.

    What happened after `now` is not seen: a past moment gives what the public saw then. A draft that was late then
    counts by the day that it tells today.
    """
    first, last = month_of(day)
    rows = [row for row in datasets(last) if only in (None, row["code"])]
    return [_dataset_month(session, row, first, last, now, area, calendar) for row in rows]


def ahead(session: Session, *, now: datetime, days: int) -> list[tuple[Row, Promise]]:
    """What is promised for the coming days, the nearest first: hours, days and records aside, which never stop."""
    today = local_date(now)
    coming = [
        (row, one)
        for row in datasets(today)
        if row["evidence"] == "release"
        for one in promises(row, today, today + timedelta(days=days))
    ]
    kept = {row["code"]: _releases(session, row, now) for row, _one in coming}
    return sorted(
        ((row, one) for row, one in coming if one.period not in kept[row["code"]]), key=lambda pair: pair[1].due_at
    )


def _dataset_month(
    session: Session, row: Row, first: date, last: date, now: datetime, area: str, calendar: WorkingCalendar
) -> DatasetMonth:
    reasons = confirmed_reasons(session, row["code"], now)
    if row["evidence"] == "record":
        return _record_month(session, row, first, last, now, calendar, reasons)
    came, since = _evidence(session, row, first, last, area, now)
    releases = []
    for promise in promises(row, first, min(last, local_date(now) + LONGEST_LEAD)):
        if not held_to(promise, since):
            continue  # before the platform was at work: history, not lateness
        at, title, url = came.get(promise.period, (None, "", ""))
        found = outcome(promise, at, now)
        releases.append(Release(found, title, url, reasons.get(promise.period, "")))
    return DatasetMonth(row, tuple(releases))


Came = Mapping[str, tuple[datetime | None, str, str]]


def _evidence(
    session: Session, row: Row, first: date, last: date, area: str, now: datetime
) -> tuple[Came, datetime | None]:
    """When each period came, and from when on the platform can be held to its word."""
    if row["evidence"] == "release":
        return _releases(session, row, now), _first_publication(session)
    hours = _hours(session, area, first - timedelta(days=2), last, now)
    since = _first_import(session, area)
    if row["evidence"] == "air_hour":
        return {f"{hour.astimezone(CHINA):%Y-%m-%dT%H}": (at, "", "") for hour, at in hours.items()}, since
    return _days(hours), since


def _hours(session: Session, area: str, first: date, last: date, now: datetime) -> dict[datetime, datetime]:
    """Each hour of the city's stations and the moment at which the first of them was there to be read.

    An hour that was corrected since came with the batch that brought it first.
    """
    start, end = due_at(first - timedelta(days=1)), due_at(last)
    begin, stop = (one.replace(minute=0, second=0) for one in (start, end + timedelta(seconds=1)))
    stations = select(Station.id).where(Station.area == area)
    found: dict[datetime, datetime] = {}
    for table in (Observation, PastObservation):
        statement = (
            select(table.hour_end, func.min(ImportBatch.at))
            .join(ImportBatch, ImportBatch.id == table.batch_id)
            .where(table.station_id.in_(stations), table.hour_end > begin, table.hour_end <= stop)
            .where(ImportBatch.at <= now)
            .group_by(table.hour_end)
        )
        for hour, at in session.execute(statement):
            found[hour] = min(at, found.get(hour, at))
    return found


def _days(hours: Mapping[datetime, datetime]) -> Came:
    """A day is there once enough of its hours are; the hour that ends at midnight is the day's last."""
    of_day: dict[date, list[datetime]] = defaultdict(list)
    for hour, at in hours.items():
        of_day[local_date(hour - timedelta(minutes=1))].append(at)
    return {
        day.isoformat(): (sorted(came)[HOURS_FOR_A_DAY - 1], "", "")
        for day, came in of_day.items()
        if len(came) >= HOURS_FOR_A_DAY
    }


def _first_import(session: Session, area: str) -> datetime | None:
    stations = select(Station.id).where(Station.area == area)
    batches = select(Observation.batch_id).where(Observation.station_id.in_(stations)).distinct()
    return session.scalar(select(func.min(ImportBatch.at)).where(ImportBatch.id.in_(batches)))


def _first_publication(session: Session, kind: str | None = None) -> datetime | None:
    """When the first change became public: one step into the change sequence, however many there are."""
    statement = select(Change.at).order_by(Change.sequence).limit(1)
    return session.scalar(statement.where(Change.kind == kind) if kind else statement)


def _releases(session: Session, row: Row, now: datetime) -> Came:
    """The published notices that say which release they are; the first one of a period counts."""
    code = PublicRecord.body["release"].as_string()
    statement = select(PublicRecord).where(
        PublicRecord.kind == "notice", code == row["code"], PublicRecord.updated_at <= now
    )
    changed = [one for one in _corrected_since(session, "notice", now) if one.body.get("release") == row["code"]]
    found: dict[str, tuple[datetime | None, str, str]] = {}
    for record in sorted([*session.scalars(statement), *changed], key=lambda one: one.published_at):
        found.setdefault(str(record.body.get("period")), (record.published_at, record.title, f"/notices/{record.id}"))
    return found


def _record_month(
    session: Session,
    row: Row,
    first: date,
    last: date,
    now: datetime,
    calendar: WorkingCalendar,
    reasons: Mapping[str, str],
) -> DatasetMonth:
    """Each public record whose last day lies in the month, and the drafts that should have been public by now."""
    since = _first_publication(session, row["kind"])
    if since is None:
        return DatasetMonth(row, ())
    earliest = max(first - _longest(row["workdays"]), local_date(since))
    releases, dues = [], dict[date, Due]()
    for record in _records_decided(session, row["kind"], earliest, last, now):
        due = dues.get(record.decided_on) or calendar.add_workdays(record.decided_on, row["workdays"])
        dues[record.decided_on] = due
        if first <= due.on <= last:
            promise = Promise(record.id, due_at(due.on), due.provisional)
            found = outcome(promise, record.published_at, now)
            url = f"{row['url']}/{record.id}"
            releases.append(Release(found, record.title, url, reasons.get(record.id, "")))
    return DatasetMonth(row, tuple(releases), _unpublished(session, row, first, last, now, calendar, earliest))


class _Decided(NamedTuple):
    """What the calendar needs to know of a record."""

    id: str
    title: str
    decided_on: date
    published_at: datetime


def _records_decided(session: Session, kind: str, first: date, last: date, now: datetime) -> list[_Decided]:
    """Of those days, by day, as they were public at `now`."""
    columns = (PublicRecord.id, PublicRecord.title, PublicRecord.decided_on, PublicRecord.published_at)
    statement = select(*columns).where(
        PublicRecord.kind == kind, PublicRecord.decided_on.between(first, last), PublicRecord.updated_at <= now
    )
    rows = [_Decided(*row) for row in session.execute(statement)]
    for one in _corrected_since(session, kind, now):
        if first <= one.decided_on <= last:
            rows.append(_Decided(one.id, one.title, one.decided_on, one.published_at))
    return sorted(rows, key=lambda one: (one.decided_on, one.id))


def _corrected_since(session: Session, kind: str, now: datetime) -> list[PublicRecord]:
    return list(corrected_since(session, kind_named(kind), now)) if _is_past(session, now) else []


def _is_past(session: Session, now: datetime) -> bool:
    """Whether anything has changed since; where not, the versions need not be asked."""
    newest = session.scalar(select(Change.at).order_by(Change.sequence.desc()).limit(1))
    return newest is not None and newest > now


def _longest(workdays: int) -> timedelta:
    """More calendar days than so many working days can take: no week is all holiday, but two may be nearly."""
    return timedelta(days=3 * workdays + 14)


def _unpublished(
    session: Session, row: Row, first: date, last: date, now: datetime, calendar: WorkingCalendar, earliest: date
) -> int:
    waiting: ColumnElement[bool] = Disclosure.state.in_(astuple(FIRST))
    if _is_past(session, now):
        published = (DisclosureVersion.version == 1, DisclosureVersion.at > now)
        waiting = or_(waiting, Disclosure.id.in_(select(DisclosureVersion.disclosure_id).where(*published)))
    statement = select(Disclosure).where(Disclosure.kind == row["kind"], Disclosure.created_at <= now, waiting)
    days = [
        due.on
        for one in session.scalars(statement)
        if (due := record_due(one.kind, one.draft, calendar)) is not None and _decided(row, one.draft) >= earliest
    ]
    return sum(first <= day <= last and day < local_date(now) for day in days)


def _decided(row: Row, draft: Mapping[str, Any]) -> date:
    return date.fromisoformat(str(draft[row["anchor"]]))


def confirmed_reasons(session: Session, dataset: str, now: datetime) -> dict[str, str]:
    """The newest confirmed reason of each release."""
    statement = select(ReleaseReason).where(ReleaseReason.dataset == dataset, ReleaseReason.confirmed_at <= now)
    return {one.period: one.reason for one in session.scalars(statement.order_by(ReleaseReason.given_at))}


def unconfirmed_reasons(session: Session) -> Sequence[ReleaseReason]:
    statement = select(ReleaseReason).where(ReleaseReason.confirmed_at.is_(None))
    return session.scalars(statement.order_by(ReleaseReason.given_at)).all()


def late_releases(found: Iterable[DatasetMonth]) -> list[tuple[Row, Release]]:
    """What came late or did not come, the newest first."""
    late = [
        (month.row, one)
        for month in found
        for one in month.releases
        if one.outcome.status in (Status.LATE, Status.MISSING)
    ]
    return sorted(late, key=lambda pair: pair[1].outcome.promise.due_at, reverse=True)
