"""A fresh migrated database for each test: copied from one that is migrated (and filled) once.

SQLite unless MINGJIAN_TEST_DATABASE=postgresql; then a real PostgreSQL server, which is started here.
"""

import os
import shutil
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

import pytest
from sqlalchemy import create_engine, make_url, text

from portal.setup import upgrade

POSTGRESQL_URL = "MINGJIAN_TEST_POSTGRESQL_URL"

# A server that lives as long as a test run need not outlive the machine: a new database then takes a tenth of the time.
# A killed process of ours loses nothing by it; only a fallen machine would.
QUICK = {
    "fsync": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "1h",
    "wal_recycle": "off",  # as operations.md asks of a server: what was erased is then searched for in all of its files
}


# Puts into the migrated database with this URL what its copies begin with.
Fill = Callable[[str], None]
EMPTY = "empty"


class Server(Protocol):
    def keep(self, name: str, fill: Fill) -> None:
        """Fill a database once; `fresh_database(of=name)` copies it from then on."""

    def fresh_database(self, folder: Path, *, of: str = EMPTY) -> "contextmanager[str]": ...


class SqliteFiles:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._settle(EMPTY, upgrade)

    def keep(self, name: str, fill: Fill) -> None:
        shutil.copy(self._path(EMPTY), self._path(name))
        self._settle(name, fill)

    @contextmanager
    def fresh_database(self, folder: Path, *, of: str = EMPTY) -> Iterator[str]:
        shutil.copy(self._path(of), folder / "mingjian.db")
        yield f"sqlite:///{folder / 'mingjian.db'}"

    def _settle(self, name: str, fill: Fill) -> None:
        url = f"sqlite:///{self._path(name)}"
        fill(url)
        with create_engine(url).connect() as connection:
            connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}.db"


class PostgresServer:
    def __init__(self, url: str) -> None:
        self.url = url
        self.run = uuid.uuid4().hex[:12]
        self._run(f"CREATE DATABASE {self._kept(EMPTY)}")
        upgrade(self._url_of(self._kept(EMPTY)))

    def keep(self, name: str, fill: Fill) -> None:
        self._run(f"CREATE DATABASE {self._kept(name)} TEMPLATE {self._kept(EMPTY)}")
        fill(self._url_of(self._kept(name)))

    @contextmanager
    def fresh_database(self, folder: Path, *, of: str = EMPTY) -> Iterator[str]:  # noqa: ARG002 - a server needs no folder
        name = f"test_{uuid.uuid4().hex[:12]}"
        self._run(f"CREATE DATABASE {name} TEMPLATE {self._kept(of)} STRATEGY file_copy")
        try:
            yield self._url_of(name)
        finally:
            self._run(f"DROP DATABASE {name} WITH (FORCE)")

    def _kept(self, name: str) -> str:
        return f"{name}_{self.run}"

    def _url_of(self, name: str) -> str:
        url = make_url(self.url).set(drivername="postgresql+psycopg", database=name)
        return url.render_as_string(hide_password=False)

    def _run(self, statement: str) -> None:
        run_on_server(self._url_of("postgres"), [statement])


def run_on_server(url: str, statements: Iterable[str]) -> None:
    """What no transaction may hold: making databases, settings of the server."""
    engine = create_engine(make_url(url).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def is_wanted() -> bool:
    """Whether this run of the tests is the one on PostgreSQL."""
    return os.environ.get("MINGJIAN_TEST_DATABASE", "sqlite") == "postgresql"


@contextmanager
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    if is_wanted():
        yield PostgresServer(os.environ[POSTGRESQL_URL])
    else:
        yield SqliteFiles(tmp_path_factory.mktemp("database"))


@contextmanager
def running_postgres() -> Iterator[None]:
    """Start a PostgreSQL for this run and tell its processes the address; one that was given is used as it is.

    Once a run and before its processes: as root the first start makes a system user, which two cannot do at once.
    """
    if POSTGRESQL_URL in os.environ:
        yield
        return
    import pgserver

    # Not below pytest's own folder: another run of pytest would close that to the server's user.
    with TemporaryDirectory(prefix="mingjian-postgres-") as folder:
        running = pgserver.get_server(Path(folder) / "data", cleanup_mode="stop")
        os.environ[POSTGRESQL_URL] = running.get_uri()
        settings = [f"ALTER SYSTEM SET {name} = '{value}'" for name, value in QUICK.items()]
        run_on_server(running.get_uri(), [*settings, "SELECT pg_reload_conf()"])
        try:
            yield
        finally:
            del os.environ[POSTGRESQL_URL]
            running.cleanup()
