"""The database and the one commit.

`unit_of_work` is the only place in the product that commits. On SQLite it takes the write lock with its first
statement (BEGIN IMMEDIATE), so that two writers wait for each other instead of failing half-way.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, DateTime, Dialect, Engine, MetaData, create_engine, event
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

from core.clock import Clock, SystemClock
from core.data_version import PostgresVersion, SqliteVersion

NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA recursive_triggers=ON",
    "PRAGMA secure_delete=ON",
    "PRAGMA busy_timeout=15000",
    "PRAGMA cache_size=-65536",
    "PRAGMA mmap_size=268435456",
    "PRAGMA temp_store=MEMORY",
)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC instant. A naive one is refused: it would be a guess."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime has no instant")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING_CONVENTION)
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it from the class
        datetime: UtcDateTime,
        dict[str, Any]: JSON,
        list[str]: JSON,
    }


class Database:
    """One engine. Sessions for reading are closed without a commit; writing goes through `unit_of_work`.

    `clock` tells the rules that hold for every read (a term that has ended) what day it is.
    """

    def __init__(self, url: str, clock: Clock | None = None) -> None:
        self.url = url
        self.clock = clock or SystemClock()
        self.is_sqlite = url.startswith("sqlite")
        self.engine = _sqlite_engine(url) if self.is_sqlite else create_engine(url, pool_pre_ping=True, pool_size=8)
        self._writing = self.engine.execution_options(mingjian_writes=True)
        path = self.engine.url.database or ""
        self.version = SqliteVersion(path) if self.is_sqlite else PostgresVersion(self.engine)

    @contextmanager
    def read(self) -> Iterator[Session]:
        with Session(self.engine, expire_on_commit=False, info={"clock": self.clock}) as session:
            yield session

    def writing_session(self) -> Session:
        """For `unit_of_work` alone."""
        return Session(self._writing, expire_on_commit=False, info={"clock": self.clock})

    def close(self) -> None:
        self.version.close()
        self.engine.dispose()


@contextmanager
def unit_of_work(database: Database) -> Iterator[Session]:
    """All or nothing: commits when the block ends, rolls back when it raises."""
    with database.writing_session() as session:
        yield session
        session.commit()


def scrub_after_commit(session: Session) -> None:
    """Once this transaction is done, empty SQLite's write-ahead log, so that deleted text is in no file of ours.

    secure_delete overwrites it in the database file. A reader that is in the way leaves it to the next time. On
    PostgreSQL this is VACUUM's and the archive's business; see docs/operations.md.
    """
    if session.get_bind().dialect.name == "sqlite":
        event.listen(session, "after_commit", _truncate_write_ahead_log, once=True)


def _truncate_write_ahead_log(session: Session) -> None:
    connection = session.get_bind().engine.raw_connection()
    try:
        connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").close()
    finally:
        connection.close()


def _sqlite_engine(url: str) -> Engine:
    engine = create_engine(url, connect_args={"timeout": 15})

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        for pragma in SQLITE_PRAGMAS:
            connection.execute(pragma).close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        writes = connection.get_execution_options().get("mingjian_writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine
