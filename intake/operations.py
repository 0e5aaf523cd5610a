"""The verbs of a case: file, accept, decline, investigate, transfer, return, reply, close, reopen."""

import json
from dataclasses import asdict, replace
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.accounts.models import User
from core.clock import local_date
from core.errors import DomainError
from core.ids import new_id
from core.outbox import enqueue
from core.workflow import Transition
from intake import answers, case_keys, clocks, competence, deadlines, handover, receipt
from intake.case_models import Handling, Recusal
from intake.case_workflow import WORKFLOW
from intake.competence import Move
from intake.departments import Organisation
from intake.models import CO, EXCLUDED, CaseEvent, Report, ReportDepartment
from intake.receipt import ReceiptKeys
from intake.routing import Facts, route
from intake.submission import StoredFile, Submission
from intake.timeline import NOTICE, Desk, add_event, notify

MOVES = ("transfer", "return", "hand_over", "appoint", "succeed", "avoid")


class ExcludedDepartment(DomainError):
    code = "excluded_department"
    status = 403
    default_message = _l("这个部门与被举报方有关，不能接收这件举报。")


class WrongTarget(DomainError):
    code = "wrong_target"
    status = 422
    default_message = _l("请选择另一个有效的部门。")


class AppointedCase(DomainError):
    code = "appointed_case"
    status = 409
    default_message = _l("承办单位是指定的，不能退回或者转出。")


class DisputedCase(DomainError):
    code = "disputed_case"
    status = 409
    default_message = _l("职责争议正在等待指定，不能再退回或者转出。")


class TooLateToObject(DomainError):
    code = "too_late_to_object"
    status = 409
    default_message = _l("提出职责异议的期限已过，不能退回。")


def file_report(session: Session, submission: Submission, *, keys: ReceiptKeys, desk: Desk) -> Report:
    """Route, seal, set the first deadline and write the first event, in the caller's one transaction.

    `keys` come from receipt.receipt_keys, derived before the transaction began. Nobody who files can read it again.
    """
    on = local_date(desk.at)
    organisation = Organisation.load(session, on)
    staff = _accused_staff(session, submission)
    routing = route(_facts(submission, staff), organisation, on=on)
    regimes = deadlines.regimes_of(
        organisation.units[routing.responsible].kind, subject=submission.subject, received_by=submission.received_by
    )
    identifier = new_id()
    report = Report(
        id=identifier,
        case_number=_free_case_number(session, desk),
        lookup=keys.lookup,
        received_on=on,
        category_channel=submission.category_channel,
        received_by=submission.received_by,
        subject=submission.subject,
        county_code=submission.county,
        state="received",
        regime=regimes[0],
        responsible_code=routing.responsible,
        rule=routing.rule,
        rule_reason=routing.reason,
        rule_source=routing.source,
        sealed_body=b"",
        is_code_dictated=desk.actor.user_id is not None,
    )
    session.add(report)
    session.flush()
    parts = [(code, CO) for code in routing.co] + [(code, EXCLUDED) for code in sorted(routing.excluded)]
    session.add_all(ReportDepartment(report_id=identifier, department_code=code, part=part) for code, part in parts)
    session.flush()
    directory = case_keys.Directory.load(session, on, organisation)
    case_keys.create(session, report, keys, body=_body(submission), identity=_identity(submission), directory=directory)
    for file in submission.files:
        add_file(session, report, file)
    session.add(Handling(report_id=identifier, arrived_on=on, bounces=0, is_disputed=False, is_appointed=False))
    session.add_all(Recusal(report_id=identifier, user_id=one.id, on_day=on) for one in staff)
    for event in ("filed", "received"):
        clocks.start(session, report, regimes, event, desk)
    add_event(session, report, "file", desk, is_public=True)
    notify(session, report, "new_case", desk)
    return report


def add_file(session: Session, report: Report, file: StoredFile) -> None:
    """An original is named in the report, but its key lies in the identity's envelope alone."""
    meta = json.dumps(asdict(replace(file, key="") if file.original_of else file), ensure_ascii=False)
    case_keys.seal_file_meta(session, report, file.id, meta)


def accept(session: Session, report: Report, desk: Desk) -> None:
    take_step(report, "accept", desk)
    clocks.meet(session, report, ("accept", "transfer"), desk)
    clocks.start(session, report, clocks.running_regimes(session, report), "accepted", desk)
    clocks.meet(session, report, ("tell",), desk)
    add_event(session, report, "accept", desk, is_public=True)


