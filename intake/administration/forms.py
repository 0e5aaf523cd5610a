"""The forms of administration."""

from typing import Any

from flask_babel import lazy_gettext as _l
from govuk_frontend_wtf.wtforms_widgets import GovSubmitInput, GovTextArea, GovTextInput
from wtforms import IntegerField, StringField, SubmitField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, ValidationError

from core.holiday_notice import Unreadable, read_days
from core.web.forms import Form


class YearForm(Form):
    year = IntegerField(
        _l("年份"),
        widget=GovTextInput(),
        validators=[
            InputRequired(_l("请填写年份。")),
            NumberRange(min=2004, max=2100, message=_l("请填写四位数的年份。")),
        ],
    )
    source = StringField(
        _l("通知文号"),
        description=_l("例如：国办发明电〔2025〕7号"),
        widget=GovTextInput(),
        validators=[InputRequired(_l("请填写通知文号。")), Length(max=200, message=_l("最多 200 个字。"))],
    )
    off = TextAreaField(
        _l("放假的日子"),
        description=_l("一行一段，例如：2月5日至11日。周末不用写，写了也可以。"),
        widget=GovTextArea(),
        validators=[InputRequired(_l("请写放假的日子。"))],
    )
    at_work = TextAreaField(
        _l("调休上班的日子"), description=_l("一行一天，例如：1月31日（星期日）"), widget=GovTextArea()
    )
    submit = SubmitField(_l("保存并重新计算期限"), widget=GovSubmitInput())

    def validate_off(self, field: Any) -> None:
        self._readable(field)

    def validate_at_work(self, field: Any) -> None:
        self._readable(field)

    def _readable(self, field: Any) -> None:
        if not self.year.data:
            return
        try:
            read_days(field.data or "", self.year.data)
        except Unreadable as error:
            raise ValidationError(_l("看不懂“%(text)s”，请写成“2月5日至11日”。", text=str(error))) from error
