"""Feeds as readers meet them: valid, stable, cheap when nothing is new."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import feedparser
import pytest
from flask.testing import FlaskClient

from core.database import Database
from tests.conftest import TestClock
from tests.support.disclosures import COMPANY, Publisher
from tests.support.page import Page
from tests.web.test_air_pages import CLEAN, add_station

NAMES = ("all", "penalties", "blacklist", "air", "notices")
KINDS = ("rss", "atom")


def read(client: FlaskClient, name: str, kind: str = "atom") -> feedparser.FeedParserDict:
    response = client.get(f"/feeds/{name}.{kind}")
    assert response.status_code == 200
    feed = feedparser.parse(response.get_data(), response_headers={"content-type": response.headers["Content-Type"]})
    assert not feed.bozo, feed.get("bozo_exception")
    return feed


@pytest.fixture
def city(database: Database, publisher: Publisher, clock: TestClock) -> dict[str, str]:
    add_station(database, "XC01", (clock.now() - timedelta(hours=1), CLEAN))
    return {
        "penalty": publisher.penalty(clock.now() - timedelta(days=3)),
        "blacklist": publisher.blacklist(clock.now() - timedelta(days=2)),
        "notice": publisher.notice(clock.now() - timedelta(days=1), title='公告 <b>&amp; 引号"</b>\x0b'),
    }


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", NAMES)
def test_every_feed_is_understood_by_a_reader(client: FlaskClient, city: dict[str, str], name: str, kind: str) -> None:
    feed = read(client, name, kind)
    assert feed.feed.title.startswith("明鉴")
    assert {"all": 3}.get(name, 1) <= len(feed.entries)
    for entry in feed.entries:
        assert entry.id and entry.title and entry.link.startswith("http://127.0.0.1:8000/")
    assert any(one.rel == "self" for one in feed.feed.links)


@pytest.mark.parametrize("kind", KINDS)
def test_an_empty_city_has_valid_feeds(client: FlaskClient, kind: str) -> None:
    assert [len(read(client, name, kind).entries) for name in NAMES] == [0, 0, 0, 0, 0]


@pytest.mark.parametrize("kind", KINDS)
def test_dates_are_those_of_publication_in_time_and_zone(
    client: FlaskClient, city: dict[str, str], clock: TestClock, kind: str
) -> None:
    (entry,) = read(client, "penalties", kind).entries
    assert datetime(*entry.published_parsed[:6], tzinfo=UTC) == clock.now() - timedelta(days=3)


def test_markup_in_a_title_is_text(client: FlaskClient, city: dict[str, str]) -> None:
    (entry,) = read(client, "notices").entries
    assert "<b>" in entry.title.replace("&lt;", "<")
    assert "\x0b" not in entry.title


def test_a_correction_updates_the_same_entry(
    client: FlaskClient, city: dict[str, str], publisher: Publisher, clock: TestClock
) -> None:
    (before,) = read(client, "penalties").entries
    publisher.correct(city["penalty"], clock.now(), party_name="许昌宏源检测（更名）有限公司")
    (after,) = read(client, "penalties").entries
    assert after.id == before.id
    assert after.published == before.published
    assert after.updated > before.updated
    assert "更名" in after.title


def test_what_is_withdrawn_leaves_the_feed(
    client: FlaskClient, city: dict[str, str], publisher: Publisher, clock: TestClock
) -> None:
    publisher.withdraw(city["penalty"], clock.now())
    assert read(client, "penalties").entries == []
    assert all(entry.link.find("/penalties/") < 0 for entry in read(client, "all").entries)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", NAMES)
def test_a_reader_that_has_it_gets_304_until_something_is_new(
    client: FlaskClient,
    city: dict[str, str],
    publisher: Publisher,
    database: Database,
    clock: TestClock,
    name: str,
    kind: str,
) -> None:
    url = f"/feeds/{name}.{kind}"
    first = client.get(url)
    by_tag = {"If-None-Match": first.headers["ETag"]}
    by_date = {"If-Modified-Since": first.headers["Last-Modified"]}
    assert client.get(url, headers=by_tag).status_code == 304
    assert client.get(url, headers=by_date).status_code == 304
    clock.moves_on(hours=1)
    publisher.penalty(clock.now(), decision_no="许环罚〔2026〕77号")
    publisher.blacklist(clock.now(), listing_decision_no="许环失信〔2026〕77号")
    publisher.notice(clock.now(), title="又一条")
    add_station(database, "XC02", (clock.now(), CLEAN))
    assert client.get(url, headers=by_tag).status_code == 200
    assert client.get(url, headers=by_date).status_code == 200


def test_a_draft_is_in_no_feed(client: FlaskClient, publisher: Publisher, clock: TestClock) -> None:
    record = publisher.penalty(clock.now())
    publisher.withdraw(record, clock.now())
    assert COMPANY not in client.get("/feeds/all.rss").get_data(as_text=True)


@pytest.mark.parametrize("path", ["/penalties", "/blacklist", "/notices", "/air", "/", "/search"])
def test_pages_tell_readers_where_their_feed_is(client: FlaskClient, open_page: Callable[..., Page], path: str) -> None:
    addresses = open_page(client, path).find("//head/link[@rel='alternate']/@href")
    assert addresses
    for address in addresses:
        assert client.get(address).status_code == 200


@pytest.mark.parametrize("url", ["/feeds/nothing.rss", "/feeds/all.xml"])
def test_what_is_no_feed_is_not_found(client: FlaskClient, url: str) -> None:
    assert client.get(url).status_code == 404
