"""Taking steps: one case at a time, or accepting and assigning many at once."""

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from core.accounts.permissions import Permission
from core.errors import DomainError, InvalidInput, NotFound
from core.web import current
from core.web.access import permit
from core.web.shell import quiet_response
from intake import casework, operations, queries
from intake.desk import steps
from intake.desk.case_page import case_page
from intake.desk.navigation import navigation
from intake.desk_context import desk
from intake.models import Report

HANDLE, DECIDE, SUPERVISE = Permission.HANDLE_REPORT, Permission.DECIDE_EXTENSION, Permission.SUPERVISE_REPORTS
MOST_AT_ONCE = 100

blueprint = Blueprint("steps", __name__, url_prefix="/desk")
blueprint.after_request(quiet_response)
blueprint.context_processor(navigation)


class OthersStep(DomainError):
    code = "co_department"
    status = 403

    def __init__(self) -> None:
        super().__init__(_("您的部门是协办，这一步由主办部门进行。"))


@blueprint.post("/<case_number>/<step>")
@permit(HANDLE, SUPERVISE)
def take(case_number: str, step: str) -> ResponseReturnValue:
    """What is missing is named and nothing typed is lost."""
    report = queries.case(current.session(), case_number, current.actor())
    one = steps.STEPS.get(step)
    if one is None:
        abort(404)
    part = steps.part_of(report)
    if one.by != part and step != "recuse":
        raise OthersStep
    form = steps.form_for(step, report)
    if not form.validate_on_submit():
        flash("；".join(str(problem) for errors in form.errors.values() for problem in errors), "bad")
        return case_page(report, typed=request.form, typed_step=step), 422
    try:
        one.take(current.session(), report, form, desk())
    except InvalidInput as error:
        flash("；".join(str(problem) for problem in error.errors.values()), "bad")
        return case_page(report, typed=request.form, typed_step=step), 422
    flash(_("已记录。"), "good")
    return redirect(url_for("desk.queue") if _is_gone(report) else url_for("desk.case", case_number=case_number))


@blueprint.post("/bulk")
@permit(HANDLE)
def bulk() -> ResponseReturnValue:
    """Accept or assign what was ticked; a case that cannot is left as it is and named."""
    numbers = request.form.getlist("case")[:MOST_AT_ONCE]
    action, officer = request.form.get("action", ""), request.form.get("officer", "")
    if not numbers or action not in ("accept", "assign"):
        flash(_("请先勾选案件，再选择要做什么。"), "bad")
        return redirect(url_for("desk.queue"))
    refused = [number for number in numbers if not _taken(number, action, officer)]
    done = len(numbers) - len(refused)
    if done:
        flash(_("已处理 %(n)s 件。", n=done), "good")
    if refused:
        flash(_("这些没有变动：%(numbers)s", numbers="、".join(refused)), "bad")
    return redirect(url_for("desk.queue"))


def _taken(number: str, action: str, officer: str) -> bool:
    """Whether the step was taken; a refusal undoes what it had begun and leaves the others alone."""
    session = current.session()
    try:
        with session.begin_nested():
            report = queries.case(session, number, current.actor())
            if steps.part_of(report) != steps.RESPONSIBLE:
                return False
            if action == "accept":
                operations.accept(session, report, desk())
            else:
                casework.assign(session, report, officer, desk())
    except DomainError:
        return False
    return True


def _is_gone(report: Report) -> bool:
    """Whether the case has left the reader's sight."""
    current.session().flush()
    try:
        queries.case(current.session(), report.case_number, current.actor())
    except NotFound:
        return True
    return False
