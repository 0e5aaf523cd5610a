"""The editors' and reviewers' side: the board, the form, the steps."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from core.accounts.models import User
from core.accounts.permissions import Permission
from core.clock import local_date
from core.errors import DomainError
from core.web import current
from core.web.access import permit
from core.web.forms import Form
from portal.publishing import operations, queries
from portal.publishing.forms import ReasonForm, StepForm, WithdrawForm
from portal.publishing.kinds import DisclosureKind, all_kinds, kind_named
from portal.publishing.models import Disclosure
from portal.publishing.public_views import value_rows
from portal.publishing.publicity import Term
from portal.publishing.record_form import loaded, stored
from portal.publishing.terms import TermRefuses, needed_term
from portal.publishing.workflow import CORRECTION_IN_REVIEW, ENDED, IN_REVIEW, PUBLISHED, STATES, WORKFLOW

EDIT, REVIEW = Permission.DRAFT_DISCLOSURE, Permission.REVIEW_DISCLOSURE
OPEN_STATES = [state for state in STATES if state not in (PUBLISHED, *ENDED)]

blueprint = Blueprint("editorial", __name__, url_prefix="/editorial")


@blueprint.context_processor
def _navigation() -> dict[str, Any]:
    pages = [(_("待办"), url_for("editorial.board"), request.endpoint == "editorial.board")]
    if current.actor().may(EDIT):
        pages += [
            (_("新建%(kind)s", kind=kind.label), url_for("editorial.new", kind_name=kind.name), False)
            for kind in all_kinds()
        ]
    return {"staff_nav": pages, "states": STATES}


@blueprint.get("")
@permit(EDIT, REVIEW)
def board() -> str:
    """What waits for whom, the longest waiting first."""
    session = current.session()
    waiting = queries.board(session, OPEN_STATES)
    published = queries.recently_published(session)
    authors = {one.id: one.display_name for one in session.scalars(select(User))}
    return render_template(
        "portal/publishing/board.html",
        waiting=[_board_row(one, authors) for one in waiting],
        published=[_board_row(one, authors) for one in published],
        may_review=current.actor().may(REVIEW),
        form=StepForm(),
    )


def _board_row(disclosure: Disclosure, authors: dict[str, str]) -> dict[str, Any]:
    kind = kind_named(disclosure.kind)
    draft = disclosure.draft
    return {
        "id": disclosure.id,
        "kind": kind.label,
        "title": draft.get("title") or " ".join(str(draft.get(one) or "") for one in ("party_name", "decision_no")),
        "state": disclosure.state,
        "author": authors.get(disclosure.author_id, ""),
        "days": (current.today() - local_date(disclosure.changed_at)).days,
        "reviewable": disclosure.state in (IN_REVIEW, CORRECTION_IN_REVIEW)
        and disclosure.author_id != current.actor().user_id,
    }


@blueprint.route("/<any(penalty, blacklist, notice):kind_name>/new", methods=["GET", "POST"])
@permit(EDIT)
def new(kind_name: str) -> ResponseReturnValue:
    kind = kind_named(kind_name)
    form = kind.form()
    if form.validate_on_submit():
        saved = _saved(form, lambda: operations.draft(current.session(), kind, stored(form), **_who()))
        if saved is not None:
            flash(_("已保存草稿。核对无误后提交审核。"), "good")
            return redirect(url_for("editorial.disclosure", disclosure_id=saved.id))
    return _edit_page(kind, form, None)


@blueprint.route("/<disclosure_id>/edit", methods=["GET", "POST"])
@permit(EDIT)
def edit(disclosure_id: str) -> ResponseReturnValue:
    found = queries.disclosure(current.session(), disclosure_id)
    kind = kind_named(found.kind)
    WORKFLOW.step(found.state, "revise")
    form = kind.form(data=loaded(kind.rows, found.draft))

    def save() -> Disclosure:
        operations.revise(current.session(), found, stored(form), **_who())
        return found

    if form.validate_on_submit() and _saved(form, save) is not None:
        flash(_("已保存。"), "good")
        return redirect(url_for("editorial.disclosure", disclosure_id=disclosure_id))
    return _edit_page(kind, form, found)


def _saved(form: Form, save: Callable[[], Disclosure]) -> Disclosure | None:
    """The saved disclosure; None where the rules refuse it, with the reason on the form and everything typed kept."""
    try:
        return save()
    except operations.DuplicateDecision as error:
        form.form_errors.append(str(error.message))
        flash(str(error.message), "bad")
        return None


def _edit_page(kind: DisclosureKind, form: Form, found: Disclosure | None) -> str:
    return render_template("portal/publishing/edit.html", kind=kind, form=form, disclosure=found)


@blueprint.get("/<disclosure_id>")
@permit(EDIT, REVIEW)
def disclosure(disclosure_id: str) -> str:
    """The draft exactly as the public would see it, with what to look at and the steps open now."""
    session, actor = current.session(), current.actor()
    found = queries.disclosure(session, disclosure_id)
    kind = kind_named(found.kind)
    leak = operations.leak_in(found)
    incomplete = kind.problems(found.draft)
    term, refusal = (None, None) if incomplete else _term(found)
    refused = [one.message for one in (leak, refusal) if one]
    problems = [*incomplete.values(), *refused]
    return render_template(
        "portal/publishing/disclosure.html",
        kind=kind,
        disclosure=found,
        rows=value_rows(kind, kind.public_part(found.draft)),
        problems=problems,
        warnings=kind.warnings(found.draft),
        term=term,
        steps=WORKFLOW.open_to(found.state, actor.permissions),
        is_author=found.author_id == actor.user_id,
        form=StepForm(),
        reason_form=ReasonForm(),
        withdraw_form=WithdrawForm(),
    )


def _term(found: Disclosure) -> tuple[Term | None, TermRefuses | None]:
    """How long it would be public if it went out today, or why it may not."""
    try:
        return needed_term(current.session(), found, current.today()), None
    except TermRefuses as refusal:
        return None, refusal


@blueprint.post("/<disclosure_id>/submit")
@permit(EDIT)
def submit(disclosure_id: str) -> ResponseReturnValue:
    return _step(disclosure_id, lambda found: operations.submit(current.session(), found, **_who()), _("已提交审核。"))


@blueprint.post("/<disclosure_id>/approve")
@permit(REVIEW)
def approve(disclosure_id: str) -> ResponseReturnValue:
    def publish(found: Disclosure) -> None:
        operations.approve_and_publish(current.session(), found, log=current.service("log"), **_who())

    return _step(disclosure_id, publish, _("已公开。"))


@blueprint.post("/approve")
@permit(REVIEW)
def approve_several() -> ResponseReturnValue:
    """All chosen records, each by the same rules as one; one that is refused stops them all."""
    chosen = request.form.getlist("chosen")
    for disclosure_id in chosen:
        found = queries.disclosure(current.session(), disclosure_id)
        operations.approve_and_publish(current.session(), found, log=current.service("log"), **_who())
    flash(_("已公开 %(n)s 条。", n=len(chosen)), "good")
    return redirect(url_for("editorial.board"))


@blueprint.post("/<disclosure_id>/return")
@permit(REVIEW)
def return_to_author(disclosure_id: str) -> ResponseReturnValue:
    reason = _reason(ReasonForm())
    return _step(
        disclosure_id,
        lambda found: operations.return_to_author(current.session(), found, reason, **_who()),
        _("已退回起草人。"),
    )


@blueprint.post("/<disclosure_id>/correct")
@permit(EDIT)
def correct(disclosure_id: str) -> ResponseReturnValue:
    reason = _reason(ReasonForm())
    return _step(
        disclosure_id,
        lambda found: operations.correct(current.session(), found, reason, **_who()),
        _("可以修改了。改好后提交审核，审核通过前公众看到的仍是原版本。"),
    )


@blueprint.post("/<disclosure_id>/withdraw")
@permit(REVIEW)
def withdraw(disclosure_id: str) -> ResponseReturnValue:
    form = WithdrawForm()
    reason = _reason(form)
    return _step(
        disclosure_id,
        lambda found: operations.withdraw(
            current.session(), found, reason, form.basis.data or "", log=current.service("log"), **_who()
        ),
        _("已撤回，公众看到的是撤回说明。"),
    )


@blueprint.post("/<disclosure_id>/erase")
@permit(REVIEW)
def erase(disclosure_id: str) -> ResponseReturnValue:
    return _step(
        disclosure_id,
        lambda found: operations.erase(current.session(), found, **_who()),
        _("已销毁这条记录的全部文字。"),
    )


def _reason(form: Any) -> str:
    if not form.validate_on_submit():
        raise ReasonMissing
    return str(form.reason.data)


class ReasonMissing(DomainError):
    code = "reason_missing"
    status = 422

    def __init__(self) -> None:
        super().__init__(_("请写明原因（以及要求的依据）再提交。"))


def _step(disclosure_id: str, act: Callable[[Disclosure], None], done: str) -> ResponseReturnValue:
    act(queries.disclosure(current.session(), disclosure_id))
    flash(done, "good")
    return redirect(url_for("editorial.disclosure", disclosure_id=disclosure_id))


def _who() -> dict[str, Any]:
    return {"actor": current.actor(), "at": current.now()}
