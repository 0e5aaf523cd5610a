"""Coming back with the receipt: the state in plain words, the answers, a way to write again."""

from typing import Any, cast

from flask import Blueprint, current_app, flash, redirect, render_template, request, session, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from core.sanitising import plain_lines
from core.web import current
from core.web.access import public
from core.web.browser_session import BrowserSession
from core.web.errors import keep_quiet
from core.web.limits import limiter
from core.web.shell import quiet_response
from core.web.uploads import allow_uploads
from intake import (
    attachments,
    case_keys,
    casework,
    clocks,
    malice,
    queries,
    reading,
    receipt,
    renewal,
    reward,
    saved_drafts,
)
from intake.case_models import Rating
from intake.case_workflow import ACTION_LABELS, STATES
from intake.deadlines import stage
from intake.desk_context import receipt_keys, report_of, reporters_desk
from intake.models import CaseEvent, Report
from intake.operations import reporter_message
from intake.public.draft import Draft
from intake.public.forms import MessageForm, ObjectionForm, ReceiptForm, WithdrawForm
from intake.public.receiving import received
from intake.receipt import ReceiptKeys
from intake.saved_drafts import DAYS_KEPT
from intake.submission import StoredFile

_KEY, _CODE, _CLAIM, _NEXT = "tracked", "tracked_by", "claim_code", "next_code"
DEMO_RECEIPTS = "demo_receipts"
SCORES = {5: _l("很满意"), 4: _l("满意"), 3: _l("一般"), 2: _l("不满意"), 1: _l("很不满意")}
REPORTER_SECRET = "reporter"  # noqa: S105 - the name under which a session keys it
NEXT_STEPS = {
    "received": _l("承办部门会先看是否属于它的职责，并告诉您是否受理。"),
    "accepted": _l("已经受理，接下来会安排调查核实。"),
    "not_accepted": _l("没有受理，理由见下面。您可以补充线索，也可以向上一级部门反映。"),
    "investigating": _l("正在调查处理，有结果会在这里答复。"),
    "replied": _l("已经答复，请看下面。还有疑问可以继续补充。"),
    "merged": _l("和另一件反映同一问题的举报一起办理，答复会同样出现在这里。"),
    "closed": _l("已经办结。有新的情况可以补充，办理部门可以重新办理。"),
}

blueprint = Blueprint("track", __name__, url_prefix="/track")
blueprint.after_request(quiet_response)
keep_quiet(blueprint)


@blueprint.record_once
def _allow_files(state: BlueprintSetupState) -> None:
    allow_uploads(state.app, "track.add", attachments.REQUEST_LIMIT, attachments.LARGEST)  # type: ignore[arg-type]


@blueprint.route("", methods=["GET", "POST"])
@public
@limiter.limit("120 per minute", methods=["POST"])
def enter() -> ResponseReturnValue:
    """The same answer after the same work, whether the code is wrong or was never given out."""
    form = ReceiptForm()
    if form.validate_on_submit():
        code = receipt.read(form.code.data or "")
        report, keys = report_of(form.code.data or "")
        if report is not None:
            session[_KEY], session[_CODE] = report.id, keys.lookup.hex()
            _browser().keep_key(REPORTER_SECRET, case_keys.reporter_secret(current.session(), report, keys))
            return redirect(url_for("track.case"))
        if code and saved_drafts.lies_under(current.session(), keys, current.today()):
            return _go_on_writing(form, code, keys)
        form.code.errors = [
            _("没有找到。请核对 20 位数字；没提交的举报过 %(n)s 天会删除。我们没有办法替您找回查询码。", n=DAYS_KEPT)
        ]
    return _entry_page(form)


def _entry_page(form: ReceiptForm) -> str:
    offered = current_app.extensions.get(DEMO_RECEIPTS) if current.settings().demo else None
    return render_template(
        "intake/public/enter.html", form=form, demo_receipts=offered and offered(), days_kept=DAYS_KEPT
    )


