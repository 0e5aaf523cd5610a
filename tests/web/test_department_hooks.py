"""A department's own system is told that something waits: signed, small, tried again, and nothing of what it is."""

import json

import pytest
from flask import Flask
from sqlalchemy import select
from standardwebhooks import Webhook

from core.accounts.models import User
from core.audit import AuditEvent
from core.database import Database
from intake.department_hooks import DepartmentHook
from portal.app import create_worker
from tests.conftest import TestClock
from tests.support.receiver import Receiver
from tests.support.reporter import WORDS, file_directly

CHANGGE = "xc-ecology-changge"


def command(app: Flask, *arguments: str, status: int = 0) -> str:
    done = app.test_cli_runner().invoke(args=["department-hook", *arguments])
    assert done.exit_code == status, done.output
    return str(done.output)


def test_a_new_case_is_told_signed_and_without_content(inside: Flask, receiver: Receiver, clock: TestClock) -> None:
    secret = command(inside, "add", CHANGGE, receiver.url).strip().rsplit("：", 1)[-1]
    filed = file_directly(inside)
    create_worker(inside).run_due()
    (message,) = receiver.got
    content = json.loads(message["body"])
    assert content["type"] == "case.new_case"
    assert content["data"] == {"department": CHANGGE, "url": "http://127.0.0.1:8000/desk"}
    for word in (filed.case_number, filed.id, WORDS, "蓝鲸", "water"):
        assert word not in message["body"].decode()
    headers = {name.lower(): value for name, value in message["headers"].items()}
    assert headers["webhook-timestamp"] == str(int(clock.now().timestamp()))
    signed = Webhook(secret).sign(headers["webhook-id"], clock.now(), message["body"].decode())
    assert headers["webhook-signature"] == signed
    assert "最近送达" in command(inside, "list")


def test_who_is_away_is_tried_again_with_the_same_id_and_given_up_after_five_days(
    inside: Flask, receiver: Receiver, clock: TestClock
) -> None:
    command(inside, "add", CHANGGE, receiver.url)
    file_directly(inside)
    receiver.status = 503
    create_worker(inside).run_due()
    clock.moves_on(minutes=5)
    create_worker(inside).run_due()
    assert len({one["headers"]["webhook-id"] for one in receiver.got}) == 1
    assert len(receiver.got) == 2
    clock.moves_on(days=6)
    receiver.got.clear()
    create_worker(inside).run_due()
    assert "case.new_case" not in [json.loads(one["body"])["type"] for one in receiver.got]


def test_another_department_hears_nothing_and_who_is_removed_neither(inside: Flask, receiver: Receiver) -> None:
    command(inside, "add", "xc-market", receiver.url)
    file_directly(inside)
    create_worker(inside).run_due()
    assert receiver.got == []
    command(inside, "remove", "xc-market")
    command(inside, "remove", "xc-market", status=1)


@pytest.mark.parametrize(
    "url", ["http://example.cn/hook", "https://127.0.0.1/hook", "https://10.0.0.8/hook", "ftp://example.cn", "hook"]
)
def test_an_address_that_could_be_used_against_us_is_refused(
    app: Flask, people: dict[str, User], database: Database, url: str
) -> None:
    assert people
    assert "不能用" in command(app, "add", CHANGGE, url, status=1)
    with database.read() as session:
        assert session.scalars(select(DepartmentHook)).all() == []


def test_address_and_secret_lie_sealed_and_each_change_is_on_record(
    inside: Flask, receiver: Receiver, database: Database
) -> None:
    first = command(inside, "add", CHANGGE, receiver.url)
    assert command(inside, "add", CHANGGE, receiver.url) != first
    command(inside, "add", "no-such-department", receiver.url, status=1)
    with database.read() as session:
        (hook,) = session.scalars(select(DepartmentHook))
        actions = session.scalars(select(AuditEvent.action).where(AuditEvent.subject == f"department:{CHANGGE}")).all()
    assert b"127.0.0.1" not in hook.sealed
    assert b"whsec_" not in hook.sealed
    assert list(actions).count("hook.add") == 2
