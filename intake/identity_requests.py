"""Who a reporter is, opened by two: asked for with a reason and its legal basis, proposed, agreed to, opened, told.

Whoever handles the case asks (or a custodian does, for a paper that came in). A custodian proposes; one of another
department agrees and by that lends what their department holds of the key to the proposer's own key; then the proposer
opens, within a day. Neither department's part is more than noise alone. The reporter reads why, and by which offices.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from core.accounts.models import Department
from core.clock import local_date
from core.envelopes import seal, unseal, unwrap, wrap
from core.errors import DomainError, NotFound
from core.ids import new_id
from core.keys.models import UserKey
from core.outbox import Job, Sweep, enqueue
from intake import case_keys
from intake.case_keys import ESCROW, IDENTITY, Directory, department_recipient
from intake.case_models import IdentityRequest, IdentityWords
from intake.identity_shares import is_share, together
from intake.key_models import ReportKey, ReportWrap
from intake.models import Report
from intake.operations import take_step
from intake.timeline import NOTICE, Desk, add_event, coarse

WAITS, OPENS_FOR = timedelta(days=7), timedelta(hours=24)
ASK, PROPOSE, AGREE, REFUSE, OPEN = (
    *("ask_identity", "propose_identity", "agree_identity", "refuse_identity"),
    "open_identity",
)


class AlreadyAsked(DomainError):
    code = "identity_already_asked"
    status = 409
    default_message = _l("这件举报的身份已经有一份申请在等待处理。")


class NotWaiting(DomainError):
    code = "identity_not_waiting"
    status = 409
    default_message = _l("这份申请已经处理过、已经到期，或者还没有走到这一步。")


class SamePerson(DomainError):
    code = "identity_same_person"
    status = 403
    default_message = _l("申请和提出打开的人不能自己同意，请另一个部门的身份保管员来决定。")


class SameDepartment(DomainError):
    code = "identity_same_department"
    status = 403
    default_message = _l("同意的人要在另一个部门。同一个部门的两个人不能打开身份。")


class NotEnough(DomainError):
    code = "identity_not_enough"
    status = 409
    default_message = _l(
        "两个部门手里的钥匙合起来打不开这件举报的身份。请由纪检监察部门的两位保管人用保管密钥重新分发。"
    )


@dataclass(frozen=True)
class Words:
    purpose: str
    basis: str


def ask(session: Session, report: Report, purpose: str, basis: str, desk: Desk) -> IdentityRequest:
    """By whoever handles the case; custodians are told that something waits for them."""
    take_step(report, ASK, desk)
    request = _new(session, report, Words(purpose, basis), desk)
    add_event(session, report, ASK, desk, text=_told(Words(purpose, basis)))
    return request


def propose_for(session: Session, report: Report, purpose: str, basis: str, desk: Desk) -> IdentityRequest:
    """By a custodian at once, for a request that came on paper."""
    request = _new(session, report, Words(purpose, basis), desk)
    propose(session, request, desk)
    return request


def propose(session: Session, request: IdentityRequest, desk: Desk) -> None:
    """A first custodian takes it up; NotFound where their department holds nothing of this identity."""
    _locked(session, request)
    report = session.get_one(Report, request.report_id)
    if not is_live(request, desk) or request.proposed_by is not None:
        raise NotWaiting
    if case_keys.identity_part(session, report, desk.keys) is None:
        raise NotFound
    request.proposed_by, request.proposed_department = desk.actor.user_id, desk.actor.department_code
    request.ends_at = desk.at + WAITS
    add_event(session, report, PROPOSE, desk)


def agree(session: Session, request: IdentityRequest, desk: Desk) -> None:
    """A second one, of another department, lends their part to the first one's own key, for a day."""
    _locked(session, request)
    report = session.get_one(Report, request.report_id)
    _check_second(session, report, request, desk)
    part = case_keys.identity_part(session, report, desk.keys)
    request.is_one_department = _is_kept_by_one(session, report, desk)
    request.identity_epoch = session.get_one(ReportKey, report.id).identity_epoch
    if part is not None and not request.is_one_department:
        public = session.get_one(UserKey, request.proposed_by).public
        request.lent = wrap(part, public, _lent_context(request))
    request.agreed_by, request.agreed_department = desk.actor.user_id, desk.actor.department_code
    request.ends_at = desk.at + OPENS_FOR
    add_event(session, report, AGREE, desk)


def refuse(session: Session, request: IdentityRequest, reason: str, desk: Desk) -> None:
    """By any custodian of it, until it is opened. It stays on the case with the reason."""
    _locked(session, request)
    if not is_live(request, desk) or request.opened_at is not None:
        raise NotWaiting
    request.refused_by = desk.actor.user_id
    _forget(session, [request.id])
    add_event(session, session.get_one(Report, request.report_id), REFUSE, desk, text=reason)


def opened(session: Session, request: IdentityRequest, desk: Desk) -> bytes:
    """The identity's key, for the proposer alone; each time on record, and told to the reporter with the reason."""
    _locked(session, request)
    report = session.get_one(Report, request.report_id)
    if request.proposed_by != desk.actor.user_id or request.agreed_by is None or not is_live(request, desk):
        raise NotWaiting
    root = _root(session, report, request, desk)
    words = words_of(session, request, desk)
    if root is None or words is None:
        raise NotEnough
    request.opened_at = request.opened_at or desk.at
    offices = [_name(session, one) for one in (request.proposed_department, request.agreed_department)]
    by = _("由%(first)s打开，经%(second)s同意。", first=offices[0], second=offices[1])
    add_event(session, report, OPEN, desk, text=f"{_told(words)}\n{by}", is_public=True)
    return root


