"""Going on another day: the draft is put aside under a receipt that is told once, on paper and by nothing else."""

from flask import Blueprint, flash, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from core.web import current
from core.web.access import public
from core.web.errors import keep_quiet
from core.web.limits import limiter
from core.web.shell import quiet_response
from intake import receipt, saved_drafts
from intake.desk_context import receipt_keys
from intake.public import burden
from intake.public.draft import Draft
from intake.public.forms import LaterForm
from intake.public.sending_views import wait_page

blueprint = Blueprint("report_later", __name__, url_prefix="/report/later")
blueprint.after_request(quiet_response)
keep_quiet(blueprint)


@blueprint.get("")
@public
def later() -> ResponseReturnValue:
    """What putting aside means; then the code, until the reporter writes on; after that, only until when it lies."""
    draft = Draft.current()
    if not draft.get("channel"):
        return redirect(url_for("report.start"))
    if draft.place and saved_drafts.expiry(current.session(), draft.place) is None:
        draft.save()  # it goes on elsewhere: what stands here can be put aside by itself
    place = draft.place
    return render_template(
        "intake/public/later.html",
        form=None if place else burden.challenged(draft, LaterForm),
        onward=url_for(f"report.{draft.where_it_stopped()}"),
        code=receipt.shown(draft.code_to_tell) if draft.code_to_tell else None,
        expires_on=place and saved_drafts.expiry(current.session(), place),
        left_out=draft.left_out,
        days=saved_drafts.DAYS_KEPT,
        address=url_for("track.enter", _external=True),
    )


@blueprint.post("")
@public
@limiter.limit("1200 per minute")
def put_aside() -> ResponseReturnValue:
    """It costs what sending costs, so that nobody puts drafts aside by the thousand."""
    draft, form, here = Draft.current(), LaterForm(), url_for("report_later.later")
    if not draft.get("channel") or draft.place is not None or not draft.get("code") or not form.validate_on_submit():
        return redirect(here)
    asked = burden.verdict(form, draft.get("code"))
    if asked.is_stale:
        flash(_("这一页放得太久了。请再按一次“保存，给我查询码”，您写的都在。"))
    if asked.wait:
        return wait_page(form, asked.wait, action=here, back=here)
    if asked.may_pass:
        draft.put_aside(draft.get("code"), receipt_keys(draft.get("code")))
    return redirect(here)


@blueprint.post("/leave")
@public
def leave() -> ResponseReturnValue:
    """Forget it in this browser; what was put aside stays for the code."""
    place = Draft.current().place
    if place is None or saved_drafts.expiry(current.session(), place) is None:
        return redirect(url_for("report_later.later"))
    session.clear()
    return redirect("/")
