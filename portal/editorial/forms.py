"""The small forms of the editors' steps."""

from flask_babel import lazy_gettext as _l
from govuk_frontend_wtf.wtforms_widgets import (
    GovCheckboxesInput,
    GovInput,
    GovRadioInput,
    GovSelect,
    GovSubmitInput,
    GovTextArea,
    GovTextInput,
)
from wtforms import (
    DateTimeLocalField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    SubmitField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length

from core.web.forms import Form, choices
from portal.publishing.consent import ANSWERS

LONGEST_REMARKS = 2000
_TOO_LONG = _l("最多 %(n)s 个字。", n=LONGEST_REMARKS)


class GovMoment(GovInput):
    input_type = "datetime-local"


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


class ScheduleForm(Form):
    """The time is the wall clock's in China."""

    publish_at = DateTimeLocalField(
        _l("公开时间（北京时间）"),
        format=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
        widget=GovMoment(),
        validators=[InputRequired(_l("请填写公开时间。"))],
    )


class ConsultForm(Form):
    """`departments` are those the rules name; `other` one that they do not."""

    departments = SelectMultipleField(_l("征求这些部门的意见"), widget=GovCheckboxesInput())
    other = SelectField(_l("另外征求一个部门"), widget=GovSelect())
    question = TextAreaField(
        _l("想请对方看什么（可不填）"),
        widget=GovTextArea(),
        validators=[Length(max=LONGEST_REMARKS, message=_TOO_LONG)],
    )


class AnswerForm(Form):
    answer = RadioField(
        _l("您部门的意见"),
        widget=GovRadioInput(),
        choices=choices([(str(answer), label) for answer, (label, _style) in ANSWERS.items()]),
        validators=[InputRequired(_l("请选择同意、同意但有意见，或不同意。"))],
    )
    remarks = TextAreaField(
        _l("意见或理由"),
        description=_l("同意时可以不填；有意见或不同意，请写明，起草人照着改。"),
        widget=GovTextArea(),
        validators=[Length(max=LONGEST_REMARKS, message=_TOO_LONG)],
    )
    submit = SubmitField(_l("答复"), widget=GovSubmitInput())
