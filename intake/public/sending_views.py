"""The end of the wizard: the last look, sending, the receipt, the way out; pages of the wizard's blueprint."""

from datetime import date

from flask import flash, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from core.web import current
from core.web.access import public
from core.web.limits import limiter
from intake import queries, receipt, saved_drafts
from intake.desk_context import receipt_keys, reporters_desk
from intake.elsewhere import reminded_of
from intake.models import Report
from intake.operations import file_report
from intake.public import burden
from intake.public.answers import answers
from intake.public.draft import Draft
from intake.public.forms import SendForm
from intake.public.wizard_views import blueprint, page, to_first_missing
from intake.receipt import ReceiptKeys

__all__ = ["blueprint"]
DONE = "report_done"


@blueprint.get("/check")
@public
def check() -> ResponseReturnValue:
    draft = Draft.current()
    if draft.first_missing() is not None:
        return to_first_missing(draft)
    form = burden.challenged(draft, SendForm)
    return page("check", form, rows=answers(draft), reminders=reminded_of(draft.get("words")))


@blueprint.post("/send")
@public
@limiter.limit("1200 per minute")
def send() -> ResponseReturnValue:
    """File it once: the receipt was drawn with the draft, so a second press finds the first report.

    Who sends work of the browser along, or has waited, passes; who has not is told how long yet.
    """
    draft, form = Draft.current(), SendForm()
    if DONE in session and not draft.get("code"):
        return redirect(url_for("report.done"))
    if draft.first_missing() is not None or not draft.get("code") or not form.validate_on_submit():
        return redirect(url_for("report.check"))
    code = draft.get("code")
    asked = burden.verdict(form, code)
    if asked.is_stale:
        flash(_("这一页放得太久，或者提交方式变了。请再按一次“确认并提交举报”，您写的都在。"))
    if asked.wait:
        return wait_page(form, asked.wait, action=url_for("report.send"), back=url_for("report.check"))
    if not asked.may_pass:
        return redirect(url_for("report.check"))
    filed = _filed_once(draft, receipt_keys(code))
    if filed is None:
        return redirect(url_for("report.check"))
    told_before = draft.place is not None
    session[DONE] = {
        "case_number": filed.case_number,
        "code": code,
        "promise": _promise(filed),
        "told_before": told_before,
    }
    draft.discard()
    return redirect(url_for("report.done"))


def wait_page(form: SendForm, seconds: int, *, action: str, back: str) -> str:
    """How long yet, for a browser that did no work; its button presses again what was pressed."""
    return render_template("intake/public/wait.html", form=form, wait=seconds, action=action, back=back)


def _filed_once(draft: Draft, keys: ReceiptKeys) -> Report | None:
    """The report under this receipt, filed now or by a press that was faster; None where it has to be sent again."""
    known = queries.by_lookup(current.session(), keys.lookup)
    if known is None and not draft.is_ours():
        return None
    try:
        filed = known or file_report(current.session(), draft.submission("web"), keys=keys, desk=reporters_desk())
        saved_drafts.forget_sent(current.session(), keys.lookup)
        return filed
    except IntegrityError:
        current.session().rollback()
        return queries.by_lookup(current.session(), keys.lookup)


def _promise(filed: Report) -> str:
    return min(one.due_on for one in queries.deadlines_of(current.session(), filed)).isoformat()


@blueprint.get("/done")
@public
def done() -> ResponseReturnValue:
    told = session.get(DONE)
    if told is None:
        return redirect(url_for("report.start"))
    return render_template(
        "intake/public/done.html",
        told=told,
        code=receipt.shown(told["code"]),
        promised=date.fromisoformat(told["promise"]),
        address=url_for("track.enter", _external=True),
    )


@blueprint.get("/leave")
@public
def confirm_leave() -> str:
    return render_template("intake/public/leave.html", put_aside=Draft.current().place is not None)


@blueprint.post("/leave")
@public
def leave() -> ResponseReturnValue:
    """Forget everything in this browser: draft, receipt, tracking."""
    Draft.current().throw_away()
    session.clear()
    return redirect("/")
