"""What a subscriber fills in."""

from urllib.parse import urlsplit

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovTextInput
from wtforms import Field, RadioField, StringField, ValidationError
from wtforms.validators import Email, InputRequired, Length

from core.web.forms import Form, choices

CADENCES = choices(
    [("daily", _l("每天一次（早上 8 点）")), ("weekly", _l("每周一次")), ("at_once", _l("有新内容马上告诉我"))]
)


class EmailForm(Form):
    email = StringField(
        _l("邮箱"),
        widget=GovTextInput(),
        validators=[
            InputRequired(_l("请填写邮箱。")),
            Length(max=254, message=_l("邮箱太长。")),
            Email(_l("邮箱的写法不对，应像 name@example.cn。")),
        ],
        description=_l("只用来寄送您订阅的内容，加密保存，退订时删除。"),
    )
    cadence = RadioField(_l("多久寄一次"), choices=CADENCES, default="daily", widget=GovRadioInput())


class WebhookForm(Form):
    url = StringField(
        _l("接收网址"),
        widget=GovTextInput(),
        validators=[InputRequired(_l("请填写接收网址。")), Length(max=1000, message=_l("网址太长。"))],
        description=_l("您的程序接收消息的网址，以 https:// 开头。"),
    )

    def validate_url(self, field: Field) -> None:
        """The form's look; whether the address may be called is decided again with each call."""
        try:
            parts = urlsplit(field.data or "")
            valid = parts.scheme in ("https", "http") and bool(parts.hostname) and parts.port != 0
        except ValueError:
            valid = False
        if not valid or parts.username or parts.password:
            raise ValidationError(_("网址的写法不对，应像 https://example.cn/hook。"))
