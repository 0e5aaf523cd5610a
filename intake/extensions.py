"""延期: asked for by one person, decided by another; only where a rule lets the running limit be extended."""

from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.clock import local_date
from core.errors import DomainError
from core.ids import new_id
from intake import clocks
from intake.models import Extension, Report
from intake.operations import take_step
from intake.timeline import Desk, add_event


class ExtensionPending(DomainError):
    code = "extension_pending"
    status = 409
    default_message = _l("已有一个延期申请在等待决定。")


class SelfDecision(DomainError):
    code = "self_decision"
    status = 403
    default_message = _l("申请人不能批准自己的延期申请。")


class NothingPending(DomainError):
    code = "nothing_pending"
    status = 409
    default_message = _l("没有等待决定的延期申请。")


def ask_extension(session: Session, report: Report, days: int, reason: str, desk: Desk) -> Extension:
    take_step(report, "ask_extension", desk)
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
    take_step(report, "grant_extension" if granted else "refuse_extension", desk)
    extension = pending_extension(session, report)
    if extension is None:
        raise NothingPending
    if extension.asked_by == desk.actor.user_id:
        raise SelfDecision
    extension.decided_by, extension.decided_at, extension.granted = desk.actor.user_id, desk.at, granted
    detail: dict[str, Any] = {"days": extension.days}
    if granted:
        detail["due_on"] = clocks.extend(session, report, extension.days, desk).due_on.isoformat()
    action = "grant_extension" if granted else "refuse_extension"
    add_event(session, report, action, desk, text=reason, is_public=granted, detail=detail)


def pending_extension(session: Session, report: Report) -> Extension | None:
    statement = select(Extension).where(Extension.report_id == report.id, Extension.decided_at.is_(None))
    return session.scalars(statement).first()
