"""What must happen after a commit: the jobs are rows of the same transaction, the worker runs them in order.

A handler's writes and the mark "done" share one transaction, so that work in the database happens exactly once
whenever the worker dies. Work outside it (a mail) may be repeated after a crash and must carry a stable key.
A job that fails is tried again, later and later; the jobs of its topic behind it go on.
A job that speaks to another machine is a Delivery: a thread of its own waits for the answer, with no transaction open.
"""

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

import structlog
from sqlalchemy import ColumnElement, Index, Integer, String, Text, and_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.audit import RowNumber
from core.clock import Clock
from core.config import Settings
from core.database import Base, Database, unit_of_work

log = structlog.get_logger()

RETRY_AFTER = tuple(timedelta(seconds=seconds) for seconds in (2, 10, 60, 600, 3600))
KEEP_DONE = timedelta(days=7)


class OutboxJob(Base):
    __tablename__ = "outbox_job"
    __table_args__ = (
        Index("ix_outbox_job_due", "done_at", "not_before", "id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(RowNumber, primary_key=True)
    topic: Mapped[str] = mapped_column(String(60))
    payload: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    not_before: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    last_error: Mapped[str | None] = mapped_column(Text)
    done_at: Mapped[datetime | None]  # the day; the hour could tell when somebody reported


class SweepRun(Base):
    __tablename__ = "sweep_run"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    last_at: Mapped[datetime]


@dataclass(frozen=True)
class Job:
    """What a handler or a sweep gets. `id` is the job's, stable over retries; 0 for a sweep.

    `services` holds the objects that the composition root made.
    """

    id: int
    session: Session
    payload: Mapping[str, Any]
    now: datetime
    settings: Settings
    services: Mapping[str, Any]


Handler = Callable[[Job], None]
Parcel = TypeVar("Parcel")
Outcome = TypeVar("Outcome")


class Delivery(ABC, Generic[Parcel, Outcome]):
    """A handler in three steps. What `send` raises puts the job off like any other failure."""

    @abstractmethod
    def prepare(self, job: Job) -> Parcel | None:
        """Read what is to be sent; None if there is nothing to send any more."""

    @abstractmethod
    def send(self, parcel: Parcel) -> Outcome:
        """Speak to the other side. After a crash it may be told the same again, so the parcel carries a stable key."""

    def settle(self, job: Job, parcel: Parcel, outcome: Outcome) -> None:
        """Write down what came of it, in the transaction that marks the job as done."""


@dataclass(frozen=True)
class Sweep:
    """`is_long`: it reads for so long that no writer may wait for it. Its session only reads; what it writes, it writes
    in units of work of its own, on `services["database"]`."""

    name: str
    every: timedelta
    run: Handler
    is_long: bool = False


def enqueue(session: Session, topic: str, *, at: datetime, wait: timedelta = timedelta(), **payload: Any) -> None:
    """A job that the worker runs once this transaction is committed, or `wait` after `at`.

    `payload` holds ids, never a reporter's words.
    """
    session.add(OutboxJob(topic=topic, payload=payload, created_at=at, not_before=at + wait, attempts=0))


class Worker:
    def __init__(
        self,
        database: Database,
        *,
        settings: Settings,
        clock: Clock,
        handlers: Mapping[str, Handler | Delivery[Any, Any]],
        sweeps: Sequence[Sweep] = (),
        services: Mapping[str, Any],
    ) -> None:
        self.database = database
        self.settings = settings
        self.clock = clock
        self.handlers = handlers
        self.sweeps = (*sweeps, Sweep("outbox.forget_done", timedelta(hours=1), _forget_done))
        self.services = {"database": database, **services}
        self.outside = [topic for topic, handler in handlers.items() if isinstance(handler, Delivery)]

    def run(self, stop: threading.Event, *, pause: float = 0.2) -> None:
        """Work until `stop` is set. Two workers on one database do not harm each other but gain nothing."""
        outside = threading.Thread(target=self._work, args=(self._run_deliveries, stop, pause))
        outside.start()
        self._work(self._run_own, stop, pause)
        outside.join()

    def run_due(self) -> int:
        """Run all that is due now; the number of jobs and sweeps run."""
        return self._run_own() + self._run_deliveries()

    @staticmethod
    def _work(run_due: Callable[[], int], stop: threading.Event, pause: float) -> None:
        while not stop.is_set():
            if not run_due():
                stop.wait(pause)

    def _run_own(self) -> int:
        count = 0
        while self._run_next(OutboxJob.topic.not_in(self.outside), self._run_job):
            count += 1
        due = self._due_sweeps()
        for sweep in due:
            self._run_sweep(sweep)
        return count + len(due)

    def _run_deliveries(self) -> int:
        count = 0
        while self._run_next(OutboxJob.topic.in_(self.outside), self._deliver):
            count += 1
        return count

    def _run_next(self, which: ColumnElement[bool], run: Callable[[int, datetime], None]) -> bool:
        now = self.clock.now()
        with self.database.read() as session:
            job_id = session.scalar(_due(now).where(which).with_only_columns(OutboxJob.id))
        if job_id is None:
            return False
        try:
            run(job_id, now)
        except Exception as error:
            self._put_off(job_id, error)
        return True

    def _run_job(self, job_id: int, now: datetime) -> None:
        with unit_of_work(self.database) as session:
            job = _undone(session, job_id)
            if job is not None:
                handler = self.handlers[job.topic]
                assert not isinstance(handler, Delivery)  # noqa: S101 - the topics are kept apart
                handler(self._job(session, job.payload, now, job.id))
                _done(job, now)

    def _deliver(self, job_id: int, now: datetime) -> None:
        with self.database.read() as session:
            row = session.get_one(OutboxJob, job_id)
            delivery = self.handlers[row.topic]
            assert isinstance(delivery, Delivery)  # noqa: S101 - the topics are kept apart
            parcel = delivery.prepare(self._job(session, row.payload, now, row.id))
        outcome = delivery.send(parcel) if parcel is not None else None
        with unit_of_work(self.database) as session:
            job = _undone(session, job_id)
            if job is not None:
                if parcel is not None:
                    delivery.settle(self._job(session, job.payload, now, job.id), parcel, outcome)
                _done(job, now)

    def _put_off(self, job_id: int, error: Exception) -> None:
        with unit_of_work(self.database) as session:
            job = session.get_one(OutboxJob, job_id)
            job.attempts += 1
            job.last_error = getattr(error, "problem", "") or type(error).__name__
            job.not_before = self.clock.now() + RETRY_AFTER[min(job.attempts, len(RETRY_AFTER)) - 1]
            log.error("job_failed", job=job_id, topic=job.topic, attempts=job.attempts, error=type(error).__name__)

    def _due_sweeps(self) -> list[Sweep]:
        """Asked five times a second: with one query."""
        now = self.clock.now()
        with self.database.read() as session:
            runs = {one.name: one.last_at for one in session.scalars(select(SweepRun))}
        return [one for one in self.sweeps if one.name not in runs or runs[one.name] + one.every <= now]

    def _run_sweep(self, sweep: Sweep) -> None:
        now = self.clock.now()
        try:
            if sweep.is_long:
                with self.database.read() as session:
                    sweep.run(self._job(session, {}, now))
            with unit_of_work(self.database) as session:
                session.merge(SweepRun(name=sweep.name, last_at=now))
                if not sweep.is_long:
                    sweep.run(self._job(session, {}, now))
        except Exception as error:
            log.error("sweep_failed", sweep=sweep.name, error=type(error).__name__)
            with unit_of_work(self.database) as session:
                session.merge(SweepRun(name=sweep.name, last_at=now))

    def _job(self, session: Session, payload: Mapping[str, Any], now: datetime, number: int = 0) -> Job:
        return Job(number, session, payload, now, self.settings, self.services)


def _undone(session: Session, job_id: int) -> OutboxJob | None:
    return session.scalar(
        select(OutboxJob).where(OutboxJob.id == job_id, OutboxJob.done_at.is_(None)).with_for_update(skip_locked=True)
    )


def _done(job: OutboxJob, now: datetime) -> None:
    job.done_at = now.replace(hour=0, minute=0, second=0, microsecond=0)


def _due(now: datetime) -> Any:
    return (
        select(OutboxJob)
        .where(and_(OutboxJob.done_at.is_(None), OutboxJob.not_before <= now))
        .order_by(OutboxJob.id)
        .limit(1)
    )


def _forget_done(job: Job) -> None:
    old = job.session.scalars(
        select(OutboxJob).where(OutboxJob.done_at < job.now - KEEP_DONE).order_by(OutboxJob.id).limit(1000)
    )
    for row in old:
        job.session.delete(row)
