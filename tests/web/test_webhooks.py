"""Saved searches by signed webhook, to a real receiver: verified first, signed, in order, retried, stopped."""

import dataclasses
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from standardwebhooks import Webhook

from core.database import Database
from portal.app import create_worker
from portal.subscriptions.models import Subscription
from tests.conftest import TestClock
from tests.support.disclosures import Publisher
from tests.support.page import Page, check
from tests.support.receiver import Receiver, receiving


def allow(app: Flask, *hosts: str) -> None:
    """Which machines inside may be called: these and no others."""
    house = app.extensions["mingjian"]
    settings = dataclasses.replace(house.settings, webhook_private_hosts=hosts)
    app.extensions["mingjian"] = dataclasses.replace(house, settings=settings)


@pytest.fixture
def receiver(app: Flask) -> Iterator[Receiver]:
    """A receiver on loopback, which this installation allows."""
    with receiving() as receiver:
        allow(app, "127.0.0.1")
        receiver.echo = True
        yield receiver


@pytest.fixture
def works(app: Flask) -> Callable[[], int]:
    def run() -> int:
        worker = create_worker(app)
        return sum(worker.run_due() for _ in range(3))

    return run


@dataclass
class Site:
    """The site, a receiver that listens, and what happens between them."""

    client: FlaskClient
    receiver: Receiver
    database: Database
    publisher: Publisher
    clock: TestClock
    works: Callable[[], int]

    def add(self, url: str = "", **question: str) -> Page:
        """Ask for messages to `url`, else to the receiver."""
        address = f"/subscriptions/webhook?{urlencode(question)}"
        page = check(Page(address, 200, self.client.get(address).get_data(as_text=True)))
        answer = self.client.post(address, data={**page.hidden_fields(), "url": url or self.receiver.url})
        return check(Page(address, answer.status_code, answer.get_data(as_text=True)))

    def add_for_notices(self) -> Page:
        """And let the receiver show that it wants them."""
        page = self.add(kind="notice")
        self.works()
        self.receiver.got.clear()
        return page

    def publish(self, title: str) -> None:
        self.publisher.notice(self.clock.now(), title=title)
        self.works()

    def subscriptions(self) -> list[Subscription]:
        with self.database.read() as session:
            return list(session.scalars(select(Subscription)))

    def state(self) -> tuple[str, str | None]:
        (one,) = self.subscriptions()
        return one.state, one.problem

    def told(self) -> list[str]:
        """The titles that the receiver got, in order."""
        return [json.loads(one["body"])["data"]["title"] for one in self.receiver.got]


@pytest.fixture
def site(
    client: FlaskClient,
    receiver: Receiver,
    database: Database,
    publisher: Publisher,
    clock: TestClock,
    works: Callable[[], int],
) -> Site:
    return Site(client, receiver, database, publisher, clock, works)


def test_an_endpoint_shows_first_that_it_wants_messages(site: Site) -> None:
    site.receiver.echo = False
    site.add(kind="notice")
    site.works()
    assert json.loads(site.receiver.got[0]["body"])["type"] == "subscription.verify"
    site.publish("公告")
    assert site.state()[0] == "asked" and len(site.receiver.got) == 1
    site.receiver.echo = True
    site.clock.moves_on(hours=1)
    site.works()
    assert site.state()[0] == "active"
    site.receiver.got.clear()
    site.publish("第二个公告")
    assert site.told() == ["第二个公告"]


def test_messages_are_signed_with_the_secret_shown_once(site: Site) -> None:
    site.clock.at = datetime.now(UTC)
    secret = site.add(q="宏源").text("//*[@id='secret']")
    site.works()
    record = site.publisher.penalty(site.clock.now())
    site.works()
    site.publisher.correct(record, site.clock.now(), fine_wan_yuan="6")
    site.works()
    site.publisher.withdraw(record, site.clock.now())
    site.works()
    messages = [Webhook(secret).verify(one["body"], one["headers"]) for one in site.receiver.got]
    types = ["subscription.verify", "record.published", "record.corrected", "record.withdrawn"]
    assert [one["type"] for one in messages] == types
    assert {one["data"]["id"] for one in messages[1:]} == {record}
    assert "title" not in messages[-1]["data"], "what is withdrawn is not told again"
    ids = [one["headers"]["webhook-id"] for one in site.receiver.got]
    assert len(set(ids)) == len(ids)
    assert secret not in site.client.get("/subscriptions/webhook?q=x").get_data(as_text=True)


