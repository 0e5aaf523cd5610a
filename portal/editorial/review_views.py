"""The reviewer's further steps: ask other departments, go on without one, publish at a time."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from core.accounts.permissions import Permission
from core.clock import CHINA
from core.errors import InvalidInput, NotFound
from core.web import current
from core.web.access import permit
from core.web.forms import Form
from portal.editorial.draft_page import consult_form
from portal.editorial.draft_views import draft_page
from portal.editorial.forms import ReasonForm, ScheduleForm, StepForm
from portal.editorial.navigation import navigation
from portal.publishing import consulting, operations, queries, scheduling
from portal.publishing.models import Disclosure

REVIEW = Permission.REVIEW_DISCLOSURE

blueprint = Blueprint("review", __name__, url_prefix="/editorial")
blueprint.context_processor(navigation)


@blueprint.post("/<disclosure_id>/consult")
@permit(REVIEW)
def consult(disclosure_id: str) -> ResponseReturnValue:
    session = current.session()
    found = queries.disclosure(session, disclosure_id)
    form = consult_form(session, found)

    def ask() -> None:
        chosen = [*(form.departments.data or []), *([form.other.data] if form.other.data else [])]
        who: dict[str, Any] = {"actor": current.actor(), "at": current.now(), "calendar": current.calendar()}
        consulting.consult(session, found, chosen, form.question.data or "", **who)

    return _taken("consult", found, form, ask, _("已征求意见，对方收到邮件提醒。"))


@blueprint.post("/<disclosure_id>/consultations/<consultation_id>/waive")
@permit(REVIEW)
def waive(disclosure_id: str, consultation_id: str) -> ResponseReturnValue:
    session, form = current.session(), ReasonForm()
    found = queries.disclosure(session, disclosure_id)
    one = consulting.consultation_named(session, consultation_id)
    if one.disclosure_id != found.id:
        raise NotFound
    if not form.validate_on_submit():
        raise operations.ReasonMissing
    consulting.waive(session, one, form.reason.data or "", actor=current.actor(), at=current.now())
    flash(_("已记录：不再等候这个部门的答复。"), "good")
    return redirect(url_for("editorial.disclosure", disclosure_id=found.id))


@blueprint.post("/<disclosure_id>/schedule")
@permit(REVIEW)
def schedule(disclosure_id: str) -> ResponseReturnValue:
    session, form = current.session(), ScheduleForm()
    found = queries.disclosure(session, disclosure_id)

    def plan() -> None:
        moment = form.publish_at.data
        assert moment is not None  # noqa: S101 - the form requires it
        when = moment.replace(tzinfo=CHINA)
        scheduling.schedule(session, found, when, actor=current.actor(), at=current.now())

    return _taken("schedule", found, form, plan, _("已定时，到时自动公开。"))


@blueprint.post("/<disclosure_id>/unschedule")
@permit(REVIEW)
def unschedule(disclosure_id: str) -> ResponseReturnValue:
    found = queries.disclosure(current.session(), disclosure_id)

    def cancel() -> None:
        scheduling.unschedule(current.session(), found, actor=current.actor(), at=current.now())

    return _taken("unschedule", found, StepForm(), cancel, _("已取消定时，审核仍然有效。"))


def _taken(name: str, found: Disclosure, form: Form, act: Callable[[], None], done: str) -> ResponseReturnValue:
    """Take the step; what is wrong with the form is said on the draft's page, with everything typed kept."""
    if form.validate_on_submit():
        try:
            act()
        except InvalidInput as refusal:
            for field, sentence in refusal.errors.items():
                form[field].errors = [*form[field].errors, str(sentence)]
        except consulting.NoQuestion as refusal:
            form.form_errors.append(str(refusal.message))
        else:
            flash(done, "good")
            return redirect(url_for("editorial.disclosure", disclosure_id=found.id))
    for sentence in _sentences(form):
        flash(sentence, "bad")
    return draft_page(found, **{name: form}), 422


def _sentences(form: Form) -> list[str]:
    return [str(one) for errors in form.errors.values() for one in errors]
