"""The custodian's page for rewards: case number and claim code are right, or they are not. No name is asked for."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from govuk_frontend_wtf.wtforms_widgets import GovSubmitInput, GovTextInput
from wtforms import StringField, SubmitField
from wtforms.validators import DataRequired, Length

from core.accounts.permissions import Permission
from core.web import current
from core.web.access import permit
from core.web.forms import Form
from core.web.limits import limiter
from core.web.shell import quiet_response
from intake import case_keys, receipt, reward
from intake.desk.identity_views import report_of_custodian
from intake.desk.navigation import navigation
from intake.desk_context import desk, receipt_keys

blueprint = Blueprint("reward", __name__, url_prefix="/desk/reward")
blueprint.after_request(quiet_response)
blueprint.context_processor(navigation)


class RewardForm(Form):
    case_number = StringField(
        _l("受理编号"), widget=GovTextInput(), validators=[DataRequired(_l("请填写受理编号。")), Length(max=20)]
    )
    code = StringField(
        _l("领奖码"),
        widget=GovTextInput(),
        description=_l("20 位数字，由领奖的人出示"),
        validators=[DataRequired(_l("请填写领奖码。")), Length(max=60, message=_l("领奖码是 20 位数字。"))],
    )
    submit = SubmitField(_l("核对并登记已发放"), widget=GovSubmitInput())


@blueprint.route("", methods=["GET", "POST"])
@permit(Permission.OPEN_IDENTITY)
@limiter.limit("30 per minute", methods=["POST"])
def page() -> ResponseReturnValue:
    """The same work and the same sentence for whatever does not fit."""
    form = RewardForm()
    if form.validate_on_submit():
        keys = receipt_keys(receipt.read(form.code.data or "") or receipt.new_code())
        report = report_of_custodian((form.case_number.data or "").strip().upper())
        if report is not None and case_keys.identity_part(current.session(), report, current.keyring()) is None:
            report = None
        try:
            reward.pay(current.session(), report, keys.lookup, desk())
        except reward.NotPayable as refusal:
            form.code.errors = [str(refusal.message)]
        else:
            flash(_("核对无误，已登记发放。请不要打听或者记下领奖人是谁。"))
            return redirect(url_for("reward.page"))
    return render_template("intake/desk/reward.html", form=form)
