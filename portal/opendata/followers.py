"""What follows a change of a public record, once it is committed: the hub is told."""

from sqlalchemy import select

from core.outbox import Job, OutboxJob, enqueue
from portal.opendata.websub import PING


def tell(job: Job) -> None:
    """Outbox handler of every change. One ping that waits is enough for many changes of its kind."""
    kind = job.payload["kind"]
    if job.settings.websub_hub is not None and kind not in _waiting(job):
        enqueue(job.session, PING, at=job.now, kind=kind, since=job.now.isoformat())


def _waiting(job: Job) -> set[str]:
    statement = select(OutboxJob.payload).where(OutboxJob.topic == PING, OutboxJob.done_at.is_(None))
    return {payload["kind"] for payload in job.session.scalars(statement)}
