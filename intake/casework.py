"""The verbs of the work on a case: assign, visit, decide, pause, merge, invite help, contribute, step back."""

from collections.abc import Sequence
from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.accounts.models import User
from core.accounts.permissions import Permission
from core.clock import local_date
from core.errors import DomainError, InvalidInput, Text
from intake import case_keys, clocks, handover
from intake.case_models import Rating, Recusal
from intake.competence import is_bounce
from intake.departments import Organisation
from intake.models import CO, CaseEvent, Report, ReportDepartment
from intake.operations import (
    ExcludedDepartment,
    WrongTarget,
    check_may_leave,
    count_bounce,
    excluded_codes,
    move_to,
    moves_of,
    step_of,
    take_step,
)
from intake.queries import DONE
from intake.routing import Facts, route
from intake.subjects import CHANNELS, elsewhere
from intake.timeline import Desk, add_event, notify

FEWEST_INVESTIGATORS = 2


class WrongPerson(DomainError):
    code = "wrong_person"
    status = 422
    default_message = _l("请选择本部门能办理举报、并且没有回避的人。")


class WrongMerge(DomainError):
    code = "wrong_merge"
    status = 422
    default_message = _l("只能并入本部门正在办理的另一件举报。")


class NotOurs(DomainError):
    code = "not_ours"
    status = 403
    default_message = _l("您的部门不是这件举报的协办单位。")


class NotWithdrawable(DomainError):
    code = "not_withdrawable"
    status = 409
    default_message = _l("已经办完或者已经撤回，不用再撤回。")


class NotRateable(DomainError):
    code = "not_rateable"
    status = 409
    default_message = _l("答复以后才能评价。")


def assign(session: Session, report: Report, user_id: str, desk: Desk) -> None:
    """交办: give the case to one person of the department, oneself included; who stepped back gets none."""
    take_step(report, "assign", desk)
    person = session.get(User, user_id)
    if person is None or person not in possible_officers(session, report):
        raise WrongPerson
    clocks.handling(session, report).officer_id = person.id
    add_event(session, report, "assign", desk, detail={"officer": person.display_name})


def possible_officers(session: Session, report: Report) -> list[User]:
    stepped_back = select(Recusal.user_id).where(Recusal.report_id == report.id)
    statement = select(User).where(
        User.department_code == report.responsible_code, User.is_active, User.id.not_in(stepped_back)
    )
    people = session.scalars(statement.order_by(User.display_name))
    return [one for one in people if one.as_actor().may(Permission.HANDLE_REPORT)]


def visit(
    session: Session, report: Report, *, on: date, place: str, investigators: Sequence[str], findings: str, desk: Desk
) -> None:
    """现场检查: a day that has been, a place, and at least two investigators (环发〔2015〕175号); sealed."""
    take_step(report, "visit", desk)
    names = list(dict.fromkeys(one.strip() for one in investigators if one.strip()))
    problems: dict[str, Text] = {}
    if not report.received_on <= on <= local_date(desk.at):
        problems["on"] = _l("检查日期应当在收到举报之后、今天或今天以前。")
    if len(names) < FEWEST_INVESTIGATORS:
        problems["investigators"] = _l("调查人员不少于两人，请写两个以上不同的姓名。")
    if problems:
        raise InvalidInput(problems)
    text = f"{on.isoformat()}　{place}\n调查人员：{'、'.join(names)}\n\n{findings}"
    add_event(session, report, "visit", desk, text=text, detail={"on": on.isoformat(), "people": len(names)})


def decide(session: Session, report: Report, desk: Desk) -> None:
    """作出处理决定: handling is done; where a rule says so, a limit for telling the reporter begins."""
    take_step(report, "decide", desk)
    clocks.meet(session, report, ("finish",), desk)
    clocks.start(session, report, clocks.running_regimes(session, report), "decided", desk)
    add_event(session, report, "decide", desk, is_public=True)


def pause(session: Session, report: Report, reason: str, text: str, desk: Desk) -> None:
    """Stop the clocks that a rule lets stop; the head decides and the reporter is told."""
    take_step(report, "pause", desk)
    clocks.pause(session, report, reason, desk)
    add_event(session, report, "pause", desk, text=text, is_public=True, detail={"reason": reason})


def resume(session: Session, report: Report, text: str, desk: Desk) -> None:
    take_step(report, "resume", desk)
    clocks.resume(session, report, desk)
    add_event(session, report, "resume", desk, text=text, is_public=True)


def merge(session: Session, report: Report, into: Report, text: str, desk: Desk) -> None:
    """并案: the later of two reports on one matter follows the other; receipts, answers and order stay."""
    take_step(report, "merge", desk)
    same = into.responsible_code == report.responsible_code and into.id != report.id
    if not same or into.state not in ("received", "accepted", "investigating"):
        raise WrongMerge
    if excluded_codes(session, into) != excluded_codes(session, report):
        raise WrongMerge(_l("两件举报要回避的部门不同，不能并案。"))
    clocks.meet(session, report, clocks.DUTIES, desk)
    clocks.handling(session, report).merged_into = into.id
    add_event(session, report, "merge", desk, text=text, is_public=True)
    add_event(session, into, "merge", desk, text=text, detail={"case": report.case_number})


