"""Personal data in a draft, side by side as typed and as the public would read it; and the legal review of names."""

from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from core.accounts.permissions import Permission
from core.web import current
from core.web.access import permit
from portal.publishing import operations, queries, suggestions
from portal.publishing.kinds import kind_named
from portal.publishing.models import Disclosure
from portal.publishing.redacted import LEGAL_REVIEW
from portal.publishing.steps import moved
from portal.publishing.workflow import WORKFLOW

EDIT, REVIEW = Permission.DRAFT_DISCLOSURE, Permission.REVIEW_DISCLOSURE

blueprint = Blueprint("redaction", __name__, url_prefix="/editorial")


@blueprint.get("/<disclosure_id>/redact")
@permit(EDIT, REVIEW)
def page(disclosure_id: str) -> str:
    found = queries.disclosure(current.session(), disclosure_id)
    return _page(found)


@blueprint.post("/<disclosure_id>/redact")
@permit(EDIT)
def decide(disclosure_id: str) -> ResponseReturnValue:
    """Keep the choices; what cannot be kept is said on the page, with everything chosen still there."""
    session = current.session()
    found = queries.disclosure(session, disclosure_id)
    chosen = {one.key: _choice(one.key) for one in suggestions.suggestions(found)}
    try:
        who: dict[str, Any] = {"actor": current.actor(), "at": current.now()}
        left = operations.redact(session, found, chosen, on=_day_of(found), **who)
    except suggestions.MayNotBeKept as refusal:
        flash(str(refusal.message), "bad")
        return _page(found, chosen), 422
    flash(_("已保存。还有 %(n)s 处没有决定。", n=left) if left else _("已保存，每一处都有了决定。"), "good")
    return redirect(url_for("editorial.disclosure", disclosure_id=disclosure_id))


@blueprint.post("/<disclosure_id>/legal-review")
@permit(REVIEW)
def review_law(disclosure_id: str) -> ResponseReturnValue:
    found = queries.disclosure(current.session(), disclosure_id)
    suggestions.review_law(found, actor=current.actor())
    moved(current.session(), found, "legal_review", current.actor(), current.now())
    flash(_("已记录法制审核。"), "good")
    return redirect(url_for("editorial.disclosure", disclosure_id=disclosure_id))


def _page(found: Disclosure, chosen: dict[str, tuple[str, str, str]] | None = None) -> str:
    kind = kind_named(found.kind)
    listed = suggestions.suggestions(found)
    return render_template(
        "portal/editorial/redact.html",
        disclosure=found,
        kind=kind,
        listed=listed,
        chosen=chosen or {one.key: _decided(one) for one in listed},
        kinds=suggestions.KIND_LABELS,
        laws=suggestions.name_laws(found.kind, _day_of(found)),
        may_decide="revise" in WORKFLOW.open_to(found.state, current.actor().permissions),
        may_review=suggestions.shows_names(found.draft) and current.actor().may(REVIEW),
        is_author=current.actor().user_id in (found.author_id, *found.authors),
        reviewed=bool(found.draft.get(LEGAL_REVIEW)),
    )


def _decided(one: suggestions.Suggestion) -> tuple[str, str, str]:
    made = one.decision
    return (made.action, made.reason, made.law) if made else ("", "", "")


def _choice(key: str) -> tuple[str, str, str]:
    action, reason, law = (request.form.get(f"{name}-{key}", "") for name in ("action", "reason", "law"))
    return action, reason[:1000], law


def _day_of(found: Disclosure) -> date:
    """The day of the decision, by which the law is chosen; today where it is not filled in yet."""
    for name in ("decided_on", "listed_on", "issued_on"):
        if found.draft.get(name):
            return date.fromisoformat(found.draft[name])
    return current.today()
