"""恶意举报: marked by two persons with reasons, on another organ's decision; the reporter is told and may object.

A report that is not proven is not malicious (查无实据 is not 诬告), so whoever proposes names the organ and the paper
that found it so. The mark opens no identity and follows nobody; the case goes its way. It takes the report out of the
public figures. The reporter reads why under their receipt; after an objection a third person upholds or lifts it.
"""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from core.clock import local_date
from core.errors import DomainError
from core.ids import new_id
from core.outbox import enqueue
from intake.case_models import MaliceMark
from intake.models import Report
from intake.operations import take_step
from intake.timeline import NOTICE, Desk, add_event, coarse, notify

PROPOSE, CONFIRM, REFUSE = "propose_malice", "confirm_malice", "refuse_malice"
OBJECT, UPHOLD, LIFT = "object_to_malice", "uphold_malice", "lift_malice"


class AlreadyProposed(DomainError):
    code = "malice_already_proposed"
    status = 409
    default_message = _l("这件已经提出过认定，还在等待决定，或者已经认定。")


class NothingProposed(DomainError):
    code = "malice_not_proposed"
    status = 409
    default_message = _l("没有等待决定的认定。")


class SamePerson(DomainError):
    code = "malice_same_person"
    status = 403
    default_message = _l("提出的人不能自己确认，参与过认定的人不能处理异议。请由另一个人来做。")


class NothingToObjectTo(DomainError):
    code = "malice_nothing_to_object_to"
    status = 409
    default_message = _l("没有可以提出异议的认定，或者异议已经提出过。")


def propose(session: Session, report: Report, reason: str, basis: str, desk: Desk) -> None:
    """`basis`: which organ found it so, in which paper."""
    take_step(report, PROPOSE, desk)
    if pending(session, report) is not None or mark_in_force(session, report) is not None:
        raise AlreadyProposed
    session.add(MaliceMark(id=new_id(), report_id=report.id, proposed_by=desk.actor.user_id, proposed_at=desk.at))
    add_event(session, report, PROPOSE, desk, text=f"{reason}\n{_('依据：%(basis)s', basis=basis)}")


def confirm(session: Session, report: Report, reason: str, desk: Desk) -> None:
    """The reporter reads the reason and how to object."""
    mark = _decided(session, report, CONFIRM, desk)
    mark.is_confirmed = True
    add_event(session, report, CONFIRM, desk, text=reason, is_public=True)


def refuse(session: Session, report: Report, reason: str, desk: Desk) -> None:
    """Nothing is told: nothing happened."""
    mark = _decided(session, report, REFUSE, desk)
    mark.is_confirmed = False
    add_event(session, report, REFUSE, desk, text=reason)


def object_to(session: Session, report: Report, words: str, desk: Desk) -> None:
    """By the reporter, once a mark. Supervisors are told that one waits for them."""
    mark = mark_in_force(session, report)
    if mark is None or mark.objected_on is not None:
        raise NothingToObjectTo
    mark.objected_on = local_date(desk.at)
    add_event(session, report, OBJECT, desk, text=words, is_public=True)
    notify(session, report, "new_message", desk)
    code = report.responsible_code
    enqueue(session, NOTICE, at=coarse(desk), template="objection", department=code, role="supervisor")


def settle(session: Session, report: Report, reason: str, desk: Desk, *, lifted: bool) -> None:
    """A supervisor's answer to the objection, which the reporter reads."""
    action = LIFT if lifted else UPHOLD
    take_step(report, action, desk)
    mark = objected(session, report)
    if mark is None:
        raise NothingToObjectTo
    if desk.actor.user_id in (mark.proposed_by, mark.decided_by):
        raise SamePerson
    mark.settled_by, mark.settled_at, mark.is_lifted = desk.actor.user_id, desk.at, lifted
    add_event(session, report, action, desk, text=reason, is_public=True)


def pending(session: Session, report: Report) -> MaliceMark | None:
    """What is proposed and not decided."""
    return session.scalars(_of(report, MaliceMark.decided_at.is_(None))).first()


def mark_in_force(session: Session, report: Report) -> MaliceMark | None:
    return session.scalars(_of(report, _IN_FORCE)).first()


def objected(session: Session, report: Report) -> MaliceMark | None:
    """The mark whose objection waits for an answer."""
    waits = and_(_IN_FORCE, MaliceMark.objected_on.is_not(None), MaliceMark.settled_at.is_(None))
    return session.scalars(_of(report, waits)).first()


def is_marked() -> Any:
    """For figures: the report of the outer query bears a mark that is in force."""
    return select(MaliceMark.id).where(MaliceMark.report_id == Report.id, _IN_FORCE).exists()


def offered(session: Session, report: Report, user_id: str | None) -> dict[str, bool]:
    """Which of the steps this person could take now, beside what the table of steps says."""
    waiting, objection = pending(session, report), objected(session, report)
    may_decide = waiting is not None and waiting.proposed_by != user_id
    may_settle = objection is not None and user_id not in (objection.proposed_by, objection.decided_by)
    return {
        PROPOSE: waiting is None and mark_in_force(session, report) is None,
        **dict.fromkeys((CONFIRM, REFUSE), may_decide),
        **dict.fromkeys((UPHOLD, LIFT), may_settle),
    }


_IN_FORCE = and_(MaliceMark.is_confirmed.is_(True), MaliceMark.is_lifted.is_(False))


def _of(report: Report, which: Any) -> Any:
    return select(MaliceMark).where(MaliceMark.report_id == report.id, which)


def _decided(session: Session, report: Report, action: str, desk: Desk) -> MaliceMark:
    take_step(report, action, desk)
    mark = pending(session, report)
    if mark is None:
        raise NothingProposed
    if mark.proposed_by == desk.actor.user_id:
        raise SamePerson
    mark.decided_by, mark.decided_at = desk.actor.user_id, desk.at
    return mark
