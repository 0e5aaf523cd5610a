"""Real objects for every test: a migrated database of its own, the application, a client, a clock to set."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache

from core.accounts.models import User
from core.config import Settings
from core.database import Database
from core.web.current import EXTENSION
from portal.app import create_app
from tests.support import databases, demo_city
from tests.support.disclosures import Publisher
from tests.support.page import Page, checked
from tests.support.people import PASSWORD, accounts, open_accounts
from tests.support.routing import share_url_builders

# Databases that are filled once: with the accounts of tests/support/people.py, and with the whole demo city.
PEOPLE, DEMO = "people", "demo"
START = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def pytest_configure(config: pytest.Config) -> None:
    """In the process that starts the others: one PostgreSQL for all of them."""
    if databases.is_wanted() and not hasattr(config, "workerinput"):
        running = ExitStack()
        running.enter_context(databases.running_postgres())
        config.add_cleanup(running.close)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL: what opens a database. The rest, and what a browser sees of it, is the same as with SQLite."""
    if not databases.is_wanted():
        return
    opens = {"database_server"}
    again = [
        one for one in items if opens & set(getattr(one, "fixturenames", ())) and not one.get_closest_marker("journey")
    ]
    config.hook.pytest_deselected(items=[one for one in items if one not in set(again)])
    items[:] = again


class TestClock:
    """Stands still until the test moves it."""

    __test__ = False

    def __init__(self, at: datetime = START) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def moves_on(self, **amount: float) -> None:
        self.at += timedelta(**amount)


@pytest.fixture
def clock() -> TestClock:
    return TestClock()


@pytest.fixture(scope="session")
def database_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[databases.Server]:
    with databases.server(tmp_path_factory) as running:
        running.keep(PEOPLE, _open_accounts)
        yield running


def _open_accounts(url: str) -> None:
    database = Database(url)
    open_accounts(database, START)
    database.close()


@pytest.fixture(scope="session", autouse=True)
def shared_url_builders() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as monkeypatch:
        share_url_builders(monkeypatch)
        yield


@pytest.fixture
def settings(request: pytest.FixtureRequest, tmp_path: Path, database_server: databases.Server) -> Iterator[Settings]:
    """An installation of its own in a temporary folder, with a fresh migrated database."""
    with database_server.fresh_database(
        tmp_path, of=PEOPLE if PEOPLE in request.fixturenames else databases.EMPTY
    ) as url:
        environ = {"MINGJIAN_DATA_DIR": str(tmp_path), "MINGJIAN_DATABASE_URL": url}
        memory = tmp_path.with_name(f"{tmp_path.name}-memory")
        settings = Settings.from_environ({**environ, "MINGJIAN_BOOT_KEY_FILE": str(memory / "boot.key")})
        settings.prepare()
        yield settings


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory: pytest.TempPathFactory, database_server: databases.Server) -> Path:
    """The data folder of a filled demo city, for copies alone; its database is kept as DEMO."""
    folder = tmp_path_factory.mktemp("demo")
    database_server.keep(DEMO, lambda url: demo_city.fill(demo_city.installation(folder, url), TestClock()))
    return folder


@pytest.fixture
def demo_settings(demo_folder: Path, tmp_path: Path, database_server: databases.Server) -> Iterator[Settings]:
    """An installation of its own with the demo city in it."""
    shutil.copytree(demo_folder, tmp_path, dirs_exist_ok=True)
    with database_server.fresh_database(tmp_path, of=DEMO) as url:
        yield demo_city.installation(tmp_path, url)


@pytest.fixture(scope="session")
def compiled_templates(tmp_path_factory: pytest.TempPathFactory) -> FileSystemBytecodeCache:
    """Each test has an application of its own; the templates need not be compiled anew for each."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))


@pytest.fixture
def app(settings: Settings, clock: TestClock, compiled_templates: FileSystemBytecodeCache) -> Iterator[Flask]:
    app = create_app(settings, clock)
    app.testing = True
    app.jinja_env.bytecode_cache = compiled_templates
    yield app
    app.extensions[EXTENSION].database.close()


@pytest.fixture
def database(app: Flask) -> Database:
    return app.extensions[EXTENSION].database


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def people(database: Database, clock: TestClock) -> dict[str, User]:
    """One account for each role; see tests/support/people.py."""
    return accounts(database) or open_accounts(database, clock.now())


@pytest.fixture
def publisher(app: Flask, database: Database, people: dict[str, User]) -> Publisher:
    return Publisher(database, people, app.extensions["log"])


@pytest.fixture
def sign_in(people: dict[str, User]) -> Callable[[FlaskClient, str], None]:
    """sign_in(client, "editor") through the real form."""

    def as_person(client: FlaskClient, name: str) -> None:
        page = checked(client, "/sign-in")
        response = client.post("/sign-in", data={**page.hidden_fields(), "sign_in_name": name, "password": PASSWORD})
        assert response.status_code == 302, response.get_data(as_text=True)

    return as_person


@pytest.fixture
def open_page() -> Callable[..., Page]:
    """open_page(client, url, status=200) → Page, checked as every page must be."""
    return checked


@pytest.fixture
def run_jobs(app: Flask) -> Callable[[], int]:
    """Let the worker run all that is due now."""
    return lambda: app.extensions["create_worker"]().run_due()
