"""The forms of a case's steps."""

from typing import Any

from flask_babel import lazy_gettext as _l
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovSelect, GovTextArea, GovTextInput
from wtforms import DateField, IntegerField, RadioField, SelectField, StringField, TextAreaField
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


class ToForm(TextForm):
    """To another department, with a reason."""

    to = SelectField(_l("转给哪个部门？"), widget=GovSelect(), validators=[InputRequired(_l("请选择部门。"))])


class GroundForm(TextForm):
    ground = SelectField(
        _l("不予受理的理由"), widget=GovSelect(), validators=[InputRequired(_l("请选择不予受理的理由。"))]
    )


class AssignForm(Form):
    officer = SelectField(_l("交给谁办？"), widget=GovSelect(), validators=[InputRequired(_l("请选择经办人。"))])


class RecuseForm(TextForm):
    officer = SelectField(_l("谁回避？"), widget=GovSelect(), validators=[InputRequired(_l("请选择回避的人。"))])


class InvolvedForm(TextForm):
    involved = SelectField(
        _l("哪个部门与这件事有关？"), widget=GovSelect(), validators=[InputRequired(_l("请选择部门。"))]
    )


class PauseForm(TextForm):
    reason = SelectField(_l("因为什么暂停？"), widget=GovSelect(), validators=[InputRequired(_l("请选择理由。"))])


class MergeForm(TextForm):
    into = StringField(
        _l("并入哪一件？"), widget=GovTextInput(), validators=[DataRequired(_l("请填写要并入的受理编号。"))]
    )


class LinkForm(TextForm):
    kind = SelectField(_l("关联什么？"), widget=GovSelect(), validators=[InputRequired(_l("请选择关联什么。"))])


class UnlinkForm(TextForm):
    link = SelectField(_l("取消哪一条？"), widget=GovSelect(), validators=[InputRequired(_l("请选择取消哪一条。"))])


class AskIdentityForm(TextForm):
    basis = StringField(
        _l("依据哪条规定、哪份文书？"),
        widget=GovTextInput(),
        validators=[DataRequired(_l("请写明依据。")), Length(min=2, max=200, message=_l("依据要写 2 到 200 个字。"))],
    )


class MaliceForm(TextForm):
    basis = StringField(
        _l("哪个机关、哪份文书认定的？没有查实不等于恶意"),
        widget=GovTextInput(),
        validators=[
            DataRequired(_l("请写明作出认定的机关和文书编号；只是没有查实的，不能认定为恶意举报。")),
            Length(max=200, message=_l("最多 200 个字。")),
        ],
    )


class VisitForm(Form):
    on = DateField(
        _l("检查日期"), widget=GovTextInput(), validators=[InputRequired(_l("请填写检查日期，例如 2026-11-20。"))]
    )
    place = StringField(
        _l("检查地点"),
        widget=GovTextInput(),
        validators=[DataRequired(_l("请填写检查地点。")), Length(max=200, message=_l("最多 200 个字。"))],
    )
    investigators = TextAreaField(
        _l("调查人员"), widget=GovTextArea(), validators=[DataRequired(_l("请填写调查人员。"))]
    )
    text = TextAreaField(
        _l("检查情况"),
        widget=GovTextArea(),
        validators=[DataRequired(_l("请写明检查情况。")), Length(max=5000, message=_l("最多 5000 个字。"))],
    )


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


def offer(form: Any, options: dict[str, list[tuple[str, Any]]]) -> Any:
    """Give the selects of a form what can be chosen; an empty first line keeps anything from being chosen by chance."""
    for name, pairs in options.items():
        if name in form:
            form[name].choices = choices([("", _l("请选择")), *pairs])
    return form
