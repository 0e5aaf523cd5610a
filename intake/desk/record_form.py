"""What an operator types while somebody speaks: the wizard's questions on one page."""

from typing import Any

from flask_babel import lazy_gettext as _l
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovSelect, GovSubmitInput
from wtforms import HiddenField, RadioField, SelectField, SubmitField
from wtforms.validators import InputRequired, ValidationError

from core.web.forms import choices
from intake.public.forms import ActsForm, WhenForm, WhereForm, WhoForm, WordsForm, YouForm
from intake.subjects import ENVIRONMENT, QUALITY, SUBJECTS, subject

RECEIVED_BY = {
    "phone": _l("电话"),
    "12345_transfer": _l("12345 转来"),
    "12315_transfer": _l("12315 转来"),
    "wechat": _l("微信"),
    "letter": _l("来信"),
    "visit": _l("来访"),
}


class RecordForm(ActsForm, WhereForm, WhoForm, WhenForm, WordsForm, YouForm):
    code = HiddenField()
    received_by = RadioField(
        _l("怎么收到的？"),
        widget=GovRadioInput(),
        choices=choices(RECEIVED_BY.items()),
        validators=[InputRequired(_l("请选择收到的方式。"))],
    )
    channel = RadioField(
        _l("类别"),
        widget=GovRadioInput(),
        choices=choices([(ENVIRONMENT, _l("12369 环境")), (QUALITY, _l("12365 质量监督"))]),
        validators=[InputRequired(_l("请选一类。"))],
    )
    subject = SelectField(
        _l("事项"),
        widget=GovSelect(),
        choices=choices(
            [("", _l("请选择")), *((one.code, f"{one.label}（{'、'.join(one.channels)}）") for one in SUBJECTS)]
        ),
        validators=[InputRequired(_l("请选最接近的一项。"))],
    )
    chosen = None  # type: ignore[assignment]
    look_up = None  # type: ignore[assignment]
    submit = SubmitField(_l("登记举报"), widget=GovSubmitInput())

    ORDER = (
        *("received_by", "channel", "subject", "words", "county", "place", "accused_kind", "accused_name"),
        *("accused_department", "when", "acts", "identity_kind", "name", "contact", "submit"),
    )

    def __init__(self, **named: Any) -> None:
        super().__init__(**named)
        for name in self.ORDER:
            self._fields[name] = self._fields.pop(name)

    def validate_subject(self, field: Any) -> None:
        if field.data and self.channel.data and self.channel.data not in subject(field.data).channels:
            raise ValidationError(_l("这个事项不属于所选的类别。"))
