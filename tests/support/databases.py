"""A fresh migrated database for each test: copied from a template that is migrated once.

SQLite unless MINGJIAN_TEST_DATABASE=postgresql; then a real PostgreSQL server, which is started here.
"""

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

import pytest
from sqlalchemy import create_engine, make_url, text

from portal.setup import upgrade


class Server(Protocol):
    def fresh_database(self, folder: Path) -> "contextmanager[str]": ...


class SqliteFiles:
    def __init__(self, folder: Path) -> None:
        self.template = folder / "template.db"
        upgrade(f"sqlite:///{self.template}")
        with create_engine(f"sqlite:///{self.template}").connect() as connection:
            connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))

    @contextmanager
    def fresh_database(self, folder: Path) -> Iterator[str]:
        shutil.copy(self.template, folder / "mingjian.db")
        yield f"sqlite:///{folder / 'mingjian.db'}"


class PostgresServer:
    def __init__(self, url: str) -> None:
        self.url = url
        self.template = f"template_{uuid.uuid4().hex[:12]}"
        self._run(f"CREATE DATABASE {self.template}")
        upgrade(self._url_of(self.template))

    @contextmanager
    def fresh_database(self, folder: Path) -> Iterator[str]:  # noqa: ARG002 - a server needs no folder
        name = f"test_{uuid.uuid4().hex[:12]}"
        self._run(f"CREATE DATABASE {name} TEMPLATE {self.template} STRATEGY file_copy")
        try:
            yield self._url_of(name)
        finally:
            self._run(f"DROP DATABASE {name} WITH (FORCE)")

    def _url_of(self, name: str) -> str:
        url = make_url(self.url).set(drivername="postgresql+psycopg", database=name)
        return url.render_as_string(hide_password=False)

    def _run(self, statement: str) -> None:
        engine = create_engine(self._url_of("postgres"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(statement))
        engine.dispose()


@contextmanager
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    if os.environ.get("MINGJIAN_TEST_DATABASE", "sqlite") == "sqlite":
        yield SqliteFiles(tmp_path_factory.mktemp("database"))
        return
    with postgres_url() as url:
        yield PostgresServer(url)


@contextmanager
def postgres_url() -> Iterator[str]:
    """The address of a running PostgreSQL: the one given, else one started for this test process alone."""
    given = os.environ.get("MINGJIAN_TEST_POSTGRESQL_URL")
    if given:
        yield given
        return
    import pgserver

    # Not below pytest's own folder: another run of pytest would close that to the server's user.
    with TemporaryDirectory(prefix="mingjian-postgres-") as folder:
        running = pgserver.get_server(Path(folder) / "data", cleanup_mode="stop")
        try:
            yield running.get_uri()
        finally:
            running.cleanup()
