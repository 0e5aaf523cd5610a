"""The log under several processes at once and under processes that die: nothing lost, half done or forked."""

import multiprocessing
import random
import time
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from core.accounts.models import User
from core.accounts.operations import user_named
from core.clock import SystemClock
from core.config import Settings
from core.database import Database
from core.ledger.models import LogLeaf
from core.web.current import EXTENSION
from portal.app import create_app
from portal.ledger.verify.audit import audit
from portal.publishing.models import DisclosureVersion, PublicRecord
from tests.support.disclosures import Publisher

# Every process is forked from one that has imported the portal and opened nothing: importing takes longer than dying.
FORKED = multiprocessing.get_context("forkserver")
FORKED.set_forkserver_preload(["tests.web.test_ledger_processes"])
A_PUBLICATION = 0.1  # seconds, about


def publish(settings: Settings, name: str, count: int, done: Connection) -> None:
    """A process's whole life: the application, last look included; it says each number once it is committed."""
    app = create_app(settings)
    database = app.extensions[EXTENSION].database
    with database.read() as session:
        people = {role: one for role in ("editor", "approver") if (one := user_named(session, role))}
    publisher = Publisher(database, people, app.extensions["log"])
    for number in range(count):
        publisher.notice(SystemClock().now(), title=f"公告 {name}-{number}")
        done.send(number)


def publishing(settings: Settings, name: str, count: int) -> tuple[ForkServerProcess, Connection]:
    """The process, begun, and what it says."""
    said, done = FORKED.Pipe(duplex=False)
    process = FORKED.Process(target=publish, args=(settings, name, count, done))
    process.start()
    done.close()
    return process, said


def heard(said: Connection) -> int:
    """How many publications were reported until the other end closed."""
    number = 0
    with said:
        try:
            while True:
                said.recv()
                number += 1
        except EOFError:
            return number


def findings(client: FlaskClient) -> list[str]:
    def fetch(path: str) -> tuple[int, bytes]:
        response = client.get(path)
        return response.status_code, response.get_data()

    return [str(one) for one in audit(fetch, {})]


def counts(database: Database) -> tuple[int, int, int]:
    with database.read() as session:
        return tuple(  # type: ignore[return-value]
            session.scalar(select(func.count()).select_from(table))
            for table in (LogLeaf, DisclosureVersion, PublicRecord)
        )


def test_four_processes_publish_at_once_and_no_leaf_is_lost(
    settings: Settings, database: Database, people: dict[str, User], client: FlaskClient
) -> None:
    running = [publishing(settings, str(number), 12) for number in range(4)]
    assert [heard(said) for _process, said in running] == [12, 12, 12, 12]
    for process, _said in running:
        process.join()
    assert [process.exitcode for process, _said in running] == [0, 0, 0, 0]
    assert counts(database) == (48, 48, 48)
    assert findings(client) == []


NIGHTLY = [pytest.mark.nightly, pytest.mark.timeout(3000)]


@pytest.mark.parametrize("deaths", [12, pytest.param(200, marks=NIGHTLY)])
def test_a_process_killed_in_the_middle_leaves_whole_versions_and_one_log(
    settings: Settings,
    database: Database,
    people: dict[str, User],
    client: FlaskClient,
    publisher: Publisher,
    deaths: int,
) -> None:
    """Killed at any moment of its second publication or a later one: in the database, the log, the guard."""
    rng = random.Random(deaths)
    told = 0
    for number in range(deaths):
        process, said = publishing(settings, f"{number}", 1000)
        said.recv()
        time.sleep(rng.random() * A_PUBLICATION)
        process.kill()
        told += 1 + heard(said)
        process.join()
        assert process.exitcode == -9
    leaves, versions, records = counts(database)
    assert leaves == versions == records
    assert told <= records <= told + deaths, "more than was told only where death came between commit and word"
    publisher.notice(SystemClock().now(), title="之后照常公开")
    assert findings(client) == []
