"""What the site says of itself is found, in both languages, and follows the site's own words at each start."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core.config import Settings
from core.database import Database, unit_of_work
from core.web.current import EXTENSION
from portal.app import create_app
from portal.pages import source
from portal.pages.source import KIND, PAGES
from search.document import Document
from search.service import Search
from tests.conftest import TestClock
from tests.support.disclosures import COMPANY, Publisher
from tests.support.page import Page, checked


@pytest.fixture(params=["auto", "whoosh"])
def app(settings: Settings, clock: TestClock, request: pytest.FixtureRequest) -> Iterator[Flask]:
    app = create_app(replace(settings, search_backend=request.param), clock)
    app.testing = True
    yield app
    app.extensions[EXTENSION].database.close()


@pytest.fixture
def search(app: Flask) -> Search:
    found: Search = app.extensions["search"]
    return found


def hits(page: Page) -> list[tuple[str, str]]:
    """(address, all that is said of it)."""
    items = page.find("//li[@class='record-list__item']")
    return [(one.xpath("string(.//a/@href)"), " ".join(one.xpath("string()").split())) for one in items]


def test_every_page_that_is_named_is_there_in_each_language(
    search: Search, database: Database, client: FlaskClient
) -> None:
    assert search.follow(database, KIND) > 2 * len(PAGES)
    with database.read() as session:
        found = list(search.sources[KIND].documents(session))
    for path, _is_whole in PAGES:
        chinese, english = (one for one in found if one.key.startswith(f"{path}."))
        assert len(chinese.body) > 10 and len(english.body) > 10, path
        assert not any("一" <= letter <= "鿿" for letter in english.title), path
    for one in found:
        assert client.get(one.url, follow_redirects=True).status_code == 200, one.url


def test_a_page_is_found_by_what_it_explains_with_its_language(
    search: Search, database: Database, client: FlaskClient
) -> None:
    search.follow(database, KIND)
    chinese = dict(hits(checked(client, "/search?q=检查点 露馅")))
    assert list(chinese) == ["/ledger"] and "站内页面" in chinese["/ledger"] and "中文" in chinese["/ledger"]
    english = dict(hits(checked(client, "/search?q=fingerprint")))
    assert "English" in english["/language/en?next=/ledger"]
    releases = dict(hits(checked(client, "/search?q=失信名单列入决定")))
    assert "/calendar/blacklist" in releases


def test_it_follows_the_words_and_costs_nothing_where_they_stayed(
    search: Search, database: Database, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    search.follow(database, KIND)
    assert search.follow(database, KIND) == 0
    with unit_of_work(database) as session:
        stale = Document(KIND, "/about.zh", "/about", "平台说明", "从前的说法", language="zh")
        search.store.put(session, [stale])
    assert search.follow(database, KIND) == 1
    assert not hits(checked(client, '/search?q="从前的说法"'))
    monkeypatch.setattr(source, "PAGES", tuple(one for one in PAGES if one[0] != "/about"))
    assert search.follow(database, KIND) == 2
    assert "/about" not in dict(hits(checked(client, "/search?q=平台说明&kind=page")))


def test_a_rebuild_takes_them_in_too(search: Search, database: Database, client: FlaskClient) -> None:
    search.rebuild(database)
    assert search.follow(database, KIND) == 0
    assert hits(checked(client, "/search?kind=page"))


def test_records_that_a_page_shows_are_not_kept_as_its_words(
    search: Search, database: Database, publisher: Publisher, clock: TestClock
) -> None:
    publisher.penalty(clock.now())
    with database.read() as session:
        assert not [one.key for one in search.sources[KIND].documents(session) if COMPANY in one.title + one.body]


def test_a_feed_of_a_search_tells_records_alone(search: Search, database: Database, client: FlaskClient) -> None:
    search.follow(database, KIND)
    assert client.get("/search.json?q=账本").get_json()["items"] == []
