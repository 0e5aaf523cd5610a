"""The front page answers three questions: how is the air, who was penalised lately, what about this company."""

from typing import Any

from flask import Blueprint, Response, render_template
from flask_babel import gettext as _

from core.web import current
from core.web.access import public
from core.web.machine import json_answer
from portal.disclosures.machine import told
from portal.disclosures.views import list_row, path_of
from portal.monitoring.air_quality import levels
from portal.monitoring.queries import city_now
from portal.monitoring.wording import CATEGORY_LABELS, listed
from portal.publishing.models import PublicRecord
from portal.publishing.queries import latest

LATEST = 6

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
@public
def front() -> str:
    session = current.session()
    return render_template(
        "portal/home/front.html",
        air=city_now(session, current.now()),
        rows=[_row(record) for record in latest(session, ("penalty", "blacklist"), LATEST)],
        notices=latest(session, ("notice",), 3),
        categories=CATEGORY_LABELS,
        levels=levels(),
        listed=listed,
        path_of=path_of,
    )


@blueprint.get("/index.json")
@public
def machine() -> Response:
    session, city = current.session(), current.settings().city
    air = city_now(session, current.now())
    now = air and {
        "area": city,
        "hour_end": air.hour_end,
        "is_stale": air.is_stale,
        "aqi": air.index.aqi,
        "level": air.index.level.number if air.index.level else None,
        "url": f"{current.settings().base_url}/air",
    }
    records = [told(one) for one in latest(session, ("penalty", "blacklist"), LATEST)]
    return json_answer(
        {"air": now, "latest": records, "notices": [told(one) for one in latest(session, ("notice",), 3)]}
    )


def _row(record: PublicRecord) -> dict[str, Any]:
    """As in its own list, and of which list it is."""
    kind = _("失信名单") if record.kind == "blacklist" else _("行政处罚")
    return {**list_row(record), "kind": (kind, "warn" if record.kind == "blacklist" else "info")}


@blueprint.get("/about")
@public
def about() -> str:
    return render_template("portal/home/about.html")
