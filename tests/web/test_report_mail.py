"""Mail to departments over a real SMTP server: that something waits, and nothing of what it is."""

import dataclasses
import socket
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from flask import Flask
from sqlalchemy import update

from core.accounts.models import User
from core.config import Settings
from core.database import Database, unit_of_work
from portal.app import create_worker
from tests.conftest import TestClock
from tests.support.officer import WORDS, Reporter


class Mailbox:
    def __init__(self) -> None:
        self.messages: list[Any] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        self.messages.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def server(mailbox: Mailbox) -> Iterator[Controller]:
    controller = Controller(mailbox, hostname="127.0.0.1", port=free_port())
    controller.start()
    yield controller
    controller.stop()


@pytest.fixture
def works(app: Flask, people: dict[str, User], database: Database, settings: Settings) -> Callable[[str], int]:
    """works(smtp_url): the worker runs what is due, with that mail server."""
    with unit_of_work(database) as session:
        session.execute(update(User).where(User.sign_in_name == "county_officer").values(email="chang@example.cn"))

    def run(url: str) -> int:
        house = app.extensions["mingjian"]
        app.extensions["mingjian"] = dataclasses.replace(house, settings=dataclasses.replace(settings, smtp_url=url))
        try:
            return create_worker(app).run_due()
        finally:
            app.extensions["mingjian"] = house

    return run


def report(app: Flask) -> tuple[str, str]:
    reporter = Reporter(app)
    reporter.answer("category", channel="12369")
    reporter.answer("what", subject="water")
    for step in ("where", "who", "when", "words", "files", "you"):
        reporter.answer(step, **({"county": "411082"} if step == "where" else {}))
    return reporter.send()


def test_a_department_is_told_that_something_waits_and_nothing_more(
    app: Flask, works: Callable[[str], int], mailbox: Mailbox, server: Controller
) -> None:
    number, code = report(app)
    works(f"smtp://127.0.0.1:{server.port}")
    (message,) = mailbox.messages
    assert message["To"] == "chang@example.cn"
    assert message["Auto-Submitted"] == "auto-generated"
    text = message.get_content()
    assert "/desk" in text
    for secret in (number, code, WORDS, "建设路", "某某检测"):
        assert secret not in message.as_string() + text


def test_a_server_that_is_away_loses_nothing_and_the_mail_goes_out_later_once(
    app: Flask, works: Callable[[str], int], mailbox: Mailbox, server: Controller, clock: TestClock
) -> None:
    report(app)
    works("smtp://127.0.0.1:1")
    assert mailbox.messages == []
    clock.moves_on(hours=2)
    url = f"smtp://127.0.0.1:{server.port}"
    works(url)
    works(url)
    assert len(mailbox.messages) == 1
