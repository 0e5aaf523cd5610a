"""Saved searches by e-mail, over a real mail server: asked, confirmed, told, left."""

import dataclasses
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, text

from core.config import Settings
from core.database import Database
from portal.app import create_worker
from portal.subscriptions.models import Subscription, SubscriptionItem
from tests.conftest import TestClock
from tests.support.disclosures import Publisher
from tests.support.mailbox import Mailbox, mail_server
from tests.support.page import Page, check

ADDRESS = "reader.wang@example.cn"


@pytest.fixture
def mailbox(app: Flask, settings: Settings) -> Iterator[Mailbox]:
    """The installation has this mail server."""
    with mail_server() as mailbox:
        house = app.extensions["mingjian"]
        served = dataclasses.replace(settings, smtp_url=mailbox.url)
        app.extensions["mingjian"] = dataclasses.replace(house, settings=served)
        yield mailbox


@pytest.fixture
def works(app: Flask) -> Callable[[], int]:
    def run() -> int:
        worker = create_worker(app)
        return sum(worker.run_due() for _ in range(3))

    return run


class Subscriber:
    """Somebody at a browser, with a mailbox."""

    def __init__(self, client: FlaskClient, mailbox: Mailbox, works: Callable[[], int]) -> None:
        self.client, self.mailbox, self.works = client, mailbox, works

    def asks(self, cadence: str = "at_once", email: str = ADDRESS, **question: str) -> None:
        url = f"/subscriptions/new?{urlencode(question)}"
        page = check(Page(url, 200, self.client.get(url).get_data(as_text=True)))
        fields = {**page.hidden_fields(), "email": email, "cadence": cadence}
        answer = self.client.post(page.find("//main//form/@action")[0], data=fields)
        assert answer.status_code == 302, answer.get_data(as_text=True)
        self.works()

    def confirms(self) -> Page:
        path = self.link("confirm")
        page = check(Page(path, 200, self.client.get(path).get_data(as_text=True)))
        answer = self.client.post(path, data=page.hidden_fields())
        return check(Page(path, answer.status_code, answer.get_data(as_text=True)))

    def link(self, what: str, message: int = -1) -> str:
        found = re.search(rf"http://\S+/subscriptions/\S+/{what}/\S+", self.mailbox.messages[message].get_content())
        assert found
        return urlsplit(found.group()).path

    def subscribes(self, cadence: str = "at_once", **question: str) -> None:
        self.asks(cadence, **question)
        self.confirms()
        self.mailbox.messages.clear()


@pytest.fixture
def reader(client: FlaskClient, mailbox: Mailbox, works: Callable[[], int]) -> Subscriber:
    return Subscriber(client, mailbox, works)


def count(database: Database, model: type) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def test_nothing_is_told_before_the_owner_of_the_address_confirms(
    reader: Subscriber, publisher: Publisher, clock: TestClock, mailbox: Mailbox, works: Callable[[], int]
) -> None:
    reader.asks(q="宏源")
    (letter,) = mailbox.messages
    assert letter["To"] == ADDRESS and "确认" in letter["Subject"] and "宏源" in letter.get_content()
    publisher.penalty(clock.now())
    works()
    assert len(mailbox.messages) == 1
    reader.client.get(reader.link("confirm"))
    publisher.notice(clock.now(), title="宏源公告")
    works()
    assert len(mailbox.messages) == 1, "opening the address is no confirmation: scanners open addresses"
    assert "订阅已确认" in reader.confirms().text()
    publisher.notice(clock.now(), title="宏源又一公告")
    works()
    assert len(mailbox.messages) == 2


def test_what_answers_the_question_is_told_at_once_and_nothing_else(
    reader: Subscriber, publisher: Publisher, clock: TestClock, mailbox: Mailbox, works: Callable[[], int]
) -> None:
    reader.subscribes(kind="penalty", county="411002", year="2026")
    publisher.penalty(clock.now(), county_code="411081", decision_no="豫1081环罚决字〔2026〕1号")
    publisher.penalty(clock.now(), decided_on="2025-05-05", decision_no="豫1000环罚决字〔2025〕1号")
    publisher.notice(clock.now())
    works()
    assert mailbox.messages == []
    record = publisher.penalty(clock.now())
    works()
    (letter,) = mailbox.messages
    assert f"/penalties/{record}" in letter.get_content()
    assert letter["Auto-Submitted"] == "auto-generated" and letter.get_content_type() == "text/plain"


