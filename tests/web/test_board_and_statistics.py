"""The supervisor's board and the public's figures: true, and silent about small numbers."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from core.accounts.models import User
from core.database import Database
from intake.case_models import Rating
from intake.models import Report
from tests.conftest import TestClock
from tests.support.officer import Officer, Reporter
from tests.support.page import checked
from tests.support.reporter import file_directly


def row_of(client: FlaskClient, department: str) -> list[str]:
    page = checked(client, "/statistics")
    row = page.find(f"(//table)[1]//tr[th[contains(., '{department}')]]")[0]
    return [" ".join("".join(cell.itertext()).split()) for cell in row.findall("td")]


@pytest.fixture
def month(app: Flask, people: dict[str, User], clock: TestClock) -> list[Report]:
    """Sixteen cases of the 长葛 branch in October: ten answered in time, six left until they are late."""
    clock.at -= timedelta(days=40)  # 14 October
    reports = [file_directly(app) for _one in range(16)]
    officer = Officer(app, "county_officer")
    for report in reports[:10]:
        officer.step(report.case_number, "accept")
        officer.step(report.case_number, "reply", text="已处理")
    clock.at += timedelta(days=40)
    return reports


def test_on_time_counts_what_was_left_lying(month: list[Report], client: FlaskClient) -> None:
    received, finished, on_time, overdue, days, satisfied = row_of(client, "长葛分局")
    assert (received, finished, overdue) == ("16", "10", "6")
    assert on_time == "62%", "ten in time of ten and six"
    assert days == "0 天（10 件）"
    assert satisfied == "—"


def test_a_small_number_is_not_told_and_cannot_be_computed(
    app: Flask, month: list[Report], client: FlaskClient, clock: TestClock
) -> None:
    clock.at -= timedelta(days=40)
    for _one in range(2):
        file_directly(app, county="411024")
    clock.at += timedelta(days=40)
    received = row_of(client, "鄢陵分局")[0]
    assert received == "隐去"
    assert row_of(client, "长葛分局")[0] == "隐去", "with the total it would give the other away"
    csv = client.get("/statistics.csv").get_data(as_text=True)
    assert "*" in csv and ",2," not in csv and ",16," not in csv


def test_the_current_month_is_not_told_before_it_is_over(
    app: Flask, people: dict[str, User], client: FlaskClient
) -> None:
    for _one in range(6):
        file_directly(app)
    assert "还没有举报" in checked(client, "/statistics").text()


def test_everybody_finds_the_figures_from_any_page(client: FlaskClient, people: dict[str, User]) -> None:
    assert "/statistics" in checked(client, "/").links()


def test_the_board_shows_what_is_late_and_what_goes_to_and_fro(
    app: Flask, month: list[Report], run_jobs: Callable[[], int]
) -> None:
    run_jobs()
    officer, market = Officer(app, "county_officer"), Officer(app, "market_officer")
    fresh = file_directly(app)
    officer.step(fresh.case_number, "transfer", to="xc-market", text="归市监")
    market.step(fresh.case_number, "return", text="不归我们")
    officer.step(fresh.case_number, "transfer", to="xc-market", text="再请")
    board = Officer(app, "supervisor").get("/desk/board")
    text = board.text("//main")
    assert "约谈名单（6 件）" in text
    assert "来回退转的" in text and f"{fresh.case_number}" in text and "退回 2 次" in text
    row = board.find("//tr[th[contains(., '长葛分局')]]")[0]
    assert ["".join(cell.itertext()).strip() for cell in row.findall("td")][:2] == ["6", "6"]


@pytest.mark.parametrize("name", ["county_officer", "county_head", "editor", "administrator"])
def test_only_a_supervisor_sees_the_board(app: Flask, people: dict[str, User], name: str) -> None:
    assert Officer(app, name).get("/desk/board").status == 403


def test_a_reporter_rates_once_it_is_answered_and_may_change_it(
    app: Flask, people: dict[str, User], database: Database
) -> None:
    reporter = Reporter(app)
    reporter.answer("category", channel="12369")
    reporter.answer("what", subject="water")
    for step in ("where", "who", "when", "words", "files", "you"):
        reporter.answer(step, **({"county": "411082"} if step == "where" else {}))
    number, code = reporter.send()
    assert "办得怎么样" not in reporter.track(code).text()
    officer = Officer(app, "county_officer")
    officer.step(number, "accept")
    officer.step(number, "reply", text="已处理")
    assert "办得怎么样" in reporter.track(code).text()
    reporter.post("/track/rate", at="/track/case", score="9")
    reporter.post("/track/rate", at="/track/case", score="4")
    page = reporter.post("/track/rate", at="/track/case", score="2")
    assert page.find("//input[@name='score'][@checked]/@value") == ["2"]
    with database.read() as session:
        assert session.scalars(select(Rating.score)).all() == [2]
    assert "2 分（满分 5 分）" in officer.get(f"/desk/{number}").text()