def _go_on_writing(form: ReceiptForm, code: str, keys: ReceiptKeys) -> ResponseReturnValue:
    """Into this browser, unless that would cost another draft, or files of one, that lie here alone."""
    here = Draft.current()
    if here.is_under(keys):
        return redirect(url_for(f"report.{here.where_it_stopped()}"))
    if here.get("channel") and (here.place is None or here.left_out):
        form.code.errors = [_("这个浏览器里还有一份没写完的举报。请先到“我要举报”提交、保存或清除它，再打开这一份。")]
        return _entry_page(form)
    draft = Draft.resume(code, keys)
    return redirect(url_for(f"report.{draft.where_it_stopped()}" if draft else "track.enter"))


@blueprint.get("/case")
@public
def case() -> ResponseReturnValue:
    report = _known()
    if report is None:
        return redirect(url_for("track.enter"))
    return redirect(url_for("track.new_code")) if report.is_code_dictated else _case_page(report, MessageForm())


@blueprint.route("/new-code", methods=["GET", "POST"])
@public
@limiter.limit("120 per minute", methods=["POST"])
def new_code() -> ResponseReturnValue:
    """Instead of a code that was read out: shown until it is noted, and only then the one that counts."""
    told = session.get(_NEXT, {})
    is_noted = request.method == "POST" and _may_track() and told.get("report") == session[_KEY]
    keys = receipt_keys(told["code"]) if is_noted else None
    report = _known()
    if report is None or not report.is_code_dictated:
        return redirect(url_for("track.case"))
    if keys is not None:
        renewal.renew(current.session(), report, _browser().vault[REPORTER_SECRET], keys, reporters_desk())
        session.pop(_NEXT)
        session[_CODE] = keys.lookup.hex()
        return redirect(url_for("track.case"))
    if told.get("report") != report.id:
        told = session[_NEXT] = {"report": report.id, "code": receipt.new_code()}
    return render_template("intake/public/new_code.html", report=report, code=receipt.shown(told["code"]))


@blueprint.post("/add")
@public
@limiter.limit("120 per minute")
def add() -> ResponseReturnValue:
    """Cleaning and sealing take their time, so they come before the first statement."""
    form, data_dir = MessageForm(), current.settings().data_dir
    if not _may_track():
        return redirect(url_for("track.enter"))
    stored, problems = _received(form) if form.validate_on_submit() else ([], [])
    report = _tracked()
    if report is None or problems or form.errors:
        for file in stored:
            attachments.remove(file.id, data_dir)
        form.files.errors = [*form.files.errors, *problems]
        return _case_page(report, form) if report else redirect(url_for("track.enter"))
    reporter_message(current.session(), report, form.text.data or "", stored, reporters_desk())
    flash(_("补充已经收到，加密交给办理部门。"), "good")
    return redirect(url_for("track.case"))


def _received(form: MessageForm) -> tuple[list[StoredFile], list[str]]:
    settings = current.settings()
    return received(form.files.data, settings.data_dir, held=_held(), clamd=settings.clamd_url)


def _held() -> int:
    """How many bytes of files this report has, asked in a transaction of its own."""
    with current.house().database.read() as database:
        report = database.get(Report, session[_KEY])
        files = case_keys.files_of(database, report) if report else []
        return attachments.held_by((one.id for one in files), current.settings().data_dir)


@blueprint.post("/rate")
@public
@limiter.limit("120 per minute")
def rate() -> ResponseReturnValue:
    report, score = _tracked(), request.form.get("score", type=int)
    if report is None:
        return redirect(url_for("track.enter"))
    if score in SCORES:
        casework.rate(current.session(), report, score, reporters_desk())
        flash(_("谢谢，您的评价已经记下。"), "good")
    else:
        flash(_("还没有选评价。请先选一项，再按“提交评价”。"), "warn")
    return redirect(url_for("track.case"))


@blueprint.route("/withdraw", methods=["GET", "POST"])
@public
@limiter.limit("120 per minute", methods=["POST"])
def withdraw() -> ResponseReturnValue:
    report, form = _tracked(), WithdrawForm()
    if report is None:
        return redirect(url_for("track.enter"))
    if not form.validate_on_submit():
        return render_template("intake/public/withdraw.html", form=form)
    casework.withdraw(current.session(), report, form.reason.data or "", reporters_desk())
    flash(_("已经撤回，办理部门会看到。您改了主意，可以在下面补充说明。"), "good")
    return redirect(url_for("track.case"))


