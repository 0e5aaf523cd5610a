"""Who turns out to be involved holds nothing of a case any more.

The department that is named, all under it and all over it are left out, as if the reporter had accused it: what they
hold is taken away, the report gets a new key, and where the responsible department is among them the case moves on.
"""

from sqlalchemy.orm import Session

from core.clock import local_date
from intake import case_keys, handover
from intake.departments import Organisation
from intake.models import EXCLUDED, Report, ReportDepartment
from intake.operations import WrongTarget, excluded_codes, move_to, take_step
from intake.routing import LAST_RESORTS, Facts, route
from intake.timeline import Desk, add_event


def name_involved(session: Session, report: Report, department: str, reason: str, desk: Desk) -> None:
    """WrongTarget where there is no such department, or nobody would be left to take the case."""
    take_step(report, "name_involved", desk)
    on = local_date(desk.at)
    organisation = Organisation.load(session, on)
    if department not in organisation.units:
        raise WrongTarget
    facts = Facts(
        report.category_channel,
        report.subject,
        county=report.county_code,
        accused_kind="department",
        accused_department=department,
    )
    routing = route(facts, organisation, on=on)
    excluded = excluded_codes(session, report) | routing.excluded
    case = case_keys.opened(session, report, desk.keys)
    for code in sorted(excluded):
        session.merge(ReportDepartment(report_id=report.id, department_code=code, part=EXCLUDED))
    session.flush()
    add_event(session, report, "name_involved", desk, text=reason, detail={"to": department})
    if report.responsible_code in excluded:
        usual = routing.responsible
        to = usual if usual not in excluded else _who_is_left(organisation, excluded)
        move_to(session, report, to, "avoid", reason, desk)
    else:
        handover.renew(session, report, case, on)
    case_keys.revoke_excluded(session, report)


def _who_is_left(organisation: Organisation, excluded: frozenset[str]) -> str:
    found = (organisation.find(kind, None, but=excluded) for kind in LAST_RESORTS)
    unit = next((one for one in found if one is not None), None)
    if unit is None:
        raise WrongTarget
    return unit.code
