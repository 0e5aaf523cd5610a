"""Any list and any search is a feed, valid in its three forms; what leaves the public leaves the feed and says so."""

import gzip
import json
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from urllib.parse import urlencode, urlsplit

import feedparser
import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import etree
from sqlalchemy import event

from core.accounts.models import User
from core.database import Database, unit_of_work
from portal.publishing import operations
from portal.publishing.models import Disclosure
from tests.conftest import TestClock
from tests.support.disclosures import Publisher
from tests.support.feed_check import checked_feed
from tests.support.page import Page
from tests.web.test_air_pages import CLEAN, add_station

BASE = "http://127.0.0.1:8000"
FORMS = ("rss", "atom", "json")
STONE = "{http://purl.org/atompub/tombstones/1.0}deleted-entry"


def read(client: FlaskClient, path: str, form: str, **asked: str) -> object:
    url = f"{path}.{form}" + (f"?{urlencode(asked)}" if asked else "")
    return checked_feed(client.get(url), BASE + url)


def titles(feed: object) -> list[str]:
    if isinstance(feed, dict):
        return [one["title"] for one in feed["items"]]
    assert isinstance(feed, etree._Element)
    return [one.text or "" for one in feed.xpath("//item/title | //*[local-name()='entry']/*[local-name()='title']")]


@pytest.fixture
def city(database: Database, publisher: Publisher, clock: TestClock, run_jobs: Callable[[], int]) -> dict[str, str]:
    add_station(database, "XC01", (clock.now() - timedelta(hours=1), CLEAN))
    made = {
        "weidu": publisher.penalty(clock.now() - timedelta(days=3)),
        "yuzhou": publisher.penalty(
            clock.now() - timedelta(days=2),
            county_code="411081",
            party_name="禹州市清源检测有限公司",
            decision_no="豫1081环罚决字〔2025〕3号",
            decided_on="2025-06-01",
            authority_name="禹州市环境监察大队",
            acts=["F01"],
        ),
        "notice": publisher.notice(clock.now() - timedelta(days=1), title='公告 <script>alert(1)</script>&amp; "\x0b'),
    }
    run_jobs()
    return made


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", ["all", "penalties", "blacklist", "notices", "air", "ledger"])
def test_every_feed_is_valid(client: FlaskClient, city: dict[str, str], name: str, form: str) -> None:
    read(client, f"/feeds/{name}", form)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"county": "411002"}, "许昌宏源"),
        ({"authority": "禹州市环境监察大队"}, "禹州市清源"),
        ({"act": "F01"}, "禹州市清源"),
        ({"year": "2025"}, "禹州市清源"),
        ({"county": "411081", "year": "2025"}, "禹州市清源"),
    ],
)
def test_a_filtered_list_is_a_feed(
    client: FlaskClient, city: dict[str, str], form: str, asked: dict[str, str], expected: str
) -> None:
    (title,) = titles(read(client, "/feeds/penalties", form, **asked))
    assert expected in title
    assert titles(read(client, "/feeds/penalties", form, county="411025")) == []


@pytest.mark.parametrize("form", FORMS)
def test_any_search_is_a_feed(client: FlaskClient, city: dict[str, str], form: str) -> None:
    (title,) = titles(read(client, "/search", form, q="清源检测"))
    assert "禹州市清源" in title
    assert len(titles(read(client, "/search", form, kind="penalty"))) == 2
    assert titles(read(client, "/search", form, q="没有这样的东西")) == []


def test_the_order_and_place_on_the_page_are_no_part_of_the_feed(client: FlaskClient, city: dict[str, str]) -> None:
    feed = client.get("/search.json?sort=date&cursor=x&q=检测").get_json()
    assert feed["feed_url"] == f"{BASE}/search.json?{urlencode({'q': '检测'})}"


def test_the_json_of_a_search_tells_programs_what_its_page_tells_people(
    client: FlaskClient, city: dict[str, str], run_jobs: Callable[[], int]
) -> None:
    feed = read(client, "/search", "json", kind="penalty", q="检测")
    told = feed["_mingjian"]
    assert told["total"] == len(feed["items"]) == 2 and not told["more_than_total"]
    assert told["facets"]["kind"] == [{"value": "penalty", "label": "行政处罚", "count": 2}]
    assert {one["label"]: one["count"] for one in told["facets"]["county"]} == {"魏都区": 1, "禹州市": 1}
    assert {one["url"] for one in told["hits"]} == {one["url"] for one in feed["items"]}
    assert {(one["kind"], one["county"]) for one in told["hits"]} == {("penalty", "411002"), ("penalty", "411081")}
    assert all(date.fromisoformat(one["date"]) and one["amount_yuan"] > 0 for one in told["hits"])
    assert told["suggestions"] is None
    assert told["about"] == f"{BASE}/api/docs#search"
    assert 'id="search"' in client.get("/api/docs").get_data(as_text=True)


