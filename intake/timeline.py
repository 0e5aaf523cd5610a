"""What every step of a case leaves behind: a line of the timeline, a line of the audit, a notice without content."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from core import audit
from core.accounts.actor import ANONYMOUS, Actor
from core.clock import local_date
from core.ids import new_id
from core.keys.keyring import NO_KEYS, Keyring
from core.outbox import enqueue
from core.working_calendar import WorkingCalendar
from intake import case_keys, department_hooks
from intake.models import CaseEvent, Report

NOTICE = "mail.send"


@dataclass(frozen=True)
class Desk:
    """What the operations stand on beside the session: the calendar, who acts, when, and what they can open."""

    calendar: WorkingCalendar
    actor: Actor
    at: datetime
    keys: Keyring = NO_KEYS


def add_event(
    session: Session,
    report: Report,
    action: str,
    desk: Desk,
    *,
    text: str | None = None,
    is_public: bool = False,
    detail: dict[str, Any] | None = None,
) -> None:
    """One line of the timeline and one of the audit; the words go to the first only, sealed.

    Public words are sealed to the reporter and the departments, the others to the departments alone.
    """
    from_reporter = desk.actor.user_id is None
    text_id = new_id() if text else None
    if text and text_id:
        case_keys.seal_event(session, report, text_id, text, is_shared=is_public)
    session.add(
        CaseEvent(
            report_id=report.id,
            on_day=local_date(desk.at),
            at=None if from_reporter else desk.at,
            action=action,
            actor_name="" if from_reporter else desk.actor.name,
            department_code=desk.actor.department_code,
            is_public=is_public,
            text_id=text_id,
            detail=detail or {},
        )
    )
    session.flush()
    actor = ANONYMOUS if from_reporter else desk.actor
    subject = f"report:{report.id}"
    audit.record(session, actor=actor, action=f"case.{action}", subject=subject, at=coarse(desk), state=report.state)


def coarse(desk: Desk) -> datetime:
    """A reporter's steps are kept by the day, so that no log tells when somebody sat at a computer."""
    return desk.at if desk.actor.user_id else desk.at.replace(hour=0, minute=0, second=0, microsecond=0)


def notify(session: Session, report: Report, template: str, desk: Desk) -> None:
    enqueue(session, NOTICE, at=coarse(desk), template=template, department=report.responsible_code)
    department_hooks.tell(session, report.responsible_code, template, at=coarse(desk))