def decline(session: Session, report: Report, reason: str, desk: Desk, *, ground: str = "other") -> None:
    """不予受理: the ground with its source, the reason in words and the right of review, all told to the reporter."""
    on = local_date(desk.at)
    chosen = answers.ground(ground, on)
    if chosen is None:
        raise WrongTarget(_l("请选择不予受理的理由。"))
    take_step(report, "decline", desk)
    clocks.meet(session, report, clocks.DUTIES, desk)
    clocks.handling(session, report).finished_on = on
    text = answers.refusal(chosen, reason, report.regime, on, desk.calendar)
    add_event(session, report, "decline", desk, text=text, is_public=True, detail={"ground": ground})


def investigate(session: Session, report: Report, desk: Desk) -> None:
    take_step(report, "investigate", desk)
    add_event(session, report, "investigate", desk, is_public=True)


def transfer(session: Session, report: Report, to: str, reason: str, desk: Desk) -> None:
    """Hand the case to another department, which has to accept it anew; an excluded one is refused."""
    check_may_leave(session, report)
    step_of(report, "transfer", desk)
    _check_target(session, report, to, desk)
    if competence.is_bounce("transfer", to, moves_of(session, report)) and count_bounce(session, report, reason, desk):
        return
    take_step(report, "transfer", desk)
    move_to(session, report, to, "transfer", reason, desk)


def give_back(session: Session, report: Report, reason: str, desk: Desk) -> None:
    """Object to one's competence, in time and with reasons: back to the sender, or to the duty desk where none sent it.

    With the third bounce the case stays and the supervisor appoints.
    """
    check_may_leave(session, report)
    take_step(report, "return", desk)
    arrived_on, on = clocks.handling(session, report).arrived_on, local_date(desk.at)
    until = competence.last_day_to_object(report.regime, arrived_on, desk.calendar)
    if until is not None and on > until:
        raise TooLateToObject(until=until)
    moves = moves_of(session, report)
    sender = moves[-1].before if moves else _duty_desk(session, report, desk)
    if not count_bounce(session, report, reason, desk):
        move_to(session, report, sender, "return", reason, desk)


def reply(session: Session, report: Report, text: str, desk: Desk) -> None:
    """The reporter reads the words and what can be done next; so does everybody whose report was merged into this."""
    on = local_date(desk.at)
    take_step(report, "reply", desk)
    clocks.meet(session, report, clocks.DUTIES, desk)
    words = answers.answer(text, report.regime, on, desk.calendar)
    for one in (report, *merged_into(session, report)):
        clocks.handling(session, one).finished_on = on
        add_event(session, one, "reply", desk, text=words, is_public=True)


def close(session: Session, report: Report, desk: Desk) -> None:
    take_step(report, "close", desk)
    for one in (report, *merged_into(session, report)):
        add_event(session, one, "close", desk, is_public=True)


def reopen(session: Session, report: Report, reason: str, desk: Desk) -> None:
    take_step(report, "reopen", desk)
    standing = clocks.handling(session, report)
    standing.finished_on, standing.merged_into = None, None
    clocks.start(session, report, clocks.running_regimes(session, report), "accepted", desk)
    clocks.meet(session, report, ("tell",), desk)
    add_event(session, report, "reopen", desk, text=reason, is_public=True)


def note(session: Session, report: Report, text: str, desk: Desk) -> None:
    """An internal remark; the reporter never sees it."""
    take_step(report, "note", desk)
    add_event(session, report, "note", desk, text=text)


def reporter_message(session: Session, report: Report, text: str, files: list[StoredFile], desk: Desk) -> None:
    """What the reporter adds later under the receipt."""
    for file in files:
        add_file(session, report, file)
    detail = {"files": len(files)} if files else {}
    add_event(session, report, "message", desk, text=text, is_public=True, detail=detail)
    notify(session, report, "new_message", desk)


def record_opening(session: Session, report: Report, part: str, desk: Desk, **detail: str) -> None:
    """Who opened sealed content stands in the timeline and in the audit; a print bears its number."""
    add_event(session, report, "open_sealed", desk, detail={"part": part, **detail})


def excluded_codes(session: Session, report: Report) -> frozenset[str]:
    return case_keys.departments_with_part(session, report, EXCLUDED)


def moves_of(session: Session, report: Report) -> list[Move]:
    """How the case went from department to department, the first move first."""
    events = session.scalars(
        select(CaseEvent).where(CaseEvent.report_id == report.id, CaseEvent.action.in_(MOVES)).order_by(CaseEvent.id)
    )
    return [Move(one.action, one.detail["from"], one.detail["to"]) for one in events]


def merged_into(session: Session, report: Report) -> list[Report]:
    """The duplicates of a case, in the order they came."""
    statement = select(Report).join(Handling, Handling.report_id == Report.id)
    return list(session.scalars(statement.where(Handling.merged_into == report.id).order_by(Report.received_on)))


