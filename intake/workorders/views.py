"""Upload a file of work orders; see what became of each row; take the answer to 12345 away."""

from dataclasses import asdict

from flask import Blueprint, Response, redirect, render_template, session, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from govuk_frontend_wtf.wtforms_widgets import GovFileInput, GovSubmitInput
from wtforms import SubmitField

from core.accounts.permissions import Permission
from core.clock import local_date
from core.web import current
from core.web.access import permit
from core.web.forms import Form
from core.web.shell import quiet_response
from core.web.uploads import allow_uploads
from intake.desk.navigation import navigation
from intake.desk_context import desk
from intake.workorders import filing
from intake.workorders.filing import Outcome, acknowledgement, file_all
from intake.workorders.reading import FIELDS, MOST_BYTES, MOST_ROWS, UnreadableWorkOrders, work_orders

DONE = "work_orders"

blueprint = Blueprint("work_orders", __name__, url_prefix="/desk/12345")
blueprint.after_request(quiet_response)
blueprint.context_processor(navigation)


@blueprint.record_once
def _allow_files(state: BlueprintSetupState) -> None:
    allow_uploads(state.app, "work_orders.upload", MOST_BYTES)  # type: ignore[arg-type]


class UploadForm(Form):
    file = FileField(
        _l("工单文件"),
        widget=GovFileInput(),
        description=_l("XLSX，或 UTF-8、GB18030 编码的 CSV；一次最多 %(n)s 件。", n=MOST_ROWS),
        validators=[FileRequired(_l("请选择文件。"))],
    )
    submit = SubmitField(_l("导入"), widget=GovSubmitInput())


@blueprint.route("", methods=["GET", "POST"])
@permit(Permission.RECORD_REPORT)
def upload() -> ResponseReturnValue:
    form = UploadForm()
    if form.validate_on_submit():
        try:
            rows = work_orders(form.file.data.read())
        except UnreadableWorkOrders as refusal:
            form.file.errors = [refusal.message]
        else:
            secret = current.house().secret_key
            outcomes = file_all(current.session(), rows, secret=secret, desk=desk())
            session[DONE] = [{**asdict(one), "reason": str(one.reason)} for one in outcomes]
            return redirect(url_for("work_orders.done"))
    return render_template("intake/desk/work_orders.html", form=form, fields=FIELDS)


@blueprint.get("/done")
@permit(Permission.RECORD_REPORT)
def done() -> ResponseReturnValue:
    outcomes = _outcomes()
    if not outcomes:
        return redirect(url_for("work_orders.upload"))
    counts = {name: sum(one.result == name for one in outcomes) for name in filing.result_labels()}
    return render_template(
        "intake/desk/work_orders_done.html", outcomes=outcomes, counts=counts, labels=filing.result_labels()
    )


@blueprint.get("/acknowledgement.csv")
@permit(Permission.RECORD_REPORT)
def answer() -> ResponseReturnValue:
    outcomes = _outcomes()
    if not outcomes:
        return redirect(url_for("work_orders.upload"))
    name = f"12345-{local_date(current.now())}.csv"
    headers = {"Content-Disposition": f"attachment; filename={name}"}
    return Response(acknowledgement(outcomes), content_type="text/csv; charset=utf-8", headers=headers)


def _outcomes() -> list[Outcome]:
    return [Outcome(**one) for one in session.get(DONE, [])]
