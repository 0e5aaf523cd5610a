"""What is erased is gone: from every row, every file of the installation and everything the site serves."""

import json
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from core.config import Settings
from core.database import Base, Database, unit_of_work
from core.files.reading import Reading, cleaned_and_read
from core.web.current import EXTENSION
from portal.app import create_app
from portal.opendata.downloads import packages
from portal.publishing import operations
from portal.publishing.models import Disclosure
from tests.conftest import TestClock
from tests.support import files
from tests.support.disclosures import Publisher
from tests.support.ledger import Audit

# No other text holds these characters, nor any two of them side by side.
SECRET = "犇骉猋羴蟲魚麤鱻"
FILES = [("明细.txt", f"明细：{SECRET}。".encode() * 9000), ("决定书.pdf", files.pdf(f"决定书 {SECRET}"))]
FULL_PACKAGE, CHANGES_PACKAGE = "mingjian-full-2026-11-23.zip", "mingjian-changes-2026-11-23.zip"
HALF_MADE = "mingjian-full-2026-11-22.part"
PLACES = (
    "/penalties",
    "/",
    "/search?q=犇骉",
    "/search.atom?q=犇骉",
    "/feeds/penalties.rss",
    "/feeds/all.json",
    "/records/index.json",
    "/records/changes.json",
    "/ledger/tile/entries/000.p/5",
    "/api/v1/penalties",
)


@pytest.fixture(params=["auto", "whoosh"])
def app(settings: Settings, clock: TestClock, request: pytest.FixtureRequest) -> Iterator[Flask]:
    app = create_app(replace(settings, search_backend=request.param), clock)
    app.testing = True
    yield app
    app.extensions[EXTENSION].database.close()


def holding_files(app: Flask) -> list[str]:
    """Which files of the installation hold the words, packed or not, as UTF-8, UTF-16 or JSON, or two of them.

    A PDF holds them coded in its font: what is looked for there is a piece of its bytes.
    """
    needles = [SECRET.encode(), SECRET.encode("utf-16-le"), json.dumps(SECRET)[1:-1].encode()]
    needles += [cleaned("pdf", FILES[1][1])[at : at + 80] for at in (200, 900)]
    needles += ["".join(pair).encode() for pair in pairwise(SECRET)]
    folder = app.extensions[EXTENSION].settings.data_dir
    found = [path for path in folder.rglob("*") if path.is_file()]
    return sorted(path.name for path in found if any(one in _unpacked(path) for one in needles))


@cache
def cleaned(kind: str, content: bytes) -> bytes:
    found = cleaned_and_read(kind, content)
    assert isinstance(found, Reading)
    return found.content


def _unpacked(path: Path) -> bytes:
    """The bytes of a file; of a package also those of the files in it."""
    if not zipfile.is_zipfile(path):
        return path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        return path.read_bytes() + b"".join(archive.read(name) for name in archive.namelist())


def holding_tables(database: Database) -> list[str]:
    found = []
    with database.read() as session:
        for table in Base.metadata.tables:
            rows = session.execute(text(f'SELECT * FROM "{table}"')).all()
            if any(SECRET in str(row) or json.dumps(SECRET)[1:-1] in str(row) for row in rows):
                found.append(table)
    return found


def served(client: FlaskClient) -> list[str]:
    """Which pages say it; what a search repeats of the question is not it."""
    return [place for place in PLACES if SECRET[2:].encode() in client.get(place).get_data()]


@pytest.mark.parametrize("correct_first", [False, True])
def test_what_is_erased_is_in_no_row_no_file_and_no_answer(
    app: Flask,
    client: FlaskClient,
    audit: Audit,
    records: list[str],
    publisher: Publisher,
    database: Database,
    clock: TestClock,
    run_jobs: Callable[[], int],
    correct_first: bool,
) -> None:
    words = {"decision_no": "许环罚〔2026〕99号", "violation_facts": f"事实{SECRET}。"}
    record = publisher.penalty(clock.now(), FILES, **words)
    clock.moves_on(days=1)
    run_jobs()
    assert holding_tables(database)
    assert {FULL_PACKAGE, CHANGES_PACKAGE} <= set(holding_files(app))
    assert "mingjian.db" in holding_files(app) or not database.is_sqlite
    (packages.folder(app.extensions[EXTENSION].settings) / HALF_MADE).write_text(SECRET, "utf-8")
    assert client.get(f"/penalties/{record}").get_data(as_text=True).count(SECRET)
    assert SECRET in client.get(f"/penalties/{record}/attachments/1").get_data(as_text=True)
    if correct_first:
        publisher.correct(record, clock.now(), without=[1, 2], violation_facts="事实已更正。")
    else:
        assert {"/search?q=犇骉", "/feeds/penalties.rss"} <= set(served(client))
    publisher.withdraw(record, clock.now())
    run_jobs()
    assert served(client) == []
    with unit_of_work(database) as session:
        operations.erase(session, session.get_one(Disclosure, record), actor=publisher.approver, at=clock.now())
    run_jobs()
    assert audit.with_what_the_house_sees() == []
    assert holding_tables(database) == []
    assert holding_files(app) == []
    assert served(client) == []
    about = (f"/penalties/{record}", f"/penalties/{record}/attachments/1", f"/penalties/{record}/attachments/2")
    for address in (*about, f"/records/{record}.json", f"/records/{record}.json?version=1"):
        gone = client.get(address)
        assert gone.status_code == 410
        assert SECRET not in gone.get_data(as_text=True)
