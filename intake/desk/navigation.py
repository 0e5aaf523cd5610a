"""The desk's own menu: what this person may open."""

from typing import Any

from flask import request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from core.accounts.permissions import Permission
from core.web import current
from intake.case_workflow import STATES

MEASURE_LABELS = {
    "reminder": (_l("已提醒"), "neutral"),
    "warning": (_l("已预警"), "warn"),
    "supervision": (_l("督办"), "bad"),
    "interview": (_l("约谈名单"), "bad"),
}


def navigation() -> dict[str, Any]:
    actor, done = current.actor(), request.args.get("done") == "1"
    at_queue = request.endpoint == "desk.queue"
    pages = []
    if actor.may(Permission.HANDLE_REPORT) or actor.may(Permission.SUPERVISE_REPORTS):
        pages += [
            (_("待办"), url_for("desk.queue"), at_queue and not done),
            (_("已答复和办结"), url_for("desk.queue", done=1), at_queue and done),
        ]
    if actor.may(Permission.SUPERVISE_REPORTS):
        pages.append((_("督办看板"), url_for("board.page"), request.endpoint == "board.page"))
    if actor.may(Permission.HANDLE_REPORT):
        pages.append((_("内容检索"), url_for("sealed_search.page"), request.endpoint == "sealed_search.page"))
        pages.append((_("期限日历"), url_for("desk_feed.mine"), request.endpoint == "desk_feed.mine"))
    if actor.may(Permission.RECORD_REPORT):
        pages.append(
            (_("登记来电、来信"), url_for("record.new"), request.endpoint in ("record.call", "record.read_back"))
        )
        pages.append((_("来电补充"), url_for("record.again"), request.endpoint == "record.again"))
        pages.append((_("导入 12345 工单"), url_for("work_orders.upload"), request.blueprint == "work_orders"))
    if actor.may(Permission.OPEN_IDENTITY):
        pages.append((_("举报人身份"), url_for("identity.identity"), request.endpoint == "identity.identity"))
        pages.append((_("举报奖励"), url_for("reward.page"), request.endpoint == "reward.page"))
    return {"staff_nav": pages, "states": STATES}
