from flask_babel import lazy_gettext as _l
from govuk_frontend_wtf.wtforms_widgets import GovPasswordInput, GovSubmitInput, GovTextInput
from wtforms import PasswordField, StringField, SubmitField
from wtforms.validators import InputRequired, Length

from core.web.forms import Form


class SignInForm(Form):
    sign_in_name = StringField(
        _l("登录名"), widget=GovTextInput(), validators=[InputRequired(_l("请填写登录名。")), Length(max=60)]
    )
    password = PasswordField(
        _l("密码"), widget=GovPasswordInput(), validators=[InputRequired(_l("请填写密码。")), Length(max=200)]
    )
    submit = SubmitField(_l("登录"), widget=GovSubmitInput())