def test_the_json_of_a_search_names_the_company_that_was_asked_for(client: FlaskClient, city: dict[str, str]) -> None:
    (company,) = read(client, "/search", "json", q="清源检测")["_mingjian"]["companies"]
    assert "禹州市清源" in company["name"] and company["counts"]["penalty"] == 1


def test_the_json_of_a_search_helps_on_where_nothing_is_found(client: FlaskClient, city: dict[str, str]) -> None:
    feed = read(client, "/search", "json", county="411081", q="宏元环境检测")
    told = feed["_mingjian"]
    assert (feed["items"], told["total"], told["hits"]) == ([], 0, [])
    assert any("宏源" in name for name in told["suggestions"]["names"])
    told = read(client, "/search", "json", county="411025", q="宏源")["_mingjian"]
    assert told["suggestions"]["without_filter"]["county"] >= 1


def test_the_rest_of_a_searchs_json_changes_its_tag_too(
    client: FlaskClient, city: dict[str, str], app: Flask, database: Database
) -> None:
    """A page of the site is no entry of the feed, and still found by who asks."""
    url = "/search.json?q=账本"
    before = client.get(url)
    assert before.get_json()["_mingjian"]["pages"] == []
    app.extensions["search"].follow(database, "page")
    after = client.get(url, headers={"If-None-Match": before.headers["ETag"]})
    assert (after.status_code, after.get_json()["items"]) == (200, [])
    assert "/ledger" in {urlsplit(one["url"]).path for one in after.get_json()["_mingjian"]["pages"]}


def test_a_search_feed_changes_with_what_it_finds(
    client: FlaskClient,
    city: dict[str, str],
    publisher: Publisher,
    clock: TestClock,
    run_jobs: Callable[[], int],
) -> None:
    url = f"/search.rss?{urlencode({'q': '宏源'})}"
    tag = client.get(url).headers["ETag"]
    publisher.notice(clock.now(), title="与此无关")
    run_jobs()
    assert client.get(url, headers={"If-None-Match": tag}).status_code == 304
    publisher.notice(clock.now(), title="关于宏源公司的公告")
    run_jobs()
    answer = client.get(url, headers={"If-None-Match": tag})
    assert answer.status_code == 200 and "关于宏源公司的公告" in answer.get_data(as_text=True)


def test_a_correction_says_why_under_the_same_id(
    client: FlaskClient, city: dict[str, str], publisher: Publisher, clock: TestClock
) -> None:
    publisher.correct(city["weidu"], clock.now(), fine_wan_yuan="6")
    newest = client.get("/feeds/penalties.json").get_json()["items"][0]
    assert newest["id"] == f"{BASE}/penalties/{city['weidu']}"
    assert newest["date_published"] < newest["date_modified"]
    assert "原文有误" in newest["content_text"]


def test_what_is_withdrawn_is_a_tombstone_in_atom(
    client: FlaskClient, city: dict[str, str], publisher: Publisher, clock: TestClock
) -> None:
    publisher.withdraw(city["weidu"], clock.now())
    for path, asked in [("/feeds/penalties", {}), ("/feeds/all", {}), ("/feeds/penalties", {"county": "411002"})]:
        feed = read(client, path, "atom", **asked)
        assert isinstance(feed, etree._Element)
        (stone,) = feed.findall(STONE)
        assert stone.get("ref") == f"{BASE}/penalties/{city['weidu']}"
        assert stone.get("when") == clock.now().isoformat()
        assert not any("宏源" in (text or "") for text in feed.itertext())


