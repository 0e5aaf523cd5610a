"""The desk: the queue with what is due, the case, opening and printing what is sealed."""

import secrets
from urllib.parse import quote

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core.accounts.permissions import Permission
from core.errors import NotFound
from core.places import COUNTIES, county_name
from core.web import current
from core.web.access import permit
from core.web.shell import quiet_response
from intake import attachments, operations, queries, reading
from intake.case_workflow import STATES
from intake.desk.case_page import case_page, opened_content, shown_case
from intake.desk.forms import PlainStepForm
from intake.desk.navigation import MEASURE_LABELS, navigation
from intake.desk_context import desk, opened
from intake.desk_queue import QueueFilters, queue
from intake.models import Report
from intake.subjects import subject

HANDLE, SUPERVISE, RECORD = Permission.HANDLE_REPORT, Permission.SUPERVISE_REPORTS, Permission.RECORD_REPORT

blueprint = Blueprint("desk", __name__, url_prefix="/desk")
blueprint.after_request(quiet_response)
blueprint.context_processor(navigation)


@blueprint.get("", endpoint="queue")
@permit(HANDLE, SUPERVISE, RECORD)
def queue_page() -> ResponseReturnValue:
    actor = current.actor()
    if not (actor.may(HANDLE) or actor.may(SUPERVISE)):
        return redirect(url_for("record.new"))
    names = ("state", "county", "channel", "due", "who", "number")
    filters = QueueFilters(
        **{name: request.args.get(name) or None for name in names}, done=request.args.get("done") == "1"
    )
    return render_template(
        "intake/desk/queue.html",
        rows=queue(current.session(), actor, filters, today=current.today(), calendar=current.calendar()),
        filters=filters,
        department=queries.department_names(current.session()).get(actor.department_code or "", ""),
        names=queries.department_names(current.session()) if actor.may(SUPERVISE) else {},
        subject=subject,
        county_name=county_name,
        counties=[(one.code, one.name) for one in COUNTIES],
        state_options=[(state, label) for state, (label, _style) in STATES.items()],
        measures=MEASURE_LABELS,
        colleagues=queries.colleagues(current.session(), actor) if actor.may(HANDLE) else [],
        form=PlainStepForm(),
    )


@blueprint.get("/<case_number>")
@permit(HANDLE, SUPERVISE)
def case(case_number: str) -> str:
    return case_page(_found(case_number))


@blueprint.post("/<case_number>/open")
@permit(HANDLE)
def open_sealed(case_number: str) -> str:
    """Sealed content is opened on purpose, and who opened it is on record."""
    report = _found(case_number)
    content = opened_content(report)
    operations.record_opening(current.session(), report, "body", desk())
    return case_page(report, opened=content)


@blueprint.post("/<case_number>/print")
@permit(HANDLE)
def print_sheet(case_number: str) -> str:
    """The work order for paper: never the reporter's identity; each print bears its reader's name and a number."""
    report, number = _found(case_number), secrets.token_hex(4).upper()
    content = opened_content(report)
    operations.record_opening(current.session(), report, "print", desk(), number=number)
    return render_template(
        "intake/desk/print.html",
        **shown_case(report, content),
        print_number=number,
        department=queries.department_names(current.session()).get(current.actor().department_code or "", ""),
    )


@blueprint.post("/<case_number>/files/<file_id>")
@permit(HANDLE)
def download(case_number: str, file_id: str) -> Response:
    report = _found(case_number)
    files = reading.files_of(current.session(), report, opened(report))
    file = next((one for one in files if one.id == file_id), None)
    if file is None:
        raise NotFound
    operations.record_opening(current.session(), report, "file", desk())
    response = Response(attachments.pieces(file, current.settings().data_dir), mimetype="application/octet-stream")
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(file.name)}"
    return response


def _found(case_number: str) -> Report:
    return queries.case(current.session(), case_number, current.actor())
