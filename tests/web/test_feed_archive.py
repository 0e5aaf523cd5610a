"""The whole history can be walked, page by page; a page changes only when something on it leaves the public."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from lxml import etree

from core.database import Database, unit_of_work
from portal.opendata import feed_queries
from portal.publishing import operations
from portal.publishing.models import Disclosure
from tests.conftest import TestClock
from tests.support.disclosures import Publisher
from tests.support.feed_check import ATOM, checked_feed

BASE = "http://127.0.0.1:8000"
SIZE = 5
HISTORY = "{http://purl.org/syndication/history/1.0}archive"
STONE = "{http://purl.org/atompub/tombstones/1.0}deleted-entry"


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed_queries, "PAGE", SIZE)


@pytest.fixture
def history(publisher: Publisher, clock: TestClock) -> list[str]:
    """17 notices with 3 penalties among them: four full pages of five changes."""
    made = []
    for number in range(17):
        clock.moves_on(minutes=1)
        made.append(publisher.notice(clock.now(), title=f"公告{number}"))
        if number in (2, 3, 15):
            clock.moves_on(minutes=1)
            made.append(publisher.penalty(clock.now(), decision_no=f"豫1000环罚决字〔2026〕{number}号"))
    return made


def walk(client: FlaskClient, url: str) -> Iterator[tuple[str, etree._Element]]:
    """The feed at `url`, then page after page as prev-archive says."""
    while url:
        tree = checked_feed(client.get(url.removeprefix(BASE)), url)
        yield url, tree
        links = tree.iter(f"{ATOM}link")
        url = next((str(one.get("href")) for one in links if one.get("rel") == "prev-archive"), "")


def ids(tree: etree._Element) -> list[str]:
    return [str(one.text) for one in tree.xpath("//item/guid | //*[local-name()='entry']/*[local-name()='id']")]


@pytest.mark.parametrize("form", ["atom", "rss"])
@pytest.mark.parametrize("name", ["all", "notices", "penalties"])
def test_a_reader_comes_to_the_first_record(client: FlaskClient, history: list[str], name: str, form: str) -> None:
    found = {one.rpartition("/")[2] for _url, tree in walk(client, f"{BASE}/feeds/{name}.{form}") for one in ids(tree)}
    expected = {"all": 20, "notices": 17, "penalties": 3}
    assert len(found) == expected[name] and found <= set(history)


def test_the_walk_goes_through_json_too(client: FlaskClient, history: list[str]) -> None:
    found, url = set(), f"{BASE}/feeds/all.json"
    while url:
        feed = checked_feed(client.get(url.removeprefix(BASE)), url)
        found |= {one["id"].rpartition("/")[2] for one in feed["items"]}
        url = feed.get("next_url", "")
    assert found == set(history)


def test_pages_say_what_they_are_and_lead_both_ways(client: FlaskClient, history: list[str]) -> None:
    pages = dict(walk(client, f"{BASE}/feeds/penalties.atom"))
    assert list(pages) == [
        f"{BASE}/feeds/penalties{one}.atom" for one in ("", "/archive/4", "/archive/2", "/archive/1")
    ]
    living, *archive = pages.values()
    assert living.find(HISTORY) is None and all(one.find(HISTORY) is not None for one in archive)
    assert {one.findtext(f"{ATOM}id") for one in pages.values()} == {f"{BASE}/feeds/penalties"}
    relations = {one.get("rel"): one.get("href") for one in archive[-1].findall(f"{ATOM}link")}
    assert relations["next-archive"] == f"{BASE}/feeds/penalties/archive/2.atom"
    assert relations["current"] == f"{BASE}/feeds/penalties.atom"


def test_a_page_that_is_not_full_is_not_there_yet(
    client: FlaskClient, publisher: Publisher, history: list[str], clock: TestClock
) -> None:
    for page in (0, 5):
        assert client.get(f"/feeds/all/archive/{page}.atom").status_code == 404
    assert client.get("/feeds/air/archive/1.atom").status_code == 404
    for number in range(SIZE):
        publisher.notice(clock.now(), title=f"后来{number}")
    assert client.get("/feeds/all/archive/5.atom").status_code == 200


def test_a_full_page_stays_byte_for_byte_the_same_whatever_is_added_or_corrected(
    client: FlaskClient, publisher: Publisher, history: list[str], clock: TestClock
) -> None:
    before = client.get("/feeds/all/archive/1.atom")
    clock.moves_on(days=1)
    publisher.correct(history[0], clock.now(), title="更正后的公告")
    publisher.notice(clock.now(), title="后来的")
    after = client.get("/feeds/all/archive/1.atom")
    assert after.data == before.data and after.headers["ETag"] == before.headers["ETag"]
    assert "公告0" in after.get_data(as_text=True) and "更正后的公告" in client.get("/feeds/all.atom").get_data(True)


@pytest.mark.parametrize("erased", [False, True])
@pytest.mark.parametrize("form", ["atom", "rss", "json"])
def test_what_leaves_the_public_leaves_the_past_too(
    client: FlaskClient,
    publisher: Publisher,
    database: Database,
    history: list[str],
    clock: TestClock,
    form: str,
    erased: bool,
) -> None:
    url = f"/feeds/all/archive/1.{form}"
    before = client.get(url)
    assert "公告1" in before.get_data(as_text=True)
    clock.moves_on(days=1)
    publisher.withdraw(history[1], clock.now())
    if erased:
        with unit_of_work(database) as session:
            one = session.get_one(Disclosure, history[1])
            operations.erase(session, one, actor=publisher.approver, at=clock.now())
    after = client.get(url, headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200 and after.headers["ETag"] != before.headers["ETag"]
    assert "公告1<" not in after.get_data(as_text=True) and '"公告1"' not in after.get_data(as_text=True)
    tree = checked_feed(after, BASE + url)
    if form == "atom":
        assert [one.get("ref") for one in tree.findall(STONE)] == [f"{BASE}/notices/{history[1]}"]


def test_an_old_version_stands_where_it_was_published_and_the_new_one_where_it_was_corrected(
    client: FlaskClient, publisher: Publisher, history: list[str], clock: TestClock
) -> None:
    publisher.correct(history[0], clock.now() + timedelta(minutes=1), title="更正后的公告")
    for number in range(SIZE - 1):
        publisher.notice(clock.now() + timedelta(minutes=2), title=f"后来{number}")
    old, new = (client.get(f"/feeds/all/archive/{page}.atom").get_data(as_text=True) for page in (1, 5))
    assert "公告0" in old and f"/notices/{history[0]}/versions/1" in old
    assert "更正后的公告" in new and f"/notices/{history[0]}/versions/2" in new


def test_a_page_that_fills_gets_its_way_forward(
    client: FlaskClient, publisher: Publisher, history: list[str], clock: TestClock, run_jobs: Callable[[], int]
) -> None:
    tag = client.get("/feeds/all/archive/4.atom").headers["ETag"]
    for number in range(SIZE):
        publisher.notice(clock.now(), title=f"后来{number}")
    answer = client.get("/feeds/all/archive/4.atom", headers={"If-None-Match": tag})
    assert answer.status_code == 200 and "archive/5.atom" in answer.get_data(as_text=True)
