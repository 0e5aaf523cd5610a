"""The working calendar: which years are certain, and entering a year before the package brings it."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import func, select

from core.accounts.permissions import Permission
from core.errors import InvalidInput
from core.holiday_notice import enter_year, entered, read_days
from core.outbox import enqueue
from core.web import current
from core.web.access import permit
from core.web.shell import quiet_response
from intake.administration.forms import YearForm
from intake.administration.navigation import navigation
from intake.models import Deadline
from intake.supervision import RECOUNT

RULES = Permission.MANAGE_RULES

blueprint = Blueprint("administration", __name__, url_prefix="/admin")
blueprint.after_request(quiet_response)
blueprint.context_processor(navigation)


@blueprint.get("/calendar")
@permit(RULES)
def calendar() -> str:
    year = request.args.get("year", type=int)
    return _page(YearForm(data=_filled(year or current.today().year + 1)))


@blueprint.post("/calendar")
@permit(RULES)
def save_calendar() -> ResponseReturnValue:
    form = YearForm()
    if not form.validate_on_submit():
        return _page(form), 422
    year = form.year.data or 0
    try:
        enter_year(
            current.session(),
            year,
            off=read_days(form.off.data or "", year),
            at_work=read_days(form.at_work.data or "", year),
            source=form.source.data or "",
            actor=current.actor(),
            at=current.now(),
        )
    except InvalidInput as error:
        for name, problem in error.errors.items():
            form[name].errors = [str(problem)]
        return _page(form), 422
    enqueue(current.session(), RECOUNT, at=current.now())
    flash(_("已保存。有关的期限正在重新计算。"), "good")
    return redirect(url_for("administration.calendar", year=year))


def _filled(year: int) -> dict[str, Any]:
    rows = entered(current.session(), year)
    return {
        "year": year,
        "source": rows[0].source if rows else "",
        "off": "\n".join(row.day.isoformat() for row in rows if not row.is_workday),
        "at_work": "\n".join(row.day.isoformat() for row in rows if row.is_workday),
    }


def _page(form: YearForm) -> str:
    session, calendar_, today = current.session(), current.calendar(), current.today()
    leaning = select(func.count()).select_from(Deadline).where(Deadline.met_on.is_(None), Deadline.provisional)
    return render_template(
        "intake/administration/calendar.html",
        form=form,
        years=[
            (year, calendar_.is_published(year), entered(session, year))
            for year in range(today.year - 1, today.year + 3)
        ],
        provisional=session.scalar(leaning),
    )