def test_a_correction_is_told_and_a_withdrawal_only_to_those_who_heard_of_the_record(
    reader: Subscriber, publisher: Publisher, clock: TestClock, mailbox: Mailbox, works: Callable[[], int]
) -> None:
    never_heard = publisher.notice(clock.now(), title="宏源旧公告")
    works()
    reader.subscribes(q="宏源")
    heard = publisher.notice(clock.now(), title="宏源公告")
    works()
    publisher.correct(heard, clock.now(), title="宏源公告（改）")
    works()
    assert "[更正] 宏源公告（改）" in mailbox.messages[-1].get_content()
    publisher.withdraw(heard, clock.now())
    publisher.withdraw(never_heard, clock.now())
    works()
    assert len(mailbox.messages) == 3
    told = mailbox.messages[-1].get_content()
    assert "[已撤回]" in told and heard in told and never_heard not in told
    assert "宏源公告" not in told


def test_a_record_that_came_and_went_before_the_digest_is_not_told(
    reader: Subscriber, publisher: Publisher, clock: TestClock, mailbox: Mailbox, works: Callable[[], int]
) -> None:
    reader.subscribes("daily", q="宏源")
    gone = publisher.notice(clock.now(), title="宏源公告")
    works()
    publisher.withdraw(gone, clock.now())
    works()
    clock.moves_on(days=2)
    works()
    assert mailbox.messages == []


@pytest.mark.parametrize(("cadence", "days"), [("daily", 1), ("weekly", 7)])
def test_a_digest_gathers_and_comes_in_the_morning(
    reader: Subscriber,
    publisher: Publisher,
    clock: TestClock,
    mailbox: Mailbox,
    works: Callable[[], int],
    cadence: str,
    days: int,
) -> None:
    reader.subscribes(cadence, kind="notice")
    for number in range(3):
        publisher.notice(clock.now(), title=f"公告{number}")
        clock.moves_on(hours=1)
        works()
    assert mailbox.messages == []
    for _part_of_a_day in range(8 * days):
        clock.moves_on(hours=3)
        works()
    (letter,) = mailbox.messages
    assert all(f"公告{number}" in letter.get_content() for number in range(3))
    assert "3 条新内容" in letter["Subject"]


