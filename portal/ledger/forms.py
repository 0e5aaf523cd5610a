"""What somebody brings to be checked."""

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from govuk_frontend_wtf.wtforms_widgets import GovFileInput, GovSubmitInput, GovTextArea
from wtforms import SubmitField, TextAreaField
from wtforms.validators import Length, Optional, ValidationError

from core.web.forms import Form

LONGEST = 200_000


class VerifyForm(Form):
    record = TextAreaField(
        _l("记录"),
        description=_l("从记录页下载的 .json 文件的内容；也可以只填记录编号或记录页的网址。"),
        widget=GovTextArea(),
        validators=[Length(max=LONGEST, message=_l("内容太长，不像一条记录。"))],
    )
    record_file = FileField(_l("或者选择 .json 文件"), widget=GovFileInput(), validators=[Optional()])
    proof = TextAreaField(
        _l("证明"),
        description=_l(".tlog-proof 文件的内容。没有也可以：本站会按记录找到它。"),
        widget=GovTextArea(),
        validators=[Length(max=LONGEST, message=_l("内容太长，不像一份证明。"))],
    )
    proof_file = FileField(_l("或者选择 .tlog-proof 文件"), widget=GovFileInput(), validators=[Optional()])
    submit = SubmitField(_l("核验"), widget=GovSubmitInput())

    def text_of(self, name: str) -> str:
        """What was pasted, else what was uploaded."""
        upload = self[f"{name}_file"].data
        uploaded = upload.stream.read(LONGEST).decode("utf-8", "replace") if upload else ""
        if upload:
            upload.stream.seek(0)
        return self[name].data or uploaded

    def validate_record(self, _field: TextAreaField) -> None:
        if not self.text_of("record") and not self.text_of("proof"):
            raise ValidationError(_l("请粘贴或选择一条记录，或者一份证明。"))
