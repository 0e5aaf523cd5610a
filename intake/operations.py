"""The verbs of a case: file, accept, decline, investigate, transfer, return, extend, reply, close, reopen."""

import json
from dataclasses import asdict
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.clock import local_date
from core.errors import DomainError
from core.ids import new_id
from intake import clocks, deadlines, receipt
from intake.case_models import Handling
from intake.case_workflow import WORKFLOW
from intake.departments import Organisation
from intake.models import CaseEvent, Extension, Report, ReportDepartment, SealedFile
from intake.routing import Facts, route
from intake.sealing import Seal
from intake.submission import StoredFile, Submission
from intake.timeline import Desk, add_event, notify

CO, EXCLUDED = "co", "excluded"


class ExcludedDepartment(DomainError):
    code = "excluded_department"
    status = 403
    default_message = _l("这个部门与被举报方有关，不能接收这件举报。")


class WrongTarget(DomainError):
    code = "wrong_target"
    status = 422
    default_message = _l("请选择另一个有效的部门。")


class ExtensionPending(DomainError):
    code = "extension_pending"
    status = 409
    default_message = _l("已有一个延期申请在等待决定。")


class SelfDecision(DomainError):
    code = "self_decision"
    status = 403
    default_message = _l("申请人不能批准自己的延期申请。")


def file_report(session: Session, submission: Submission, *, lookup: bytes, desk: Desk) -> Report:
    """Seal, route, set the first deadline and write the first event, in the caller's one transaction.

    `lookup` comes from receipt.lookup_key, derived before the transaction began.
    """
    on = local_date(desk.at)
    organisation = Organisation.load(session, on)
    routing = route(_facts(submission), organisation, on=on)
    regimes = deadlines.regimes_of(
        organisation.units[routing.responsible].kind, subject=submission.subject, received_by=submission.received_by
    )
    identifier = new_id()
    report = Report(
        id=identifier,
        case_number=_free_case_number(session, desk),
        lookup=lookup,
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
        sealed_body=desk.seal.seal(_body(submission), f"report|{identifier}|body"),
        sealed_identity=_sealed_identity(submission, identifier, desk.seal),
    )
    session.add(report)
    session.flush()
    parts = [(code, CO) for code in routing.co] + [(code, EXCLUDED) for code in sorted(routing.excluded)]
    session.add_all(ReportDepartment(report_id=identifier, department_code=code, part=part) for code, part in parts)
    for file in submission.files:
        add_file(session, report, file, desk)
    session.add(Handling(report_id=identifier, arrived_on=on, bounces=0, is_disputed=False, is_appointed=False))
    for event in ("filed", "received"):
        clocks.start(session, report, regimes, event, desk)
    add_event(session, report, "file", desk, is_public=True)
    notify(session, report, "new_case", desk)
    return report


def add_file(session: Session, report: Report, file: StoredFile, desk: Desk) -> None:
    meta = json.dumps(asdict(file), ensure_ascii=False)
    sealed = desk.seal.seal(meta, f"report|{report.id}|file|{file.id}")
    session.add(SealedFile(id=file.id, report_id=report.id, sealed_meta=sealed))


def accept(session: Session, report: Report, desk: Desk) -> None:
    _step(report, "accept", desk)
    clocks.meet(session, report, ("accept", "transfer"), desk)
    clocks.start(session, report, clocks.running_regimes(session, report), "accepted", desk)
    clocks.meet(session, report, ("tell",), desk)
    add_event(session, report, "accept", desk, is_public=True)


def decline(session: Session, report: Report, reason: str, desk: Desk) -> None:
    _step(report, "decline", desk)
    clocks.meet(session, report, clocks.DUTIES, desk)
    clocks.handling(session, report).finished_on = local_date(desk.at)
    add_event(session, report, "decline", desk, text=reason, is_public=True)


def investigate(session: Session, report: Report, desk: Desk) -> None:
    _step(report, "investigate", desk)
    add_event(session, report, "investigate", desk, is_public=True)


def transfer(session: Session, report: Report, to: str, reason: str, desk: Desk) -> None:
    """Hand the case to another department, which has to accept it anew; an excluded one is refused."""
    _step(report, "transfer", desk)
    _hand_over(session, report, to, "transfer", reason, desk)


def give_back(session: Session, report: Report, reason: str, desk: Desk) -> None:
    """Return a case to the department that sent it, or to the duty desk where nobody did."""
    _step(report, "return", desk)
    last = session.scalars(
        select(CaseEvent)
        .where(CaseEvent.report_id == report.id, CaseEvent.action.in_(("transfer", "return")))
        .order_by(CaseEvent.id.desc())
        .limit(1)
    ).first()
    sender = last.detail["from"] if last is not None else _duty_desk(session, report, desk)
    _hand_over(session, report, sender, "return", reason, desk)


def ask_extension(session: Session, report: Report, days: int, reason: str, desk: Desk) -> Extension:
    _step(report, "ask_extension", desk)
    if pending_extension(session, report) is not None:
        raise ExtensionPending
    if clocks.extendable(session, report, local_date(desk.at)) is None:
        raise clocks.ExtensionNotAllowed
    extension = Extension(id=new_id(), report_id=report.id, days=days, asked_by=desk.actor.user_id, asked_at=desk.at)
    session.add(extension)
    add_event(session, report, "ask_extension", desk, text=reason, detail={"days": days})
    return extension


