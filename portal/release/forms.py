from flask_babel import lazy_gettext as _l
from govuk_frontend_wtf.wtforms_widgets import GovSubmitInput, GovTextArea
from wtforms import SubmitField, TextAreaField
from wtforms.validators import InputRequired, Length

from core.web.forms import Form

LONGEST = 500


class LateReasonForm(Form):
    reason = TextAreaField(
        _l("为什么迟了"),
        description=_l("公众会读到。写清原因和改进办法；不要写个人姓名和电话。"),
        widget=GovTextArea(),
        validators=[
            InputRequired(_l("请写明为什么迟了。")),
            Length(max=LONGEST, message=_l("最多 %(n)s 个字。", n=LONGEST)),
        ],
    )
    submit = SubmitField(_l("提交，由另一位同事确认后公开"), widget=GovSubmitInput())
