"""The small forms of the editors' steps."""

from flask_babel import lazy_gettext as _l
from govuk_frontend_wtf.wtforms_widgets import GovTextArea, GovTextInput
from wtforms import StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from core.web.forms import Form


class StepForm(Form):
    """A button that changes something: only the token."""


class ReasonForm(Form):
    reason = TextAreaField(
        _l("原因（会公开或通知对方）"),
        widget=GovTextArea(),
        validators=[InputRequired(_l("请写明原因。")), Length(max=1000, message=_l("最多 1000 个字。"))],
    )


class WithdrawForm(ReasonForm):
    basis = StringField(
        _l("法律依据"),
        widget=GovTextInput(),
        validators=[InputRequired(_l("请写明依据，如：行政处罚法第四十八条。")), Length(max=300)],
    )
