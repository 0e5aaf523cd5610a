"""The measured air for programs: the city now, the stations, their hours with the index that each gives."""

from datetime import datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from core.clock import CHINA
from core.paging import Cursor, page_of
from portal.monitoring import queries as air
from portal.monitoring.air_quality import Index, Item
from portal.monitoring.averages import start_of
from portal.monitoring.models import Station
from portal.opendata import parameters as ask
from portal.opendata.api.resource import LIMIT, Answer, Asking, Resource, continued, fields, selected
from portal.opendata.datasets import OBSERVATION_COLUMNS, STATION_COLUMNS, Column, Type, observation_item, station_item
from portal.opendata.parameters import Parameter

LAST_MOMENT = 4_102_444_800  # 2100-01-01: no cursor leads beyond
_STATION_CODE = Parameter(
    "code", _l("站点编码。"), {"type": "string", "minLength": 1, "maxLength": 20}, lambda given: given
)
_AIR_COLUMNS = (
    Column("area", _l("城市"), Type.TEXT, is_required=True),
    Column("hour_end", _l("小时结束时刻"), Type.INSTANT, is_required=True),
    *OBSERVATION_COLUMNS[2:],
    Column("aqi", _l("空气质量指数"), Type.INTEGER),
    Column("level", _l("级别"), Type.INTEGER),
    Column("primary_pollutants", _l("首要污染物"), Type.LIST),
    Column("edition", _l("标准版本"), Type.TEXT, is_required=True),
)
_OBSERVED = (*OBSERVATION_COLUMNS, *_AIR_COLUMNS[-4:])


def _stations(asking: Asking) -> Answer:
    values = asking.values
    statement = select(Station).where(Station.valid_to.is_(None)).order_by(Station.code)
    if values["area"]:
        statement = statement.where(Station.area == values["area"])
    if values["cursor"]:
        statement = statement.where(Station.code > str(values["cursor"].key[0]))
    rows = asking.session.scalars(statement.limit(values["limit"] + 1)).all()
    page = page_of(rows, limit=values["limit"], cursor=values["cursor"], key=lambda one: (one.code,))
    return Answer(
        [selected(station_item(one), values["fields"]) for one in page.items], None, continued(page.next_cursor)
    )


def _station(asking: Asking) -> Answer:
    found = air.station(asking.session, asking.values["code"])
    return Answer(item=selected(station_item(found), asking.values["fields"]))


def _observations(asking: Asking) -> Answer:
    """Newest hours first, with the index that each hour gives by the edition of its day."""
    values, code = asking.values, asking.values["code"]
    air.station(asking.session, code)
    newest = air.latest_hour(asking.session, code)
    if newest is None:
        return Answer([])
    first = start_of(values["from"]) if values["from"] else None
    end = start_of(values["to"] + timedelta(days=1)) if values["to"] else newest
    if values["cursor"]:
        end = min(end, _hour_of(values["cursor"]))
    end = min(end, newest)
    begin = end - timedelta(hours=values["limit"])
    points = air.series(asking.session, code, max(begin, first) if first else begin, end)
    items = [selected(_observation(code, one), values["fields"]) for one in reversed(points)]
    oldest = air.oldest_hour(asking.session, code)
    goes_on = oldest is not None and begin >= oldest and (first is None or begin > first)
    following = Cursor((int(begin.timestamp()),)).encode() if goes_on else None
    return Answer(items, next=continued(following))


def _hour_of(cursor: Cursor) -> datetime:
    return datetime.fromtimestamp(_bounded(cursor.key[0]) // 3600 * 3600, CHINA)


def _bounded(part: str | int) -> int:
    """A moment that a calendar has, whatever somebody put into the cursor."""
    return min(max(int(part), 0), LAST_MOMENT) if isinstance(part, int) else 0


def _observation(code: str, point: air.Point) -> dict[str, Any]:
    numbers = {item.value: _number(point.values[item]) for item in Item}
    return {**observation_item(code, point.at, numbers), **_index(point.index)}


def _number(value: Any) -> float | None:
    return None if value is None else round(float(value), 3)


def _index(index: Index) -> dict[str, Any]:
    return {
        "aqi": index.aqi,
        "level": index.level.number if index.level else None,
        "primary_pollutants": [one.value for one in index.primary],
        "edition": index.edition.code,
    }


def _air_now(asking: Asking) -> Answer:
    city = air.city_now(asking.session, asking.now)
    if city is None:
        return Answer([])
    numbers = {item.value: _number(city.values[item]) for item in Item}
    there = observation_item("", city.hour_end, numbers)
    there.pop("station_code")
    return Answer([{"area": city.area, **there, **_index(city.index)}])


RESOURCES: tuple[Resource, ...] = (
    Resource("/air", "get_air_now", _l("全市空气质量"), _AIR_COLUMNS, (), _air_now, page="/air"),
    Resource(
        "/stations",
        "list_stations",
        _l("空气监测站点"),
        STATION_COLUMNS,
        (ask.text("area", _l("城市。")), fields(STATION_COLUMNS), LIMIT, ask.cursor(1)),
        _stations,
    ),
    Resource(
        "/stations/{code}",
        "get_station",
        _l("空气监测站点"),
        STATION_COLUMNS,
        (fields(STATION_COLUMNS),),
        _station,
        (_STATION_CODE,),
        is_list=False,
        page="/air/{code}",
    ),
    Resource(
        "/stations/{code}/observations",
        "list_observations",
        _l("空气小时监测值"),
        _OBSERVED,
        (
            ask.day("from", _l("不早于这一天。")),
            ask.day("to", _l("不晚于这一天。")),
            fields(_OBSERVED),
            LIMIT,
            ask.cursor(1),
        ),
        _observations,
        (_STATION_CODE,),
    ),
)
