"""A page that is kept is never older than the data, and never somebody's own."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from core.database import Database
from core.web.page_cache import SIGNAL, PageCache
from tests.conftest import TestClock
from tests.support.disclosures import COMPANY, Publisher

AT = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)


@pytest.fixture
def reads(database: Database) -> Callable[[], Iterator[list[str]]]:
    """How many statements a block sends through the engine, the mark's own left out."""

    @contextmanager
    def counted() -> Iterator[list[str]]:
        sent: list[str] = []

        def note(_c: object, _u: object, statement: str, *_rest: object) -> None:
            if "pg_current_snapshot" not in statement:
                sent.append(statement)

        event.listen(database.engine, "before_cursor_execute", note)
        yield sent
        event.remove(database.engine, "before_cursor_execute", note)

    return counted


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/air",
        "/penalties",
        "/penalties?county=411002",
        "/search?q=检测",
        "/statistics",
        "/statistics.csv",
        "/calendar",
    ],
)
@pytest.mark.usefixtures("nobody_else_commits")
def test_the_second_reader_costs_no_query(
    client: FlaskClient,
    database: Database,
    publisher: Publisher,
    reads: Callable[[], Iterator[list[str]]],
    path: str,
) -> None:
    publisher.penalty(AT)
    first = client.get(path)
    with reads() as sent:
        second = client.get(path)
    assert second.get_data() == first.get_data()
    assert dict(second.headers) == dict(first.headers)
    assert SIGNAL not in second.headers
    assert not sent


def test_what_is_published_corrected_and_withdrawn_is_seen_at_once(client: FlaskClient, publisher: Publisher) -> None:
    assert COMPANY not in client.get("/penalties").get_data(as_text=True)
    one = publisher.penalty(AT, fine_wan_yuan="5")
    page = f"/penalties/{one}"
    assert COMPANY in client.get("/penalties").get_data(as_text=True)
    assert "第 2 版" not in client.get(page).get_data(as_text=True)
    publisher.correct(one, AT, fine_wan_yuan="8")
    assert "第 2 版" in client.get(page).get_data(as_text=True)
    publisher.withdraw(one, AT)
    assert client.get(page).status_code == 410
    assert COMPANY not in client.get("/penalties").get_data(as_text=True)


def test_the_minute_bounds_what_depends_on_the_time_alone(
    client: FlaskClient, clock: TestClock, reads: Callable[[], Iterator[list[str]]]
) -> None:
    client.get("/penalties")
    clock.moves_on(seconds=61)
    with reads() as sent:
        client.get("/penalties")
    assert sent


def test_languages_are_kept_apart(client: FlaskClient) -> None:
    chinese = client.get("/penalties").get_data(as_text=True)
    client.get("/language/en")
    assert 'lang="en"' in client.get("/penalties").get_data(as_text=True)
    assert client.application.test_client().get("/penalties").get_data(as_text=True) == chinese


def test_who_has_a_session_gets_their_own_page_and_leaves_none_behind(
    app: Flask, client: FlaskClient, sign_in: Callable[[FlaskClient, str], None]
) -> None:
    sign_in(client, "editor")
    own = client.get("/penalties").get_data(as_text=True)
    assert "退出" in own
    assert "退出" not in app.test_client().get("/penalties").get_data(as_text=True)


def test_no_reporters_page_is_kept(app: Flask, client: FlaskClient) -> None:
    for path in ("/report", "/track", "/report/category", "/sign-in"):
        client.get(path)
    cache = app.wsgi_app
    assert isinstance(cache, PageCache)
    kept = cache.pages.keys()
    assert not [key for key in kept if key[2].startswith(("/report", "/track", "/sign-in"))]