@pytest.mark.parametrize("form", ["rss", "json"])
def test_what_is_withdrawn_is_an_empty_entry_of_the_same_id_in_rss_and_json(
    client: FlaskClient, city: dict[str, str], publisher: Publisher, clock: TestClock, form: str
) -> None:
    publisher.withdraw(city["weidu"], clock.now())
    feed = read(client, "/feeds/penalties", form)
    assert titles(feed)[0] == "[已撤回] 行政处罚"
    if isinstance(feed, dict):
        assert (feed["items"][0]["id"], feed["items"][0]["content_text"]) == (f"{BASE}/penalties/{city['weidu']}", "")
        assert feed["items"][0]["_mingjian"]["is_gone"] is True
    else:
        assert feed.findtext("channel/item/guid") == f"{BASE}/penalties/{city['weidu']}"  # type: ignore[attr-defined]
        assert feed.find("channel/item").find("description") is None  # type: ignore[attr-defined]
    assert client.get(f"/penalties/{city['weidu']}").status_code == 410


@pytest.mark.parametrize("form", ["rss", "json"])
def test_a_filter_does_not_tell_what_a_withdrawn_record_was_about(
    client: FlaskClient, city: dict[str, str], publisher: Publisher, clock: TestClock, form: str
) -> None:
    publisher.withdraw(city["weidu"], clock.now())
    assert titles(read(client, "/feeds/penalties", form, county="411002")) == []
    stones = {
        county: client.get(f"/feeds/penalties.atom?county={county}").data.count(b"deleted-entry ref=")
        for county in ("411002", "411025")
    }
    assert stones == {"411002": 1, "411025": 1}


def test_what_was_erased_is_nowhere_in_the_feeds(
    client: FlaskClient, city: dict[str, str], publisher: Publisher, database: Database, clock: TestClock
) -> None:
    publisher.withdraw(city["weidu"], clock.now())
    with unit_of_work(database) as session:
        operations.erase(session, session.get_one(Disclosure, city["weidu"]), actor=publisher.approver, at=clock.now())
    for form in FORMS:
        assert "宏源" not in client.get(f"/feeds/all.{form}").get_data(as_text=True)


@pytest.mark.parametrize(
    "page", ["/search?q=检测&kind=penalty&county=411081&sort=date", "/penalties?year=2025&county=411081", "/air", "/"]
)
def test_the_feeds_that_a_page_names_call_themselves_by_that_address(
    client: FlaskClient, city: dict[str, str], page: str
) -> None:
    head = etree.HTML(client.get(page).data).xpath("//head/link[@rel='alternate'][@type!='application/json']/@href")
    assert head
    for address in head:
        checked_feed(client.get(address), BASE + address)


UNCHANGED = ("/feeds/all.rss", "/feeds/penalties.atom?county=411002", f"/search.json?{urlencode({'q': '检测'})}")


