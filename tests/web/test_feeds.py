"""Feeds as readers meet them: valid, stable, cheap when nothing is new."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import product

import feedparser
import pytest
from flask.testing import FlaskClient

from core.database import Database, unit_of_work
from portal.notices.kinds import NOTICE
from portal.publishing import operations
from portal.publishing.models import Disclosure
from tests.conftest import TestClock
from tests.support.disclosures import NOTICE_FIELDS, Publisher
from tests.support.page import Page
from tests.web.test_air_pages import CLEAN, add_station

NAMES = ("all", "penalties", "blacklist", "air", "notices")
KINDS = ("rss", "atom")
BASE = "http://127.0.0.1:8000"


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
        assert entry.id and entry.title and entry.link.startswith(f"{BASE}/")
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
    assert re.search(r"([+-]\d{2}:?\d{2}|Z|GMT)$", entry.published), "the zone is not said"


def test_markup_in_a_title_is_text(client: FlaskClient, city: dict[str, str]) -> None:
    (entry,) = read(client, "notices").entries
    assert "<b>" in entry.title.replace("&lt;", "<")
    assert "\x0b" not in entry.title


@pytest.mark.parametrize("kind", KINDS)
def test_a_correction_keeps_the_entry_and_its_day(
    client: FlaskClient, city: dict[str, str], publisher: Publisher, clock: TestClock, kind: str
) -> None:
    (before,) = read(client, "penalties", kind).entries
    publisher.correct(city["penalty"], clock.now(), party_name="许昌宏源检测（更名）有限公司")
    (after,) = read(client, "penalties", kind).entries
    assert after.id == before.id
    assert after.published == before.published
    assert "更名" in after.title
    if kind == "atom":
        assert after.updated_parsed > before.updated_parsed


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


def test_what_is_not_yet_approved_is_in_no_feed(
    client: FlaskClient, publisher: Publisher, database: Database, clock: TestClock
) -> None:
    at, editor = clock.now(), publisher.editor
    with unit_of_work(database) as session:
        operations.draft(session, NOTICE, {**NOTICE_FIELDS, "title": "还是草稿"}, actor=editor, at=at)
        waiting = operations.draft(session, NOTICE, {**NOTICE_FIELDS, "title": "待审核"}, actor=editor, at=at)
        operations.submit(session, waiting, actor=editor, at=at)
    corrected = publisher.notice(at, title="公开的版本")
    with unit_of_work(database) as session:
        one = session.get_one(Disclosure, corrected)
        operations.correct(session, one, "有误", actor=editor, at=at)
        operations.revise(session, one, {**one.draft, "title": "更正未审核"}, actor=editor, at=at)
        operations.submit(session, one, actor=editor, at=at)
    for name, kind in product(("all", "notices"), KINDS):
        assert [one.title for one in read(client, name, kind).entries] == ["公开的版本"]


@pytest.mark.parametrize("kind", KINDS)
def test_an_entry_is_named_by_its_permanent_page_and_the_newest_stands_first(
    client: FlaskClient, city: dict[str, str], kind: str
) -> None:
    paths = [f"/notices/{city['notice']}", f"/blacklist/{city['blacklist']}", f"/penalties/{city['penalty']}"]
    entries = read(client, "all", kind).entries
    assert [one.id for one in entries] == [one.link for one in entries] == [f"{BASE}{path}" for path in paths]
    assert [client.get(path).status_code for path in paths] == [200, 200, 200]


def test_a_feed_ends_after_the_fifty_newest(client: FlaskClient, publisher: Publisher, clock: TestClock) -> None:
    for number in range(52):
        publisher.notice(clock.now(), title=f"公告{number}")
    titles = [one.title for one in read(client, "notices", "rss").entries]
    assert titles == [f"公告{number}" for number in range(51, 1, -1)]


@pytest.mark.parametrize("name", ["all", "penalties"])
def test_what_leaves_the_feed_changes_its_tag(
    client: FlaskClient, city: dict[str, str], publisher: Publisher, clock: TestClock, name: str
) -> None:
    url = f"/feeds/{name}.atom"
    tag = client.get(url).headers["ETag"]
    kept = client.get(url, headers={"If-None-Match": tag})
    assert (kept.status_code, kept.data, kept.headers["ETag"]) == (304, b"", tag)
    publisher.withdraw(city["penalty"], clock.now())
    assert client.get(url, headers={"If-None-Match": tag}).status_code == 200


def test_news_of_one_kind_leaves_the_other_feeds_as_they_are(
    client: FlaskClient, city: dict[str, str], publisher: Publisher, clock: TestClock
) -> None:
    tags = {name: client.get(f"/feeds/{name}.rss").headers["ETag"] for name in NAMES}
    publisher.notice(clock.now(), title="又一条")
    changed = {name for name in NAMES if client.get(f"/feeds/{name}.rss").headers["ETag"] != tags[name]}
    assert changed == {"all", "notices"}


def test_a_tag_belongs_to_one_text_in_one_language(client: FlaskClient, city: dict[str, str]) -> None:
    def now_served() -> dict[str, bytes]:
        answers = [client.get(f"/feeds/{name}.atom") for name in NAMES]
        return {one.headers["ETag"]: one.data for one in answers}

    chinese = now_served()
    client.get("/language/en")
    assert {tag: text for tag, text in now_served().items() if chinese.get(tag, text) != text} == {}


def test_the_air_has_one_entry_a_day_that_is_updated_each_hour(
    client: FlaskClient, database: Database, clock: TestClock
) -> None:
    add_station(database, "XC01", (clock.now() - timedelta(hours=1), CLEAN))
    (before,) = read(client, "air").entries
    clock.moves_on(hours=1)
    add_station(database, "XC02", (clock.now() - timedelta(hours=1), CLEAN))
    (after,) = read(client, "air").entries
    assert after.id == before.id == f"{BASE}/air#2026-11-23"
    assert after.updated_parsed > before.updated_parsed
    assert "10 时" in after.title


def test_hours_of_yesterday_that_come_late_change_the_tag_of_the_air(
    client: FlaskClient, database: Database, clock: TestClock
) -> None:
    midnight = datetime(2026, 11, 22, 16, tzinfo=UTC)
    add_station(database, "XC01", (clock.now() - timedelta(hours=1), CLEAN))
    first = client.get("/feeds/air.atom")
    assert len(read(client, "air").entries) == 1
    add_station(database, "XC02", *((midnight - timedelta(hours=hour), CLEAN) for hour in range(24)))
    assert len(read(client, "air").entries) == 2
    assert client.get("/feeds/air.atom", headers={"If-None-Match": first.headers["ETag"]}).status_code == 200


@pytest.mark.parametrize("path", ["/penalties", "/blacklist", "/notices", "/air", "/", "/search"])
def test_pages_tell_readers_where_their_feed_is(client: FlaskClient, open_page: Callable[..., Page], path: str) -> None:
    addresses = open_page(client, path).find("//head/link[@rel='alternate']/@href")
    assert addresses
    for address in addresses:
        assert client.get(address).status_code == 200


@pytest.mark.parametrize("url", ["/feeds/nothing.rss", "/feeds/all.xml"])
def test_what_is_no_feed_is_not_found(client: FlaskClient, url: str) -> None:
    assert client.get(url).status_code == 404