def decide_extension(session: Session, report: Report, *, granted: bool, reason: str, desk: Desk) -> None:
    """Another person grants or refuses; the reporter is told of a granted one and why."""
    _step(report, "grant_extension" if granted else "refuse_extension", desk)
    extension = pending_extension(session, report)
    if extension is None:
        raise WrongTarget(_l("没有等待决定的延期申请。"))
    if extension.asked_by == desk.actor.user_id:
        raise SelfDecision
    extension.decided_by, extension.decided_at, extension.granted = desk.actor.user_id, desk.at, granted
    detail: dict[str, Any] = {"days": extension.days}
    if granted:
        detail["due_on"] = clocks.extend(session, report, extension.days, desk).due_on.isoformat()
    action = "grant_extension" if granted else "refuse_extension"
    add_event(session, report, action, desk, text=reason, is_public=granted, detail=detail)


def reply(session: Session, report: Report, text: str, desk: Desk) -> None:
    _step(report, "reply", desk)
    clocks.meet(session, report, clocks.DUTIES, desk)
    clocks.handling(session, report).finished_on = local_date(desk.at)
    add_event(session, report, "reply", desk, text=text, is_public=True)


def close(session: Session, report: Report, desk: Desk) -> None:
    _step(report, "close", desk)
    add_event(session, report, "close", desk, is_public=True)


def reopen(session: Session, report: Report, reason: str, desk: Desk) -> None:
    _step(report, "reopen", desk)
    clocks.handling(session, report).finished_on = None
    clocks.start(session, report, clocks.running_regimes(session, report), "accepted", desk)
    clocks.meet(session, report, ("tell",), desk)
    add_event(session, report, "reopen", desk, text=reason, is_public=True)


def note(session: Session, report: Report, text: str, desk: Desk) -> None:
    """An internal remark; the reporter never sees it."""
    _step(report, "note", desk)
    add_event(session, report, "note", desk, text=text)


def reporter_message(session: Session, report: Report, text: str, files: list[StoredFile], desk: Desk) -> None:
    """What the reporter adds later under the receipt."""
    for file in files:
        add_file(session, report, file, desk)
    add_event(session, report, "message", desk, text=text, is_public=True)
    notify(session, report, "new_message", desk)


def record_opening(session: Session, report: Report, part: str, desk: Desk) -> None:
    """Who opened sealed content stands in the timeline and in the audit."""
    add_event(session, report, "open_sealed", desk, detail={"part": part})


def pending_extension(session: Session, report: Report) -> Extension | None:
    statement = select(Extension).where(Extension.report_id == report.id, Extension.decided_at.is_(None))
    return session.scalars(statement).first()


def excluded_codes(session: Session, report: Report) -> frozenset[str]:
    statement = select(ReportDepartment.department_code).where(
        ReportDepartment.report_id == report.id, ReportDepartment.part == EXCLUDED
    )
    return frozenset(session.scalars(statement))


def _hand_over(session: Session, report: Report, to: str, action: str, reason: str, desk: Desk) -> None:
    if to in excluded_codes(session, report):
        raise ExcludedDepartment(to=to)
    organisation = Organisation.load(session, local_date(desk.at))
    if to == report.responsible_code or to not in organisation.units:
        raise WrongTarget
    before, report.responsible_code = report.responsible_code, to
    helper = session.get(ReportDepartment, (report.id, to))
    if helper is not None:
        session.delete(helper)
    clocks.leave(session, report)
    regimes = clocks.regimes_of(report, organisation.units[to].kind)
    report.regime = regimes[0]
    clocks.start(session, report, regimes, "received", desk)
    arrival = clocks.handling(session, report)
    arrival.arrived_on, arrival.officer_id, arrival.is_disputed = local_date(desk.at), None, False
    add_event(session, report, action, desk, text=reason, detail={"from": before, "to": to})
    notify(session, report, "new_case", desk)


def _duty_desk(session: Session, report: Report, desk: Desk) -> str:
    organisation = Organisation.load(session, local_date(desk.at))
    unit = organisation.find("duty_desk", None, but=excluded_codes(session, report) | {report.responsible_code})
    if unit is None:
        raise WrongTarget
    return unit.code


def _step(report: Report, action: str, desk: Desk) -> None:
    transition = WORKFLOW.transition(report.state, action)
    desk.actor.must(transition.permission)
    report.state = transition.target or report.state


def _facts(submission: Submission) -> Facts:
    return Facts(
        channel=submission.category_channel,
        subject=submission.subject,
        acts=submission.acts,
        county=submission.county,
        accused_kind=submission.accused.kind,
        accused_department=submission.accused.department_code,
    )


def _body(submission: Submission) -> str:
    content = {
        "place": submission.place,
        "accused": asdict(submission.accused),
        "when": submission.when,
        "words": submission.words,
        "acts": list(submission.acts),
    }
    return json.dumps(content, ensure_ascii=False)


def _sealed_identity(submission: Submission, identifier: str, seal: Seal) -> bytes | None:
    if submission.identity is None:
        return None
    return seal.seal(json.dumps(asdict(submission.identity), ensure_ascii=False), f"report|{identifier}|identity")


def _free_case_number(session: Session, desk: Desk) -> str:
    while True:
        number = receipt.new_case_number(local_date(desk.at))
        if session.scalar(select(Report.id).where(Report.case_number == number)) is None:
            return number
