"""The morning mail: how much waits, for whom, once a day, and nothing of what it is."""

import dataclasses
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import update

from core.accounts.models import User
from core.config import Settings
from core.database import Database, unit_of_work
from portal.app import create_worker
from tests.conftest import TestClock
from tests.support.mailbox import Mailbox, mail_server
from tests.support.reporter import WORDS, file_directly

MORNING = datetime(2026, 11, 24, 0, 30, tzinfo=UTC)  # half past eight on a Tuesday


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with mail_server() as box:
        yield box


@pytest.fixture
def works(
    app: Flask, people: dict[str, User], database: Database, settings: Settings, mailbox: Mailbox
) -> Callable[[], list[str]]:
    """The worker runs all that is due; the texts of the morning mails since the start."""
    assert people
    with unit_of_work(database) as session:
        for name in ("county_officer", "officer", "operator"):
            session.execute(update(User).where(User.sign_in_name == name).values(email=f"{name}@example.cn"))
    house = app.extensions["mingjian"]
    app.extensions["mingjian"] = dataclasses.replace(
        house, settings=dataclasses.replace(settings, smtp_url=mailbox.url)
    )

    def run() -> list[str]:
        create_worker(app).run_due()
        create_worker(app).run_due()
        return [f"{one['To']}\n{one.get_content()}" for one in mailbox.messages if "今日待办" in one["Subject"]]

    return run


def test_an_officer_hears_how_many_wait_and_nothing_else(
    app: Flask, works: Callable[[], list[str]], clock: TestClock
) -> None:
    numbers = [file_directly(app).case_number for _ in range(2)]
    clock.at = MORNING
    (letter,) = works()
    assert letter.startswith("county_officer@example.cn")
    assert "待受理 2 件" in letter
    assert "超期" not in letter
    assert not [word for word in (*numbers, WORDS, "蓝鲸", "石梁河", "污水") if word in letter]


def test_it_comes_once_a_day_and_again_the_next_with_what_is_overdue(
    app: Flask, works: Callable[[], list[str]], clock: TestClock
) -> None:
    file_directly(app)
    clock.at = MORNING
    works()
    clock.moves_on(hours=1)
    assert len(works()) == 1
    clock.moves_on(days=30)
    letters = works()
    assert len(letters) == 2
    assert "已经超期 1 件" in letters[-1]


@pytest.mark.parametrize(
    "at",
    [
        datetime(2026, 11, 23, 23, 30, tzinfo=UTC),  # half past seven
        datetime(2026, 11, 24, 2, 30, tzinfo=UTC),  # half past ten
        datetime(2026, 11, 28, 1, 0, tzinfo=UTC),  # a Saturday
    ],
)
def test_nobody_is_written_to_before_work_after_it_has_begun_or_on_a_day_off(
    app: Flask, works: Callable[[], list[str]], clock: TestClock, at: datetime
) -> None:
    file_directly(app)
    clock.at = at
    assert works() == []


def test_a_department_with_nothing_to_do_hears_nothing(works: Callable[[], list[str]], clock: TestClock) -> None:
    clock.at = MORNING
    assert works() == []


def test_a_case_that_comes_after_the_mornings_letters_makes_no_second_one(
    app: Flask, works: Callable[[], list[str]], clock: TestClock
) -> None:
    clock.at = MORNING
    works()
    file_directly(app)
    clock.moves_on(hours=1)
    assert works() == []


def test_an_address_that_fails_is_tried_again_and_holds_up_nobody(
    app: Flask, database: Database, works: Callable[[], list[str]], mailbox: Mailbox, clock: TestClock
) -> None:
    with unit_of_work(database) as session:
        session.execute(update(User).where(User.sign_in_name == "county_head").values(email="head@example.cn"))
    file_directly(app)
    clock.at = MORNING
    mailbox.refuses = {"head@example.cn"}
    assert [one.split()[0] for one in works()] == ["county_officer@example.cn"]
    mailbox.refuses = set()
    clock.moves_on(minutes=5)
    assert sorted(one.split()[0] for one in works()) == ["county_officer@example.cn", "head@example.cn"]
