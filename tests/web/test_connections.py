"""An administrator gives out keys and says which department's system is told, on one page."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from standardwebhooks import Webhook

from core.audit import AuditEvent
from core.database import Database
from portal.app import create_worker
from tests.conftest import TestClock
from tests.support.officer import Officer
from tests.support.page import Page, check
from tests.support.receiver import Receiver
from tests.support.reporter import everything_stored, file_directly

PAGE = "/admin/connections"
BANNER = "//*[contains(@class,'banner')]"
CHANGGE = "xc-ecology-changge"


class Administrator(Officer):
    def does(self, action: str, **fields: str) -> Page:
        return check(self.post(f"{PAGE}/{action}", at=PAGE, **fields))

    def secret(self) -> str:
        return self.seen.text("//*[@id='secret']")

    seen: Page

    def gets(self, action: str, **fields: str) -> str:
        self.seen = self.does(action, **fields)
        return self.secret()


@pytest.fixture
def administrator(inside: Flask) -> Administrator:
    return Administrator(inside, "administrator")


def signed_with(message: dict[str, Any], secret: str) -> bool:
    headers = {name.lower(): value for name, value in message["headers"].items()}
    at = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
    signature = Webhook(secret).sign(headers["webhook-id"], at, message["body"].decode())
    return signature in headers["webhook-signature"].split(" ")


@pytest.mark.parametrize("purpose", ["12345", "open311"])
def test_a_key_is_shown_once_rotated_and_revoked(administrator: Administrator, inside: Flask, purpose: str) -> None:
    first = administrator.gets(f"keys/{purpose}/add", name="许昌平台")
    assert len(first) == 32
    page = administrator.get(PAGE)
    assert first not in page.html
    assert "许昌平台" in page.text()
    second = administrator.gets(f"keys/{purpose}/rotate", name="许昌平台")
    assert second != first
    assert "旧密钥到" in administrator.get(PAGE).text()
    assert "已作废" in administrator.does(f"keys/{purpose}/revoke", name="许昌平台").text()
    stored = everything_stored(inside)
    assert first.encode() not in stored
    assert second.encode() not in stored


def test_a_name_that_is_taken_or_empty_is_refused_in_words(administrator: Administrator) -> None:
    administrator.gets("keys/12345/add", name="许昌平台")
    assert "已有同名" in administrator.does("keys/12345/add", name="许昌平台").text(
        "//*[@role='alert' or contains(@class,'banner')]"
    )
    assert "名字要 1 到 60 个字" in administrator.does("keys/12345/add", name="").text(BANNER)


def test_a_departments_system_is_tried_out_and_the_page_tells_how_it_went(
    administrator: Administrator, inside: Flask, receiver: Receiver
) -> None:
    secret = administrator.gets("hooks/add", department=CHANGGE, address=receiver.url)
    administrator.does("hooks/try", department=CHANGGE)
    receiver.status = 503
    create_worker(inside).run_due()
    assert "status_503" in administrator.get(PAGE).text()
    assert "127.0.0.1" in administrator.get(PAGE).text()
    receiver.status = 200
    inside.extensions["mingjian"].clock.moves_on(minutes=5)
    create_worker(inside).run_due()
    assert json.loads(receiver.got[-1]["body"])["type"] == "test"
    assert signed_with(receiver.got[-1], secret)
    assert "status_503" not in administrator.get(PAGE).text()


def test_for_a_day_after_a_rotation_both_secrets_fit(
    administrator: Administrator, inside: Flask, receiver: Receiver, clock: TestClock
) -> None:
    old = administrator.gets("hooks/add", department=CHANGGE, address=receiver.url)
    new = administrator.gets("hooks/rotate", department=CHANGGE)
    administrator.does("hooks/try", department=CHANGGE)
    create_worker(inside).run_due()
    assert [signed_with(receiver.got[-1], one) for one in (old, new)] == [True, True]
    clock.moves_on(days=1, seconds=1)
    administrator = Administrator(inside, "administrator")
    administrator.does("hooks/try", department=CHANGGE)
    create_worker(inside).run_due()
    assert [signed_with(receiver.got[-1], one) for one in (old, new)] == [False, True]


def test_a_paused_system_hears_nothing_until_it_is_resumed(
    administrator: Administrator, inside: Flask, receiver: Receiver
) -> None:
    administrator.gets("hooks/add", department=CHANGGE, address=receiver.url)
    administrator.does("hooks/pause", department=CHANGGE)
    file_directly(inside)
    create_worker(inside).run_due()
    assert receiver.got == []
    administrator.does("hooks/resume", department=CHANGGE)
    file_directly(inside)
    create_worker(inside).run_due()
    assert [json.loads(one["body"])["type"] for one in receiver.got] == ["case.new_case"]


def test_an_address_that_does_not_fit_is_refused_and_stays_typed(administrator: Administrator) -> None:
    page = administrator.does("hooks/add", department=CHANGGE, address="http://example.cn/hook")
    assert "不能用" in page.text(BANNER)
    assert page.find("//input[@name='address']/@value") == ["http://example.cn/hook"]
    assert "没有这个部门" in administrator.does("hooks/try", department="xc-nobody").text(
        "//*[contains(@class,'banner')]"
    )


def test_only_an_administrator_opens_the_page_and_each_change_is_on_record(
    administrator: Administrator,
    client: FlaskClient,
    sign_in: Callable[[FlaskClient, str], None],
    open_page: Callable[..., Page],
    database: Database,
) -> None:
    sign_in(client, "supervisor")
    open_page(client, PAGE, status=403)
    administrator.gets("keys/12345/add", name="许昌平台")
    administrator.does("keys/12345/revoke", name="许昌平台")
    with database.read() as session:
        events = session.scalars(select(AuditEvent).where(AuditEvent.subject == "12345:许昌平台")).all()
    assert [one.action for one in events] == ["12345.add_key", "12345.revoke_key"]
    assert {one.actor_name for one in events} == {"测试administrator"}
