"""Jobs that speak to other machines: no transaction is open while they wait; what came of it is written last."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from core.database import Database, unit_of_work
from core.outbox import Delivery, Job, OutboxJob, SweepRun, Worker, enqueue
from tests.conftest import TestClock


class Telling(Delivery[str, str]):
    def __init__(self, database: Database) -> None:
        self.database, self.fails, self.sent = database, False, []

    def prepare(self, job: Job) -> str | None:
        return job.payload.get("words")

    def send(self, parcel: str) -> str:
        with unit_of_work(self.database) as session:
            session.add(SweepRun(name=f"somebody else writes while {parcel} waits", last_at=job_time))
        if self.fails:
            raise OSError
        self.sent.append(parcel)
        return parcel.upper()

    def settle(self, job: Job, parcel: str, outcome: str) -> None:
        job.session.add(SweepRun(name=f"{parcel} → {outcome}", last_at=job.now))


job_time = TestClock().now()


@pytest.fixture
def telling(database: Database) -> Telling:
    return Telling(database)


@pytest.fixture
def worker(database, settings, clock, telling) -> Worker:
    own = {"own": lambda _job: None}
    return Worker(database, settings=settings, clock=clock, handlers={"tell": telling, **own}, services={})


def names(database: Database) -> set[str]:
    with database.read() as session:
        return set(session.scalars(select(SweepRun.name)))


def add(database: Database, clock: TestClock, **payload: str) -> None:
    with unit_of_work(database) as session:
        enqueue(session, "tell", at=clock.now(), **payload)


def test_others_write_while_it_waits_and_its_outcome_is_written(database, clock, worker, telling) -> None:
    add(database, clock, words="a")
    worker.run_due()
    worker.run_due()
    assert telling.sent == ["a"]
    assert {"somebody else writes while a waits", "a → A"} <= names(database)


def test_nothing_to_send_is_done(database, clock, worker, telling) -> None:
    add(database, clock)
    worker.run_due()
    assert telling.sent == []
    with database.read() as session:
        assert session.scalars(select(OutboxJob).where(OutboxJob.done_at.is_(None))).all() == []


def test_one_that_fails_is_tried_again_and_writes_nothing_meanwhile(database, clock, worker, telling) -> None:
    telling.fails = True
    add(database, clock, words="a")
    worker.run_due()
    assert "a → A" not in names(database)
    telling.fails = False
    clock.moves_on(seconds=5)
    with unit_of_work(database) as session:
        session.delete(session.get_one(SweepRun, "somebody else writes while a waits"))
    worker.run_due()
    assert telling.sent == ["a"] and "a → A" in names(database)


def test_a_job_can_be_told_to_wait(database, clock, worker, telling) -> None:

    with unit_of_work(database) as session:
        enqueue(session, "tell", at=clock.now(), wait=timedelta(minutes=5), words="later")
    worker.run_due()
    assert telling.sent == []
    clock.moves_on(minutes=6)
    worker.run_due()
    assert telling.sent == ["later"]


def test_a_slow_receiver_does_not_hold_up_the_other_jobs(database, settings, clock) -> None:
    release, own_ran = threading.Event(), threading.Event()

    class Slow(Delivery[str, None]):
        def prepare(self, job: Job) -> str:  # noqa: ARG002
            return "slow"

        def send(self, parcel: str) -> None:  # noqa: ARG002
            assert release.wait(20)

    handlers: dict[str, Delivery | Callable] = {"slow": Slow(), "own": lambda _job: own_ran.set()}
    worker = Worker(database, settings=settings, clock=clock, handlers=handlers, services={})
    with unit_of_work(database) as session:
        enqueue(session, "slow", at=clock.now())
        enqueue(session, "own", at=clock.now())
    stop = threading.Event()
    thread = threading.Thread(target=worker.run, args=(stop,), kwargs={"pause": 0.02})
    thread.start()
    try:
        assert own_ran.wait(20), "the own job waited for the slow receiver"
    finally:
        release.set()
        stop.set()
        thread.join()