@pytest.fixture
def asked(database: Database) -> Iterator[list[str]]:
    """The statements sent to the database, the question for its mark left out."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if "pg_current_snapshot" not in statement:
            sent.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    yield sent
    event.remove(database.engine, "before_cursor_execute", note)


@pytest.mark.usefixtures("nobody_else_commits")
def test_an_unchanged_feed_asks_no_table(
    client: FlaskClient, city: dict[str, str], publisher: Publisher, clock: TestClock, asked: list[str]
) -> None:
    first = {url: client.get(url) for url in UNCHANGED}
    asked.clear()
    for url, before in first.items():
        assert client.get(url, headers={"If-None-Match": before.headers["ETag"]}).status_code == 304
    assert asked == []
    publisher.notice(clock.now(), title="又一条")
    asked.clear()
    again = client.get(UNCHANGED[0], headers={"If-None-Match": first[UNCHANGED[0]].headers["ETag"]})
    assert again.status_code == 200
    assert asked


@pytest.mark.parametrize("url", UNCHANGED)
@pytest.mark.usefixtures("nobody_else_commits")
def test_an_unchanged_feed_is_written_once_for_all_its_new_readers(
    client: FlaskClient, city: dict[str, str], database: Database, clock: TestClock, asked: list[str], url: str
) -> None:
    first = client.get(url)
    asked.clear()
    assert client.get(url).data == first.data
    assert asked == []
    add_station(database, "XC09", (clock.now(), CLEAN))
    asked.clear()
    after = client.get(url)
    assert (after.data, after.headers["ETag"]) == (first.data, first.headers["ETag"])
    if "/search" not in url:
        assert asked and not [one for one in asked if "body" in one], "only the tag was worked out anew"


def test_a_withdrawal_ends_what_was_written(
    client: FlaskClient, city: dict[str, str], publisher: Publisher, clock: TestClock
) -> None:
    before = {url: client.get(url).data for url in UNCHANGED}
    assert all("宏源" in text.decode() for text in before.values())
    publisher.withdraw(city["weidu"], clock.now())
    assert not [url for url in UNCHANGED if "宏源" in client.get(url).get_data(as_text=True)]


def test_another_process_writing_is_noticed(
    app: Flask, client: FlaskClient, city: dict[str, str], people: dict[str, User]
) -> None:
    """The other process: a second connection to the same database that this application knows nothing of."""
    tag = client.get("/feeds/notices.rss").headers["ETag"]
    house = app.extensions["mingjian"]
    other = Database(house.settings.database_url)
    try:
        Publisher(other, people, app.extensions["log"]).withdraw(city["notice"], house.clock.now())
    finally:
        other.close()
    assert client.get("/feeds/notices.rss", headers={"If-None-Match": tag}).status_code == 200


def test_a_feed_is_packed_for_who_can_unpack_it(client: FlaskClient, city: dict[str, str]) -> None:
    plain = client.get("/feeds/all.rss")
    packed = client.get("/feeds/all.rss", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip" and "Content-Encoding" not in plain.headers
    assert gzip.decompress(packed.data) == plain.data and len(packed.data) < len(plain.data) / 2
    assert packed.headers["ETag"] != plain.headers["ETag"] and "Accept-Encoding" in packed.headers["Vary"]
    again = {"Accept-Encoding": "gzip", "If-None-Match": packed.headers["ETag"]}
    assert client.get("/feeds/all.rss", headers=again).status_code == 304
    assert "Content-Encoding" not in client.get("/feeds/all.rss", headers={"Accept-Encoding": "gzip;q=0"}).headers


def test_markup_in_a_record_is_text_in_each_form(client: FlaskClient, city: dict[str, str]) -> None:
    for form in ("rss", "atom"):
        (entry,) = feedparser.parse(client.get(f"/feeds/notices.{form}").data).entries
        assert "script" not in entry.get("summary", "")
    assert "<script>" in client.get("/feeds/notices.json").get_json()["items"][0]["title"]


SEARCHED = urlencode({"kind": "penalty", "q": "检测"})


@pytest.mark.parametrize(
    ("page", "feed"),
    [
        ("/penalties?county=411002", "/feeds/penalties.{}?county=411002"),
        ("/penalties?county=411002&cursor=", "/feeds/penalties.{}?county=411002"),
        (f"/search?{SEARCHED}&sort=date", f"/search.{{}}?{SEARCHED}"),
    ],
)
def test_a_page_names_the_feed_of_exactly_this_view(
    client: FlaskClient, city: dict[str, str], open_page: Callable[..., Page], page: str, feed: str
) -> None:
    opened = open_page(client, page)
    heads = opened.find("//head/link[@rel='alternate'][@type!='application/json']/@href")
    assert heads[:3] == [feed.format(form) for form in FORMS]
    assert {feed.format(form) for form in FORMS} <= set(opened.find("//main//a/@href"))
    for address in heads:
        assert client.get(str(address)).status_code == 200


def test_all_feeds_are_in_one_outline(client: FlaskClient, city: dict[str, str]) -> None:
    answer = client.get("/feeds.opml")
    assert answer.headers["Content-Type"] == "text/x-opml; charset=utf-8"
    root = etree.fromstring(answer.data)
    assert root.tag == "opml" and root.get("version") == "2.0"
    feeds = root.findall(".//outline[@type='rss']")
    addresses = [str(one.get("xmlUrl")) for one in feeds]
    assert len(addresses) >= 6 and all(one.get("text") and one.get("htmlUrl") for one in feeds)
    for address in addresses:
        checked_feed(client.get(address.removeprefix(BASE)), address)


def test_the_page_of_feeds_leads_to_each_of_them(
    client: FlaskClient, city: dict[str, str], open_page: Callable[..., Page]
) -> None:
    page = open_page(client, "/feeds")
    links = set(page.find("//main//a/@href"))
    for name in ("all", "penalties", "blacklist", "notices", "air", "ledger"):
        assert {f"/feeds/{name}.{form}" for form in FORMS} <= links
    assert "/feeds.opml" in links
    assert page.find("//button[@data-copy='address-all']") and f"{BASE}/feeds/all.rss" in page.text()


def test_a_feed_may_be_read_by_the_scripts_of_other_sites(client: FlaskClient, city: dict[str, str]) -> None:
    headers = client.get("/feeds/all.json").headers
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert json.loads(client.get("/feeds/all.json").data)["items"]
