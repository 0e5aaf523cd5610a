"""征求意见: asking other departments, their answers, going on without one, reminding and escalating."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.accounts import SYSTEM
from core.accounts.actor import Actor
from core.accounts.models import Department
from core.clock import local_date
from core.errors import DomainError, InvalidInput, NotFound, Text
from core.ids import new_id
from core.outbox import Job, enqueue
from core.working_calendar import WorkingCalendar
from portal.publishing import consent
from portal.publishing.consent import Answer, content_digest
from portal.publishing.consultation_rules import Ask, voluntary
from portal.publishing.mail import CONSULTATION_MAIL
from portal.publishing.models import Consultation, Disclosure
from portal.publishing.steps import moved, permitted, recorded

REMIND_WORKDAYS = 1
AT_ONCE = 500


class NotAskedForConsent(DomainError):
    code = "not_asked"
    status = 403
    default_message = _l("这件征求意见不是发给您的部门的。")


class AlreadyAnswered(DomainError):
    code = "already_answered"
    status = 409
    default_message = _l("这件征求意见已经答复过，或已经收回。")


class NoQuestion(DomainError):
    code = "no_question"
    status = 422
    default_message = _l("没有可以征求意见的部门：请至少选一个部门；起草部门自己、已经在征求中的部门不能再选。")


class ConsentIsRequired(DomainError):
    code = "consent_is_required"
    status = 409
    default_message = _l("这个部门的同意是公开的条件，不能跳过。请与对方沟通，或退回修改后重新征求。")


class TooEarlyToWaive(DomainError):
    code = "too_early_to_waive"
    status = 409
    default_message = _l("答复期限还没有过，对方也没有表示不同意，请再等一等。")


def consult(
    session: Session,
    disclosure: Disclosure,
    departments: Sequence[str],
    question: str,
    *,
    actor: Actor,
    at: datetime,
    calendar: WorkingCalendar,
) -> list[Consultation]:
    """Ask `departments`, and those that the rules name besides; the author's own and those being asked are left out."""
    transition = permitted(disclosure, "consult", actor)
    on = local_date(at)
    stands = consent.standing(session, disclosure, on)
    waiting = {one.department_code for one in stands.questions if one.answer != Answer.OBJECT}
    by_rule = {one.department_code: one for one in stands.asks}
    wanted = dict.fromkeys([*(one.department_code for one in stands.missing), *departments])
    chosen = [by_rule.get(code) or voluntary(code, on) for code in wanted if code not in waiting]
    own = consent.publisher_of(session, disclosure)
    asked = [ask for ask in chosen if ask.department_code != own]
    if not asked:
        raise NoQuestion
    disclosure.state = transition.target or disclosure.state
    made = [_ask(session, disclosure, ask, question, actor, at, calendar) for ask in asked]
    moved(session, disclosure, "consult", actor, at, departments=[one.department_code for one in made])
    return made


def _ask(
    session: Session,
    disclosure: Disclosure,
    ask: Ask,
    question: str,
    actor: Actor,
    at: datetime,
    calendar: WorkingCalendar,
) -> Consultation:
    if session.get(Department, ask.department_code) is None:
        raise InvalidInput({"departments": _l("没有这个部门代码。")})
    due = calendar.add_workdays(local_date(at), ask.workdays)
    one = Consultation(
        id=new_id(),
        disclosure_id=disclosure.id,
        department_code=ask.department_code,
        digest=content_digest(disclosure),
        is_required=ask.is_required,
        basis=ask.source,
        question=question,
        asked_by=actor.user_id,
        asked_at=at,
        due_on=due.on,
        is_provisional=due.provisional,
    )
    session.add(one)
    session.flush()
    enqueue(session, CONSULTATION_MAIL, at=at, template="asked", consultation=one.id)
    return one


