"""The custodians' page: who a named reporter is, opened by two of different departments, and told to the reporter."""

from urllib.parse import quote

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from govuk_frontend_wtf.wtforms_widgets import GovSubmitInput, GovTextArea, GovTextInput
from sqlalchemy import select
from wtforms import StringField, SubmitField, TextAreaField
from wtforms.validators import DataRequired, Length

from core.accounts.models import Department, User
from core.accounts.permissions import Permission
from core.errors import NotFound
from core.web import current
from core.web.access import permit
from core.web.forms import Form
from core.web.shell import quiet_response
from intake import attachments, case_keys, identity_requests, reading
from intake.case_models import IdentityRequest
from intake.desk.navigation import navigation
from intake.desk_context import desk
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
    basis = StringField(
        _l("依据哪条规定、哪份文书？"),
        widget=GovTextInput(),
        validators=[DataRequired(_l("请写明依据。")), Length(min=2, max=200, message=_l("依据要写 2 到 200 个字。"))],
    )
    submit = SubmitField(_l("提出打开"), widget=GovSubmitInput())


class RefusalForm(Form):
    reason = StringField(validators=[DataRequired(_l("请写明不同意的理由。")), Length(max=500)])


@blueprint.route("", methods=["GET", "POST"])
@permit(Permission.OPEN_IDENTITY)
def identity() -> ResponseReturnValue:
    form = IdentityForm()
    if not form.validate_on_submit():
        return _page(form)
    report = report_of_custodian((form.case_number.data or "").strip().upper())
    if report is None or case_keys.identity_part(current.session(), report, current.keyring()) is None:
        form.case_number.errors = [_("没有这件举报，或者它的身份不由您保管。")]
        return _page(form)
    try:
        identity_requests.propose_for(current.session(), report, form.purpose.data or "", form.basis.data or "", desk())
    except identity_requests.AlreadyAsked as refusal:
        form.case_number.errors = [str(refusal.message)]
        return _page(form)
    flash(_("已提出。另一个部门的身份保管员同意以后，您就可以在 24 小时内打开。"), "good")
    return redirect(url_for("identity.identity"))


@blueprint.post("/<request_id>/propose")
@permit(Permission.OPEN_IDENTITY)
def propose(request_id: str) -> ResponseReturnValue:
    identity_requests.propose(current.session(), _asked(request_id)[0], desk())
    flash(_("已提出。另一个部门的身份保管员同意以后，您就可以在 24 小时内打开。"), "good")
    return redirect(url_for("identity.identity"))


@blueprint.post("/<request_id>/agree")
@permit(Permission.OPEN_IDENTITY)
def agree(request_id: str) -> ResponseReturnValue:
    identity_requests.agree(current.session(), _asked(request_id)[0], desk())
    flash(_("已同意。提出的人在 24 小时内可以打开，您自己看不到身份。"), "good")
    return redirect(url_for("identity.identity"))


@blueprint.post("/<request_id>/refuse")
@permit(Permission.OPEN_IDENTITY)
def refuse(request_id: str) -> ResponseReturnValue:
    asked, form = _asked(request_id)[0], RefusalForm()
    if not form.validate_on_submit():
        return _page(IdentityForm(formdata=None), request_id), 422
    identity_requests.refuse(current.session(), asked, form.reason.data or "", desk())
    flash(_("已记录不同意。"), "good")
    return redirect(url_for("identity.identity"))


@blueprint.post("/<request_id>/open")
@permit(Permission.OPEN_IDENTITY)
def open_it(request_id: str) -> ResponseReturnValue:
    asked, report = _asked(request_id)
    root = identity_requests.opened(current.session(), asked, desk())
    words = identity_requests.words_of(current.session(), asked, desk())
    known = reading.identity_of(current.session(), report, root) or {}
    return render_template("intake/desk/identity_opened.html", report=report, asked=asked, known=known, words=words)


@blueprint.post("/<request_id>/original/<file_id>")
@permit(Permission.OPEN_IDENTITY)
def original(request_id: str, file_id: str) -> Response:
    """A file as the reporter sent it: an opening of its own, for the purpose that was agreed to."""
    asked, report = _asked(request_id)
    root = identity_requests.opened(current.session(), asked, desk())
    file = next((one for one in reading.originals_of(current.session(), report, root) if one.id == file_id), None)
    if file is None:
        raise NotFound
    response = Response(attachments.pieces(file, current.settings().data_dir), mimetype="application/octet-stream")
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(file.name)}"
    return response


def report_of_custodian(case_number: str) -> Report | None:
    """A report from which the custodian's own department is not kept out."""
    report = current.session().scalar(select(Report).where(Report.case_number == case_number))
    return report if report is not None and _may_know(report) else None


def _asked(request_id: str) -> tuple[IdentityRequest, Report]:
    """NotFound where there is none, or its report is none of this custodian's."""
    asked = current.session().get(IdentityRequest, request_id)
    report = current.session().get_one(Report, asked.report_id) if asked else None
    if asked is None or report is None or not _may_know(report):
        raise NotFound
    if identity_requests.words_of(current.session(), asked, desk()) is None:
        raise NotFound
    return asked, report


def _may_know(report: Report) -> bool:
    excluded = case_keys.departments_with_part(current.session(), report, EXCLUDED)
    return current.actor().department_code not in excluded


def _page(form: IdentityForm, refused: str | None = None) -> str:
    """`refused`: the request whose refusal lacks its reason."""
    return render_template("intake/desk/identity.html", form=form, waiting=_waiting(), refused=refused)


def _waiting() -> list[dict[str, object]]:
    """Each living request as this custodian sees it: why, who, until when, and what they could do now."""
    session = current.session()
    found = []
    for asked, report in identity_requests.waiting_for(session, desk()):
        words = identity_requests.words_of(session, asked, desk())
        if words is not None and _may_know(report):
            found.append(
                {
                    "request": asked,
                    "number": report.case_number,
                    "words": words,
                    "asked_by": _person(asked.asked_by),
                    "proposed_by": _person(asked.proposed_by),
                    "agreed_by": _person(asked.agreed_by),
                    "turn": _turn(asked, report),
                }
            )
    return found


def _turn(asked: IdentityRequest, report: Report) -> str:
    """What this custodian can do now (propose, agree, open), or whom it waits for (another, the proposer)."""
    is_mine = asked.proposed_by == current.actor().user_id
    if asked.proposed_by is None:
        return "propose"
    if asked.agreed_by is not None:
        return "open" if is_mine else "proposer"
    return "agree" if identity_requests.may_agree(current.session(), report, asked, desk()) else "another"


def _person(user_id: str | None) -> str:
    user = current.session().get(User, user_id) if user_id else None
    unit = current.session().get(Department, user.department_code) if user and user.department_code else None
    return "" if user is None else f"{user.display_name}（{unit.short_name}）" if unit else user.display_name
