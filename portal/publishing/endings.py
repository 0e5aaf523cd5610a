"""How a record stops being public for good: its term is over, or credit was repaired. The text goes, the proof stays.

Both end in one transaction: out of the projection, a leaf with its ground, texts and salts erased, the search index and
the disk cleaned after the commit.
"""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from core import audit
from core.accounts.actor import SYSTEM, Actor
from core.ledger.log import Log
from core.outbox import Job, enqueue
from portal.publishing.erasing import erase_texts
from portal.publishing.ledger_leaf import leaf
from portal.publishing.models import (
    Disclosure,
    DisclosureVersion,
    PublicRecord,
    PublicRecordAct,
)
from portal.publishing.operations import next_change
from portal.publishing.queries import past_term
from portal.publishing.workflow import WORKFLOW

AT_ONCE = 200


def expire_due(session: Session, *, log: Log, at: datetime) -> int:
    """End every record whose term is over at `at`, the time that its leaf will tell, up to AT_ONCE; how many.

    Their rows are locked before the audit chain is, as every operation on a single record does it.
    """
    due = past_term(session, at)[:AT_ONCE]
    rows = select(Disclosure).where(Disclosure.id.in_(due)).order_by(Disclosure.id)
    session.scalars(rows.with_for_update().execution_options(populate_existing=True)).all()
    for record_id in due:
        disclosure = session.get_one(Disclosure, record_id)
        rule = session.get_one(DisclosureVersion, (record_id, disclosure.version)).publicity_rule
        end(session, disclosure, "expire", f"term:{rule}", log=log, actor=SYSTEM, at=at)
    return len(due)


def sweep_past_term(job: Job) -> None:
    expire_due(job.session, log=job.services["log"], at=job.now)


def end(
    session: Session, disclosure: Disclosure, event: str, ground: str, *, log: Log, actor: Actor, at: datetime
) -> None:
    """`event` expire or repair; `ground` a code without personal data, told in the leaf."""
    transition = WORKFLOW.transition(disclosure.state, event)
    actor.must(transition.permission)
    until = session.get_one(DisclosureVersion, (disclosure.id, disclosure.version)).publicity_until
    disclosure.state = transition.target or disclosure.state
    disclosure.changed_at = at
    session.execute(delete(PublicRecordAct).where(PublicRecordAct.record_id == disclosure.id))
    session.execute(delete(PublicRecord).where(PublicRecord.id == disclosure.id))
    next_change(session, disclosure, event, at)
    fields = leaf(
        event,
        disclosure.kind,
        disclosure.id,
        disclosure.version,
        at,
        until=until.isoformat() if until else None,
        ground=ground,
    )
    log.add(session, disclosure.id, fields, at=at)
    erase_texts(session, disclosure, at)
    enqueue(session, "search.refresh", at=at, kind=disclosure.kind, key=disclosure.id)
    subject = f"{disclosure.kind}:{disclosure.id}"
    audit.record(session, actor=actor, action=f"disclosure.{event}", subject=subject, at=at, version=disclosure.version)
