"""The forms of a case's steps."""

from flask_babel import lazy_gettext as _l
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovSelect, GovTextArea, GovTextInput
from wtforms import IntegerField, RadioField, SelectField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange

from core.web.forms import Form, choices


class PlainStepForm(Form):
    """A step that needs no words."""


class TextForm(Form):
    text = TextAreaField(
        _l("内容"),
        widget=GovTextArea(),
        validators=[DataRequired(_l("请写明内容。")), Length(max=5000, message=_l("最多 5000 个字。"))],
    )


class TransferForm(TextForm):
    to = SelectField(_l("转给哪个部门？"), widget=GovSelect(), validators=[InputRequired(_l("请选择部门。"))])


class AskExtensionForm(TextForm):
    days = IntegerField(
        _l("延长几天"),
        widget=GovTextInput(),
        validators=[InputRequired(_l("请填写天数。")), NumberRange(min=1, max=30, message=_l("1 到 30 之间的整数。"))],
    )


class DecideExtensionForm(TextForm):
    granted = RadioField(
        _l("决定"),
        widget=GovRadioInput(),
        choices=choices([("yes", _l("批准")), ("no", _l("不批准"))]),
        validators=[InputRequired(_l("请选择。"))],
    )
