"""The feeds and the page that explains them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask import Blueprint, Response, make_response, render_template, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from core.clock import CHINA, local_date
from core.errors import NotFound
from core.ledger.reading import newest_checkpoint, newest_checkpoints
from core.web import current
from core.web.access import public
from core.web.languages import chosen
from portal.monitoring.queries import CityNow, Point, city_days, city_now, values_digest
from portal.monitoring.wording import CATEGORY_LABELS, listed
from portal.opendata.feeds import FORMATS, NEWEST, Entry, Feed, render
from portal.publishing.ledger import LOG
from portal.publishing.models import PublicRecord
from portal.publishing.public_views import path_of
from portal.publishing.queries import last_change, latest

DAYS_OF_AIR = timedelta(days=7)
EPOCH = datetime(2018, 1, 1, tzinfo=UTC)

blueprint = Blueprint("feeds", __name__, url_prefix="/feeds")


@dataclass(frozen=True)
class Source:
    """`state` is cheap and changes whenever the feed does; `entries` does the reading."""

    title: Callable[[], str]
    path: str
    state: Callable[[Session], tuple[str, datetime]]
    entries: Callable[[Session], list[Entry]]


@blueprint.get("")
@public
def index() -> str:
    return render_template("portal/opendata/feeds.html", feeds={name: one.title() for name, one in SOURCES.items()})


@blueprint.get("/<name>.<any(rss, atom):kind>")
@public
def feed(name: str, kind: str) -> Response:
    source = SOURCES.get(name)
    if source is None:
        raise NotFound
    session = current.session()
    tag, changed_at = source.state(session)
    response = make_response(b"")
    response.set_etag(f"{name}-{kind}-{chosen()}-{tag}")
    response.last_modified = changed_at
    response.headers["Content-Type"] = FORMATS[kind]
    response.headers["Cache-Control"] = "public, max-age=60"
    response.make_conditional(request)
    if response.status_code != 304:
        response.set_data(_rendered(name, kind, source, session, changed_at))
    return response


def _rendered(name: str, kind: str, source: Source, session: Session, changed_at: datetime) -> bytes:
    title = f"{current.settings().site_name} · {source.title()}"
    description = _("%(city)s环境监测数据公开平台：%(name)s", city=current.settings().city, name=source.title())
    content = Feed(name, source.path, title, description, changed_at, source.entries(session))
    return render(content, kind, current.settings().base_url)


def _records(title: Callable[[], str], path: str, *kinds: str) -> Source:
    def state(session: Session) -> tuple[str, datetime]:
        change = last_change(session, kinds)
        return (str(change.sequence), change.at) if change else ("0", EPOCH)

    return Source(title, path, state, lambda session: [_entry(one) for one in latest(session, kinds, NEWEST)])


def _entry(record: PublicRecord) -> Entry:
    path = path_of(record)
    return Entry(
        key=current.settings().base_url + path,
        path=path,
        title=record.title,
        text=record.summary,
        published_at=record.published_at,
        updated_at=record.updated_at,
        author=record.authority,
        categories=(record.kind, *(record.body.get("acts") or ())),
    )


def _checkpoint_state(session: Session) -> tuple[str, datetime]:
    newest = newest_checkpoint(session, LOG)
    return (str(newest.size), newest.at) if newest else ("0", EPOCH)


def _checkpoint_entries(session: Session) -> list[Entry]:
    """Whoever follows this feed keeps the signed past of the ledger, and so becomes its witness."""
    return [
        Entry(
            key=f"{current.settings().base_url}/ledger#{one.size}",
            path="/ledger",
            title=_("检查点：共 %(n)s 条", n=one.size),
            text=one.note,
            published_at=one.at,
            updated_at=one.at,
            categories=("checkpoint",),
        )
        for one in newest_checkpoints(session, LOG, NEWEST)
    ]


def _air_state(session: Session) -> tuple[str, datetime]:
    city = city_now(session, current.now())
    if city is None:
        return "0", EPOCH
    return f"{city.hour_end:%Y%m%d%H}-{values_digest(session, city, city.hour_end - 2 * DAYS_OF_AIR)}", city.hour_end


def _air_entries(session: Session) -> list[Entry]:
    city = city_now(session, current.now())
    if city is None:
        return []
    today = local_date(city.hour_end - timedelta(hours=1))
    days = city_days(session, city, today - DAYS_OF_AIR, today - timedelta(days=1))
    return [_air_now(city), *(_air_day(one) for one in days)]


def _air_now(city: CityNow) -> Entry:
    day = local_date(city.hour_end - timedelta(hours=1))
    return _air_entry(
        day.isoformat(), city.point, _("%(n)s 时", n=f"{city.hour_end.astimezone(CHINA):%H}"), city.hour_end
    )


def _air_day(point: Point) -> Entry:
    day = local_date(point.at)
    return _air_entry(day.isoformat(), point, _("全天"), point.at + timedelta(days=1))


def _air_entry(day: str, point: Point, when: str, updated_at: datetime) -> Entry:
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


SOURCES = {
    "all": _records(lambda: _("全部公开事项"), "/search"),
    "penalties": _records(lambda: _("行政处罚"), "/penalties", "penalty"),
    "blacklist": _records(lambda: _("失信名单"), "/blacklist", "blacklist"),
    "notices": _records(lambda: _("公告"), "/notices", "notice"),
    "ledger": Source(lambda: _("账本检查点"), "/ledger", _checkpoint_state, _checkpoint_entries),
    "air": Source(lambda: _("空气质量"), "/air", _air_state, _air_entries),
}
