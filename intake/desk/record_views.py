"""Calls and letters: typed in while somebody speaks, kept as they grow, read back, then filed like any other report."""

from datetime import date
from typing import Any, cast

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from core.accounts.permissions import Permission
from core.clock import CHINA
from core.ids import new_id
from core.web import current
from core.web.access import permit
from core.web.limits import limiter
from core.web.shell import quiet_response
from intake import queries, receipt
from intake.calls import drafts, sheet, spoken
from intake.calls.drafts import Call
from intake.desk.forms import PlainStepForm
from intake.desk.navigation import navigation
from intake.desk.record_form import DEFAULTS, AgainForm, CallForm
from intake.desk_context import desk, receipt_keys, report_of, reporters_desk
from intake.elsewhere import reminded_of
from intake.models import Report
from intake.operations import file_report, reporter_message
from intake.public.companies import companies_named
from intake.suggestions import suggest, suggest_acts

RECORD = Permission.RECORD_REPORT
DONE = "recorded"
CALL = "<string(length=26):call_id>"

blueprint = Blueprint("record", __name__, url_prefix="/desk/new")
blueprint.after_request(quiet_response)
blueprint.context_processor(navigation)


@blueprint.get("")
@permit(RECORD)
def new() -> ResponseReturnValue:
    return redirect(url_for("record.call", call_id=new_id()))


@blueprint.get(f"/{CALL}")
@permit(RECORD)
def call(call_id: str) -> str:
    """The sheet of one call, as far as it has been typed."""
    known = drafts.find(current.session(), call_id, current.keyring()) or Call(call_id, "")
    form = _form(known)
    if request.args.get("look_up"):
        form.offer_matches(companies_named(form.accused_name.data or ""))
    return _sheet(known, form)


@blueprint.post(f"/{CALL}")
@permit(RECORD)
def write(call_id: str) -> ResponseReturnValue:
    """Each button keeps what is typed; the page that follows depends on which it was."""
    form = _form(Call(call_id, ""))
    form.chosen.validate_choice = False
    answers = _chosen(form.answers(), request.form.get("choose", ""))
    kept = drafts.keep(current.session(), call_id, answers, current.keyring(), current.now())
    if "look_up" in request.form:
        return redirect(url_for("record.call", call_id=call_id, look_up=1, _anchor="accused_name"))
    if "read" not in request.form:
        return redirect(url_for("record.call", call_id=call_id))
    if not form.validate():
        return _sheet(kept, form)
    return redirect(url_for("record.read_back", call_id=call_id))


@blueprint.post(f"/{CALL}/keep")
@permit(RECORD)
def keep(call_id: str) -> dict[str, Any]:
    """What the page itself sends while somebody types; the answer says what the words sound like."""
    kept = drafts.keep(current.session(), call_id, _form(Call(call_id, "")).answers(), current.keyring(), current.now())
    hints = render_template("intake/desk/_hints.html", **_hints(kept))
    return {"saved_at": f"{current.now().astimezone(CHINA):%H:%M:%S}", "hints": hints}


@blueprint.post(f"/{CALL}/companies")
@permit(RECORD)
def companies(call_id: str) -> list[str]:  # noqa: ARG001 - the address of the sheet
    """A name goes in the body: addresses are written into logs, on the way too."""
    return [words for _value, words in companies_named(request.form.get("q", "")[:200])]


@blueprint.get(f"/{CALL}/read")
@permit(RECORD)
def read_back(call_id: str) -> ResponseReturnValue:
    known = drafts.find(current.session(), call_id, current.keyring())
    if known is None:
        return redirect(url_for("record.call", call_id=call_id))
    form = _form(known, typed=known.answers)
    if not form.validate():
        return redirect(url_for("record.call", call_id=call_id))
    return render_template(
        "intake/desk/read_back.html",
        call=known,
        lines=sheet.read_back(known.answers, queries.department_names(current.session())),
        reminders=reminded_of(known.answers.get("words", "")),
        form=PlainStepForm(),
    )


