"""The air as a feed: one entry a day. An entry an hour would be noise, so a day's entry carries the newest hour."""

from datetime import UTC, datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from core.clock import CHINA, local_date
from core.web import current
from portal.monitoring.queries import CityNow, Point, city_days, city_now, values_digest
from portal.monitoring.wording import CATEGORY_LABELS, listed
from portal.opendata.feeds import Entry
from portal.opendata.freshness import State

DAYS = timedelta(days=7)
EPOCH = datetime(2018, 1, 1, tzinfo=UTC)


def air_state(session: Session) -> State:
    city = city_now(session, current.now())
    if city is None:
        return State("0", EPOCH)
    digest = values_digest(session, city, city.hour_end - 2 * DAYS)
    return State(f"{city.hour_end:%Y%m%d%H}-{digest}", city.hour_end)


def air_entries(session: Session) -> list[Entry]:
    city = city_now(session, current.now())
    if city is None:
        return []
    today = local_date(city.hour_end - timedelta(hours=1))
    days = city_days(session, city, today - DAYS, today - timedelta(days=1))
    return [_now(city), *(_day(one) for one in days)]


def _now(city: CityNow) -> Entry:
    day = local_date(city.hour_end - timedelta(hours=1))
    return _entry(day.isoformat(), city.point, _("%(n)s 时", n=f"{city.hour_end.astimezone(CHINA):%H}"), city.hour_end)


def _day(point: Point) -> Entry:
    return _entry(local_date(point.at).isoformat(), point, _("全天"), point.at + timedelta(days=1))


def _entry(day: str, point: Point, when: str, updated_at: datetime) -> Entry:
    index = point.index
    word = str(CATEGORY_LABELS[index.level.number]) if index.level else _("无数据")
    value = index.aqi if index.aqi is not None else "NA"
    primary = listed(index.primary) if index.primary else _("无")
    return Entry(
        key=f"{current.settings().base_url}/air#{day}",
        path="/air",
        title=_("%(day)s %(when)s：AQI %(value)s（%(word)s）", day=day, when=when, value=value, word=word),
        text=_("首要污染物：%(primary)s。按 %(edition)s 计算。", primary=primary, edition=index.edition.code),
        published_at=updated_at,
        updated_at=updated_at,
        categories=("air",),
    )