def waiting_for(session: Session, desk: Desk) -> Sequence[tuple[IdentityRequest, Report]]:
    """What lives and what this custodian's department has the words of, the oldest first."""
    mine = select(IdentityWords.request_id).where(IdentityWords.department_code == desk.actor.department_code)
    one = IdentityRequest
    statement = (
        select(one, Report)
        .join(Report, Report.id == one.report_id)
        .where(one.id.in_(mine), one.refused_by.is_(None), one.ends_at > desk.at)
        .order_by(one.asked_at, one.id)
    )
    return [(request, report) for request, report in session.execute(statement)]


def words_of(session: Session, request: IdentityRequest, desk: Desk) -> Words | None:
    """Why, with the key of this custodian's department."""
    code = desk.actor.department_code or ""
    row = session.get(IdentityWords, (request.id, code))
    secret = desk.keys.department_key(session, code, IDENTITY, row.key_epoch) if row else None
    if row is None or secret is None:
        return None
    return Words(**json.loads(unseal(row.sealed, secret, _words_context(request.id, code))))


def may_agree(session: Session, report: Report, request: IdentityRequest, desk: Desk) -> bool:
    """Whether this custodian is one who can be the second."""
    try:
        _check_second(session, report, request, desk)
    except DomainError:
        return False
    return True


def is_live(request: IdentityRequest, desk: Desk) -> bool:
    return request.refused_by is None and request.ends_at > desk.at


def sweep_ended(job: Job) -> None:
    """What is over keeps who and when; what was lent and why go."""
    one = IdentityRequest
    over = or_(one.ends_at <= job.now, one.refused_by.is_not(None))
    left = select(IdentityWords.request_id)
    _forget(job.session, list(job.session.scalars(select(one.id).where(over, one.id.in_(left)))))


SWEEPS = (Sweep("intake.identity_requests", timedelta(minutes=10), sweep_ended),)


def _new(session: Session, report: Report, words: Words, desk: Desk) -> IdentityRequest:
    session.execute(select(Report.id).where(Report.id == report.id).with_for_update())
    one = IdentityRequest
    of_it = select(one).where(one.report_id == report.id, one.refused_by.is_(None), one.opened_at.is_(None))
    if session.scalars(of_it.where(one.ends_at > desk.at)).first() is not None:
        raise AlreadyAsked
    request = one(id=new_id(), report_id=report.id, asked_by=desk.actor.user_id, asked_at=desk.at)
    request.ends_at = desk.at + WAITS
    session.add(request)
    session.flush()
    _seal_words(session, report, request, words, desk)
    return request


def _seal_words(session: Session, report: Report, request: IdentityRequest, words: Words, desk: Desk) -> None:
    """To every custodian department of the report, which is told by mail without content."""
    directory = Directory.load(session, local_date(desk.at))
    who = directory.recipients(session, report)
    for code in sorted(who.custodians):
        key = directory.keys[code, IDENTITY]
        sealed = seal(json.dumps(vars(words), ensure_ascii=False), key.public, _words_context(request.id, code))
        session.add(IdentityWords(request_id=request.id, department_code=code, key_epoch=key.epoch, sealed=sealed))
        enqueue(session, NOTICE, at=coarse(desk), template="identity", department=code, role="custodian")
    session.flush()


def _check_second(session: Session, report: Report, request: IdentityRequest, desk: Desk) -> None:
    if not is_live(request, desk) or request.proposed_by is None or request.agreed_by is not None:
        raise NotWaiting
    if desk.actor.user_id in (request.proposed_by, request.asked_by):
        raise SamePerson
    kept_by_one = _is_kept_by_one(session, report, desk)
    if desk.actor.department_code == request.proposed_department and not kept_by_one:
        raise SameDepartment
    first = session.get(ReportWrap, (report.id, IDENTITY, department_recipient(request.proposed_department or "")))
    holds = case_keys.identity_part(session, report, desk.keys) is not None
    if first is None or (first.is_share and not holds):
        raise NotEnough


def _is_kept_by_one(session: Session, report: Report, desk: Desk) -> bool:
    """Only one department may keep it, and holds the whole: a share of which the other is gone stays closed."""
    who = Directory.load(session, local_date(desk.at)).recipients(session, report)
    envelopes = select(ReportWrap.is_share).where(
        ReportWrap.report_id == report.id, ReportWrap.purpose == IDENTITY, ReportWrap.recipient != ESCROW
    )
    return len(who.custodians) == 1 and session.scalars(envelopes).all() == [False]


def _root(session: Session, report: Report, request: IdentityRequest, desk: Desk) -> bytes | None:
    """None where a share is missing, or the identity has got another key since."""
    own = case_keys.identity_part(session, report, desk.keys)
    if own is None:
        return None
    if not is_share(own):
        return own
    if request.identity_epoch != session.get_one(ReportKey, report.id).identity_epoch or request.lent is None:
        return None
    return together(own, unwrap(request.lent, desk.keys.secret or b"", _lent_context(request)))


def _locked(session: Session, request: IdentityRequest) -> None:
    session.refresh(request, with_for_update=True)


def _forget(session: Session, ids: Sequence[str]) -> None:
    session.execute(delete(IdentityWords).where(IdentityWords.request_id.in_(ids)))
    session.execute(update(IdentityRequest).where(IdentityRequest.id.in_(ids)).values(lent=None))


def _told(words: Words) -> str:
    return f"{words.purpose}\n{_('依据：%(basis)s', basis=words.basis)}"


def _name(session: Session, code: str | None) -> str:
    unit = session.get(Department, code) if code else None
    return unit.name if unit else ""


def _words_context(request_id: str, code: str) -> str:
    return f"identity-request|{request_id}|words|{code}"


def _lent_context(request: IdentityRequest) -> str:
    return f"identity-request|{request.id}|lent|{request.identity_epoch}|{request.proposed_by}"
