"""The wizard's questions: one form a page."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext
from flask_babel import lazy_gettext as _l
from govuk_frontend_wtf.wtforms_widgets import (
    GovCheckboxesInput,
    GovCheckboxInput,
    GovFileInput,
    GovRadioInput,
    GovSelect,
    GovSubmitInput,
    GovTextArea,
    GovTextInput,
)
from wtforms import (
    BooleanField,
    HiddenField,
    MultipleFileField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    SubmitField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import DataRequired, InputRequired, Length, Optional, StopValidation

from core.coordinates import GCJ02, WGS84
from core.errors import Text
from core.falsification_acts import ACTS
from core.places import COUNTIES
from core.web.forms import Form, choices
from core.web.languages import either
from intake.landmarks import Landmark
from intake.subjects import ENVIRONMENT, QUALITY, subjects_of

LONGEST_WORDS = 10_000
HELP = "help"
UNKNOWN = "unknown"
OFFICIAL_KINDS = ("department", "official")
ACCUSED_KINDS = {
    "company": _l("企业"),
    "testing_institution": _l("检测机构"),
    "department": _l("政府部门"),
    "official": _l("政府部门的领导或工作人员"),
    "person": _l("个人"),
    UNKNOWN: _l("不知道"),
}

CATEGORIES = {ENVIRONMENT: _l("环境（12369）"), QUALITY: _l("质量监督（12365）")}
# The rule's three chapters by the first letter of an act's code, as a neighbour would name them.
ACT_GROUPS = {
    "T": _l("动手脚、改数据（篡改）"),
    "F": _l("编数据、出假报告（伪造）"),
    "I": _l("逼人造假、指使造假（指使）"),
}


def _at_most(limit: int) -> Length:
    return Length(max=limit, message=_l("最多 %(n)s 个字，请缩短一些；多出的内容可以放进附件。", n=limit))


def _next() -> SubmitField:
    return SubmitField(_l("继续"), widget=GovSubmitInput())


def _in_english_too(names: dict[str, str]) -> list[tuple[str, Text]]:
    """The names of departments stand in a table whose words are translated."""
    return [(code, lazy_gettext(name)) for code, name in names.items()]


class CategoryForm(Form):
    channel = RadioField(
        _l("您要反映的是哪一类事？"),
        widget=GovRadioInput(),
        choices=choices(
            [
                *CATEGORIES.items(),
                (HELP, _l("说不清，帮我选")),
            ]
        ),
        validators=[InputRequired(_l("请选一类；说不清就选“帮我选”。"))],
    )
    submit = _next()

    hints = {  # noqa: RUF012 - a table
        ENVIRONMENT: _l("烟尘、污水、噪声等污染，监测数据造假，有人干预监测"),
        QUALITY: _l("检测机构出假报告、没有资质，仪器和产品质量有问题"),
        HELP: _l("回答一个问题，我们替您选"),
    }


class HelpForm(Form):
    answer = RadioField(
        _l("哪一句最接近您看到的？"),
        widget=GovRadioInput(),
        choices=choices(
            [
                ("plant", _l("工厂、工地或什么地方在污染，或在线监测数据不真实")),
                ("laboratory", _l("检测公司没去现场就出报告，或报告是假的")),
                ("instrument", _l("监测仪器、计量器具或产品有问题")),
                ("pressure", _l("有领导或单位让人改数据")),
                ("else", _l("都不是，还是说不清")),
            ]
        ),
        validators=[InputRequired(_l("请选最接近的一句。"))],
    )
    submit = _next()

    CHANNELS: dict[str, str] = {"laboratory": QUALITY, "instrument": QUALITY}  # noqa: RUF012 - a table

    def channel(self) -> str:
        return self.CHANNELS.get(self.answer.data, ENVIRONMENT)


class WhatForm(Form):
    subject = RadioField(
        _l("发生了什么？"), widget=GovRadioInput(), validators=[InputRequired(_l("请选最接近的一项。"))]
    )
    submit = _next()

    def offer(self, channel: str) -> "WhatForm":
        offered = subjects_of(channel)
        self.subject.choices = choices((one.code, lazy_gettext(one.label)) for one in offered)
        self.hints = {one.code: lazy_gettext(one.hint) for one in offered if one.hint}
        return self


class ActsForm(Form):
    acts = SelectMultipleField(
        _l("有下面这些情况吗？可以多选，也可以不选"),
        widget=GovCheckboxesInput(),
        choices=choices([(act.code, either(act.plain, act.english)) for act in ACTS]),
        validators=[Optional()],
    )
    submit = _next()


class WhereForm(Form):
    county = SelectField(
        _l("在哪个县区？"),
        widget=GovSelect(),
        choices=choices(
            [
                ("", _l("请选择")),
                *((one.code, either(one.name, one.english)) for one in COUNTIES),
                (UNKNOWN, _l("不知道或跨县区")),
            ]
        ),
        validators=[InputRequired(_l("请选择县区；不清楚就选“不知道”。"))],
    )
    place = StringField(
        _l("具体位置（可以不填）"),
        widget=GovTextInput(),
        description=_l("比如路名、村名、厂门口、河的哪一段"),
        validators=[_at_most(300)],
    )
    on_map = SubmitField(_l("在地图上指出位置"), widget=GovSubmitInput())
    submit = _next()


class MapForm(Form):
    landmark = SelectField(
        _l("离哪个地标近？"), widget=GovSelect(), description=_l("标上以后可以用箭头移动"), validate_choice=False
    )
    coordinates = StringField(
        _l("经纬度"),
        widget=GovTextInput(),
        description=_l("如 34.0260, 113.8260；先写哪个都行"),
        validators=[_at_most(100)],
    )
    system = RadioField(
        _l("这两个数从哪里来？"),
        widget=GovRadioInput(),
        choices=choices(
            [
                (WGS84, _l("手机定位、GPS、卫星图（WGS-84）")),
                (GCJ02, _l("高德、腾讯地图（GCJ-02），替您换算；百度地图用的是另一种，请换一个来源")),
            ]
        ),
        default=WGS84,
        validate_choice=False,
    )

    def offer(self, landmarks: Sequence[Landmark]) -> None:
        self.landmark.choices = choices([("", _l("请选择")), *((one.name, one.name) for one in landmarks)])


def _department_of_an_official(form: Any, field: Any) -> None:
    if form.accused_kind.data in OFFICIAL_KINDS and not field.data:
        raise StopValidation(_l("请选出被举报的部门，这样它就不会收到您的举报。"))


class WhoForm(Form):
    accused_kind = RadioField(
        _l("是谁做的？"),
        widget=GovRadioInput(),
        choices=choices(ACCUSED_KINDS.items()),
        validators=[InputRequired(_l("请选一项；不知道就选“不知道”。"))],
    )
    accused_name = StringField(_l("名称（知道多少写多少）"), widget=GovTextInput(), validators=[_at_most(200)])
    chosen = RadioField(_l("是不是下面这一家？"), widget=GovRadioInput(), choices=[], validators=[Optional()])
    accused_department = SelectField(
        _l("如果是政府部门：哪一个？"),
        widget=GovSelect(),
        description=_l("这个部门、它的下级和上级都不会收到您的举报。"),
        choices=choices([("", _l("不是政府部门"))]),
        validators=[_department_of_an_official, Optional()],
    )
    look_up = SubmitField(_l("查找企业"), widget=GovSubmitInput())
    another = SubmitField(_l("还有别的企业，一起举报"), widget=GovSubmitInput())
    submit = _next()

    def offer_departments(self, departments: dict[str, str]) -> None:
        self.accused_department.choices = choices([("", _l("不是政府部门")), *_in_english_too(departments)])

    def offer_matches(self, matches: list[tuple[str, str]]) -> None:
        self.chosen.choices = choices([*matches, ("", _l("都不是，就按我写的名称"))] if matches else [])
        self.chosen.validate_choice = bool(matches)


class AlsoForm(Form):
    name = StringField(
        _l("名称或统一社会信用代码"),
        widget=GovTextInput(),
        description=_l("知道多少写多少"),
        validators=[DataRequired(_l("请写名称；没有别的企业就按“没有了，继续”。")), _at_most(200)],
    )
    look_up = SubmitField(_l("查找企业"), widget=GovSubmitInput())
    chosen = RadioField(
        _l("是不是下面这一家？"),
        widget=GovRadioInput(),
        choices=[],
        validators=[Optional()],
        validate_choice=False,
    )
    submit = SubmitField(_l("加上这一家"), widget=GovSubmitInput())

    def offer_matches(self, matches: list[tuple[str, str]]) -> None:
        self.chosen.choices = choices([*matches, ("", _l("都不是，就按我写的名称"))] if matches else [])


class WhenForm(Form):
    when = StringField(
        _l("什么时候发生的？（可以不填）"),
        widget=GovTextInput(),
        description=_l("比如“11月20日夜里11点左右”“最近一个月每天凌晨”"),
        validators=[_at_most(200)],
    )
    submit = _next()


class WordsForm(Form):
    words = TextAreaField(
        _l("请把您看到的、知道的写下来"),
        widget=GovTextArea(),
        description=_l("写清这些最有用：看到了什么、怎么做的、谁能证明、有没有规律。不用写您自己是谁。"),
        validators=[DataRequired(_l("请写几句，哪怕一句。")), _at_most(LONGEST_WORDS)],
    )
    submit = _next()


class FilesForm(Form):
    files = MultipleFileField(
        _l("照片、视频、录音或文件（可以不传）"),
        widget=GovFileInput(multiple=True),
        description=_l(
            "最多 10 个，每个不超过 50 MB。照片、MP4 和 MOV 视频、PDF、Word、Excel 先去掉拍摄地点、设备和作者再加密。"
        ),
    )
    keep_original = BooleanField(
        _l("这次上传的，另外封存一份没有清理的原件"),
        widget=GovCheckboxInput(),
    )
    original_hint = _l("原件更有证明力，但可能让人认出您。只有身份保管员按程序才能打开，每次打开您都能看到。")
    upload = SubmitField(_l("上传"), widget=GovSubmitInput())


class YouForm(Form):
    identity_kind = RadioField(
        _l("要告诉我们您是谁吗？"),
        widget=GovRadioInput(),
        choices=choices(
            [
                ("anonymous", _l("不告诉，匿名举报")),
                ("named", _l("实名举报")),
            ]
        ),
        validators=[InputRequired(_l("请选一项。"))],
    )
    hints = {"named": _l("姓名单独加密，只有承办人按程序打开，每次打开都有记录")}  # noqa: RUF012 - a table
    name = StringField(_l("姓名（实名才填）"), widget=GovTextInput(), validators=[_at_most(60)])
    contact = StringField(_l("电话或邮箱（实名才填）"), widget=GovTextInput(), validators=[_at_most(100)])
    submit = _next()

    def validate_name(self, field: Any) -> None:
        if self.identity_kind.data == "named" and not field.data:
            raise ValidationError(_l("实名举报请填写姓名；不想填可以选匿名。"))

    def validate_contact(self, field: Any) -> None:
        if self.identity_kind.data == "named" and not field.data:
            raise ValidationError(_l("实名举报请留一个联系方式；不想留可以选匿名。"))


class SendForm(Form):
    """`challenge` as the page got it, `answer` what the browser found for it; empty without scripts."""

    challenge = HiddenField()
    answer = HiddenField()
    submit = SubmitField(_l("确认并提交举报"), widget=GovSubmitInput())


class LaterForm(SendForm):
    submit = SubmitField(_l("保存，给我查询码"), widget=GovSubmitInput())


class WithdrawForm(Form):
    reason = StringField(
        _l("为什么撤回？（可以不填）"),
        widget=GovTextInput(),
        description=_l("写了会加密交给办理部门"),
        validators=[_at_most(300)],
    )
    submit = SubmitField(_l("撤回这件举报"), widget=GovSubmitInput())


class ObjectionForm(Form):
    text = TextAreaField(
        _l("您的理由"),
        widget=GovTextArea(),
        description=_l("写清为什么不是恶意举报，有新的线索也可以写。写了会加密。"),
        validators=[DataRequired(_l("请写明理由。")), _at_most(LONGEST_WORDS)],
    )
    submit = SubmitField(_l("提出异议"), widget=GovSubmitInput())


class ReceiptForm(Form):
    code = StringField(
        _l("查询码"),
        widget=GovTextInput(),
        description=_l("20 位数字，空格可有可无"),
        validators=[DataRequired(_l("请输入查询码。")), Length(max=60, message=_l("查询码是 20 位数字。"))],
    )
    submit = SubmitField(_l("查看进度，或接着写"), widget=GovSubmitInput())


class MessageForm(Form):
    text = TextAreaField(
        _l("补充说明"),
        widget=GovTextArea(),
        validators=[DataRequired(_l("请写下要补充的内容。")), _at_most(LONGEST_WORDS)],
    )
    files = MultipleFileField(
        _l("附件（可以不传）"), widget=GovFileInput(multiple=True), description=_l("一次最多 10 个，每个不超过 50 MB")
    )
    submit = SubmitField(_l("发送补充"), widget=GovSubmitInput())
