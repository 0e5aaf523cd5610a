"""Reports that came by telephone, letter or another hotline: typed in by an operator, filed like any other."""

from flask import Blueprint, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue

from core.accounts.permissions import Permission
from core.web import current
from core.web.access import permit
from core.web.shell import quiet_response
from intake import queries, receipt
from intake.desk.navigation import navigation
from intake.desk.record_form import RecordForm
from intake.desk_context import desk, receipt_keys
from intake.operations import file_report
from intake.public.draft import Draft

DONE = "recorded"

blueprint = Blueprint("record", __name__, url_prefix="/desk/new")
blueprint.after_request(quiet_response)
blueprint.context_processor(navigation)


@blueprint.route("", methods=["GET", "POST"])
@permit(Permission.RECORD_REPORT)
def new() -> ResponseReturnValue:
    """The receipt is drawn with the empty form and travels in it, so that a second press finds the first report."""
    form = RecordForm(data={"code": receipt.new_code()})
    form.offer_departments(queries.department_names(current.session()))
    if not form.validate_on_submit():
        return render_template("intake/desk/record.html", form=form)
    code = receipt.read(form.code.data or "") or receipt.new_code()
    keys = receipt_keys(code)
    answers = {name: value for name, value in form.data.items() if value}
    submission = Draft(answers).submission(form.received_by.data)
    filed = queries.by_lookup(current.session(), keys.lookup) or file_report(
        current.session(), submission, keys=keys, desk=desk()
    )
    session[DONE] = {"case_number": filed.case_number, "code": code}
    return redirect(url_for("record.done"))


@blueprint.get("/done")
@permit(Permission.RECORD_REPORT)
def done() -> ResponseReturnValue:
    told = session.get(DONE)
    if told is None:
        return redirect(url_for("record.new"))
    return render_template("intake/desk/recorded.html", told=told, code=receipt.shown(told["code"]))
