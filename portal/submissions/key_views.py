"""Which systems may send drafts: an administrator lets them in, changes their key and shuts them out."""

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from core.accounts.permissions import Permission
from core.errors import DomainError, InvalidInput, NotFound
from core.sanitising import single_line
from core.web import current
from core.web.access import permit
from core.web.shell import quiet_response
from intake import api_keys, queries
from intake.administration.key_answers import answer
from intake.administration.navigation import navigation
from intake.api_keys import LONGEST_NAME
from portal.submissions import operations
from portal.submissions.models import SubmittingSystem
from portal.submissions.operations import PURPOSE

MANAGE = Permission.MANAGE_RULES

blueprint = Blueprint("submission_keys", __name__, url_prefix="/admin/submission-keys")
blueprint.after_request(quiet_response)
blueprint.context_processor(navigation)


@blueprint.get("")
@permit(MANAGE)
def overview() -> str:
    return _page()


@blueprint.post("/<action>")
@permit(MANAGE)
def change(action: str) -> ResponseReturnValue:
    """A new key is shown on the page that answers, and nowhere afterwards."""
    name = single_line(request.form.get("name", ""))
    try:
        key = _changed(action, name)
    except InvalidInput as refusal:
        flash("".join(str(one) for one in refusal.errors.values()), "bad")
        return _page(typed=True), refusal.status
    except DomainError as refusal:
        flash(str(refusal.message), "bad")
        return _page(typed=True), refusal.status
    return answer(key, name, overview="submission_keys.overview", page=_page)


def _changed(action: str, name: str) -> str | None:
    session, who, at = current.session(), current.actor(), current.now()
    if action == "add":
        chosen = request.form.getlist("kinds")
        return operations.let_in(session, name, request.form.get("department", ""), chosen, actor=who, at=at)
    if action == "rotate":
        return api_keys.rotate(session, PURPOSE, name, actor=who, at=at)
    if action == "revoke":
        api_keys.revoke(session, PURPOSE, name, actor=who, at=at)
        return None
    raise NotFound


def _page(*, told: tuple[str, str] | None = None, typed: bool = False) -> str:
    """`told`: a key, this once; `typed`: keep what was refused in the form."""
    session = current.session()
    systems = {one.name: one for one in session.scalars(select(SubmittingSystem))}
    return render_template(
        "portal/submissions/keys.html",
        told=told,
        typed=request.form if typed else {},
        chosen=request.form.getlist("kinds") if typed else [],
        keys=[(one, systems[one.name]) for one in api_keys.all_keys(session, PURPOSE)],
        kinds=operations.what_may_be_sent(),
        names=queries.department_names(session),
        departments=queries.departments_on(session, current.today()),
        base_url=current.settings().base_url,
        most=LONGEST_NAME,
    )
