"""Looking for words inside the sealed reports of one's own department. They travel in the body, never in an address."""

from flask import Blueprint, render_template
from flask_babel import lazy_gettext as _l
from govuk_frontend_wtf.wtforms_widgets import GovSubmitInput, GovTextInput
from wtforms import StringField, SubmitField
from wtforms.validators import DataRequired, Length

from core.accounts.permissions import Permission
from core.places import county_name
from core.web import current
from core.web.access import permit
from core.web.forms import Form
from core.web.limits import limiter
from core.web.shell import quiet_response
from intake.desk.navigation import navigation
from intake.desk_context import desk
from intake.sealed_search import search_sealed
from intake.subjects import subject

blueprint = Blueprint("sealed_search", __name__, url_prefix="/desk/search")
blueprint.after_request(quiet_response)
blueprint.context_processor(navigation)


class SearchForm(Form):
    words = StringField(
        _l("找什么？"),
        widget=GovTextInput(),
        description=_l("几个词用空格分开，都要出现"),
        validators=[
            DataRequired(_l("请写要找的词。")),
            Length(min=2, max=100, message=_l("请写 2 到 100 个字。")),
        ],
    )
    submit = SubmitField(_l("在举报内容里找"), widget=GovSubmitInput())


@blueprint.route("", methods=["GET", "POST"])
@permit(Permission.HANDLE_REPORT)
@limiter.limit("60 per minute", methods=["POST"])
def page() -> str:
    form = SearchForm()
    found = search_sealed(current.session(), form.words.data or "", desk()) if form.validate_on_submit() else None
    return render_template("intake/desk/search.html", form=form, found=found, subject=subject, county_name=county_name)
