from flask_babel import lazy_gettext as _l
from govuk_frontend_wtf.wtforms_widgets import GovSelect, GovSubmitInput, GovTextArea
from wtforms import DateField, SelectField, SubmitField, TextAreaField
from wtforms.validators import InputRequired, Length

from core.web.forms import Form
from portal.publishing.record_form import GovDate

LONGEST = 500


class AgreementForm(Form):
    """`dataset` and `department` get their choices from the view."""

    dataset = SelectField(_l("哪项信息"), widget=GovSelect())
    department = SelectField(_l("由哪个部门发布"), widget=GovSelect())
    first = DateField(_l("从哪天起"), widget=GovDate(), validators=[InputRequired(_l("请填写开始日期。"))])
    last = DateField(_l("到哪天止"), widget=GovDate(), validators=[InputRequired(_l("请填写结束日期。"))])
    terms = TextAreaField(
        _l("协议内容"),
        description=_l("公众会读到。写明文号、数据从哪里来、谁负责质量；不要写个人姓名和电话。"),
        widget=GovTextArea(),
        validators=[
            InputRequired(_l("请写明协议内容：文号、数据从哪里来、谁负责质量。")),
            Length(max=LONGEST, message=_l("最多 %(n)s 个字。", n=LONGEST)),
        ],
    )
    submit = SubmitField(_l("提出，由统一发布部门的审核人同意"), widget=GovSubmitInput())


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
