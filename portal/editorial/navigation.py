"""The publishers' own menu: what this person may open."""

from typing import Any

from flask import request, url_for
from flask_babel import gettext as _

from core.accounts.permissions import Permission
from core.web import current
from portal.publishing.kinds import all_kinds
from portal.publishing.workflow import STATES

EDIT, REVIEW, ANSWER = (
    Permission.DRAFT_DISCLOSURE,
    Permission.REVIEW_DISCLOSURE,
    Permission.ANSWER_CONSULTATION,
)


def navigation() -> dict[str, Any]:
    actor, here = current.actor(), request.endpoint or ""
    publishes = actor.may(EDIT) or actor.may(REVIEW)
    pages: list[tuple[str, str, bool]] = []
    if publishes:
        pages.append((_("待办"), url_for("editorial.board"), here == "editorial.board"))
    if actor.may(ANSWER):
        pages.append((_("征求我们的意见"), url_for("consultations.inbox"), here.startswith("consultations.")))
    if publishes:
        pages.append((_("发布及时性"), url_for("release_desk.late"), here.startswith("release_desk.")))
        pages.append((_("发布协议"), url_for("agreements.overview"), here.startswith("agreements.")))
    if actor.may(EDIT):
        pages += [
            (_("新建%(kind)s", kind=kind.label), url_for("editorial.new", kind_name=kind.name), False)
            for kind in all_kinds()
            if not kind.is_generated
        ]
        pages += [
            (_("完整性清单"), url_for("completeness.make"), here == "completeness.make"),
        ]
    return {"staff_nav": pages, "states": STATES}
