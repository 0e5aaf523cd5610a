"""Deleted text leaves the files too: what each database needs for it, and what is left to people.

SQLite overwrites what it deletes (secure_delete); its write-ahead log is emptied. PostgreSQL keeps deleted rows in
their pages, in the samples of the planner and in the write-ahead log: so the tables are written anew, the samples too,
the log is begun afresh and a checkpoint lets go of the old one. What the server does not permit is told, never passed
over. A copy that somebody else keeps (archive, standby, backup) no program here can reach.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.clock import CHINA
from core.database import Base, Database, unit_of_work
from core.outbox import Job

ONLY = 1
# Writing a table anew locks it: a large one waits for the night, in China.
SMALL_BYTES = 256 * 1024 * 1024
NIGHT = range(1, 5)
LOCK_SECONDS, READERS_SECONDS = 3, 5
EVERY = timedelta(minutes=1)
# What stays undone until the next time; the other problems are for people.
UNDONE = ("table", "readers", "samples", "busy")


class StorageScrub(Base):
    """One row: when something was erased last, and the instant before which all that was erased has left the files.

    `problems` are codes, some with a name behind a colon: what the last scrubbing could not do.
    """

    __tablename__ = "storage_scrub"

    id: Mapped[int] = mapped_column(primary_key=True)
    erased_at: Mapped[datetime | None]
    scrubbed_at: Mapped[datetime | None]
    problems: Mapped[list[str]]

    @property
    def is_due(self) -> bool:
        return self.erased_at is not None and (self.scrubbed_at is None or self.scrubbed_at < self.erased_at)


@dataclass(frozen=True)
class Scrubber:
    """`tables` are those whose deleted rows held words; the files of no others are written anew."""

    tables: Sequence[str]

    def sweep(self, job: Job) -> None:
        """A long sweep: what was erased since the last time leaves the files, large tables in the night alone."""
        state = job.session.get_one(StorageScrub, ONLY)
        is_due, erased_at = state.is_due, state.erased_at
        database: Database = job.services["database"]
        job.session.rollback()  # our own snapshot would keep the deleted rows
        if is_due and (_is_night(job.now) or _is_small(database, self.tables)):
            self.run(database, job.now, erased_at)

    def run(self, database: Database, now: datetime, erased_at: datetime | None) -> list[str]:
        """Scrub whatever the hour; the problems, also on record for the administrator."""
        problems = list(_scrubbed_sqlite(database) if database.is_sqlite else self._scrubbed_postgresql(database))
        with unit_of_work(database) as session:
            state = session.get_one(StorageScrub, ONLY)
            state.problems = problems
            if not any(one.partition(":")[0] in UNDONE for one in problems):
                state.scrubbed_at = max(now, erased_at or now)
        return problems

    def _scrubbed_postgresql(self, database: Database) -> Iterator[str]:
        with database.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            connection.execute(text(f"SET lock_timeout = '{LOCK_SECONDS}s'"))
            if not _readers_have_gone(connection):
                yield "readers"
                return
            for table in self.tables:
                if not _done(connection, f'VACUUM (FULL, ANALYZE) "{table}"'):
                    yield f"table:{table}"
            if not _done(connection, "VACUUM (FULL) pg_catalog.pg_statistic"):
                yield "samples"
            yield from _without_old_log(connection)
            connection.execute(text("RESET lock_timeout"))


def expect(session: Session, at: datetime) -> None:
    """In the transaction that erases: from its commit on the files hold what they must not."""
    session.execute(update(StorageScrub).where(StorageScrub.id == ONLY).values(erased_at=at))


def _scrubbed_sqlite(database: Database) -> Iterator[str]:
    connection = database.engine.raw_connection()
    try:
        is_busy, *_pages = connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    finally:
        connection.close()
    if is_busy:
        yield "busy"


def _is_night(now: datetime) -> bool:
    return now.astimezone(CHINA).hour in NIGHT


def _is_small(database: Database, tables: Sequence[str]) -> bool:
    if database.is_sqlite:
        return True
    with database.read() as session:
        sizes = [session.scalar(text("SELECT pg_total_relation_size(:name)"), {"name": name}) for name in tables]
    return sum(size or 0 for size in sizes) <= SMALL_BYTES


def _readers_have_gone(connection: Connection) -> bool:
    """Whether no transaction is open that may still see what was deleted before now: its rows would be kept."""
    now = connection.scalar(text("SELECT pg_current_xact_id()::xid::text"))
    older = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
        "AND age(backend_xmin) >= age(CAST(:now AS xid))"
    )
    until = time.monotonic() + READERS_SECONDS
    while connection.scalar(older, {"now": now}):
        if time.monotonic() > until:
            return False
        time.sleep(0.1)
    return True


def _without_old_log(connection: Connection) -> Iterator[str]:
    """The segment at hand is closed and the checkpoint moved past it: nothing of the server needs the old ones."""
    if not _done(connection, "SELECT pg_switch_wal()"):
        yield "log_switch"
    if not _done(connection, "CHECKPOINT"):
        yield "checkpoint"
    if _setting(connection, "wal_recycle") == "on":
        yield "log_recycled"
    if _setting(connection, "archive_mode") != "off":
        yield "archive"
    if _setting(connection, "wal_keep_size") not in ("0", "0MB"):
        yield "log_kept"
    if connection.scalar(text("SELECT count(*) FROM pg_replication_slots")):
        yield "standby"


def _setting(connection: Connection, name: str) -> str:
    return str(connection.scalar(text("SELECT current_setting(:name)"), {"name": name}))


def _done(connection: Connection, statement: str) -> bool:
    """False where the server refuses, or somebody holds the table for longer than we wait."""
    try:
        connection.execute(text(statement))
    except DBAPIError:
        return False
    return True
