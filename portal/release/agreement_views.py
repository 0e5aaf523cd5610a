"""The editors' side of standing agreements: propose one, agree to one, end one."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from core.accounts.models import Department, User
from core.accounts.permissions import Permission
from core.errors import InvalidInput
from core.web import current
from core.web.access import permit
from core.web.forms import choices
from portal.editorial.navigation import navigation
from portal.release import agreements
from portal.release.forms import AgreementForm
from portal.release.rules import datasets, named
from portal.release.wording import AGREEMENT_STATES

EDIT, REVIEW = Permission.DRAFT_DISCLOSURE, Permission.REVIEW_DISCLOSURE

blueprint = Blueprint("agreements", __name__, url_prefix="/editorial/agreements")
blueprint.context_processor(navigation)


@blueprint.get("")
@permit(EDIT, REVIEW)
def overview() -> str:
    session, actor = current.session(), current.actor()
    found = agreements.agreements(session)
    today, now = current.today(), current.now()
    return render_template(
        "portal/release/agreements.html",
        rows=[(one, named(one.dataset) or {}, agreements.state_of(one, today, now)) for one in found],
        departments=_departments(),
        people={one.id: one.display_name for one in session.scalars(select(User))},
        states=AGREEMENT_STATES,
        may_propose=actor.may(EDIT),
        may_decide={row["code"] for row in datasets(current.today()) if _may_decide(row)},
    )


@blueprint.route("/new", methods=["GET", "POST"])
@permit(EDIT)
def propose() -> ResponseReturnValue:
    form = _form()
    if form.validate_on_submit():
        try:
            agreements.propose(
                current.session(),
                form.dataset.data,
                form.department.data,
                form.terms.data or "",
                first=form.first.data or current.today(),
                last=form.last.data or current.today(),
                **_who(),
            )
        except InvalidInput as refusal:
            for name, text in refusal.errors.items():
                form[name].errors = [str(text)]
        else:
            flash(_("已提出，等统一发布部门的审核人同意。"), "good")
            return redirect(url_for("agreements.overview"))
    page = render_template("portal/release/propose.html", form=form)
    return page, 422 if form.errors else 200


@blueprint.post("/<agreement_id>/agree")
@permit(REVIEW)
def agree(agreement_id: str) -> ResponseReturnValue:
    agreements.agree(current.session(), agreement_id, **_who())
    flash(_("已同意，协议在发布日历上公开。"), "good")
    return redirect(url_for("agreements.overview"))


@blueprint.post("/<agreement_id>/end")
@permit(REVIEW)
def end(agreement_id: str) -> ResponseReturnValue:
    agreements.end(current.session(), agreement_id, **_who())
    flash(_("已终止，对方从现在起不能再发布。"), "good")
    return redirect(url_for("agreements.overview"))


def _may_decide(row: dict[str, Any]) -> bool:
    """Only somebody of the bureau that releases the data set."""
    actor = current.actor()
    return actor.may(REVIEW) and actor.department_code == row["department"]


def _form() -> AgreementForm:
    form = AgreementForm()
    hourly = [row for row in datasets(current.today()) if row["promise"] == "hourly"]
    form.dataset.choices = choices([(row["code"], row["name"]) for row in hourly])
    bureaus = {row["department"] for row in hourly}
    form.department.choices = choices([(code, name) for code, name in _departments().items() if code not in bureaus])
    return form


def _departments() -> dict[str, str]:
    found = current.session().scalars(select(Department).order_by(Department.code))
    return {one.code: one.short_name for one in found}


def _who() -> dict[str, Any]:
    return {"actor": current.actor(), "at": current.now()}
