"""What pressing "send" asks of a browser, at the real pages: work, or a wait; never the report itself."""

import dataclasses
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from core.accounts.models import User
from core.database import Database
from core.web.current import EXTENSION, House
from intake.models import Report
from tests.conftest import TestClock
from tests.support.reporter import WORDS, Reporter, everything_stored

pytestmark = pytest.mark.usefixtures("people")


@pytest.fixture
def plain(app: Flask, people: dict[str, User]) -> Reporter:
    """A reporter whose browser runs no scripts."""
    return Reporter(app.test_client(), runs_scripts=False)


def filed(database: Database) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(Report)) or 0


def set_bits(app: Flask, bits: int) -> None:
    house: House = app.extensions[EXTENSION]
    app.extensions[EXTENSION] = dataclasses.replace(
        house, settings=dataclasses.replace(house.settings, proof_of_work_bits=bits)
    )


def test_a_browser_that_did_the_work_sends_at_once(app: Flask, database: Database) -> None:
    assert Reporter(app.test_client()).reports().code
    assert filed(database) == 1


def test_without_scripts_a_page_says_how_long_yet_and_then_it_goes(
    plain: Reporter, clock: TestClock, database: Database
) -> None:
    plain.tells()
    page = plain.presses("/report/send")
    assert page.text("//h1") == "请再等 10 秒，然后按下面的按钮"
    clock.moves_on(seconds=6)
    assert plain.presses("/report/send").text("//h1") == "请再等 4 秒，然后按下面的按钮"
    assert filed(database) == 0
    clock.moves_on(seconds=4)
    assert plain.sends().code
    assert filed(database) == 1


def test_who_reads_everything_over_never_sees_the_wait(plain: Reporter, clock: TestClock) -> None:
    plain.tells()
    clock.moves_on(seconds=30)
    assert plain.sends().code


def test_a_page_that_lay_too_long_gets_a_new_challenge_and_keeps_the_words(app: Flask, database: Database) -> None:
    reporter = Reporter(app.test_client())
    reporter.tells()
    page = reporter.presses("/report/send", challenge="1.16.10.1.0000", answer="1.2.3")
    assert page.url == "/report/check"
    assert "再按一次" in page.text()
    assert WORDS in page.text()
    assert reporter.sends().code
    assert filed(database) == 1


def test_one_solved_challenge_files_one_report(app: Flask, database: Database) -> None:
    """What was sent with the first is worth nothing before the second."""
    reporter = Reporter(app.test_client())
    reporter.tells()
    first = reporter.page.hidden_fields()
    reporter.sends()
    reporter.tells()
    page = reporter.presses("/report/send", challenge=first["challenge"], answer="")
    assert page.url == "/report/check"
    assert filed(database) == 1


def test_who_sends_again_and_again_works_more_and_is_never_refused(app: Flask) -> None:
    bits = []
    for _one in range(12):
        reporter = Reporter(app.test_client())
        reporter.tells()
        bits.append(int(reporter.page.hidden_fields()["challenge"].split(".")[1]))
    assert bits[0] == 16
    assert bits == sorted(bits)
    assert bits[-1] == 17, "ten an hour are usual for one network, the eleventh works twice as much"
    assert reporter.sends().code


def test_no_address_is_kept_by_the_counting(app: Flask) -> None:
    client = app.test_client()
    client.environ_base["REMOTE_ADDR"] = "203.0.113.77"
    Reporter(client).reports()
    assert b"203.0.113.77" not in everything_stored(app)


def test_a_house_can_switch_it_off(app: Flask, plain: Reporter) -> None:
    set_bits(app, 0)
    plain.tells()
    assert plain.sends().code


def test_the_network_of_one_is_no_burden_for_others(app: Flask) -> None:
    for _one in range(12):
        busy = app.test_client()
        busy.environ_base["REMOTE_ADDR"] = "203.0.113.77"
        Reporter(busy).tells()
    other: Any = app.test_client()
    other.environ_base["REMOTE_ADDR"] = "198.51.100.5"
    reporter = Reporter(other)
    reporter.tells()
    assert reporter.page.hidden_fields()["challenge"].split(".")[1] == "16"
