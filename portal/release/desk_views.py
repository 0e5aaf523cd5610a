"""The editors' side of the release calendar: what was late without a word, and reasons that wait to be confirmed."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from core.accounts.models import User
from core.accounts.permissions import Permission
from core.errors import InvalidInput, NotFound
from core.web import current
from core.web.access import permit
from portal.editorial.navigation import navigation
from portal.release import operations, queries
from portal.release.forms import LateReasonForm
from portal.release.queries import Release
from portal.release.rules import month_of
from portal.release.views import known_dataset
from portal.release.wording import STATUSES, delay_words, period_words

EDIT, REVIEW = Permission.DRAFT_DISCLOSURE, Permission.REVIEW_DISCLOSURE
MOST = 100

blueprint = Blueprint("release_desk", __name__, url_prefix="/editorial/releases")
blueprint.context_processor(navigation)


@blueprint.get("")
@permit(EDIT, REVIEW)
def late() -> str:
    """This month and the last: what was late, the newest first, and what was said about it."""
    session = current.session()
    waiting = queries.unconfirmed_reasons(session)
    given = {(one.dataset, one.period) for one in waiting}
    silent = [pair for pair in _late() if not pair[1].reason and (pair[0]["code"], pair[1].period) not in given]
    return render_template(
        "portal/release/late.html",
        silent=silent[:MOST],
        more=max(0, len(silent) - MOST),
        waiting=[(known_dataset(one.dataset), one) for one in waiting],
        people={one.id: one.display_name for one in session.query(User)},
        may_confirm=current.actor().may(REVIEW),
        may_explain=current.actor().may(EDIT),
        **_words(),
    )


@blueprint.route("/<code>/<period>", methods=["GET", "POST"])
@permit(EDIT)
def explain(code: str, period: str) -> ResponseReturnValue:
    row = known_dataset(code)
    release = next((one for found, one in _late() if found["code"] == code and one.period == period), None)
    if release is None:
        raise NotFound
    form = LateReasonForm()
    if form.validate_on_submit():
        try:
            who: dict[str, Any] = {"actor": current.actor(), "at": current.now()}
            operations.give_reason(current.session(), code, period, form.reason.data or "", **who)
        except InvalidInput as refusal:
            form.reason.errors = [str(refusal.errors["reason"])]
        else:
            flash(_("已记录，另一位同事确认后公开。"), "good")
            return redirect(url_for("release_desk.late"))
    page = render_template("portal/release/explain.html", row=row, release=release, form=form, **_words())
    return page, 422 if form.errors else 200


@blueprint.post("/reasons/<reason_id>/confirm")
@permit(REVIEW)
def confirm(reason_id: str) -> ResponseReturnValue:
    operations.confirm_reason(current.session(), reason_id, actor=current.actor(), at=current.now())
    flash(_("已确认，公众在发布日历上能看到。"), "good")
    return redirect(url_for("release_desk.late"))


def _late() -> list[tuple[dict[str, Any], Release]]:
    session, today = current.session(), current.today()
    days = (today, month_of(today)[0] - timedelta(days=1))
    asked: dict[str, Any] = {"now": current.now(), "area": current.settings().city, "calendar": current.calendar()}
    return queries.late_releases(found for day in days for found in queries.month(session, day, **asked))


def _words() -> dict[str, Any]:
    return {"statuses": STATUSES, "period_words": period_words, "delay_words": delay_words}
