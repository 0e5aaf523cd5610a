"""办理情况统计, for everybody: a page and the same as CSV."""

import csv
import io
from typing import Any

from flask import Blueprint, Response, render_template

from core.web import current
from core.web.access import public
from core.web.machine import json_answer
from intake import queries
from intake.statistics import Figures, cases_received, figures, months_before

blueprint = Blueprint("statistics", __name__)
HIDDEN = "*"


@blueprint.get("/statistics")
@public
def page() -> str:
    return render_template("intake/public/statistics.html", **_figures())


@blueprint.get("/statistics.csv")
@public
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
    months = months_before(current.today())
    before = current.today().replace(day=1)
    cases = cases_received(current.session(), months[-1], before, current.today())
    lines, total = figures(cases, months)
    return {"lines": lines, "total": total, "months": months, "names": queries.department_names(current.session())}


def _row(one: Figures) -> list[str]:
    counts = [HIDDEN if value is None else str(value) for value in (*one.received, one.total, one.finished)]
    rates = ["" if value is None else f"{value:.2f}" for value in (one.on_time,)]
    overdue = HIDDEN if one.overdue is None else str(one.overdue)
    rest = ["" if value is None else f"{value:g}" for value in (one.median_days, one.satisfied)]
    return [*counts, *rates, overdue, *rest]