def test_one_click_ends_it_without_a_visit_and_erases_the_address(
    reader: Subscriber,
    publisher: Publisher,
    clock: TestClock,
    mailbox: Mailbox,
    works: Callable[[], int],
    app: Flask,
    database: Database,
) -> None:
    reader.subscribes(q="宏源")
    publisher.notice(clock.now(), title="宏源公告")
    works()
    (letter,) = mailbox.messages
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    path = urlsplit(letter["List-Unsubscribe"].strip("<>")).path
    stranger = app.test_client()
    assert "退订" in check(Page(path, 200, stranger.get(path).get_data(as_text=True))).text()
    assert count(database, Subscription) == 1, "looking is not leaving"
    answer = app.test_client().post(path, data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert (count(database, Subscription), count(database, SubscriptionItem)) == (0, 0)
    publisher.notice(clock.now(), title="宏源又一公告")
    works()
    assert len(mailbox.messages) == 1
    assert app.test_client().post(path).status_code == 200, "leaving twice does no harm"


def test_a_made_up_address_opens_nothing(reader: Subscriber, database: Database) -> None:
    reader.asks(q="宏源")
    path = reader.link("confirm")
    token = path.rpartition("/")[2]
    for wrong in (path[:-1] + ("A" if path[-1] != "A" else "B"), path.replace("confirm", "stop")):
        assert reader.client.get(wrong).status_code == 404
        assert reader.client.post(wrong).status_code in (400, 404)
    assert token and count(database, Subscription) == 1


def test_the_address_is_in_no_table_and_in_no_log(
    reader: Subscriber,
    publisher: Publisher,
    clock: TestClock,
    works: Callable[[], int],
    database: Database,
    capfd: pytest.CaptureFixture[str],
) -> None:
    reader.subscribes(q="宏源")
    publisher.notice(clock.now(), title="宏源公告")
    works()
    with database.read() as session:
        for table in Subscription.metadata.sorted_tables:
            for row in session.execute(text(f"SELECT * FROM {table.name}")):
                assert "reader.wang" not in " ".join(str(value) for value in row), table.name
    assert "reader.wang" not in "".join(capfd.readouterr())


def test_who_does_not_confirm_is_forgotten(
    reader: Subscriber, clock: TestClock, works: Callable[[], int], database: Database
) -> None:
    reader.asks(q="宏源")
    path = reader.link("confirm")
    clock.moves_on(hours=49)
    works()
    assert count(database, Subscription) == 0
    page = check(Page(path, 200, reader.client.get(path).get_data(as_text=True)))
    assert "不在了" in page.text("//h1")


def test_nobody_is_flooded_with_confirmations_and_nobody_learns_who_subscribes(
    reader: Subscriber, mailbox: Mailbox
) -> None:
    reader.subscribes(q="宏源")
    reader.asks(q="宏源")
    assert mailbox.messages == []
    for number in range(8):
        reader.asks(q=f"问题{number}")
    assert len(mailbox.messages) == 5


def test_a_mail_server_that_is_away_loses_nothing(
    reader: Subscriber,
    publisher: Publisher,
    clock: TestClock,
    mailbox: Mailbox,
    works: Callable[[], int],
    app: Flask,
) -> None:
    reader.subscribes(q="宏源")
    house = app.extensions["mingjian"]
    away = dataclasses.replace(house.settings, smtp_url="smtp://127.0.0.1:1")
    app.extensions["mingjian"] = dataclasses.replace(house, settings=away)
    publisher.notice(clock.now(), title="宏源公告")
    works()
    app.extensions["mingjian"] = house
    clock.moves_on(hours=2)
    works()
    works()
    assert len(mailbox.messages) == 1


def test_an_address_that_is_refused_for_days_is_stopped_and_the_administrator_sees_it(
    reader: Subscriber,
    publisher: Publisher,
    clock: TestClock,
    mailbox: Mailbox,
    works: Callable[[], int],
    app: Flask,
    sign_in: Callable[[FlaskClient, str], None],
    open_page: Callable[..., Page],
) -> None:
    reader.subscribes(q="宏源")
    mailbox.refuses.add(ADDRESS)
    publisher.notice(clock.now(), title="宏源公告")
    for _half_day in range(12):
        works()
        clock.moves_on(hours=12)
    admin = app.test_client()
    sign_in(admin, "administrator")
    page = open_page(admin, "/admin/subscriptions")
    assert "已停止" in page.text("//table") and "recipient_refused" in page.text("//table")
    assert ADDRESS not in page.html
    mailbox.refuses.clear()
    works()
    assert mailbox.messages == []
    action = next(str(one) for one in page.find("//form/@action") if str(one).endswith("/resume"))
    assert admin.post(action, data=page.hidden_fields()).status_code == 302
    works()
    assert len(mailbox.messages) == 1


def test_the_english_reader_is_written_to_in_english(
    reader: Subscriber, publisher: Publisher, clock: TestClock, mailbox: Mailbox, works: Callable[[], int]
) -> None:
    reader.client.get("/language/en")
    reader.asks(kind="notice")
    assert "confirm" in mailbox.messages[0]["Subject"].lower()
    reader.confirms()
    publisher.notice(clock.now(), title="公告")
    works()
    assert "unsubscribe" in mailbox.messages[-1].get_content().lower()


@pytest.mark.parametrize(
    "bad", ["", "no-at-sign", "a@b", "x" * 260 + "@example.cn", "a@example.cn\r\nBcc: b@example.cn"]
)
def test_an_address_that_cannot_be_is_refused_in_words(
    reader: Subscriber, database: Database, mailbox: Mailbox, bad: str
) -> None:
    page = Page("/", 200, reader.client.get("/subscriptions/new?q=x").get_data(as_text=True))
    answer = reader.client.post(
        "/subscriptions/new?q=x", data={**page.hidden_fields(), "email": bad, "cadence": "daily"}
    )
    assert answer.status_code == 200
    assert "邮箱" in check(Page("/", 200, answer.get_data(as_text=True))).text("//*[@class='govuk-error-summary']")
    assert count(database, Subscription) == 0


def test_without_a_mail_server_the_page_says_so_and_offers_the_feed(
    client: FlaskClient, open_page: Callable[..., Page], database: Database
) -> None:
    question = urlencode({"q": "宏源"})
    page = open_page(client, f"/subscriptions/new?{question}")
    assert "暂时不能用邮件订阅" in page.text() and not page.find("//input[@type='email']")
    assert f"/search.rss?{question}" in page.find("//main//a/@href")
    assert count(database, Subscription) == 0


@pytest.mark.parametrize(
    ("page", "wanted"),
    [
        ("/penalties?county=411002&year=2026", "/subscriptions/new?kind=penalty&county=411002&year=2026"),
        ("/search?q=x&sort=date", "/subscriptions/new?q=x"),
        ("/notices", "/subscriptions/new?kind=notice"),
    ],
)
def test_every_list_and_search_leads_to_its_subscription(
    client: FlaskClient, open_page: Callable[..., Page], page: str, wanted: str
) -> None:
    assert wanted in open_page(client, page).find("//main//a/@href")


def test_the_worker_forgets_a_subscription_that_ended_while_its_mail_waited(
    reader: Subscriber,
    publisher: Publisher,
    clock: TestClock,
    mailbox: Mailbox,
    works: Callable[[], int],
    tmp_path: Path,
) -> None:
    reader.asks(q="宏源")
    reader.confirms()
    publisher.notice(clock.now(), title="宏源公告")
    works()
    stop = reader.link("stop")
    publisher.notice(clock.now() + timedelta(seconds=1), title="宏源公告二")
    reader.client.post(stop)
    works()
    assert len(mailbox.messages) == 2
