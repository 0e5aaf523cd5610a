"""Which saved questions a change answers, asked of the search index once the record is in it."""

from datetime import UTC, datetime, time, timedelta

from sqlalchemy import select

from core.clock import CHINA, local_date
from core.outbox import Job, enqueue
from portal.publishing.models import PublicRecord
from portal.subscriptions import operations, queries
from portal.subscriptions.models import Subscription
from portal.subscriptions.questions import query
from search.document import Query
from search.service import Search

MATCH = "subscriptions.match"
TELLING = ("publish", "correct")
DIGEST_HOUR = 8


class NotIndexedYet(Exception):
    """The record is public, but the index does not have it: try again after it."""


def expect(job: Job) -> None:
    """Outbox handler of every change: look which questions it answers, after the index has taken it in."""
    if job.session.scalar(select(Subscription.id).where(Subscription.state != "asked").limit(1)) is not None:
        enqueue(job.session, MATCH, at=job.now, **job.payload)


def match(job: Job) -> None:
    """Outbox handler. Of a record that left the public only those hear who heard of it before."""
    kind, key, event = (job.payload[name] for name in ("kind", "key", "event"))
    ids = _asking(job, key) if event in TELLING else queries.heard_of(job.session, key)
    operations.add_items(
        job.session, ids, record_id=key, kind=kind, event=event, sequence=job.payload["sequence"], at=job.now
    )


def queue_digests(job: Job) -> None:
    """Sweep: from eight in the morning, what gathered since the last day or week."""
    today = local_date(job.now)
    morning = datetime.combine(today, time(DIGEST_HOUR), CHINA).astimezone(UTC)
    if job.now < morning:
        return
    for cadence, before in (("daily", morning), ("weekly", morning - timedelta(days=6))):
        for one in queries.digests_due(job.session, cadence, before):
            operations.queue(job.session, one, at=job.now)


def forget_abandoned(job: Job) -> None:
    """Sweep: who did not confirm is forgotten, and who stayed stopped although an administrator could see it."""
    unconfirmed = queries.never_confirmed(job.session, job.now - operations.ASKED_FOR)
    stopped = queries.long_stopped(job.session, job.now - operations.STOPPED_FOR)
    for identifier in (*unconfirmed, *stopped):
        operations.end(job.session, identifier)


def _asking(job: Job, key: str) -> list[str]:
    search: Search = job.services["search"]
    if job.session.get(PublicRecord, key) is None:
        return []
    if not search.concerns(job.session, Query(), key):
        raise NotIndexedYet
    asked = queries.questions(job.session).items()
    return [one for question, ids in asked if search.concerns(job.session, query(question), key) for one in ids]
