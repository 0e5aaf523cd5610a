"""Mail about consultations over a real SMTP server: that somebody is asked, and nothing of what."""

import dataclasses
from collections.abc import Callable

import pytest
from aiosmtpd.controller import Controller
from flask import Flask
from sqlalchemy import update

from core.accounts.models import User
from core.config import Settings
from core.database import Database, unit_of_work
from core.web.current import EXTENSION
from portal.app import create_worker
from tests.conftest import TestClock
from tests.web.test_gate import air_notice, answers, ask, question_of
from tests.web.test_publishing import Staff
from tests.web.test_publishing import staff as staff  # noqa: PLC0414 - a fixture
from tests.web.test_report_mail import Mailbox
from tests.web.test_report_mail import mailbox as mailbox  # noqa: PLC0414 - a fixture
from tests.web.test_report_mail import server as server  # noqa: PLC0414 - a fixture


@pytest.fixture
def works(app: Flask, people: dict[str, User], database: Database, settings: Settings) -> Callable[[Controller], int]:
    with unit_of_work(database) as session:
        for name in ("consultee", "editor", "approver", "officer"):
            session.execute(update(User).where(User.sign_in_name == name).values(email=f"{name}@example.cn"))

    def run(server: Controller) -> int:
        house = app.extensions[EXTENSION]
        url = f"smtp://127.0.0.1:{server.port}"
        app.extensions[EXTENSION] = dataclasses.replace(house, settings=dataclasses.replace(settings, smtp_url=url))
        try:
            worker = create_worker(app)
            return worker.run_due() + worker.run_due()
        finally:
            app.extensions[EXTENSION] = house

    return run


def test_the_asked_the_late_and_the_answered_are_told_by_mail_without_the_content(
    staff: Staff,
    database: Database,
    clock: TestClock,
    works: Callable[[Controller], int],
    server: Controller,
    mailbox: Mailbox,
) -> None:
    record_id = air_notice(staff("editor"))
    ask(staff("approver"), record_id, question="请看天气部分")

    def told() -> set[tuple[str, str]]:
        found = {(str(one["To"]).split("@")[0], str(one["Subject"])) for one in mailbox.messages}
        assert all("空气" not in one.as_string() and "天气部分" not in one.get_content() for one in mailbox.messages)
        mailbox.messages.clear()
        return found

    works(server)
    assert told() == {("consultee", "【明鉴】有一件公开内容征求您部门的意见")}
    clock.moves_on(days=4)
    works(server)
    assert told() == {(name, "【明鉴】征求意见逾期未答复") for name in ("approver",)}
    assert answers(staff("consultee"), question_of(database, record_id), "agree") == 302
    works(server)
    assert told() == {(name, "【明鉴】征求意见已有答复") for name in ("approver", "editor")}