def move_to(session: Session, report: Report, to: str, action: str, reason: str, desk: Desk) -> None:
    """Put the case into another department's hands: its clocks begin, ours end; the key goes with it.

    Where who acts cannot open the case (a supervisor who appoints), the key follows at the next sign-in of who can.
    """
    organisation = _check_target(session, report, to, desk)
    before, report.responsible_code = report.responsible_code, to
    helper = session.get(ReportDepartment, (report.id, to))
    if helper is not None:
        session.delete(helper)
    session.flush()
    handover.renew(session, report, case_keys.opened(session, report, desk.keys), local_date(desk.at))
    clocks.leave(session, report)
    regimes = clocks.regimes_of(report, organisation.units[to].kind)
    report.regime = regimes[0]
    clocks.start(session, report, regimes, "received", desk)
    arrival = clocks.handling(session, report)
    arrival.arrived_on, arrival.officer_id, arrival.is_disputed = local_date(desk.at), None, False
    add_event(session, report, action, desk, text=reason, detail={"from": before, "to": to})
    notify(session, report, "new_case", desk)


def _check_target(session: Session, report: Report, to: str, desk: Desk) -> Organisation:
    if to in excluded_codes(session, report):
        raise ExcludedDepartment(to=to)
    organisation = Organisation.load(session, local_date(desk.at))
    if to == report.responsible_code or to not in organisation.units:
        raise WrongTarget
    return organisation


def check_may_leave(session: Session, report: Report) -> None:
    standing = clocks.handling(session, report)
    if standing.is_appointed:
        raise AppointedCase
    if standing.is_disputed:
        raise DisputedCase


def count_bounce(session: Session, report: Report, reason: str, desk: Desk) -> bool:
    """Count a bounce; True with the third: the case stays and waits for the supervisor, its clocks running."""
    standing = clocks.handling(session, report)
    standing.bounces += 1
    if not competence.must_be_appointed(standing.bounces):
        return False
    standing.is_disputed = True
    clocks.start(session, report, (report.regime,), "disputed", desk)
    add_event(session, report, "dispute", desk, text=reason)
    enqueue(session, NOTICE, at=desk.at, template="disputed", department=report.responsible_code, role="supervisor")
    return True


def _duty_desk(session: Session, report: Report, desk: Desk) -> str:
    organisation = Organisation.load(session, local_date(desk.at))
    unit = organisation.find("duty_desk", None, but=excluded_codes(session, report) | {report.responsible_code})
    if unit is None:
        raise WrongTarget
    return unit.code


def step_of(report: Report, action: str, desk: Desk) -> Transition:
    """The arrow of the table, where it is open to the actor."""
    transition = WORKFLOW.transition(report.state, action)
    desk.actor.must(transition.permission)
    return transition


def take_step(report: Report, action: str, desk: Desk) -> None:
    report.state = step_of(report, action, desk).target or report.state


def _accused_staff(session: Session, submission: Submission) -> list[User]:
    """Who of our own bears the accused person's name: they step back from the case, whatever else it says."""
    accused = submission.accused
    if accused.kind not in ("official", "person") or not accused.name.strip():
        return []
    return list(session.scalars(select(User).where(User.display_name == accused.name.strip())))


def _facts(submission: Submission, staff: list[User]) -> Facts:
    return Facts(
        channel=submission.category_channel,
        subject=submission.subject,
        acts=submission.acts,
        county=submission.county,
        accused_kind=submission.accused.kind,
        accused_department=submission.accused.department_code,
        accused_name=submission.accused.name,
        other_names=tuple(one.name for one in submission.others),
        staff_of=tuple(one.department_code for one in staff if one.department_code)
        if submission.accused.kind == "official"
        else (),
    )


def _body(submission: Submission) -> str:
    content = {
        "place": submission.place,
        "accused": asdict(submission.accused),
        "when": submission.when,
        "words": submission.words,
        "acts": list(submission.acts),
        "named": submission.identity is not None,
    }
    if submission.point:
        content["point"] = [submission.point.lat, submission.point.lon]
    if submission.others:
        content["others"] = [asdict(one) for one in submission.others]
    return json.dumps(content, ensure_ascii=False)


def _identity(submission: Submission) -> str:
    """Who the reporter is, if they said so, and the originals of their files, which tell it too."""
    content: dict[str, Any] | None = asdict(submission.identity) if submission.identity else None
    originals = [asdict(file) for file in submission.files if file.original_of]
    if originals:
        content = {**(content or {}), "originals": originals}
    return json.dumps(content, ensure_ascii=False)


def _free_case_number(session: Session, desk: Desk) -> str:
    while True:
        number = receipt.new_case_number(local_date(desk.at))
        if session.scalar(select(Report.id).where(Report.case_number == number)) is None:
            return number
