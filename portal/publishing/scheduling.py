"""定时公开: an approved draft goes public at its time, by the worker, if it is still what was approved."""

from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.accounts import SYSTEM
from core.accounts.actor import Actor
from core.errors import DomainError, InvalidInput
from core.ledger.log import Log
from core.outbox import Job, OutboxJob, enqueue
from portal.publishing.models import Disclosure
from portal.publishing.operations import must_be_publishable, publish
from portal.publishing.steps import moved, permitted
from portal.publishing.workflow import SCHEDULES

PUBLISH_SCHEDULED = "publishing.publish_scheduled"
FURTHEST = timedelta(days=366)
AT_ONCE = 500


def schedule(session: Session, disclosure: Disclosure, publish_at: datetime, *, actor: Actor, at: datetime) -> None:
    """Publish at that instant; again for another one. InvalidInput for a time that is past or over a year away."""
    transition = permitted(disclosure, "schedule", actor)
    if not at < publish_at <= at + FURTHEST:
        raise InvalidInput({"publish_at": _l("公开时间要在现在之后、一年之内。")})
    must_be_publishable(session, disclosure, at)
    disclosure.state, disclosure.publish_at = transition.target or disclosure.state, publish_at
    moved(session, disclosure, "schedule", actor, at, publish_at=publish_at.isoformat())


def unschedule(session: Session, disclosure: Disclosure, *, actor: Actor, at: datetime) -> None:
    """Back to approved: nobody's clock publishes it."""
    transition = permitted(disclosure, "unschedule", actor)
    disclosure.state, disclosure.publish_at = transition.target or disclosure.state, None
    moved(session, disclosure, "unschedule", actor, at)


def find_due(job: Job) -> None:
    """Sweep: a job of its own for each draft whose time has come, so that one that fails holds up no other."""
    due = (Disclosure.state.in_(SCHEDULES), Disclosure.publish_at <= job.now)
    statement = select(Disclosure.id).where(*due).order_by(Disclosure.publish_at, Disclosure.id).limit(AT_ONCE)
    for disclosure_id in set(job.session.scalars(statement)) - _under_way(job.session):
        enqueue(job.session, PUBLISH_SCHEDULED, at=job.now, disclosure=disclosure_id)


def _under_way(session: Session) -> set[str]:
    """The drafts whose job is waiting, perhaps to be tried again."""
    statement = select(OutboxJob.payload).where(OutboxJob.topic == PUBLISH_SCHEDULED, OutboxJob.done_at.is_(None))
    return {payload["disclosure"] for payload in session.scalars(statement)}


def publish_scheduled(job: Job) -> None:
    """Outbox handler; running it again finds nothing to do. What the rules refuse now goes back to review, with why."""
    disclosure = job.session.get(Disclosure, job.payload["disclosure"], with_for_update=True)
    if disclosure is None or disclosure.state not in SCHEDULES:
        return
    if disclosure.publish_at is None or disclosure.publish_at > job.now:
        return
    log: Log = job.services["log"]
    try:
        must_be_publishable(job.session, disclosure, job.now)
    except DomainError as refusal:
        _refuse(job.session, disclosure, refusal, job.now)
    else:
        publish(job.session, disclosure, log=log, actor=SYSTEM, at=job.now)


def _refuse(session: Session, disclosure: Disclosure, refusal: DomainError, at: datetime) -> None:
    transition = permitted(disclosure, "refuse", SYSTEM)
    disclosure.state, disclosure.publish_at, disclosure.reviewer_id = transition.target or disclosure.state, None, None
    disclosure.return_reason = str(refusal.message)
    moved(session, disclosure, "refuse", SYSTEM, at, refusal=refusal.code)
