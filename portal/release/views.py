"""发布日历: what the city promised to publish, and whether it kept its word, for everybody to read."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from flask_babel import gettext as _
from icalendar import Calendar, Event

from core.accounts.models import Department
from core.clock import CHINA, local_date
from core.errors import NotFound
from core.web import current
from core.web.access import public
from core.web.machine import json_answer
from core.web.past import PARAMETER, day_asked, has_past, moment_of
from core.web.twins import answers
from portal.release import agreements, queries
from portal.release.models import ReleaseAgreement
from portal.release.queries import DatasetMonth, Release
from portal.release.rules import dataset, month_of
from portal.release.wording import (
    AGREEMENT_STATES,
    MEDIA,
    STATUSES,
    dataset_name,
    delay_words,
    period_words,
    promise_words,
)

AHEAD_DAYS, SUBSCRIBED_DAYS = 62, 400
FIRST_YEAR, LAST_YEAR = 2000, 2100

blueprint = Blueprint("release", __name__)


@blueprint.get("/calendar")
@public
@has_past
def calendar() -> str:
    session, day = current.session(), _month_asked()
    months = queries.month(session, day, **_asked())
    late = queries.late_releases(months)
    return render_template(
        "portal/release/calendar.html",
        months=months,
        late=[(row, one) for row, one in late if row["promise"] != "hourly"][:50],
        ahead=queries.ahead(session, now=_moment(), days=AHEAD_DAYS),
        departments=_departments(),
        agreed=agreements.departments_in_force(session, local_date(_moment()), _moment()),
        **_words(day),
    )


@blueprint.get("/calendar/<code>")
@public
@has_past
def dataset_calendar(code: str) -> str:
    """One data set in a month: each promise, and of the hours each day."""
    day = _month_asked()
    found = queries.month(current.session(), day, only=code, **_asked())
    if not found:
        raise NotFound
    [one] = found
    hourly = one.row["promise"] == "hourly"
    return render_template(
        "portal/release/dataset.html",
        month=one,
        days=_by_day(one.releases) if hourly else [],
        agreements=_agreements(code),
        agreement_states=AGREEMENT_STATES,
        late=[release for _row, release in queries.late_releases(found)],
        departments=_departments(),
        **_words(day),
    )


@blueprint.get("/calendar.ics")
@public
def subscribed() -> Response:
    """The coming releases for a calendar program; hours, days and records aside."""
    book = Calendar()
    book.add("prodid", "-//Mingjian//release calendar//")
    book.add("version", "2.0")
    book.add("x-wr-calname", _("%(city)s环境信息发布日历", city=current.settings().city))
    base, now = current.settings().base_url, current.now()
    for row, promise in queries.ahead(current.session(), now=now, days=SUBSCRIBED_DAYS):
        event = Event()
        event.add("uid", f"{row['code']}-{promise.period}@{base.partition('://')[2]}")
        event.add("dtstamp", now)
        event.add("dtstart", promise.due_at.date())
        event.add("summary", f"{row['name']} {period_words(promise.period)}")
        event.add("url", f"{base}/calendar/{row['code']}")
        book.add_component(event)
    return Response(book.to_ical(), mimetype="text/calendar")


@blueprint.get("/calendar.json")
@public
@has_past
@answers("month", PARAMETER)
def calendar_machine() -> Response:
    """What was promised for a month (?month=2026-10) and what came of it, and what is ahead."""
    session, day = current.session(), _month_asked()
    months = [_told(one) for one in queries.month(session, day, **_asked())]
    coming = [
        {"dataset": row["code"], "period": promise.period, "due_at": promise.due_at}
        for row, promise in queries.ahead(session, now=_moment(), days=AHEAD_DAYS)
    ]
    return json_answer({"month": f"{day:%Y-%m}", "datasets": months, "ahead": coming})


@blueprint.get("/calendar/<code>.json")
@public
@has_past
@answers("month", PARAMETER)
def dataset_machine(code: str) -> Response:
    day = _month_asked()
    found = queries.month(current.session(), day, only=code, **_asked())
    if not found:
        raise NotFound
    return json_answer(
        {"month": f"{day:%Y-%m}", **_told(found[0]), "releases": [_kept(one) for one in found[0].releases]}
    )


def _told(one: DatasetMonth) -> dict[str, Any]:
    row = one.row
    return {
        "dataset": row["code"],
        "name": row["name"],
        "department": row["department"],
        "promise": promise_words(row),
        "source": row["source"],
        "verified": row["verified"],
        "url": f"{current.settings().base_url}/calendar/{row['code']}",
        "promised": one.promised,
        **{status.value: one.count(status) for status in STATUSES},
    }


def _kept(one: Release) -> dict[str, Any]:
    """`delay_minutes` null where it was in time; of what is missing it still grows."""
    delay = one.outcome.delay
    return {
        "period": one.period,
        "due_at": one.outcome.promise.due_at,
        "released_at": one.outcome.released_at,
        "status": one.outcome.status,
        "delay_minutes": int(delay.total_seconds() // 60) if delay else None,
        "record": f"{current.settings().base_url}{one.url}" if one.url.startswith("/") else one.url or None,
        "reason": one.reason or None,
    }


def _moment() -> datetime:
    """Now, or the end of the day of ?as_of=."""
    return moment_of(day_asked())


def _agreements(code: str) -> list[tuple[ReleaseAgreement, str]]:
    """Those that had been agreed to, each with its state, as the public knew it."""
    at = _moment()
    found = agreements.agreements(current.session(), code, agreed=True)
    known = [(one, agreements.state_of(one, local_date(at), at)) for one in found]
    return [(one, state) for one, state in known if state != "proposed"]


def _asked() -> dict[str, Any]:
    return {"now": _moment(), "area": current.settings().city, "calendar": current.calendar()}


def _month_asked() -> date:
    """The first day of ?month=2026-10; where that is no month, of this month or that of the past day."""
    today = day_asked() or current.today()
    year, _dash, month = request.args.get("month", "").partition("-")
    try:
        asked = date(int(year), int(month), 1)
    except ValueError:
        asked = today.replace(day=1)
    return asked if FIRST_YEAR <= asked.year <= LAST_YEAR else today.replace(day=1)


def _words(day: date) -> dict[str, Any]:
    first, last = month_of(day)
    before, after = first - timedelta(days=1), last + timedelta(days=1)
    past = day_asked()
    kept = {**(request.view_args or {}), **({PARAMETER: f"{past}"} if past else {})}
    return {
        "as_of": past,
        "day": day,
        "month_name": period_words(f"{day:%Y-%m}"),
        "before": url_for(request.endpoint or "", **{**kept, "month": f"{before:%Y-%m}"}),
        "after": url_for(request.endpoint or "", **{**kept, "month": f"{after:%Y-%m}"}),
        "statuses": STATUSES,
        "media": MEDIA,
        "promise_words": promise_words,
        "dataset_name": dataset_name,
        "period_words": period_words,
        "delay_words": delay_words,
    }


def _departments() -> dict[str, str]:
    return {one.code: one.short_name for one in current.session().query(Department)}


def _by_day(releases: Sequence[Release]) -> list[tuple[date, DatasetMonth]]:
    days: dict[date, list[Release]] = defaultdict(list)
    for one in releases:
        days[local_date(one.outcome.promise.due_at.astimezone(CHINA))].append(one)
    return [(day, DatasetMonth({}, tuple(found))) for day, found in sorted(days.items(), reverse=True)]


def known_dataset(code: str) -> dict[str, Any]:
    found = dataset(code, current.today())
    if found is None:
        raise NotFound
    return found
