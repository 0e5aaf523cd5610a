"""常设发布协议: who may release the hours of a data set that nobody can be asked about hour by hour.

The bureau that the catalogue (releases.toml) names releases on its own ground. Any other department needs a standing
agreement with it: proposed by one person, agreed to by another of that bureau, for stated days, told on the calendar.
"""

from collections.abc import Sequence
from datetime import date, datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import audit
from core.accounts.actor import Actor
from core.accounts.models import Department
from core.accounts.permissions import Permission
from core.errors import DomainError, InvalidInput, NotFound
from core.ids import new_id
from portal.publishing.leak_scan import leaks
from portal.publishing.operations import SelfApproval
from portal.release.models import ReleaseAgreement
from portal.release.rules import dataset as dataset_row


class ReleaseRefused(DomainError):
    """A department that may not release this data set; `department` its code, None for somebody of none."""

    code = "release_refused"
    status = 403

    def __init__(self, name: str, bureau: str, department: str | None) -> None:
        super().__init__(
            _l(
                "没有导入：“%(name)s”由%(bureau)s统一发布。其他部门要先与它订立常设发布协议（编辑审核 → 发布协议），"
                "并且在协议的日期之内。",
                name=name,
                bureau=bureau,
            ),
            department=department,
        )


class NotTheBureau(DomainError):
    code = "not_the_bureau"
    status = 403
    default_message = _l("只有统一发布这项信息的部门的审核人可以同意或终止协议。")


class NotWaiting(DomainError):
    code = "agreement_not_waiting"
    status = 409
    default_message = _l("这份协议已经办过，请刷新页面看最新状态。")


def ground_of_release(session: Session, dataset: str, actor: Actor, on: date) -> str:
    """On what authority `actor` releases `dataset` that day, as its leaf tells; ReleaseRefused where on none.

    The platform itself (no person) acts for the bureau that the catalogue names.
    """
    row = dataset_row(dataset, on)
    if row is None:
        raise NotFound(dataset=dataset)
    if actor.user_id is None or actor.department_code == row["department"]:
        return f"dataset:{dataset}"
    standing = in_force(session, dataset, actor.department_code, on)
    if standing is None:
        bureau = session.get(Department, row["department"])
        raise ReleaseRefused(row["name"], bureau.short_name if bureau else row["department"], actor.department_code)
    return f"agreement:{standing.id}"


def in_force(session: Session, dataset: str, department: str | None, on: date) -> ReleaseAgreement | None:
    statement = select(ReleaseAgreement).where(
        ReleaseAgreement.dataset == dataset,
        ReleaseAgreement.department_code == department,
        ReleaseAgreement.agreed_at.is_not(None),
        ReleaseAgreement.ended_at.is_(None),
        ReleaseAgreement.from_on <= on,
        ReleaseAgreement.to_on >= on,
    )
    return session.scalars(statement.order_by(ReleaseAgreement.agreed_at).limit(1)).first()


def agreements(session: Session, dataset: str | None = None, *, agreed: bool = False) -> Sequence[ReleaseAgreement]:
    """The newest first; `agreed` leaves out those that nobody has agreed to yet."""
    statement = select(ReleaseAgreement).order_by(ReleaseAgreement.from_on.desc(), ReleaseAgreement.id)
    if dataset:
        statement = statement.where(ReleaseAgreement.dataset == dataset)
    if agreed:
        statement = statement.where(ReleaseAgreement.agreed_at.is_not(None))
    return session.scalars(statement).all()


def departments_in_force(session: Session, on: date, at: datetime) -> dict[str, list[str]]:
    """The codes of the departments that may release each data set beside its bureau, as known at `at`."""
    found: dict[str, list[str]] = {}
    for one in agreements(session, agreed=True):
        if state_of(one, on, at) == "in_force":
            found.setdefault(one.dataset, []).append(one.department_code)
    return found


def state_of(one: ReleaseAgreement, on: date, at: datetime) -> str:
    """proposed, ended, ahead, in_force or over: on that day, by what had been done before `at`."""
    if one.ended_at is not None and one.ended_at <= at:
        return "ended"
    if one.agreed_at is None or one.agreed_at > at:
        return "proposed"
    if on < one.from_on:
        return "ahead"
    return "in_force" if on <= one.to_on else "over"


def propose(
    session: Session,
    dataset: str,
    department: str,
    terms: str,
    *,
    first: date,
    last: date,
    actor: Actor,
    at: datetime,
) -> ReleaseAgreement:
    actor.must(Permission.DRAFT_DISCLOSURE)
    row = dataset_row(dataset, first)
    problems = {}
    if row is None or row["promise"] != "hourly":
        problems["dataset"] = _l("只有按小时自动发布的信息才订立常设协议。")
    if session.get(Department, department) is None or (row and row["department"] == department):
        problems["department"] = _l("请选另一个部门。")
    if last < first:
        problems["last"] = _l("结束日期不能早于开始日期。")
    if not terms.strip():
        problems["terms"] = _l("请写明协议内容：文号、数据从哪里来、谁负责质量。")
    elif leaks({"terms": terms}):
        problems["terms"] = _l("里面有身份证号、手机号或银行卡号，不能公开。")
    if problems:
        raise InvalidInput(problems)
    one = ReleaseAgreement(
        id=new_id(),
        dataset=dataset,
        department_code=department,
        terms=terms.strip(),
        from_on=first,
        to_on=last,
        proposed_by=actor.user_id,
        proposed_at=at,
    )
    session.add(one)
    session.flush()
    _record(session, one, "propose_agreement", actor, at)
    return one


def agree(session: Session, agreement_id: str, *, actor: Actor, at: datetime) -> ReleaseAgreement:
    """Another person, of the bureau that holds the unified release."""
    one = _of_the_bureau(session, agreement_id, actor)
    if one.agreed_at is not None or one.ended_at is not None:
        raise NotWaiting
    if actor.user_id == one.proposed_by:
        raise SelfApproval
    one.agreed_by, one.agreed_at = actor.user_id, at
    session.flush()
    _record(session, one, "agree", actor, at)
    return one


def end(session: Session, agreement_id: str, *, actor: Actor, at: datetime) -> ReleaseAgreement:
    """From now on the department releases nothing under it; what it released stays."""
    one = _of_the_bureau(session, agreement_id, actor)
    if one.ended_at is not None:
        raise NotWaiting
    one.ended_by, one.ended_at = actor.user_id, at
    session.flush()
    _record(session, one, "end_agreement", actor, at)
    return one


def _of_the_bureau(session: Session, agreement_id: str, actor: Actor) -> ReleaseAgreement:
    actor.must(Permission.REVIEW_DISCLOSURE)
    one = session.get(ReleaseAgreement, agreement_id)
    if one is None:
        raise NotFound
    row = dataset_row(one.dataset, one.from_on)
    if actor.user_id is None or row is None or actor.department_code != row["department"]:
        raise NotTheBureau
    return one


def _record(session: Session, one: ReleaseAgreement, action: str, actor: Actor, at: datetime) -> None:
    subject = f"release:{one.dataset}:{one.department_code}"
    audit.record(session, actor=actor, action=f"release.{action}", subject=subject, at=at, agreement=one.id)
