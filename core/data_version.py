"""Whether anything was committed since: a mark from the database engine itself, which costs no look at any table.

Equal marks mean equal data, in whatever process it was written. SQLite counts commits in the header of its write-ahead
log (PRAGMA data_version, kept on a connection that never writes, because a connection does not count its own);
PostgreSQL's snapshot names every transaction that is over. Read the mark first and the data afterwards: then data that
is newer than its mark is looked at once more, and none is ever older. Where the database does not answer, the mark is
equal to no other.
"""

import os
import secrets
import sqlite3
import threading

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError


class SqliteVersion:
    def __init__(self, path: str) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._process = 0

    def mark(self) -> str:
        with self._lock:
            try:
                if self._connection is None or self._process != os.getpid():
                    self._connection = sqlite3.connect(self._path, check_same_thread=False, timeout=15)
                    self._process = os.getpid()
                (number,) = self._connection.execute("PRAGMA data_version").fetchone()
            except sqlite3.OperationalError:
                return secrets.token_hex()
        return f"{self._process}.{id(self._connection)}.{number}"

    def close(self) -> None:
        with self._lock:
            if self._connection is not None and self._process == os.getpid():
                self._connection.close()
            self._connection = None


class PostgresVersion:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def mark(self) -> str:
        try:
            with self._engine.connect() as connection:
                return str(connection.exec_driver_sql("SELECT pg_current_snapshot()").scalar_one())
        except DBAPIError:
            return secrets.token_hex()

    def close(self) -> None:
        """Its connections are the engine's."""