@blueprint.route("/object", methods=["GET", "POST"])
@public
@limiter.limit("120 per minute", methods=["POST"])
def object_to() -> ResponseReturnValue:
    """What the reporter has to say against the mark of a malicious report."""
    report, form = _tracked(), ObjectionForm()
    if report is None:
        return redirect(url_for("track.enter"))
    mark = malice.mark_in_force(current.session(), report)
    if mark is None or mark.objected_on is not None:
        return redirect(url_for("track.case"))
    if not form.validate_on_submit():
        return render_template("intake/public/objection.html", form=form)
    malice.object_to(current.session(), report, form.text.data or "", reporters_desk())
    return redirect(url_for("track.case"))


@blueprint.route("/reward", methods=["GET", "POST"])
@public
@limiter.limit("120 per minute", methods=["POST"])
def claim_reward() -> ResponseReturnValue:
    """The claim code is drawn once and told once: after it, only this session still shows it."""
    report = _tracked()
    if report is None:
        return redirect(url_for("track.enter"))
    if request.method == "POST":
        code = receipt.new_code()
        reward.claim(current.session(), report, receipt_keys(code).lookup, reporters_desk())
        session[_CLAIM] = {"report": report.id, "code": code}
        return redirect(url_for("track.claim_reward"))
    told = session.get(_CLAIM, {})
    shown = receipt.shown(told["code"]) if told.get("report") == report.id else None
    if shown is None and not reward.may_claim(current.session(), report):
        return redirect(url_for("track.case"))
    return render_template("intake/public/reward.html", report=report, code=shown)


@blueprint.post("/leave")
@public
def leave() -> ResponseReturnValue:
    session.clear()
    return redirect("/")


def _browser() -> BrowserSession:
    return cast(BrowserSession, session)


def _tracked() -> Report | None:
    """The report of this session; None as long as its code is one that was read out."""
    report = _known()
    return None if report is None or report.is_code_dictated else report


def _known() -> Report | None:
    """None where the key is gone with a restart of the machine, or the code that it came with is void by now."""
    report = current.session().get(Report, session[_KEY]) if _may_track() else None
    return report if report is not None and report.lookup.hex() == session.get(_CODE) else None


def _may_track() -> bool:
    return bool(session.get(_KEY)) and REPORTER_SECRET in _browser().vault


def _case_page(report: Report, form: Any) -> str:
    database = current.session()
    names = queries.department_names(database)
    label, style = STATES[report.state]
    case = case_keys.opened_by_reporter(database, report, _browser().vault[REPORTER_SECRET])
    texts = reading.texts_of(database, report, case)
    return render_template(
        "intake/public/case.html",
        report=report,
        form=form,
        largest_file=attachments.LARGEST,
        state=(label, style),
        scores=SCORES if clocks.handling(database, report).finished_on else {},
        rated=database.get(Rating, report.id),
        next_step=NEXT_STEPS[report.state],
        may_claim=reward.may_claim(database, report),
        may_withdraw=casework.may_withdraw(database, report),
        mark=malice.mark_in_force(database, report),
        department=_(names[report.responsible_code]),
        deadlines=[_deadline(one) for one in queries.deadlines_of(database, report) if one.met_on is None],
        events=[_shown(one, names, texts) for one in queries.events_of(database, report, public_only=True)],
    )


def _deadline(one: Any) -> dict[str, Any]:
    how, left = stage(one.due_on, current.today(), current.calendar())
    return {"row": one, "stage": how, "left": left}


def _shown(event: CaseEvent, names: dict[str, str], texts: dict[str, str | None]) -> dict[str, Any]:
    text = texts.get(event.text_id or "")
    mine = event.action in ("file", "message", "withdraw", renewal.RENEW, reward.CLAIM, malice.OBJECT)
    return {
        "title": ACTION_LABELS[event.action],
        "on": event.on_day,
        "actor": _("您") if mine else _(names[event.department_code]) if event.department_code in names else "",
        "text": plain_lines(text) if text else None,
        "mine": mine,
        "files": event.detail.get("files"),
        "detail": event.detail,
    }
