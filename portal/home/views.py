"""The front page answers three questions: how is the air, who was penalised lately, what about this company."""

from flask import Blueprint, render_template

from core.web import current
from core.web.access import public
from portal.monitoring.queries import city_now
from portal.monitoring.wording import CATEGORY_LABELS, listed
from portal.publishing.public_views import path_of
from portal.publishing.queries import latest

LATEST = 6

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
@public
def front() -> str:
    session = current.session()
    return render_template(
        "portal/home/front.html",
        air=city_now(session, current.now()),
        records=latest(session, ("penalty", "blacklist"), LATEST),
        notices=latest(session, ("notice",), 3),
        categories=CATEGORY_LABELS,
        listed=listed,
        path_of=path_of,
    )


@blueprint.get("/about")
@public
def about() -> str:
    return render_template("portal/home/about.html")
