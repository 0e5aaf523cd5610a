"""办理情况统计, for everybody: a page and the same as CSV."""

import csv
import io
from typing import Any

from flask import Blueprint, Response, render_template
from flask_babel import lazy_gettext as _l

from core.web import current
from core.web.access import public
from core.web.machine import json_answer
from core.web.past import PARAMETER, NoPast, day_asked, has_past
from core.web.twins import answers
from intake import queries
from intake.shown_statistics import shown_now, shown_on
from intake.statistics import Figures

blueprint = Blueprint("statistics", __name__)
HIDDEN = "*"


@blueprint.get("/statistics")
@public
@has_past
def page() -> str:
    return render_template("intake/public/statistics.html", **_figures())


@blueprint.get("/statistics.csv")
@public
@has_past
def table() -> Response:
    """One line a department; `*` where a figure is hidden."""
    found, text = _figures(), io.StringIO()
    writer = csv.writer(text)
    months = [f"{month:%Y-%m}" for month in found["months"]]
    writer.writerow(["department", *months, "received", "finished", "on_time", "overdue", "median_days", "satisfied"])
    for one in found["lines"]:
        writer.writerow([found["names"][one.department], *_row(one)])
    response = Response("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="statistics.csv"'
    return response


@blueprint.get("/statistics.json")
@public
@has_past
@answers(PARAMETER)
def machine() -> Response:
    """The same figures; null where one is hidden because it could point at a person, or where there is none."""
    found = _figures()
    lines = [
        {
            "department": found["names"][one.department],
            "received": list(one.received),
            "total": one.total,
            "finished": one.finished,
            "on_time": one.on_time,
            "overdue": one.overdue,
            "median_days": one.median_days,
            "satisfied": one.satisfied,
        }
        for one in found["lines"]
    ]
    months = [f"{month:%Y-%m}" for month in found["months"]]
    return json_answer({"months": months, "departments": lines, "all": found["total"]})


def _figures() -> dict[str, Any]:
    """Of now, or as they were kept of the day of ?as_of=; NoPast where nothing was."""
    day, session = day_asked(), current.session()
    if day in (None, current.today()):
        found = shown_now(session, current.today())
    else:
        kept = shown_on(session, day)
        if kept is None:
            raise NoPast(_l("那一天的数字没有留下来。平台从启用这项功能起逐日留存，也可能那天没有运行。"))
        found = kept
    return {**found, "as_of": day, "names": queries.department_names(session)}


def _row(one: Figures) -> list[str]:
    counts = [HIDDEN if value is None else str(value) for value in (*one.received, one.total, one.finished)]
    rates = ["" if value is None else f"{value:.2f}" for value in (one.on_time,)]
    overdue = HIDDEN if one.overdue is None else str(one.overdue)
    rest = ["" if value is None else f"{value:g}" for value in (one.median_days, one.satisfied)]
    return [*counts, *rates, overdue, *rest]
