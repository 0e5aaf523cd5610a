"""Saying why a release was late: one person gives the reason, another confirms it for the public."""

from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from core import audit
from core.accounts.actor import Actor
from core.accounts.permissions import Permission
from core.errors import DomainError, InvalidInput, NotFound
from core.ids import new_id
from portal.publishing.leak_scan import leaks
from portal.publishing.operations import SelfApproval
from portal.release.models import ReleaseReason


class AlreadyConfirmed(DomainError):
    code = "already_confirmed"
    status = 409
    default_message = _l("这条说明已经确认过。")


def give_reason(
    session: Session, dataset: str, period: str, reason: str, *, actor: Actor, at: datetime
) -> ReleaseReason:
    """A reason for the public to read once somebody else confirms it; nothing personal may stand in it."""
    actor.must(Permission.DRAFT_DISCLOSURE)
    if not reason.strip():
        raise InvalidInput({"reason": _l("请写明为什么迟了。")})
    if leaks({"reason": reason}):
        raise InvalidInput({"reason": _l("里面有身份证号、手机号或银行卡号，不能公开。")})
    one = ReleaseReason(
        id=new_id(), dataset=dataset, period=period, reason=reason.strip(), given_by=actor.user_id, given_at=at
    )
    session.add(one)
    session.flush()
    _record(session, one, "give_reason", actor, at)
    return one


def confirm_reason(session: Session, reason_id: str, *, actor: Actor, at: datetime) -> ReleaseReason:
    """Another person lets the public read it."""
    actor.must(Permission.REVIEW_DISCLOSURE)
    one = session.get(ReleaseReason, reason_id)
    if one is None:
        raise NotFound
    if one.confirmed_at is not None:
        raise AlreadyConfirmed
    if actor.user_id is None or actor.user_id == one.given_by:
        raise SelfApproval
    one.confirmed_by, one.confirmed_at = actor.user_id, at
    session.flush()
    _record(session, one, "confirm_reason", actor, at)
    return one


def _record(session: Session, one: ReleaseReason, action: str, actor: Actor, at: datetime) -> None:
    subject = f"release:{one.dataset}:{one.period}"
    audit.record(session, actor=actor, action=f"release.{action}", subject=subject, at=at, reason=one.id)
