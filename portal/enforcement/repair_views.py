"""Taking in the result of a credit repair."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxesInput, GovRadioInput, GovSubmitInput, GovTextInput
from wtforms import DateField, RadioField, SelectMultipleField, StringField, SubmitField
from wtforms.validators import InputRequired, Length

from core.accounts.permissions import Permission
from core.errors import InvalidInput
from core.web import current
from core.web.access import permit
from core.web.forms import Form, choices
from portal.editorial.navigation import navigation
from portal.enforcement.repairs import KINDS, Repair, linked, of_same_party, repair
from portal.publishing import queries
from portal.publishing.kinds import kind_named
from portal.publishing.models import PublicRecord
from portal.publishing.record_form import GovDate
from portal.publishing.terms import shown_term

blueprint = Blueprint("repair", __name__, url_prefix="/editorial")
blueprint.context_processor(navigation)


class RepairForm(Form):
    """`also` offers the party's other records, which the decision may or may not be about."""

    decided_by = StringField(
        _l("作出修复决定的机关"),
        widget=GovTextInput(),
        validators=[InputRequired(_l("请填写作出决定的机关。")), Length(max=200)],
    )
    decision_no = StringField(
        _l("修复决定文号"),
        widget=GovTextInput(),
        validators=[InputRequired(_l("请填写修复决定的文号。")), Length(max=128)],
    )
    decided_on = DateField(_l("决定日期"), widget=GovDate(), validators=[InputRequired(_l("请填写决定日期。"))])
    kind = RadioField(
        _l("决定的内容"),
        widget=GovRadioInput(),
        choices=choices(list(KINDS.items())),
        validators=[InputRequired(_l("请选择决定的内容。"))],
    )
    also = SelectMultipleField(_l("同一当事人的这些记录也在决定之内"), widget=GovCheckboxesInput())
    submit = SubmitField(_l("停止公示并销毁"), widget=GovSubmitInput())


@blueprint.route("/<disclosure_id>/repair", methods=["GET", "POST"])
@permit(Permission.REVIEW_DISCLOSURE)
def take_in(disclosure_id: str) -> ResponseReturnValue:
    """All that hangs together ends at once; the page says beforehand what that is."""
    session = current.session()
    kind = kind_named(queries.disclosure(session, disclosure_id).kind)
    record = queries.record(session, kind.name, disclosure_id)
    others = of_same_party(session, record)
    tied = linked(record, others)
    form = RepairForm()
    form.also.choices = choices([(one.id, one.title) for one in others if one not in tied])
    if form.validate_on_submit():
        try:
            ended = _repair(record, form)
        except InvalidInput as refusal:
            for name, sentence in refusal.errors.items():
                form[name].errors = [*form[name].errors, str(sentence)]
        else:
            flash(_("已停止公示并销毁 %(n)s 条记录。", n=len(ended)), "good")
            return redirect(url_for("editorial.board"))
    page = {"kind": kind, "record": record, "tied": tied, "term": shown_term(record), "form": form}
    return render_template("portal/enforcement/repair.html", **page), 422 if form.errors else 200


def _repair(record: PublicRecord, form: Any) -> list[str]:
    decision = Repair(form.decided_by.data, form.decision_no.data, form.decided_on.data, form.kind.data)
    who = {"log": current.service("log"), "actor": current.actor(), "at": current.now()}
    return repair(current.session(), record, form.also.data or (), decision, **who)
