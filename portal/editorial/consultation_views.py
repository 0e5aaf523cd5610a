"""The asked departments' side: what waits for an answer, the content that is asked about, the answer."""

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from core.accounts.models import User
from core.accounts.permissions import Permission
from core.errors import InvalidInput, NotFound
from core.web import current
from core.web.access import permit
from core.web.shell import quiet_response
from portal.disclosures.views import value_rows
from portal.editorial.attachment_views import draft_file, draft_files
from portal.editorial.board import title_of
from portal.editorial.draft_page import department_names, question_row
from portal.editorial.forms import AnswerForm
from portal.editorial.navigation import navigation
from portal.publishing import consulting, queries
from portal.publishing.consent import Answer, content_digest
from portal.publishing.kinds import kind_named
from portal.publishing.models import Consultation, Disclosure

ANSWER = Permission.ANSWER_CONSULTATION

blueprint = Blueprint("consultations", __name__, url_prefix="/editorial/consultations")
blueprint.context_processor(navigation)
blueprint.after_request(quiet_response)


@blueprint.get("")
@permit(ANSWER)
def inbox() -> str:
    """Open questions, the most urgent first, then what was answered lately."""
    session, names = current.session(), department_names(current.session())
    code = current.actor().department_code
    rows = [_row(one, names) for one in queries.consultations_of(session, code)]
    return render_template(
        "portal/editorial/consultations.html",
        waiting=[row for row in rows if row["is_open"]],
        done=[row for row in rows if not row["is_open"]],
        department=names.get(code or "", ""),
    )


@blueprint.route("/<consultation_id>", methods=["GET", "POST"])
@permit(ANSWER)
def consultation(consultation_id: str) -> ResponseReturnValue:
    session = current.session()
    one = consulting.consultation_named(session, consultation_id)
    if not consulting.speaks_for(current.actor(), one):
        raise NotFound
    form = AnswerForm()
    if form.validate_on_submit():
        try:
            what, remarks = Answer(form.answer.data), form.remarks.data or ""
            consulting.answer(session, one, what, remarks, actor=current.actor(), at=current.now())
        except InvalidInput as refusal:
            form.remarks.errors = [str(refusal.errors["remarks"])]
        else:
            flash(_("已答复，起草部门会收到通知。"), "good")
            return redirect(url_for("consultations.inbox"))
    return _page(one, form), 422 if form.errors else 200


def _page(one: Consultation, form: AnswerForm) -> str:
    """The words that are asked about; once they have changed, or are gone, they are no longer this question's."""
    session = current.session()
    found = session.get_one(Disclosure, one.disclosure_id)
    kind = kind_named(found.kind)
    is_same = _is_same(one, found)
    asker = session.get(User, one.asked_by)
    return render_template(
        "portal/editorial/consultation.html",
        kind=kind,
        row=_row(one, department_names(session)),
        asker=asker.display_name if asker else "",
        rows=value_rows(kind, kind.public_part(found.draft)) if is_same else None,
        files=draft_files(found) if is_same else (),
        reason=found.change_reason if is_same else None,
        form=form,
    )


def _is_same(one: Consultation, found: Disclosure) -> bool:
    """Whether the draft still says what was asked about."""
    return found.review_salt != "" and one.closed_at is None and one.digest == content_digest(found)


@blueprint.get("/<consultation_id>/attachments/<int:number>")
@permit(ANSWER)
def attachment(consultation_id: str, number: int) -> Response:
    """A file that is asked about."""
    session = current.session()
    one = consulting.consultation_named(session, consultation_id)
    found = session.get_one(Disclosure, one.disclosure_id)
    if not consulting.speaks_for(current.actor(), one) or not _is_same(one, found):
        raise NotFound
    return draft_file(found, number)


def _row(one: Consultation, names: dict[str, str]) -> dict[str, object]:
    found = current.session().get_one(Disclosure, one.disclosure_id)
    is_open = one.answered_at is None and one.closed_at is None and one.waived_at is None
    return {
        **question_row(one, names),
        "is_open": is_open,
        "title": title_of(found) if one.closed_at is None else "",
        "kind": kind_named(found.kind).label,
        "left": current.calendar().workdays_between(current.today(), one.due_on),
    }
