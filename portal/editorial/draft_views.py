"""The editors' and reviewers' side: the board, the form, the steps."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from core.accounts.permissions import Permission
from core.paging import Cursor
from core.web import current
from core.web.access import permit
from core.web.forms import Form
from portal.disclosures.views import value_rows
from portal.editorial.attachment_views import add_to, draft_files, uploaded
from portal.editorial.board import CURSOR_PARTS, board_page, counts, rows_of
from portal.editorial.board_filters import board_fields, filters_of, offered_to
from portal.editorial.draft_page import review_context
from portal.editorial.forms import ReasonForm, StepForm, WithdrawForm
from portal.editorial.navigation import navigation
from portal.publishing import operations, queries
from portal.publishing.attachments import IN_WORDS
from portal.publishing.consent import content_digest
from portal.publishing.kinds import DisclosureKind, kind_named
from portal.publishing.models import Disclosure
from portal.publishing.publicity import Term
from portal.publishing.record_form import loaded, stored
from portal.publishing.refusals import leak_in
from portal.publishing.terms import TermRefuses, needed_term
from portal.publishing.workflow import STATES, WORKFLOW, step_from

EDIT, REVIEW = Permission.DRAFT_DISCLOSURE, Permission.REVIEW_DISCLOSURE

blueprint = Blueprint("editorial", __name__, url_prefix="/editorial")


blueprint.context_processor(navigation)


@blueprint.get("")
@permit(EDIT, REVIEW)
def board() -> str:
    """What waits for whom, the late and the longest waiting first."""
    session = current.session()
    offered = offered_to(session)
    filters = filters_of(request.args, offered)
    cursor = Cursor.decode(request.args.get("cursor"), parts=CURSOR_PARTS)
    asked: dict[str, Any] = {"actor": current.actor(), "now": current.now()}
    return render_template(
        "portal/editorial/board.html",
        page=board_page(session, filters, cursor, **asked),
        page_url=lambda key: url_for(".board", **{**request.args.to_dict(), "cursor": key}),
        published=rows_of(session, queries.recently_published(session), **asked),
        counts=[(name, STATES[name][0], count) for name, count in counts(session).items()],
        filters=filters,
        fields=board_fields(filters, offered),
        clear=url_for("editorial.board") if filters.any() else None,
        may_review=current.actor().may(REVIEW),
        form=StepForm(),
    )


@blueprint.route("/<any(penalty, blacklist, notice):kind_name>/new", methods=["GET", "POST"])
@permit(EDIT)
def new(kind_name: str) -> ResponseReturnValue:
    kind = kind_named(kind_name)
    form = kind.form()
    if form.validate_on_submit():
        files = uploaded()
        saved = _saved(form, lambda: operations.draft(current.session(), kind, stored(form), **_who()))
        if saved is not None:
            add_to(saved, files)
            flash(_("已保存草稿。核对无误后提交审核。"), "good")
            return redirect(url_for("editorial.disclosure", disclosure_id=saved.id))
    return _edit_page(kind, form, None)


@blueprint.route("/<disclosure_id>/edit", methods=["GET", "POST"])
@permit(EDIT)
def edit(disclosure_id: str) -> ResponseReturnValue:
    found = queries.disclosure(current.session(), disclosure_id)
    kind = kind_named(found.kind)
    step_from(found.state, "revise")
    form = kind.form(data=loaded(kind.rows, found.draft))

    def save() -> Disclosure:
        operations.revise(current.session(), found, stored(form), **_who())
        return found

    if form.validate_on_submit():
        files = uploaded()
        if _saved(form, save) is not None:
            add_to(found, files)
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
    return render_template("portal/editorial/edit.html", kind=kind, form=form, disclosure=found, files_taken=IN_WORDS)


@blueprint.get("/<disclosure_id>")
@permit(EDIT, REVIEW)
def disclosure(disclosure_id: str) -> str:
    return draft_page(queries.disclosure(current.session(), disclosure_id))


def draft_page(found: Disclosure, **typed: Form) -> str:
    """The draft exactly as the public would see it, with what to look at and the steps open now.

    `typed` are forms that were sent and refused: they come back with what was typed and what is wrong with it.
    """
    session, actor = current.session(), current.actor()
    kind = kind_named(found.kind)
    leak = leak_in(found)
    incomplete = kind.problems(found.draft)
    term, refusal = (None, None) if incomplete else _term(found)
    refused = [one.message for one in (leak, refusal) if one]
    problems = [*incomplete.values(), *refused]
    return render_template(
        "portal/editorial/disclosure.html",
        kind=kind,
        disclosure=found,
        rows=value_rows(kind, kind.public_part(found.draft)),
        files=draft_files(found),
        files_taken=IN_WORDS,
        problems=problems,
        warnings=kind.warnings(found.draft),
        term=term,
        steps=WORKFLOW.open_to(found.state, actor.permissions),
        is_author=actor.user_id in (found.author_id, *found.authors),
        seen=content_digest(found),
        **review_context(session, found, typed),
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


@blueprint.post("/<disclosure_id>/take_back")
@permit(EDIT)
def take_back(disclosure_id: str) -> ResponseReturnValue:
    return _step(
        disclosure_id,
        lambda found: operations.take_back(current.session(), found, **_who()),
        _("已收回，可以修改。改好后重新提交审核。"),
    )


@blueprint.post("/<disclosure_id>/approve")
@permit(REVIEW)
def approve(disclosure_id: str) -> ResponseReturnValue:
    """Approve what was on the page, and publish it at once unless it is to wait."""
    seen, waits = request.form.get("seen", ""), request.form.get("then") == "wait"

    def decide(found: Disclosure) -> None:
        if waits:
            operations.approve(current.session(), found, seen=seen, **_who())
        else:
            log = current.service("log")
            operations.approve_and_publish(current.session(), found, seen=seen, log=log, **_who())

    return _step(disclosure_id, decide, _("审核通过，还没有公开。") if waits else _("已公开。"))


@blueprint.post("/<disclosure_id>/publish")
@permit(REVIEW)
def publish(disclosure_id: str) -> ResponseReturnValue:
    """What was approved before goes public now."""

    def act(found: Disclosure) -> None:
        operations.publish(current.session(), found, log=current.service("log"), **_who())

    return _step(disclosure_id, act, _("已公开。"))


@blueprint.post("/approve")
@permit(REVIEW)
def approve_several() -> ResponseReturnValue:
    """All chosen records, each by the same rules as one; one that is refused stops them all."""
    chosen = request.form.getlist("chosen")
    for one in chosen:
        disclosure_id, _dot, seen = one.partition(".")
        found = queries.disclosure(current.session(), disclosure_id)
        log = current.service("log")
        operations.approve_and_publish(current.session(), found, seen=seen, log=log, **_who())
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
        raise operations.ReasonMissing
    return str(form.reason.data)


def _step(disclosure_id: str, act: Callable[[Disclosure], None], done: str) -> ResponseReturnValue:
    act(queries.disclosure(current.session(), disclosure_id))
    flash(done, "good")
    return redirect(url_for("editorial.disclosure", disclosure_id=disclosure_id))


def _who() -> dict[str, Any]:
    return {"actor": current.actor(), "at": current.now()}
