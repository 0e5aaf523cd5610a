"""The log under several processes at once and under processes that die: nothing lost, half done or forked."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from core.accounts.models import User
from core.clock import SystemClock
from core.config import Settings
from core.database import Database
from core.ledger.models import LogLeaf
from portal.ledger.verify.audit import audit
from portal.publishing.models import DisclosureVersion, PublicRecord
from tests.support.disclosures import Publisher

ROOT = Path(__file__).resolve().parents[2]
PUBLISHES = """
import sys
from core.config import Settings
from core.database import Database
from core.clock import SystemClock
from core.accounts.operations import user_named
from portal.publishing.ledger import disclosure_log
from tests.support.disclosures import Publisher
import portal.app
settings = Settings.from_environ()
database = Database(settings.database_url)
with database.read() as session:
    people = {name: user_named(session, name) for name in ("editor", "approver")}
publisher = Publisher(database, people, disclosure_log(settings))
name, count = sys.argv[1], int(sys.argv[2])
for number in range(count):
    publisher.notice(SystemClock().now(), title=f"公告 {name}-{number}")
    print(number, flush=True)
"""


def publishing(settings: Settings, name: str, count: int) -> "subprocess.Popen[str]":
    environment = {
        **os.environ,
        "MINGJIAN_DATA_DIR": str(settings.data_dir),
        "MINGJIAN_DATABASE_URL": settings.database_url,
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, "-c", PUBLISHES, name, str(count)]
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)


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
    processes = [publishing(settings, str(number), 12) for number in range(4)]
    for one in processes:
        one.communicate(timeout=100)
    assert [one.returncode for one in processes] == [0, 0, 0, 0]
    assert counts(database) == (48, 48, 48)
    assert findings(client) == []


NIGHTLY = [pytest.mark.nightly, pytest.mark.timeout(3000)]


@pytest.mark.parametrize("deaths", [8, pytest.param(200, marks=NIGHTLY)])
def test_a_process_killed_in_the_middle_leaves_whole_versions_and_one_log(
    settings: Settings,
    database: Database,
    people: dict[str, User],
    client: FlaskClient,
    publisher: Publisher,
    deaths: int,
) -> None:
    rng = random.Random(deaths)
    told = 0
    for number in range(deaths):
        process = publishing(settings, f"{number}", 1000)
        assert process.stdout is not None
        process.stdout.readline()
        told += 1
        time.sleep(rng.random() * 0.05)
        process.send_signal(signal.SIGKILL)
        told += len(process.communicate()[0].splitlines())
    leaves, versions, records = counts(database)
    assert leaves == versions == records >= told
    publisher.notice(SystemClock().now(), title="之后照常公开")
    assert findings(client) == []
