"""What is erased leaves the files of the database server; what is not possible there is told to the administrator.

On PostgreSQL the whole folder of the server is searched: tables, long texts, indexes, samples, write-ahead log.
"""

import os
import random
from collections.abc import Callable
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from core.database import Database, unit_of_work
from core.scrubbing import ONLY, StorageScrub
from portal.publishing import operations
from portal.publishing.models import Disclosure
from tests.conftest import TestClock
from tests.support import databases
from tests.support.disclosures import Publisher
from tests.support.ledger import Audit
from tests.support.page import checked

SignIn = Callable[[FlaskClient, str], None]
ON_POSTGRESQL = pytest.mark.skipif(not databases.is_wanted(), reason="PostgreSQL's own files")


@pytest.fixture
def words() -> str:
    """Rare characters, others in each run: what other tests leave in the server's files is not these."""
    rng = random.Random()
    return "".join(chr(rng.randrange(0x3400, 0x4DB6)) for _ in range(12))


@pytest.fixture
def erase(
    database: Database, publisher: Publisher, clock: TestClock, run_jobs: Callable[[], int], words: str
) -> Callable[[], None]:
    """A record with the words in its facts (long and short), its title and the reason of a correction; then erased."""

    def run() -> None:
        facts = "".join(f"{one}{words}" for one in "经查该单位稀释样品" * 40)
        record = publisher.penalty(clock.now(), decision_no="许环罚〔2026〕99号", violation_facts=facts)
        publisher.notice(clock.now(), title="留下的公告")
        run_jobs()
        with unit_of_work(database) as session:
            one = session.get_one(Disclosure, record)
            operations.correct(session, one, f"改正{words}", actor=publisher.editor, at=clock.now())
            changed = {**one.draft, "violation_facts": words, "party_name": f"许昌{words}公司"}
            operations.revise(session, one, changed, actor=publisher.editor, at=clock.now())
            operations.submit(session, one, actor=publisher.editor, at=clock.now())
        publisher.approve(record, clock.now())
        run_jobs()
        publisher.withdraw(record, clock.now())
        run_jobs()
        with unit_of_work(database) as session:
            operations.erase(session, session.get_one(Disclosure, record), actor=publisher.approver, at=clock.now())

    return run


def state(database: Database) -> StorageScrub:
    with database.read() as session:
        return session.get_one(StorageScrub, ONLY)


def on_server(database: Database, *statements: str) -> None:
    with database.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        for statement in statements:
            connection.execute(text(statement))


@pytest.fixture
def log_is_used_again(database: Database) -> None:
    """As on a server that nobody has set up. Set for this database alone: it has neighbours on the server."""
    if not database.is_sqlite:
        name = database.engine.url.database
        on_server(database, f"ALTER DATABASE {name} SET wal_recycle = 'on'")
        database.engine.dispose()


def files_of_the_server(database: Database, words: str) -> list[str]:
    """Which files below the server's folder hold two of the words' characters side by side."""
    with database.engine.connect() as connection:
        folder = Path(str(connection.scalar(text("SHOW data_directory"))))
    needles = ["".join(pair).encode() for pair in pairwise(words)]
    found = []
    for where, _, names in os.walk(folder):  # neighbours' databases come and go meanwhile
        for path in (Path(where, name) for name in names):
            with suppress(FileNotFoundError):
                held = path.read_bytes() if path.is_file() else b""
                if any(needle in held for needle in needles):
                    found.append(str(path.relative_to(folder)))
    return sorted(found)


@ON_POSTGRESQL
def test_what_is_erased_is_in_no_file_of_the_database_server(
    database: Database,
    erase: Callable[[], None],
    run_jobs: Callable[[], int],
    clock: TestClock,
    words: str,
    audit: Audit,
) -> None:
    erase()
    on_server(database, "ANALYZE", "CHECKPOINT")
    before = files_of_the_server(database, words)
    assert any(name.startswith("base/") for name in before), "the search of files finds what is there"
    assert any(name.startswith("pg_wal/") for name in before)
    clock.moves_on(minutes=2)
    run_jobs()
    assert state(database).problems == []
    assert not state(database).is_due
    assert files_of_the_server(database, words) == []
    assert audit.with_what_the_house_sees() == []


@ON_POSTGRESQL
@pytest.mark.usefixtures("log_is_used_again")
def test_log_files_that_the_server_uses_again_are_told_of(
    database: Database, erase: Callable[[], None], run_jobs: Callable[[], int], clock: TestClock
) -> None:
    erase()
    clock.moves_on(minutes=2)
    run_jobs()
    assert state(database).problems == ["log_recycled"]
    assert not state(database).is_due


@ON_POSTGRESQL
def test_a_reader_who_still_sees_the_deleted_rows_puts_it_off(
    app: Flask, database: Database, erase: Callable[[], None], monkeypatch: pytest.MonkeyPatch, clock: TestClock
) -> None:
    monkeypatch.setattr("core.scrubbing.READERS_SECONDS", 0.2)
    reading = database.engine.execution_options(isolation_level="REPEATABLE READ").connect()
    with reading:
        reading.execute(text("SELECT count(*) FROM version_content"))
        erase()
        assert app.extensions["scrubber"].run(database, clock.now(), clock.now()) == ["readers"]
        assert state(database).is_due
    assert "readers" not in app.extensions["scrubber"].run(database, clock.now(), clock.now())
    assert not state(database).is_due


@ON_POSTGRESQL
def test_large_tables_wait_for_the_night(
    database: Database,
    erase: Callable[[], None],
    run_jobs: Callable[[], int],
    clock: TestClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("core.scrubbing.SMALL_BYTES", 0)
    erase()
    clock.moves_on(minutes=2)
    run_jobs()
    assert state(database).is_due
    clock.at = clock.at.replace(hour=18)  # two o'clock in China
    run_jobs()
    assert not state(database).is_due


@pytest.mark.usefixtures("log_is_used_again")
def test_the_administrator_sees_whether_what_was_erased_has_left_the_files(
    client: FlaskClient,
    sign_in: SignIn,
    database: Database,
    erase: Callable[[], None],
    run_jobs: Callable[[], int],
    clock: TestClock,
) -> None:
    sign_in(client, "administrator")
    assert "还没有销毁过" in checked(client, "/admin/storage").text()
    erase()
    assert "等待清理" in checked(client, "/admin/storage").text()
    clock.moves_on(minutes=2)
    run_jobs()
    page = checked(client, "/admin/storage").text()
    assert "已清理" in page and "等待清理" not in page
    assert ("wal_recycle = off" in page) is not database.is_sqlite
    assert "备份" in page


@pytest.mark.usefixtures("log_is_used_again")
def test_the_command_scrubs_at_once(app: Flask, database: Database, erase: Callable[[], None]) -> None:
    erase()
    result = app.test_cli_runner().invoke(args=["scrub"])
    assert not state(database).is_due
    assert result.exit_code == (0 if database.is_sqlite else 1), result.output
    assert ("数据库文件里已没有销毁的内容" if database.is_sqlite else "旧的预写日志文件会改名再用") in result.output


def test_the_reason_of_a_correction_is_erased_with_the_rest(
    database: Database, erase: Callable[[], None], words: str
) -> None:
    erase()
    with database.read() as session:
        for table in ("disclosure", "disclosure_version", "version_content", "audit_event", "outbox_job"):
            rows = session.execute(text(f"SELECT * FROM {table}")).all()
            assert words not in str(rows), table