def invite(session: Session, report: Report, code: str, text: str, desk: Desk) -> None:
    """Ask another department to help; one that has to do with the accused is refused."""
    take_step(report, "invite", desk)
    if code in excluded_codes(session, report):
        raise ExcludedDepartment(to=code)
    known = Organisation.load(session, local_date(desk.at)).units
    if code == report.responsible_code or code not in known:
        raise WrongTarget
    if session.get(ReportDepartment, (report.id, code)) is None:
        session.add(ReportDepartment(report_id=report.id, department_code=code, part=CO))
        session.flush()
        handover.renew(session, report, case_keys.opened(session, report, desk.keys), local_date(desk.at))
    add_event(session, report, "invite", desk, text=text, detail={"to": code})


def contribute(session: Session, report: Report, text: str, desk: Desk) -> None:
    """协办意见, for the department in charge; the reporter does not see it."""
    take_step(report, "contribute", desk)
    part = session.get(ReportDepartment, (report.id, desk.actor.department_code))
    if part is None or part.part != CO:
        raise NotOurs
    add_event(session, report, "contribute", desk, text=text)


def recuse(session: Session, report: Report, user_id: str, text: str, desk: Desk) -> None:
    """回避: this person neither sees the case any more nor is given it. Anybody for oneself, the head for others."""
    take_step(report, "recuse", desk)
    person = session.get(User, user_id)
    if person is None or person.department_code != desk.actor.department_code:
        raise WrongPerson
    if user_id != desk.actor.user_id:
        desk.actor.must(Permission.DECIDE_EXTENSION)
    session.merge(Recusal(report_id=report.id, user_id=user_id, on_day=local_date(desk.at)))
    standing = clocks.handling(session, report)
    if standing.officer_id == user_id:
        standing.officer_id = None
    add_event(session, report, "recuse", desk, text=text, detail={"officer": person.display_name})


def appoint(session: Session, report: Report, to: str, text: str, desk: Desk) -> None:
    """指定承办: the supervisor decides; the case stays there. The department that has it may be the one appointed."""
    take_step(report, "appoint", desk)
    clocks.meet(session, report, ("dispute",), desk)
    if to != report.responsible_code:
        report.state = "received"
        move_to(session, report, to, "appoint", text, desk)
    else:
        add_event(session, report, "appoint", desk, text=text, detail={"from": to, "to": to})
    standing = clocks.handling(session, report)
    standing.is_appointed, standing.is_disputed = True, False


def hand_over(session: Session, report: Report, text: str, desk: Desk) -> str:
    """12369 ↔ 12365: the matter belongs to the other line; the rules say who has it there. The code of who has it now.

    Back to a department that has had it is a bounce like any other.
    """
    check_may_leave(session, report)
    step_of(report, "hand_over", desk)
    channel = next(one for one in CHANNELS if one != report.category_channel)
    subject = elsewhere(report.subject, channel)
    on = local_date(desk.at)
    facts = Facts(channel, subject, county=report.county_code)
    kept_out = excluded_codes(session, report) | {report.responsible_code}
    organisation = Organisation.load(session, on)
    to = route(facts, organisation.without(kept_out), on=on).responsible
    if is_bounce("hand_over", to, moves_of(session, report)) and count_bounce(session, report, text, desk):
        return report.responsible_code
    take_step(report, "hand_over", desk)
    report.category_channel, report.subject = channel, subject
    move_to(session, report, to, "hand_over", text, desk)
    return to


def may_withdraw(session: Session, report: Report) -> bool:
    """Once, and while it is not finished."""
    said = select(CaseEvent.id).where(CaseEvent.report_id == report.id, CaseEvent.action == "withdraw")
    return report.state not in DONE and session.scalar(said) is None


def withdraw(session: Session, report: Report, reason: str, desk: Desk) -> None:
    """撤回 by the reporter: the department is told and may end it. The state stays: an offence found is still one."""
    if not may_withdraw(session, report):
        raise NotWithdrawable
    add_event(session, report, "withdraw", desk, text=reason or None, is_public=True)
    notify(session, report, "new_message", desk)


def rate(session: Session, report: Report, score: int, desk: Desk) -> None:
    """评价 by the reporter, after the reply; a second one replaces the first."""
    if clocks.handling(session, report).finished_on is None:
        raise NotRateable
    session.merge(Rating(report_id=report.id, score=score, on_day=local_date(desk.at)))
    add_event(session, report, "rate", desk, detail={"score": score})
