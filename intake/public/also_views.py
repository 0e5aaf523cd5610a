"""Further companies of the same report: each found among what is public, or as written. Nobody has to add one."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from core.errors import NotFound
from core.web.access import public
from core.web.errors import keep_quiet
from core.web.shell import quiet_response
from intake.public.companies import companies_named
from intake.public.draft import COMPANY_KINDS, MOST_OTHERS, Draft
from intake.public.forms import AlsoForm

blueprint = Blueprint("report_also", __name__, url_prefix="/report/also")
blueprint.after_request(quiet_response)
keep_quiet(blueprint)


@blueprint.route("", methods=["GET", "POST"])
@public
def also() -> ResponseReturnValue:
    draft, form = Draft.current(), AlsoForm()
    if draft.get("accused_kind") not in COMPANY_KINDS:
        return redirect(url_for("report.who"))
    matches = companies_named(form.name.data) if form.name.data else []
    form.offer_matches(matches)
    if form.validate_on_submit() and not form.look_up.data:
        if len(draft.others) < MOST_OTHERS:
            code, name = _chosen(form, dict(matches))
            draft.add_other(name, code)
            return redirect(_here())
        form.name.errors = [_("最多再加 %(n)s 家，更多的请写在经过里。", n=MOST_OTHERS)]
    onward = "report.check" if request.args.get("from") == "check" else "report.when"
    searched = bool(form.look_up.data and form.name.data)
    return render_template(
        "intake/public/also.html", form=form, draft=draft, searched=searched, onward=url_for(onward), here=_here()
    )


@blueprint.post("/<int:place>/remove")
@public
def remove(place: int) -> ResponseReturnValue:
    draft = Draft.current()
    if place >= len(draft.others):
        raise NotFound
    draft.drop_other(place)
    return redirect(_here())


def _chosen(form: AlsoForm, offered: dict[str, str]) -> tuple[str, str]:
    """(code, name); the name as written where nothing was chosen."""
    if form.chosen.data in offered:
        code, _separator, name = form.chosen.data.partition("|")
        return code, name
    return "", form.name.data or ""


def _here() -> str:
    kept: dict[str, Any] = {"from": "check"} if request.args.get("from") == "check" else {}
    return url_for("report_also.also", **kept)