def test_a_receiver_that_is_away_gets_the_same_message_again_in_order(site: Site) -> None:
    site.add_for_notices()
    site.receiver.status = 500
    for number in range(3):
        site.publish(f"公告{number}")
    assert len(site.receiver.got) == 1, "one that is away is tried once a while, not once a change"
    assert site.state() == ("active", "status_500")
    site.clock.moves_on(minutes=2)
    site.works()
    assert len(site.receiver.got) == 2
    site.receiver.status = 204
    site.clock.moves_on(minutes=6)
    site.works()
    assert site.told() == ["公告0", "公告0", "公告0", "公告1", "公告2"]
    assert len({one["headers"]["webhook-id"] for one in site.receiver.got[:3]}) == 1
    assert site.state() == ("active", None)


def test_after_days_of_failure_it_stops_and_the_administrator_starts_it_again(
    app: Flask, site: Site, sign_in: Callable[[FlaskClient, str], None], open_page: Callable[..., Page]
) -> None:
    site.add_for_notices()
    site.receiver.status = 503
    site.publisher.notice(site.clock.now(), title="公告")
    for _half_day in range(12):
        site.works()
        site.clock.moves_on(hours=12)
    assert site.state()[0] == "stopped"
    tried = len(site.receiver.got)
    site.publish("公告二")
    assert len(site.receiver.got) == tried
    admin = app.test_client()
    sign_in(admin, "administrator")
    page = open_page(admin, "/admin/subscriptions")
    assert "127.0.0.1" in page.text("//table") and "status_503" in page.text("//table")
    site.receiver.status = 200
    action = next(str(one) for one in page.find("//form/@action") if str(one).endswith("/resume"))
    admin.post(action, data=page.hidden_fields())
    site.works()
    assert site.told()[-2:] == ["公告", "公告二"]


def test_gone_means_stop(site: Site) -> None:
    site.add_for_notices()
    site.receiver.status = 410
    site.publish("公告")
    assert site.state() == ("stopped", "status_410")


def test_the_owner_ends_it_with_the_address_shown_with_the_secret(site: Site) -> None:
    page = site.add_for_notices()
    (stop,) = [str(one) for one in page.find("//main//a/@href") if "/stop/" in str(one)]
    assert site.client.post(stop).status_code == 200
    assert site.subscriptions() == []


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8000/x",
        "http://localhost/x",
        "http://[::1]/x",
        "http://10.0.0.8/x",
        "http://192.168.1.1/",
        "http://169.254.169.254/latest/meta-data",
        "http://[::ffff:127.0.0.1]/",
        "http://2130706433/",
        "http://0.0.0.0/",
        "ftp://example.cn/x",
        "https://user:secret@example.cn/",
        "https://example.cn:0/",
        "https:///nothing",
        "javascript:alert(1)",
    ],
)
def test_an_address_inside_or_no_address_is_refused_with_a_reason(app: Flask, site: Site, url: str) -> None:
    allow(app)
    page = site.add(url, kind="notice")
    assert re.search("网址", page.text("//*[@class='govuk-error-summary']"))
    assert site.subscriptions() == []


def test_an_address_that_moves_inside_later_is_refused_when_called(app: Flask, site: Site) -> None:
    site.add_for_notices()
    allow(app)
    site.publish("公告")
    assert site.receiver.got == [] and site.state() == ("active", "private_address")


def test_only_an_administrator_sees_the_deliveries(
    client: FlaskClient, sign_in: Callable[[FlaskClient, str], None]
) -> None:
    assert client.get("/admin/subscriptions").status_code in (302, 401)
    sign_in(client, "editor")
    assert client.get("/admin/subscriptions").status_code == 403
