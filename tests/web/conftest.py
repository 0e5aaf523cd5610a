"""What the tests of the site share beside tests/conftest.py: an auditor, records to audit, a machine that listens."""

import dataclasses
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core.accounts.models import User
from core.config import Settings
from core.database import Database
from core.web.current import EXTENSION
from tests.conftest import TestClock
from tests.support.disclosures import Publisher
from tests.support.ledger import Audit
from tests.support.receiver import Receiver, receiving


@pytest.fixture
def nobody_else_commits(database: Database) -> None:
    """For what counts queries: PostgreSQL's mark of a change moves with every database of its server."""
    if not database.is_sqlite:
        pytest.skip("other tests commit in other databases of the same PostgreSQL")


@pytest.fixture
def audit(client: FlaskClient, clock: TestClock, database: Database) -> Audit:
    """Somebody outside: audit() gives the findings."""
    return Audit(client, clock, database)


@pytest.fixture
def records(publisher: Publisher, clock: TestClock) -> list[str]:
    """Three penalties, the second corrected: four leaves."""
    ids = []
    for number in range(3):
        ids.append(publisher.penalty(clock.now(), decision_no=f"许环罚〔2026〕{number}号"))
        clock.moves_on(hours=1)
    publisher.correct(ids[1], clock.now(), fine_wan_yuan="8")
    clock.moves_on(hours=1)
    return ids


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Another machine that listens, here on loopback."""
    with receiving() as one:
        yield one


@pytest.fixture
def inside(app: Flask, people: dict[str, User], settings: Settings) -> Flask:
    """The application, with the receiver's host allowed by its settings."""
    assert people
    house = app.extensions[EXTENSION]
    allowed = dataclasses.replace(settings, webhook_private_hosts=("127.0.0.1",))
    app.extensions[EXTENSION] = dataclasses.replace(house, settings=allowed)
    return app
