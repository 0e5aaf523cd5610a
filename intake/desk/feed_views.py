"""The private calendar address of one's deadlines: made, renewed, closed by its owner; fetched by a calendar."""

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from core.accounts.permissions import Permission
from core.errors import NotFound
from core.web import current
from core.web.access import permit, public
from core.web.limits import limiter
from core.web.shell import quiet_response
from intake import calendar_feed, queries
from intake.case_models import CalendarFeed
from intake.desk.forms import PlainStepForm
from intake.desk.navigation import navigation

HANDLE = Permission.HANDLE_REPORT

blueprint = Blueprint("desk_feed", __name__, url_prefix="/desk/calendar")
blueprint.after_request(quiet_response)
blueprint.context_processor(navigation)


@blueprint.get("")
@permit(HANDLE)
def mine() -> str:
    return _page(None)


@blueprint.post("/open")
@permit(HANDLE)
def open_feed() -> str:
    token = calendar_feed.open_feed(current.session(), current.actor(), current.now())
    current.session().flush()
    return _page(f"{current.settings().base_url}{url_for('desk_feed.file', token=token)}")


@blueprint.post("/close")
@permit(HANDLE)
def close_feed() -> ResponseReturnValue:
    calendar_feed.close_feed(current.session(), current.actor(), current.now())
    flash(_("日历地址已停用。"), "good")
    return redirect(url_for("desk_feed.mine"))


@blueprint.get("/<token>.ics")
@public
@limiter.limit("60 per minute")
def file(token: str) -> Response:
    """Whoever has the address reads it, as calendars cannot sign in; it names no matter and nobody."""
    owner = calendar_feed.owner_of(current.session(), token)
    if owner is None:
        raise NotFound
    settings = current.settings()
    content = calendar_feed.calendar_file(
        queries.deadlines_to_watch(current.session(), owner.as_actor()),
        site_name=settings.site_name,
        base_url=settings.base_url,
        at=current.now(),
    )
    return Response(content, content_type="text/calendar; charset=utf-8")


def _page(address: str | None) -> str:
    row = current.session().get(CalendarFeed, current.actor().user_id)
    return render_template("intake/desk/feed.html", address=address, opened=row, form=PlainStepForm())
