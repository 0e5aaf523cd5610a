"""The custodian's page: who a named reporter is, opened for a written purpose, and told to the reporter."""

from urllib.parse import quote

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from govuk_frontend_wtf.wtforms_widgets import GovSubmitInput, GovTextArea, GovTextInput
from sqlalchemy import select
from wtforms import StringField, SubmitField, TextAreaField
from wtforms.validators import DataRequired, Length

from core.accounts.permissions import Permission
from core.errors import NotFound
from core.web import current
from core.web.access import permit
from core.web.forms import Form
from core.web.shell import quiet_response
from intake import attachments, case_keys, reading
from intake.desk.navigation import navigation
from intake.desk_context import desk
from intake.exclusion import open_identity
from intake.models import EXCLUDED, Report

blueprint = Blueprint("identity", __name__, url_prefix="/desk/identity")
blueprint.after_request(quiet_response)
blueprint.context_processor(navigation)


class IdentityForm(Form):
    case_number = StringField(
        _l("受理编号"), widget=GovTextInput(), validators=[DataRequired(_l("请填写受理编号。")), Length(max=20)]
    )
    purpose = TextAreaField(
        _l("为什么要打开？"),
        description=_l("写明谁要用、用来做什么。这段话会留在记录里，举报人也会看到。"),
        widget=GovTextArea(),
        validators=[
            DataRequired(_l("请写明用途。")),
            Length(min=5, max=1000, message=_l("用途要写 5 到 1000 个字。")),
        ],
    )
    submit = SubmitField(_l("打开身份"), widget=GovSubmitInput())


@blueprint.route("", methods=["GET", "POST"])
@permit(Permission.OPEN_IDENTITY)
def identity() -> ResponseReturnValue:
    form = IdentityForm()
    if not form.validate_on_submit():
        return render_template("intake/desk/identity.html", form=form, opened=None)
    report = report_of_custodian((form.case_number.data or "").strip().upper())
    root = case_keys.identity_root(current.session(), report, current.keyring()) if report else None
    if report is None or root is None:
        form.case_number.errors = [_("没有这件举报，或者它的身份不由您保管。")]
        return render_template("intake/desk/identity.html", form=form, opened=None)
    known = reading.identity_of(current.session(), report, root) or {}
    open_identity(current.session(), report, form.purpose.data or "", desk())
    return render_template("intake/desk/identity.html", form=form, opened=report, known=known)


@blueprint.post("/original/<file_id>")
@permit(Permission.OPEN_IDENTITY)
def original(file_id: str) -> Response:
    """A file as the reporter sent it: an opening of its own, for the purpose that was written."""
    form = IdentityForm()
    report = report_of_custodian((form.case_number.data or "").strip().upper())
    root = case_keys.identity_root(current.session(), report, current.keyring()) if report else None
    if report is None or root is None or not form.validate_on_submit():
        raise NotFound
    file = next((one for one in reading.originals_of(current.session(), report, root) if one.id == file_id), None)
    if file is None:
        raise NotFound
    open_identity(current.session(), report, form.purpose.data or "", desk())
    response = Response(attachments.pieces(file, current.settings().data_dir), mimetype="application/octet-stream")
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(file.name)}"
    return response


def report_of_custodian(case_number: str) -> Report | None:
    """A report from which the custodian's own department is not kept out."""
    report = current.session().scalar(select(Report).where(Report.case_number == case_number))
    if report is None:
        return None
    excluded = case_keys.departments_with_part(current.session(), report, EXCLUDED)
    return None if current.actor().department_code in excluded else report