@blueprint.post(f"/{CALL}/file")
@permit(RECORD)
def file(call_id: str) -> ResponseReturnValue:
    """Once: who comes second finds the call gone, and the number that the first was given."""
    with current.house().database.read() as reading:
        known = drafts.find(reading, call_id, current.keyring())
    if known is None:
        return redirect(url_for("record.done" if _told().get("call") == call_id else "record.new"))
    if not _form(known, typed=known.answers).validate():
        return redirect(url_for("record.call", call_id=call_id))
    keys = receipt_keys(known.code)
    if drafts.drop(current.session(), call_id, current.keyring()):
        filed = file_report(current.session(), sheet.submission(known.answers), keys=keys, desk=desk())
        session[DONE] = {"call": call_id, "case_number": filed.case_number, "code": known.code, **_promise(filed)}
    return redirect(url_for("record.done"))


@blueprint.post(f"/{CALL}/drop")
@permit(RECORD)
def drop(call_id: str) -> ResponseReturnValue:
    drafts.drop(current.session(), call_id, current.keyring())
    flash(_("已丢弃，没有登记。"))
    return redirect(url_for("record.new"))


@blueprint.get("/done")
@permit(RECORD)
def done() -> ResponseReturnValue:
    told = _told()
    if not told:
        return redirect(url_for("record.new"))
    return render_template(
        "intake/desk/recorded.html",
        told=told,
        code=receipt.shown(told["code"]),
        code_groups=spoken.code_groups(told["code"]),
        number_groups=spoken.number_groups(told["case_number"]),
        department=queries.department_names(current.session()).get(told["department"], ""),
        promised=date.fromisoformat(told["promise"]),
    )


@blueprint.route("/again", methods=["GET", "POST"])
@permit(RECORD)
@limiter.limit("120 per minute", methods=["POST"])
def again() -> ResponseReturnValue:
    """A caller who has a number and a code: what they add goes to their case, in their name."""
    form = AgainForm()
    if not form.validate_on_submit():
        return render_template("intake/desk/again.html", form=form)
    report = _report_of(form.case_number.data or "", form.code.data or "")
    if report is None:
        form.code.errors = [_("没有找到。请和对方逐位核对受理编号和查询码。")]
        return render_template("intake/desk/again.html", form=form)
    reporter_message(current.session(), report, form.text.data or "", [], reporters_desk())
    flash(_("已补充到 %(number)s，承办部门会看到。", number=report.case_number), "good")
    return redirect(url_for("record.again"))


def _report_of(case_number: str, code: str) -> Report | None:
    """Both must fit; the same work is done whichever is wrong."""
    report, _keys = report_of(code)
    bare = case_number.strip().upper().replace(" ", "").replace("-", "")
    return report if report is not None and report.case_number.replace("-", "") == bare else None


def _form(known: Call, *, typed: dict[str, Any] | None = None) -> CallForm:
    """With what was kept; `typed` instead of the request's fields, to be validated as if it had been sent."""
    names = queries.department_names(current.session())
    if typed is None:
        return CallForm(names, data={**DEFAULTS, **known.answers})
    sent: MultiDict[str, str] = MultiDict(typed)
    form = CallForm(names, formdata=sent, meta={"csrf": False})
    form.chosen.validate_choice = False
    return form


def _sheet(known: Call, form: CallForm) -> str:
    others = [one for one in drafts.unfinished(current.session(), current.keyring()) if one.id != known.id]
    return render_template(
        "intake/desk/record.html", form=form, call=known, others=others, keys=CallForm.KEYS, **_hints(known)
    )


def _hints(known: Call) -> dict[str, Any]:
    words, matter = known.answers.get("words", ""), known.answers.get("matter", "")
    chosen = known.answers.get("acts", [])
    return {
        "subjects": [one for one in suggest(words, channel=None)[:3] if not matter.endswith(f"-{one.subject.code}")],
        "acts": [one for one in suggest_acts(words)[:3] if one.act.code not in chosen],
        "reminders": reminded_of(words),
    }


def _chosen(answers: dict[str, Any], hint: str) -> dict[str, Any]:
    """The answers with the hint that was taken: "matter:12369-water" or "acts:T04"."""
    name, _separator, value = hint.partition(":")
    if name == "matter":
        return {**answers, "matter": value}
    if name == "acts":
        return {**answers, "acts": [*answers.get("acts", []), value]}
    return answers


def _told() -> dict[str, str]:
    return cast(dict[str, str], session.get(DONE) or {})


def _promise(filed: Report) -> dict[str, str]:
    due_on = min(one.due_on for one in queries.deadlines_of(current.session(), filed))
    return {"promise": due_on.isoformat(), "department": filed.responsible_code}
