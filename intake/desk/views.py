"""The desk: the queue with what is due, the case, its steps."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from core.accounts.permissions import Permission
from core.errors import DomainError, NotFound
from core.falsification_acts import act
from core.places import COUNTIES, county_name
from core.sanitising import plain_lines
from core.web import current
from core.web.access import permit
from core.web.forms import choices
from core.web.shell import quiet_response
from intake import attachments, clocks, deadlines, operations, queries
from intake.case_workflow import ACTION_LABELS, STATES, WORKFLOW
from intake.desk.forms import AskExtensionForm, DecideExtensionForm, PlainStepForm, TextForm, TransferForm
from intake.desk.navigation import navigation
from intake.desk_context import desk, seal
from intake.models import Report
from intake.queries import QueueFilters
from intake.subjects import subject
from intake.timeline import Desk

HANDLE, DECIDE = Permission.HANDLE_REPORT, Permission.DECIDE_EXTENSION
SUPERVISE, RECORD = Permission.SUPERVISE_REPORTS, Permission.RECORD_REPORT

blueprint = Blueprint("desk", __name__, url_prefix="/desk")
blueprint.after_request(quiet_response)
blueprint.context_processor(navigation)


@blueprint.get("")
@permit(HANDLE, SUPERVISE, RECORD)
def queue() -> ResponseReturnValue:
    if not (current.actor().may(HANDLE) or current.actor().may(SUPERVISE)):
        return redirect(url_for("record.new"))
    filters = QueueFilters(
        state=request.args.get("state") or None,
        county=request.args.get("county") or None,
        channel=request.args.get("channel") or None,
        done=request.args.get("done") == "1",
    )
    rows = queries.queue(
        current.session(), current.actor(), filters, today=current.today(), calendar=current.calendar()
    )
    names = queries.department_names(current.session())
    return render_template(
        "intake/desk/queue.html",
        rows=rows,
        filters=filters,
        department=names.get(current.actor().department_code or "", ""),
        names=names if current.actor().may(SUPERVISE) else {},
        subject=subject,
        county_name=county_name,
        counties=[(one.code, one.name) for one in COUNTIES],
        state_options=[(state, label) for state, (label, _style) in STATES.items()],
    )


@blueprint.get("/<case_number>")
@permit(HANDLE, SUPERVISE)
def case(case_number: str) -> str:
    return _case_page(_found(case_number))


@blueprint.post("/<case_number>/open")
@permit(HANDLE)
def open_sealed(case_number: str) -> str:
    """Sealed content is opened on purpose, and who opened it is on record."""
    report = _found(case_number)
    part = "identity" if request.form.get("part") == "identity" else "body"
    operations.record_opening(current.session(), report, part, desk())
    return _case_page(report, opened=_opened(report, with_identity=part == "identity"))


@blueprint.post("/<case_number>/files/<file_id>")
@permit(HANDLE)
def download(case_number: str, file_id: str) -> Response:
    report = _found(case_number)
    files = queries.files_of(current.session(), report, seal())
    file = next((one for one in files if one.id == file_id), None)
    if file is None:
        raise NotFound
    operations.record_opening(current.session(), report, "file", desk())
    response = Response(attachments.pieces(file, current.settings().data_dir), mimetype="application/octet-stream")
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(file.name)}"
    return response


@blueprint.post("/<case_number>/<any(accept, investigate, close):step>")
@permit(HANDLE)
def plain_step(case_number: str, step: str) -> ResponseReturnValue:
    verbs = {"accept": operations.accept, "investigate": operations.investigate, "close": operations.close}
    return _take(case_number, PlainStepForm(), lambda report, with_: verbs[step](current.session(), report, with_))


@blueprint.post("/<case_number>/<any(decline, reply, reopen, note):step>")
@permit(HANDLE)
def text_step(case_number: str, step: str) -> ResponseReturnValue:
    verbs = {
        "decline": operations.decline,
        "reply": operations.reply,
        "reopen": operations.reopen,
        "note": operations.note,
    }
    form = TextForm()
    return _take(
        case_number, form, lambda report, with_: verbs[step](current.session(), report, form.text.data or "", with_)
    )


@blueprint.post("/<case_number>/return")
@permit(HANDLE)
def give_back(case_number: str) -> ResponseReturnValue:
    form = TextForm()

    def step(report: Report, with_: Desk) -> None:
        operations.give_back(current.session(), report, form.text.data or "", with_)

    return _take(case_number, form, step, leaves=True)


@blueprint.post("/<case_number>/transfer")
@permit(HANDLE)
def transfer(case_number: str) -> ResponseReturnValue:
    form = _transfer_form(_found(case_number))

    def step(report: Report, with_: Desk) -> None:
        operations.transfer(current.session(), report, form.to.data, form.text.data or "", with_)

    return _take(case_number, form, step, leaves=True)


@blueprint.post("/<case_number>/ask_extension")
@permit(HANDLE)
def ask_extension(case_number: str) -> ResponseReturnValue:
    form = AskExtensionForm()

    def step(report: Report, with_: Desk) -> None:
        operations.ask_extension(current.session(), report, form.days.data or 0, form.text.data or "", with_)

    return _take(case_number, form, step)


@blueprint.post("/<case_number>/decide_extension")
@permit(DECIDE)
def decide_extension(case_number: str) -> ResponseReturnValue:
    form = DecideExtensionForm()

    def step(report: Report, with_: Desk) -> None:
        operations.decide_extension(
            current.session(), report, granted=form.granted.data == "yes", reason=form.text.data or "", desk=with_
        )

    return _take(case_number, form, step)


def _found(case_number: str) -> Report:
    return queries.case(current.session(), case_number, current.actor())


def _take(
    case_number: str, form: Any, step: Callable[[Report, Desk], None], *, leaves: bool = False
) -> ResponseReturnValue:
    """Take a step; what is missing is named and nothing typed is lost. `leaves`: the case goes out of our sight."""
    report = _found(case_number)
    if report.responsible_code != current.actor().department_code:
        raise CoDepartment
    if not form.validate_on_submit():
        flash("；".join(str(one) for errors in form.errors.values() for one in errors), "bad")
        return _case_page(report, typed=request.form), 422
    step(report, desk())
    flash(_("已记录。"), "good")
    return redirect(url_for("desk.queue") if leaves else url_for("desk.case", case_number=case_number))


class CoDepartment(DomainError):
    code = "co_department"
    status = 403

    def __init__(self) -> None:
        super().__init__(_("您的部门是协办，这一步由主办部门进行。"))


def _transfer_form(report: Report) -> TransferForm:
    form = TransferForm()
    excluded = operations.excluded_codes(current.session(), report) | {report.responsible_code}
    names = queries.department_names(current.session())
    open_to = [(code, name) for code, name in names.items() if code not in excluded]
    form.to.choices = choices([("", _("请选择")), *open_to])
    return form


def _case_page(report: Report, *, opened: dict[str, Any] | None = None, typed: Any = None) -> str:
    session, actor = current.session(), current.actor()
    names = queries.department_names(session)
    responsible = report.responsible_code == actor.department_code
    pending = operations.pending_extension(session, report)
    return render_template(
        "intake/desk/case.html",
        report=report,
        opened=opened,
        typed=typed or {},
        subject=subject(report.subject),
        county=county_name(report.county_code),
        responsible=names[report.responsible_code],
        co=[names[code] for code in queries.co_departments(session, report)],
        deadlines=[_deadline(one) for one in queries.deadlines_of(session, report)],
        events=[_shown(one, names, opened is not None) for one in queries.events_of(session, report)],
        steps=WORKFLOW.open_to(report.state, actor.permissions) if responsible else [],
        labels=ACTION_LABELS,
        pending=pending,
        may_decide=pending is not None and pending.asked_by != actor.user_id and actor.may(DECIDE),
        extendable=clocks.extendable(session, report, current.today()),
        transfer_form=_transfer_form(report) if responsible else None,
        form=PlainStepForm(),
    )


def _opened(report: Report, *, with_identity: bool) -> dict[str, Any]:
    content = queries.body_of(report, seal())
    acts = [act(code) for code in content["acts"]]
    return {
        "place": content["place"],
        "accused": content["accused"],
        "when": content["when"],
        "words": plain_lines(content["words"]),
        "acts": [one for one in acts if one],
        "identity": queries.identity_of(report, seal()) if with_identity else None,
        "files": queries.files_of(current.session(), report, seal()),
    }


def _deadline(one: Any) -> dict[str, Any]:
    how, left = deadlines.stage(one.due_on, current.today(), current.calendar())
    counted = clocks.counted(current.session(), one, current.calendar())
    return {"row": one, "stage": how, "left": left, "spans": counted.spans}


def _shown(event: Any, names: dict[str, str], opened: bool) -> dict[str, Any]:
    is_sealed = event.action == "message" and not opened
    text = None if is_sealed else queries.event_text(event, seal())
    return {
        "title": ACTION_LABELS[event.action],
        "at": event.at,
        "on": event.on_day,
        "actor": " ".join(one for one in (names.get(event.department_code or ""), event.actor_name) if one),
        "text": plain_lines(text) if text else None,
        "sealed": is_sealed,
        "from": names.get(event.detail.get("from", "")),
        "to": names.get(event.detail.get("to", "")),
        "days": event.detail.get("days"),
        "is_public": event.is_public,
    }
