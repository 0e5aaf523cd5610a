"""Somebody outside who audits the site, and somebody inside who changes the database behind its back."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import Connection, text

from core.database import Database
from portal.ledger import inside
from portal.ledger.verify.audit import audit
from portal.ledger.verify.findings import Finding
from tests.conftest import TestClock


@dataclass
class Audit:
    """Each call is one audit; the first takes the key on trust, each one remembers the last checkpoint."""

    client: FlaskClient
    clock: TestClock
    database: Database
    state: dict[str, Any] = field(default_factory=dict)

    def fetch(self, path: str) -> tuple[int, bytes]:
        response = self.client.get(path)
        return response.status_code, response.get_data()

    def __call__(self, **more: Any) -> list[Finding]:
        return list(audit(self.fetch, self.state, now=self.clock.now(), **more))

    def with_what_the_house_sees(self) -> list[Finding]:
        with self.database.read() as session:
            return [*self(), *inside.findings(session)]


def codes(findings: Sequence[Finding]) -> set[str]:
    return {one.code for one in findings}


def tamper(database: Database, *statements: str) -> None:
    """As somebody with the database's own password would, past the triggers."""
    with database.engine.execution_options(mingjian_writes=True).connect() as connection, connection.begin():
        _open_up(connection)
        for statement in statements:
            connection.execute(text(statement))


def _open_up(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        names = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all()
        for name in names:
            connection.execute(text(f"DROP TRIGGER {name}"))
    else:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
