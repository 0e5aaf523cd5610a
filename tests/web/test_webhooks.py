"""Saved searches by signed webhook, to a real receiver: verified first, signed, in order, retried, stopped."""

import dataclasses
import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from standardwebhooks import Webhook

from core.config import Settings
from core.database import Database
from portal.app import create_worker
from portal.subscriptions.models import Subscription
from tests.conftest import TestClock
from tests.support.disclosures import Publisher
from tests.support.page import Page, check
from tests.support.receiver import Receiver, receiving


@pytest.fixture
def receiver(app: Flask, settings: Settings) -> Iterator[Receiver]:
    """A receiver on loopback, which this installation allows."""
    with receiving() as receiver:
        house = app.extensions["mingjian"]
        allowed = dataclasses.replace(settings, webhook_private_hosts=("127.0.0.1",))
        app.extensions["mingjian"] = dataclasses.replace(house, settings=allowed)
        receiver.echo = True
        yield receiver


@pytest.fixture
def works(app: Flask) -> Callable[[], int]:
    def run() -> int:
        worker = create_worker(app)
        return sum(worker.run_due() for _ in range(3))

    return run


def add(client: FlaskClient, url: str, **question: str) -> Page:
    address = f"/subscriptions/webhook?{urlencode(question)}"
    page = check(Page(address, 200, client.get(address).get_data(as_text=True)))
    answer = client.post(address, data={**page.hidden_fields(), "url": url})
    return check(Page(address, answer.status_code, answer.get_data(as_text=True)))


def secret_on(page: Page) -> str:
    return page.text("//*[@id='secret']")


def state(database: Database) -> tuple[str, str | None]:
    with database.read() as session:
        (one,) = session.scalars(select(Subscription)).all()
        return one.state, one.problem


def body(message: dict[str, object]) -> dict[str, object]:
    return json.loads(message["body"])  # type: ignore[call-overload]


def test_an_endpoint_shows_first_that_it_wants_messages(
    client: FlaskClient,
    receiver: Receiver,
    database: Database,
    publisher: Publisher,
    clock: TestClock,
    works: Callable[[], int],
) -> None:
    receiver.echo = False
    add(client, receiver.url, kind="notice")
    works()
    assert body(receiver.got[0])["type"] == "subscription.verify"
    publisher.notice(clock.now(), title="公告")
    works()
    assert state(database)[0] == "asked" and len(receiver.got) == 1
    receiver.echo = True
    clock.moves_on(hours=1)
    works()
    assert state(database)[0] == "active"
    publisher.notice(clock.now(), title="第二个公告")
    works()
    assert body(receiver.got[-1])["data"]["title"] == "第二个公告"  # type: ignore[index]


def test_messages_are_signed_with_the_secret_shown_once(
    client: FlaskClient, receiver: Receiver, publisher: Publisher, clock: TestClock, works: Callable[[], int]
) -> None:
    clock.at = datetime.now(UTC)
    page = add(client, receiver.url, q="宏源")
    secret = secret_on(page)
    works()
    record = publisher.penalty(clock.now())
    works()
    publisher.correct(record, clock.now(), fine_wan_yuan="6")
    works()
    publisher.withdraw(record, clock.now())
    works()
    messages = [Webhook(secret).verify(one["body"], one["headers"]) for one in receiver.got]
    types = ["subscription.verify", "record.published", "record.corrected", "record.withdrawn"]
    assert [one["type"] for one in messages] == types
    assert {one["data"]["id"] for one in messages[1:]} == {record}
    assert "title" not in messages[-1]["data"], "what is withdrawn is not told again"
    ids = [one["headers"]["webhook-id"] for one in receiver.got]
    assert len(set(ids)) == len(ids)
    assert secret not in client.get("/subscriptions/webhook?q=x").get_data(as_text=True)


