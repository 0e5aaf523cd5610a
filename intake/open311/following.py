"""What is public of a report: that it exists, open or closed; only if an app filed it, on a neighbourhood's matter.

The list hides small cells: a month is listed when it is over, a matter in it when at least five were filed.
"""

from collections import Counter
from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session, load_only

from core.clock import CHINA, local_date
from core.errors import InvalidInput
from intake.case_models import Handling
from intake.models import EXCLUDED, Report, ReportDepartment
from intake.open311.reading import RECEIVED_BY
from intake.open311.services import SERVICES
from intake.small_cells import LEAST

LONGEST_SPAN = timedelta(days=90)
MOST_NUMBERS = 100
Row = tuple[Report, bool]


def by_numbers(session: Session, numbers: Collection[str]) -> list[dict[str, Any]]:
    """Those of the case numbers that are public; the others are as if they were not there."""
    return [_shown(*row) for row in _public(session, Report.case_number.in_(list(numbers)[:MOST_NUMBERS]))]


def filed_between(
    session: Session, start: datetime, end: datetime, *, codes: Collection[str], statuses: Collection[str], today: date
) -> list[dict[str, Any]]:
    """Reports of the whole months that begin within the span, by month and number."""
    months = _months(start, end, today)
    if not months:
        return []
    first, after = months[0], _next(months[-1])
    rows = _public(session, Report.received_on >= first, Report.received_on < after)
    cells = Counter(_cell(report) for report, _closed in rows)
    kept = [row for row in rows if cells[_cell(row[0])] >= LEAST]
    in_order = sorted(kept, key=lambda row: (row[0].received_on.replace(day=1), row[0].case_number))
    return [
        one
        for one in (_shown(*row) for row in in_order)
        if (not codes or one["service_code"] in codes) and (not statuses or one["status"] in statuses)
    ]


def span(start: datetime | None, end: datetime | None, now: datetime) -> tuple[datetime, datetime]:
    """The most recent 90 days where nothing is said; 90 days from or to the one end that is."""
    begins = start or (end or now) - LONGEST_SPAN
    ends = end or (start + LONGEST_SPAN if start else now)
    if begins > ends or ends - begins > LONGEST_SPAN:
        raise InvalidInput({"start_date": _("start_date 要早于 end_date，最多相隔 90 天。")})
    return begins, ends


def _public(session: Session, *conditions: Any) -> list[Row]:
    """A report with somebody kept out of it is none of these: a department or its people are accused."""
    kept_out = select(ReportDepartment.report_id).where(ReportDepartment.part == EXCLUDED)
    statement = (
        select(Report, Handling.finished_on)
        .options(load_only(Report.case_number, Report.received_on, Report.category_channel, Report.subject))
        .join(Handling, Handling.report_id == Report.id)
        .where(Report.received_by == RECEIVED_BY, Report.id.not_in(kept_out), *conditions)
    )
    rows = [(report, finished_on is not None) for report, finished_on in session.execute(statement)]
    return [row for row in rows if SERVICES[_code(row[0])].may_be_followed]


def _shown(report: Report, is_closed: bool) -> dict[str, Any]:
    """The standard's fields. The time is the month's: the day could tell who."""
    month = datetime(report.received_on.year, report.received_on.month, 1, tzinfo=CHINA)
    return {
        "service_request_id": report.case_number,
        "status": "closed" if is_closed else "open",
        "status_notes": None,
        "service_name": SERVICES[_code(report)].subject.label,
        "service_code": _code(report),
        "description": None,
        "agency_responsible": None,
        "service_notice": None,
        "requested_datetime": month.isoformat(),
        "updated_datetime": None,
        "expected_datetime": None,
        "address": None,
        "address_id": None,
        "zipcode": None,
        "lat": None,
        "long": None,
        "media_url": None,
    }


def _code(report: Report) -> str:
    code = f"{report.category_channel}-{report.subject}"
    return code if code in SERVICES else f"{report.category_channel}-other"


def _cell(report: Report) -> tuple[date, str]:
    return report.received_on.replace(day=1), _code(report)


def _months(start: datetime, end: datetime, today: date) -> list[date]:
    """The first days, within the span, of months that are over."""
    day = local_date(start)
    month = day if day.day == 1 else _next(day.replace(day=1))
    found = []
    while month <= local_date(end) and _next(month) <= today:
        found.append(month)
        month = _next(month)
    return found


def _next(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1)
