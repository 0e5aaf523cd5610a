"""The worker against a real database: once, in order, after the commit."""

import os
import signal
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from core.database import Database, unit_of_work
from core.outbox import Job, OutboxJob, Sweep, SweepRun, Worker, enqueue


@pytest.fixture
def make_worker(database, settings, clock):
    def make(handlers, sweeps=()):
        return Worker(database, settings=settings, clock=clock, handlers=handlers, sweeps=sweeps, services={})

    return make


def test_jobs_run_in_order_after_the_commit(database, clock, make_worker):
    seen = []
    worker = make_worker({"note": lambda job: seen.append(job.payload["n"])})
    with unit_of_work(database) as session:
        for n in range(5):
            enqueue(session, "note", at=clock.now(), n=n)
        session.flush()
        assert worker is not None
    worker.run_due()
    worker.run_due()
    assert seen == [0, 1, 2, 3, 4]


def test_a_rolled_back_transaction_leaves_no_job(database, clock, make_worker):
    with pytest.raises(RuntimeError), unit_of_work(database) as session:
        enqueue(session, "note", at=clock.now(), n=1)
        session.flush()
        raise RuntimeError
    seen = []
    make_worker({"note": seen.append}).run_due()
    assert seen == []


def test_a_failed_job_undoes_its_writes_waits_and_is_tried_again(database, clock, make_worker):
    tries = []

    def handler(job: Job) -> None:
        tries.append(1)
        job.session.add(SweepRun(name="written by the job", last_at=job.now))
        job.session.flush()
        if tries.count(1) < 3:
            raise OSError

    worker = make_worker({"note": handler, "other": lambda _job: tries.append("other")})
    with unit_of_work(database) as session:
        enqueue(session, "note", at=clock.now())
        enqueue(session, "other", at=clock.now())
    worker.run_due()
    assert tries == [1, "other"]
    with database.read() as session:
        assert session.get(SweepRun, "written by the job") is None
        job = session.scalars(select(OutboxJob).where(OutboxJob.done_at.is_(None))).one()
        assert (job.attempts, job.last_error) == (1, "OSError")
    clock.moves_on(seconds=3)
    worker.run_due()
    clock.moves_on(seconds=11)
    worker.run_due()
    assert tries == [1, "other", 1, 1]
    with database.read() as session:
        assert session.get(SweepRun, "written by the job") is not None


def test_a_sweep_runs_when_it_is_due_and_catches_up_once(clock, make_worker):
    runs = []
    worker = make_worker({}, [Sweep("count", timedelta(hours=1), lambda job: runs.append(job.now))])
    worker.run_due()
    worker.run_due()
    clock.moves_on(days=3)
    worker.run_due()
    worker.run_due()
    assert len(runs) == 2


def test_done_jobs_are_forgotten_after_a_week(database, clock, make_worker):
    worker = make_worker({"note": lambda _job: None})
    with unit_of_work(database) as session:
        enqueue(session, "note", at=clock.now())
    worker.run_due()
    clock.moves_on(days=8)
    worker.run_due()
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(OutboxJob)) == 0


def test_eight_writers_at_once_lose_nothing(database, clock, make_worker):
    def write(name: int) -> None:
        for n in range(10):
            with unit_of_work(database) as session:
                enqueue(session, "note", at=clock.now(), name=name, n=n)

    threads = [threading.Thread(target=write, args=(name,)) for name in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    seen = []
    make_worker({"note": lambda job: seen.append((job.payload["name"], job.payload["n"]))}).run_due()
    assert sorted(seen) == [(name, n) for name in range(8) for n in range(10)]


def test_a_worker_killed_at_any_point_does_each_job_exactly_once(database, settings, clock, tmp_path):
    with unit_of_work(database) as session:
        for n in range(6):
            enqueue(session, "note", at=clock.now(), n=n)
    deaths = 0
    while (child := os.fork()) >= 0:
        if child == 0:
            work_and_die(settings, clock, tmp_path / "killed")
        _, status = os.waitpid(child, 0)
        if os.WIFEXITED(status):
            break
        assert os.WTERMSIG(status) == signal.SIGKILL
        deaths += 1
    assert deaths == 18
    with database.read() as session:
        assert session.scalars(select(SweepRun.name).where(SweepRun.name.like("job %"))).all() == [
            f"job {n}" for n in range(6)
        ]
        assert session.scalar(select(func.count()).where(OutboxJob.done_at.is_(None))) == 0


def work_and_die(settings, clock, killed: Path) -> None:
    """In a process of its own: die by SIGKILL once at each of three points of each job, before or after its commit."""
    database = Database(settings.database_url)

    def die_once(point: str) -> None:
        marker = killed.with_name(f"{killed.name} {point}")
        if not marker.exists():
            marker.touch()
            os.kill(os.getpid(), signal.SIGKILL)

    def handler(job: Job) -> None:
        n = job.payload["n"]
        if n:
            die_once(f"after {n - 1}")
        die_once(f"before {n}")
        job.session.add(SweepRun(name=f"job {n}", last_at=job.now))
        job.session.flush()
        die_once(f"written {n}")

    Worker(database, settings=settings, clock=clock, handlers={"note": handler}, services={}).run_due()
    die_once("after 5")
    os._exit(0)


def test_the_audit_table_refuses_to_be_changed(people, database):
    for statement in ("UPDATE audit_event SET action = 'x'", "DELETE FROM audit_event"):
        with pytest.raises(Exception, match="append-only"), unit_of_work(database) as session:
            session.execute(text(statement))
    if database.is_sqlite:
        with pytest.raises(Exception, match="append-only"), unit_of_work(database) as session:
            session.execute(text("INSERT OR REPLACE INTO audit_event SELECT * FROM audit_event"))
