"""A hub is named in header and body, and told when a feed has something new: with a real hub on loopback."""

import dataclasses
from collections.abc import Callable, Iterator
from urllib.parse import parse_qsl

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import etree

from core.config import Settings
from portal.app import create_worker
from tests.conftest import TestClock
from tests.support.disclosures import Publisher
from tests.support.feed_check import ATOM, checked_feed
from tests.support.receiver import Receiver, receiving

BASE = "http://127.0.0.1:8000"


@pytest.fixture
def hub(app: Flask, settings: Settings) -> Iterator[Receiver]:
    """A hub that the installation names in its settings."""
    with receiving() as receiver:
        house = app.extensions["mingjian"]
        named = dataclasses.replace(settings, websub_hub=receiver.url)
        app.extensions["mingjian"] = dataclasses.replace(house, settings=named)
        yield receiver


@pytest.fixture
def works(app: Flask) -> Callable[[], int]:
    return lambda: create_worker(app).run_due()


def test_a_hub_is_named_in_header_and_body(client: FlaskClient, hub: Receiver, publisher: Publisher) -> None:
    for form in ("rss", "atom", "json"):
        url = f"/feeds/penalties.{form}"
        answer = client.get(url)
        assert answer.headers.getlist("Link") == [f'<{BASE}{url}>; rel="self"', f'<{hub.url}>; rel="hub"']
        feed = checked_feed(answer, BASE + url)
        if isinstance(feed, etree._Element):
            hubs = [one.get("href") for one in feed.iter(f"{ATOM}link") if one.get("rel") == "hub"]
        else:
            hubs = [one["url"] for one in feed["hubs"]]
        assert hubs == [hub.url]


def test_feeds_that_are_never_announced_name_no_hub(client: FlaskClient, hub: Receiver) -> None:
    for url in ("/feeds/penalties.atom?county=411002", "/search.atom?q=x", "/feeds/air.atom"):
        answer = client.get(url)
        assert 'rel="hub"' not in answer.get_data(as_text=True) + str(answer.headers)


def test_the_hub_is_told_which_feeds_have_something_new(
    hub: Receiver, publisher: Publisher, clock: TestClock, works: Callable[[], int]
) -> None:
    record = publisher.penalty(clock.now())
    works()
    (ping,) = hub.got
    fields = parse_qsl(ping["body"].decode())
    assert fields[0] == ("hub.mode", "publish")
    topics = {value for name, value in fields if name == "hub.url"}
    assert topics == {
        f"{BASE}/feeds/{name}.{form}" for name in ("all", "penalties") for form in ("rss", "atom", "json")
    }
    publisher.withdraw(record, clock.now())
    works()
    assert len(hub.got) == 2


def test_many_changes_are_one_ping(
    hub: Receiver, publisher: Publisher, clock: TestClock, works: Callable[[], int]
) -> None:
    for number in range(4):
        publisher.notice(clock.now(), title=f"公告{number}")
    works()
    assert len(hub.got) == 1


def test_a_hub_that_is_away_is_told_later_and_for_a_day(
    hub: Receiver, publisher: Publisher, clock: TestClock, works: Callable[[], int]
) -> None:
    hub.status = 503
    publisher.notice(clock.now(), title="公告")
    works()
    clock.moves_on(seconds=5)
    works()
    assert len(hub.got) == 2
    hub.status = 202
    clock.moves_on(hours=2)
    works()
    works()
    assert len(hub.got) == 3
    hub.status = 503
    publisher.notice(clock.now(), title="又一条")
    works()
    clock.moves_on(days=2)
    works()
    clock.moves_on(days=1)
    works()
    assert len(hub.got) == 4


def test_without_a_hub_nothing_is_said(
    client: FlaskClient, publisher: Publisher, clock: TestClock, run_jobs: Callable[[], int]
) -> None:
    publisher.notice(clock.now(), title="公告")
    run_jobs()
    assert 'rel="hub"' not in client.get("/feeds/all.atom").get_data(as_text=True)