def test_a_receiver_that_is_away_gets_the_same_message_again_in_order(
    client: FlaskClient,
    receiver: Receiver,
    database: Database,
    publisher: Publisher,
    clock: TestClock,
    works: Callable[[], int],
) -> None:
    add(client, receiver.url, kind="notice")
    works()
    receiver.got.clear()
    receiver.status = 500
    for number in range(3):
        publisher.notice(clock.now(), title=f"公告{number}")
        works()
    assert len(receiver.got) == 1, "one that is away is tried once a while, not once a change"
    assert state(database) == ("active", "status_500")
    clock.moves_on(minutes=2)
    works()
    assert len(receiver.got) == 2
    receiver.status = 204
    clock.moves_on(minutes=6)
    works()
    assert [body(one)["data"]["title"] for one in receiver.got] == ["公告0", "公告0", "公告0", "公告1", "公告2"]  # type: ignore[index]
    assert len({one["headers"]["webhook-id"] for one in receiver.got[:3]}) == 1
    assert state(database) == ("active", None)


def test_after_days_of_failure_it_stops_and_the_administrator_starts_it_again(
    app: Flask,
    client: FlaskClient,
    receiver: Receiver,
    database: Database,
    publisher: Publisher,
    clock: TestClock,
    works: Callable[[], int],
    sign_in: Callable[[FlaskClient, str], None],
    open_page: Callable[..., Page],
) -> None:
    add(client, receiver.url, kind="notice")
    works()
    receiver.status = 503
    publisher.notice(clock.now(), title="公告")
    for _half_day in range(12):
        works()
        clock.moves_on(hours=12)
    assert state(database)[0] == "stopped"
    tried = len(receiver.got)
    publisher.notice(clock.now(), title="公告二")
    works()
    assert len(receiver.got) == tried
    admin = app.test_client()
    sign_in(admin, "administrator")
    page = open_page(admin, "/admin/subscriptions")
    assert "127.0.0.1" in page.text("//table") and "status_503" in page.text("//table")
    receiver.status = 200
    action = next(str(one) for one in page.find("//form/@action") if str(one).endswith("/resume"))
    admin.post(action, data=page.hidden_fields())
    works()
    assert [body(one)["data"]["title"] for one in receiver.got[-2:]] == ["公告", "公告二"]  # type: ignore[index]


def test_gone_means_stop(
    client: FlaskClient,
    receiver: Receiver,
    database: Database,
    publisher: Publisher,
    clock: TestClock,
    works: Callable[[], int],
) -> None:
    add(client, receiver.url, kind="notice")
    works()
    receiver.status = 410
    publisher.notice(clock.now(), title="公告")
    works()
    assert state(database) == ("stopped", "status_410")


def test_the_owner_ends_it_with_the_address_shown_with_the_secret(
    client: FlaskClient,
    receiver: Receiver,
    database: Database,
    works: Callable[[], int],
) -> None:
    page = add(client, receiver.url, kind="notice")
    works()
    (stop,) = [str(one) for one in page.find("//main//a/@href") if "/stop/" in str(one)]
    assert client.post(stop).status_code == 200
    with database.read() as session:
        assert session.scalars(select(Subscription)).all() == []


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
def test_an_address_inside_or_no_address_is_refused_with_a_reason(
    client: FlaskClient, database: Database, url: str
) -> None:
    page = add(client, url, kind="notice")
    assert re.search("网址", page.text("//*[@class='govuk-error-summary']"))
    with database.read() as session:
        assert session.scalars(select(Subscription)).all() == []


def test_an_address_that_moves_inside_later_is_refused_when_called(
    app: Flask,
    client: FlaskClient,
    receiver: Receiver,
    database: Database,
    publisher: Publisher,
    clock: TestClock,
    works: Callable[[], int],
) -> None:
    add(client, receiver.url, kind="notice")
    works()
    receiver.got.clear()
    house = app.extensions["mingjian"]
    strict = dataclasses.replace(house.settings, webhook_private_hosts=())
    app.extensions["mingjian"] = dataclasses.replace(house, settings=strict)
    publisher.notice(clock.now(), title="公告")
    works()
    assert receiver.got == [] and state(database) == ("active", "private_address")


def test_only_an_administrator_sees_the_deliveries(
    client: FlaskClient, sign_in: Callable[[FlaskClient, str], None]
) -> None:
    assert client.get("/admin/subscriptions").status_code in (302, 401)
    sign_in(client, "editor")
    assert client.get("/admin/subscriptions").status_code == 403
