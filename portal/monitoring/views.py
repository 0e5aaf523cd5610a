"""/air: the city now, a station over time, the standard behind the figures."""

from typing import Any

from flask import Blueprint, Response, render_template, request
from flask_babel import gettext as _
from markupsafe import Markup

from core.clock import CHINA
from core.places import county_name
from core.tables import load_table
from core.web import current, svg_chart
from core.web.access import public
from core.web.machine import json_answer
from portal.monitoring import queries, wording
from portal.monitoring.air_quality import TABLE, Item, edition_on, levels, sensitive_groups
from portal.monitoring.averages import day_of
from portal.monitoring.county_map import tiles
from portal.monitoring.periods import Period, Resolution, asked_period
from portal.monitoring.releasing import released_hour

TREND_HOURS = 24

blueprint = Blueprint("air", __name__, url_prefix="/air")


@blueprint.context_processor
def _words() -> dict[str, Any]:
    return {"wording": wording, "items": tuple(wording.ITEM_LABELS), "county_name": county_name}


@blueprint.get("")
@public
def overview() -> str:
    session, area = current.session(), current.settings().city
    city = queries.city_now(session, current.now(), area=area)
    trend = queries.city_hours(session, city, TREND_HOURS) if city else []
    return render_template(
        "portal/monitoring/overview.html",
        area=area,
        city=city,
        levels=levels(),
        trend=trend,
        chart=_chart(trend, area, "%H:%M"),
        tiles=tiles(city) if city else [],
        sensitive=_sensitive(city) if city else {},
        elsewhere=queries.stations_elsewhere(session, area=area),
    )


def _sensitive(city: queries.CityNow) -> dict[str, list[Item]]:
    """The items that call for care, by who should take it: one sentence for those that share their groups."""
    items: dict[str, list[Item]] = {}
    for item, groups in sensitive_groups(city.index, on=day_of(city.hour_end)):
        items.setdefault(groups, []).append(item)
    return items


@blueprint.get("/standards")
@public
def standards() -> str:
    table = load_table(TABLE)
    return render_template(
        "portal/monitoring/standards.html",
        editions=table["edition"],
        breakpoints=table["breakpoint"],
        indices={row["edition"]: row["indices"] for row in table["scale"]},
        levels=table["level"],
        in_force=edition_on(current.today()),
    )


@blueprint.get("/standards.json")
@public
def standards_machine() -> Response:
    """The dated tables that every index is computed from, with their sources."""
    table = load_table(TABLE)
    in_force = edition_on(current.today()).code
    return json_answer(
        {"in_force": in_force, **{name: table[name] for name in ("edition", "scale", "breakpoint", "level")}}
    )


@blueprint.get("/<station_code>")
@public
def station(station_code: str) -> str:
    session = current.session()
    one = queries.station(session, station_code)
    newest = queries.latest_hour(session, station_code)
    period = asked_period(request.args, newest) if newest else None
    points = _points(station_code, period) if period else []
    return render_template(
        "portal/monitoring/station.html",
        station=one,
        history=queries.station_history(session, station_code),
        latest=queries.hour(session, station_code, newest) if newest else None,
        age=current.now() - newest if newest else None,
        period=period,
        points=points,
        asked=request.args,
        stale_after=queries.STALE_AFTER,
        may_verify=newest is not None and released_hour(session, station_code, newest) is not None,
        latest_hour=f"{newest:%Y-%m-%dT%HZ}" if newest else "",
        chart=_chart(points, one.name) if period else "",
    )


def _chart(points: list[queries.Point], name: str, label: str = "%m-%d") -> Markup:
    drawn = [svg_chart.Point(one.at.astimezone(CHINA).strftime(label), one.index.aqi) for one in points]
    return svg_chart.line_chart(drawn, title=_("%(name)s的 AQI 曲线，数值见下表", name=name))


def _points(code: str, period: Period) -> list[queries.Point]:
    session = current.session()
    if period.resolution is Resolution.DAY:
        return queries.daily_series(session, code, period.first, period.last)
    return queries.series(session, code, *period.bounds())