def answer(
    session: Session, consultation: Consultation, what: Answer, remarks: str, *, actor: Actor, at: datetime
) -> None:
    """A department's word, once and for all; an objection and remarks need their reason."""
    disclosure = session.get_one(Disclosure, consultation.disclosure_id)
    if not speaks_for(actor, consultation):
        raise NotAskedForConsent
    if consultation.answered_at is not None or consultation.closed_at is not None:
        raise AlreadyAnswered
    permitted(disclosure, "answer", actor)
    if what != Answer.AGREE and not remarks.strip():
        problem: Text = _l("请写明不同意的理由。") if what == Answer.OBJECT else _l("请写明意见。")
        raise InvalidInput({"remarks": problem})
    consultation.answer, consultation.remarks = what, remarks.strip() or None
    consultation.answered_by, consultation.answered_for = actor.user_id, actor.department_code
    consultation.answered_at = at
    session.flush()
    recorded(
        session,
        disclosure,
        "answer",
        actor,
        at,
        department=consultation.department_code,
        answer=str(what),
        digest=consultation.digest,
    )
    enqueue(session, CONSULTATION_MAIL, at=at, template="answered", consultation=consultation.id)


def waive(session: Session, consultation: Consultation, reason: str, *, actor: Actor, at: datetime) -> None:
    """The reviewer goes on without a department that objects or is silent past its time; never where consent is due."""
    disclosure = session.get_one(Disclosure, consultation.disclosure_id)
    permitted(disclosure, "waive", actor)
    if consultation.closed_at is not None or consultation.waived_at is not None:
        raise AlreadyAnswered
    if consultation.is_required:
        raise ConsentIsRequired
    if consultation.answer in consent.CONSENTS:
        raise AlreadyAnswered
    if consultation.answer is None and local_date(at) <= consultation.due_on:
        raise TooEarlyToWaive
    consultation.waived_by, consultation.waived_at, consultation.waive_reason = actor.user_id, at, reason
    session.flush()
    recorded(session, disclosure, "waive", actor, at, department=consultation.department_code)


def speaks_for(actor: Actor, consultation: Consultation) -> bool:
    """Somebody of the asked department, or of the one above it once the question went up."""
    code = actor.department_code
    return code is not None and code in (consultation.department_code, consultation.escalated_to)


def remind_and_escalate(job: Job) -> None:
    """Sweep: a mail when the last working day comes near; when it has passed, the superior or the duty editors."""
    today, calendar = local_date(job.now), WorkingCalendar.load(job.session)
    statement = (
        select(Consultation)
        .where(
            Consultation.answered_at.is_(None),
            Consultation.closed_at.is_(None),
            Consultation.waived_at.is_(None),
            Consultation.escalated_at.is_(None),
            Consultation.due_on <= calendar.add_workdays(today, REMIND_WORKDAYS).on,
        )
        .order_by(Consultation.due_on, Consultation.id)
        .limit(AT_ONCE)
    )
    for one in job.session.scalars(statement).all():
        if one.due_on < today:
            _escalate(job, one)
        elif one.reminded_at is None and job.now - one.asked_at > timedelta(hours=1):
            _remind(job, one)


def _remind(job: Job, one: Consultation) -> None:
    one.reminded_at = job.now
    _note(job, one, "remind", template="reminder")


def _escalate(job: Job, one: Consultation) -> None:
    """To the superior of the silent department; to the duty editors where it has none, or where that one asks."""
    superior = job.session.get_one(Department, one.department_code).superior_code
    asking = consent.publisher_of(job.session, job.session.get_one(Disclosure, one.disclosure_id))
    one.escalated_at, one.escalated_to = job.now, None if superior == asking else superior
    _note(job, one, "escalate", template="escalated", to=one.escalated_to)


def _note(job: Job, one: Consultation, action: str, *, template: str, **detail: Any) -> None:
    disclosure = job.session.get_one(Disclosure, one.disclosure_id)
    job.session.flush()
    recorded(job.session, disclosure, action, SYSTEM, job.now, department=one.department_code, **detail)
    enqueue(job.session, CONSULTATION_MAIL, at=job.now, template=template, consultation=one.id)


def consultation_named(session: Session, consultation_id: str) -> Consultation:
    found = session.get(Consultation, consultation_id)
    if found is None:
        raise NotFound
    return found
