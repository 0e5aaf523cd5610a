"""What an operator types while somebody speaks: the wizard's questions on one page, in the order of a conversation."""

from typing import Any

from flask_babel import lazy_gettext as _l
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovSelect, GovSubmitInput, GovTextArea, GovTextInput
from wtforms import RadioField, SelectField, StringField, SubmitField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length

from core.places import COUNTIES
from core.web.forms import Form, choices
from intake.calls import sheet
from intake.public.forms import (
    ACCUSED_KINDS,
    LONGEST_WORDS,
    UNKNOWN,
    ActsForm,
    WhenForm,
    WhereForm,
    WhoForm,
    YouForm,
)
from intake.subjects import CHANNELS, ENVIRONMENT, subjects_of

RECEIVED_BY = {
    "phone": _l("电话"),
    "12345_transfer": _l("12345 转来"),
    "12315_transfer": _l("12315 转来"),
    "wechat": _l("微信"),
    "letter": _l("来信"),
    "visit": _l("来访"),
}
MATTERS = [
    (f"{channel}-{one.code}", _l("环境") if channel == ENVIRONMENT else _l("质量"), one.label)
    for channel in CHANNELS
    for one in subjects_of(channel)
]
# What stands there before anything is typed.
DEFAULTS = {"received_by": "phone", "accused_kind": UNKNOWN, "identity_kind": "anonymous"}
LONGEST_MESSAGE = 5000


def _at_most(limit: int) -> Length:
    return Length(max=limit, message=_l("最多 %(n)s 个字，请缩短一些。", n=limit))


def _numbered(pairs: list[tuple[str, Any]]) -> Any:
    """A number before each, so that a select is answered by typing it."""
    return choices([("", _l("请选择")), *((value, f"{n:02d} {label}") for n, (value, label) in enumerate(pairs, 1))])


class CallForm(ActsForm, WhereForm, WhoForm, WhenForm, YouForm):
    words = TextAreaField(
        _l("对方说了什么？"),
        widget=GovTextArea(),
        validators=[
            DataRequired(_l("请记下对方说的，哪怕一句。")),
            _at_most(LONGEST_WORDS),
        ],
    )
    accused_name = StringField(
        _l("说的是谁？（名称或代码，知道多少写多少）"), widget=GovTextInput(), validators=[_at_most(200)]
    )
    place = StringField(_l("具体位置"), widget=GovTextInput(), validators=[_at_most(300)])
    when = StringField(_l("什么时候？"), widget=GovTextInput(), validators=[_at_most(200)])
    identity_kind = RadioField(
        _l("对方愿意留姓名吗？"),
        widget=GovRadioInput(),
        choices=choices([("anonymous", _l("不留，匿名")), ("named", _l("留，单独加密"))]),
        validators=[InputRequired(_l("请选一项。"))],
    )
    name = StringField(_l("姓名"), widget=GovTextInput(), validators=[_at_most(60)])
    contact = StringField(_l("电话或邮箱"), widget=GovTextInput(), validators=[_at_most(100)])
    county = SelectField(
        _l("在哪个县区？"),
        widget=GovSelect(),
        validators=[InputRequired(_l("请选择县区；不清楚就选“不知道”。"))],
    )
    accused_kind = SelectField(  # type: ignore[assignment]
        _l("它属于"),
        widget=GovSelect(),
        validators=[InputRequired(_l("请选一项；不知道就选“不知道”。"))],
    )
    matter = SelectField(
        _l("是哪一类事？"),
        widget=GovSelect(),
        validators=[InputRequired(_l("请选最接近的一项。"))],
    )
    received_by = SelectField(
        _l("怎么收到的？"), widget=GovSelect(), validators=[InputRequired(_l("请选择收到的方式。"))]
    )
    another = None  # type: ignore[assignment]
    submit = None  # type: ignore[assignment]

    ORDER = (
        *("words", "accused_name", "chosen", "accused_kind", "accused_department", "county", "place", "when", "matter"),
        *("acts", "identity_kind", "name", "contact", "received_by", "look_up"),
    )
    # The question that a key leads to, as its number on the page says.
    KEYS = ("words", "accused_name", "county", "when", "matter", "acts", "identity_kind", "received_by")

    def __init__(self, departments: dict[str, str], **named: Any) -> None:
        super().__init__(**named)
        self.offer_departments(departments)
        self.offer_matches([])
        self.accused_department.description = ""
        counties = [(one.code, one.name) for one in COUNTIES]
        self.county.choices = _numbered([*counties, (UNKNOWN, _l("不知道或跨县区"))])
        self.accused_kind.choices = _numbered(list(ACCUSED_KINDS.items()))
        self.received_by.choices = _numbered(list(RECEIVED_BY.items()))
        self.matter.choices = _numbered([(value, f"{line} · {label}") for value, line, label in MATTERS])
        for name in self.ORDER:
            self._fields[name] = self._fields.pop(name)

    def answers(self) -> dict[str, Any]:
        """What was typed, right or wrong, without what is empty."""
        typed = {name: field.data for name, field in self._fields.items() if name in self.ORDER and name != "look_up"}
        return sheet.settled({name: value for name, value in typed.items() if value})


class AgainForm(Form):
    """A caller who has called before."""

    case_number = StringField(
        _l("受理编号"),
        widget=GovTextInput(),
        validators=[DataRequired(_l("请填写受理编号。")), Length(max=20, message=_l("受理编号像 XC-2026-7K3Q9D。"))],
    )
    code = StringField(
        _l("查询码"),
        widget=GovTextInput(),
        description=_l("请对方报 20 位数字，空格可有可无"),
        validators=[DataRequired(_l("请填写查询码。")), Length(max=60, message=_l("查询码是 20 位数字。"))],
    )
    text = TextAreaField(
        _l("对方补充了什么？"),
        widget=GovTextArea(),
        validators=[
            DataRequired(_l("请记下对方补充的。")),
            _at_most(LONGEST_MESSAGE),
        ],
    )
    submit = SubmitField(_l("补充到这一件"), widget=GovSubmitInput())
