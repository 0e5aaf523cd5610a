"""分派试算: what the routing table would decide about an invented report, on any day, and why. Nothing is filed."""

from datetime import date
from typing import Any

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from core.accounts.permissions import Permission
from core.falsification_acts import ACTS
from core.places import COUNTIES
from core.web import current
from core.web.access import permit
from core.web.shell import quiet_response
from intake import deadlines
from intake.administration.navigation import navigation
from intake.departments import Organisation
from intake.routing import Considered, Facts, considered, route
from intake.subjects import CHANNELS, SUBJECTS, subjects_of
from intake.submission import ACCUSED_KINDS

blueprint = Blueprint("routing", __name__, url_prefix="/admin/routing")
blueprint.after_request(quiet_response)
blueprint.context_processor(navigation)

ACCUSED_LABELS = {
    "company": _l("企业"),
    "testing_institution": _l("检测机构"),
    "department": _l("行政机关"),
    "official": _l("机关工作人员"),
    "person": _l("个人"),
    "unknown": _l("不清楚"),
}
CONDITIONS = {
    "channels": _l("热线类别"),
    "subjects": _l("事项"),
    "topics": _l("事项大类"),
    "counties": _l("县区"),
    "accused_kinds": _l("被举报方"),
    "act_groups": _l("做法"),
}


@blueprint.get("")
@permit(Permission.MANAGE_RULES)
def simulator() -> str:
    on = _day(request.args.get("on", "")) or current.today()
    organisation = Organisation.load(current.session(), on)
    facts = _facts()
    return render_template(
        "intake/administration/routing.html",
        on=on,
        facts=facts,
        answer=_answer(facts, organisation, on) if facts else None,
        asked=request.args,
        channels=[(one, one) for one in CHANNELS],
        subjects=[(one.code, f"{one.label}（{'、'.join(one.channels)}）") for one in SUBJECTS],
        acts=[(one.code, f"{one.code} {one.plain}") for one in ACTS],
        counties=[(one.code, one.name) for one in COUNTIES],
        accused_kinds=[(one, ACCUSED_LABELS[one]) for one in ACCUSED_KINDS],
        departments=[(one.code, one.name) for one in organisation.units.values()],
    )


def _facts() -> Facts | None:
    """What was asked; None until a line and one of its matters are chosen."""
    asked = request.args
    channel, subject = asked.get("channel", ""), asked.get("subject", "")
    if channel not in CHANNELS or subject not in {one.code for one in subjects_of(channel)}:
        return None
    kind = asked.get("accused_kind", "unknown")
    act = asked.get("act", "")
    return Facts(
        channel=channel,
        subject=subject,
        acts=(act,) if act in {one.code for one in ACTS} else (),
        county=asked.get("county") or None,
        accused_kind=kind if kind in ACCUSED_KINDS else "unknown",
        accused_department=asked.get("accused_department") or None,
        accused_name=asked.get("accused_name", "")[:200],
    )


def _answer(facts: Facts, organisation: Organisation, on: date) -> dict[str, Any]:
    routing = route(facts, organisation, on=on)
    units = organisation.units
    regimes = deadlines.regimes_of(units[routing.responsible].kind, subject=facts.subject, received_by="web")
    starting = [row for regime in regimes for row in deadlines.rules_starting(regime, "received", on)]
    limits = [
        deadlines.limit(row["regime"], row["step"], on, current.calendar())
        for row in starting
        if row["step"] != "object"
    ]
    return {
        "routing": routing,
        "responsible": units[routing.responsible].name,
        "co": [units[code].name for code in routing.co],
        "excluded": sorted(units[code].name for code in routing.excluded),
        "interests": [(units[one.department].name, one.why) for one in routing.interests],
        "tried": [_told(one) for one in considered(facts, on=on)],
        "limits": limits,
    }


def _told(one: Considered) -> tuple[str, str, bool]:
    """(rule, what became of it, whether it decided)"""
    if one.failed is None:
        return str(one.rule["id"]), _("符合，由它决定"), True
    return str(one.rule["id"]), _("不符合：%(condition)s", condition=CONDITIONS[one.failed]), False


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
