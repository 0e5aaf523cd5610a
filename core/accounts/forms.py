from flask_babel import lazy_gettext as _l
from govuk_frontend_wtf.wtforms_widgets import GovPasswordInput, GovSubmitInput, GovTextInput
from wtforms import PasswordField, StringField, SubmitField
from wtforms.validators import EqualTo, InputRequired, Length

from core.accounts.passwords import MINIMUM_LENGTH
from core.web.forms import Form


class SignInForm(Form):
    sign_in_name = StringField(
        _l("登录名"), widget=GovTextInput(), validators=[InputRequired(_l("请填写登录名。")), Length(max=60)]
    )
    password = PasswordField(
        _l("密码"), widget=GovPasswordInput(), validators=[InputRequired(_l("请填写密码。")), Length(max=200)]
    )
    submit = SubmitField(_l("登录"), widget=GovSubmitInput())


class PasswordForm(Form):
    password = PasswordField(
        _l("现在的密码"),
        widget=GovPasswordInput(),
        validators=[InputRequired(_l("请填写现在的密码。")), Length(max=200)],
    )
    new_password = PasswordField(
        _l("新密码"),
        widget=GovPasswordInput(),
        validators=[
            InputRequired(_l("请填写新密码。")),
            Length(min=MINIMUM_LENGTH, max=200, message=_l("密码要有 10 到 200 个字符。")),
        ],
    )
    again = PasswordField(
        _l("再写一遍新密码"), widget=GovPasswordInput(), validators=[EqualTo("new_password", _l("两次写的不一样。"))]
    )
    submit = SubmitField(_l("更改密码"), widget=GovSubmitInput())
