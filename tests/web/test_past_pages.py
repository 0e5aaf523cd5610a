"""?as_of= on pages that are no records: the calendar and the figures as they stood, and a clear no everywhere else."""

from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from core.database import Database, unit_of_work
from core.outbox import Job
from intake import shown_statistics
from intake.shown_statistics import ShownStatistics
from portal.app import create_worker
from tests.conftest import TestClock
from tests.support.disclosures import USCC, Publisher
from tests.support.page import Page, checked

SECOND = datetime(2026, 11, 2, 3, 0, tzinfo=UTC)
FIFTH = datetime(2026, 11, 5, 3, 0, tzinfo=UTC)


@pytest.fixture
def at_work(publisher: Publisher) -> Publisher:
    """The platform is held to its word since September."""
    publisher.penalty(datetime(2026, 9, 1, tzinfo=UTC), decision_no="甲〔2026〕0号", decided_on="2026-08-20")
    return publisher


def told(client: FlaskClient, day: str, dataset: str = "penalties", month: str = "2026-11") -> list[dict[str, object]]:
    answer = client.get(f"/calendar/{dataset}.json?month={month}" + (f"&as_of={day}" if day else ""))
    assert answer.status_code == 200
    return list(answer.get_json()["releases"])


def test_the_calendar_of_a_past_day_knows_nothing_that_came_later(client: FlaskClient, at_work: Publisher) -> None:
    first = at_work.penalty(SECOND, decision_no="甲〔2026〕1号", decided_on="2026-10-28")
    second = at_work.penalty(FIFTH, decision_no="甲〔2026〕2号", decided_on="2026-10-29")
    assert [str(one["record"]).rpartition("/")[2] for one in told(client, "2026-11-03")] == [first]
    assert {str(one["record"]).rpartition("/")[2] for one in told(client, "")} == {first, second}
    page = checked(client, "/calendar/penalties?month=2026-11&as_of=2026-11-03")
    assert "2026年11月3日结束时公开的样子" in page.text("//main")
    assert first in page.html and second not in page.html
    assert "as_of=2026-11-03" in " ".join(page.find("//main//a[contains(@href, 'month=2026-10')]/@href"))


def test_what_was_still_waiting_then_is_counted_as_unpublished(client: FlaskClient, at_work: Publisher) -> None:
    """Drafted in time, published late: on the day between it was late and not there."""
    at_work.penalty(SECOND, decision_no="甲〔2026〕1号", decided_on="2026-10-26")
    one = at_work.waiting(SECOND, decision_no="甲〔2026〕2号", decided_on="2026-10-26")
    at_work.approve(one, datetime(2026, 11, 20, 3, 0, tzinfo=UTC))
    then = client.get("/calendar.json?month=2026-11&as_of=2026-11-15").get_json()
    now = client.get("/calendar.json?month=2026-11").get_json()
    numbers = {
        name: next(one for one in found["datasets"] if one["dataset"] == "penalties")
        for name, found in (("then", then), ("now", now))
    }
    assert (numbers["then"]["promised"], numbers["then"]["late"]) == (2, 0)
    assert (numbers["now"]["promised"], numbers["now"]["late"]) == (2, 1)


def test_a_correction_made_later_does_not_change_the_calendar_of_before(
    client: FlaskClient, at_work: Publisher
) -> None:
    one = at_work.penalty(SECOND, decided_on="2026-10-28")
    at_work.correct(one, FIFTH, decided_on="2026-08-03")
    assert [str(found["record"]).rpartition("/")[2] for found in told(client, "2026-11-03")] == [one]
    assert told(client, "") == []


def test_the_figures_of_a_past_day_are_those_that_were_shown(
    app: Flask, client: FlaskClient, clock: TestClock, database: Database
) -> None:
    worker = create_worker(app)
    worker.run_due()
    shown = client.get("/statistics.json").get_json()
    yesterday = clock.now().date().isoformat()
    clock.moves_on(days=1)
    assert client.get(f"/statistics.json?as_of={yesterday}").get_json() == shown
    assert "结束时公开的样子" in checked(client, f"/statistics?as_of={yesterday}").text("//main")
    assert client.get(f"/statistics.csv?as_of={yesterday}").status_code == 200
    with database.read() as session:
        assert len(session.scalars(select(ShownStatistics)).all()) == 1
    missing = client.get("/statistics.json?as_of=2026-01-01")
    assert (missing.status_code, missing.get_json()["code"]) == (404, "no_past")
    assert "没有留下来" in missing.get_json()["detail"]


def test_the_last_look_of_a_day_is_what_is_kept(app: Flask, clock: TestClock, database: Database) -> None:
    def keep() -> None:
        with unit_of_work(database) as session:
            shown_statistics.keep(Job(0, session, {}, clock.now(), app.extensions["mingjian"].settings, {}))

    keep()
    with unit_of_work(database) as session:
        session.scalars(select(ShownStatistics)).one().figures = {}
    keep()
    with database.read() as session:
        assert session.scalars(select(ShownStatistics)).one().figures["months"]


NOW_ALONE = ("/", "/air", "/search?q=x", "/feeds", "/ledger", "/about", "/index.json", "/data.json")


@pytest.mark.parametrize("page", NOW_ALONE)
def test_a_page_without_a_past_says_so(client: FlaskClient, page: str) -> None:
    answer = client.get(f"{page}{'&' if '?' in page else '?'}as_of=2026-11-01")
    assert answer.status_code == 404
    assert "没有留下过去的样子" in answer.get_data(as_text=True)


@pytest.mark.parametrize("day", ["yesterday", "2026-02-30", "2999-01-01", "1066-10-14"])
@pytest.mark.parametrize("page", ["/penalties", "/calendar", "/statistics.json", f"/entities/{USCC}"])
def test_what_is_no_day_of_the_past_is_refused(client: FlaskClient, page: str, day: str) -> None:
    answer = client.get(f"{page}?as_of={day}")
    assert answer.status_code == 422
    assert "不能晚于今天" in answer.get_data(as_text=True)


def test_the_page_that_says_so_leads_to_the_present(client: FlaskClient) -> None:
    page = Page("/air", 404, client.get("/air?as_of=2026-11-01").get_data(as_text=True))
    assert page.text("//h1") == "看不到那一天的样子"
    assert "/air" in page.find("//main//a/@href")


def test_an_empty_day_is_today(client: FlaskClient) -> None:
    assert client.get("/penalties?as_of=").status_code == 200
    assert client.get("/?as_of=").status_code == 200


def test_a_record_of_a_past_day_tells_no_later_history(
    client: FlaskClient, publisher: Publisher, clock: TestClock
) -> None:
    one = publisher.penalty(SECOND)
    publisher.correct(one, FIFTH, fine_wan_yuan="8")
    assert "逐字对照" in checked(client, f"/penalties/{one}").text("//main")
    then = checked(client, f"/penalties/{one}?as_of=2026-11-03").text("//main")
    assert "逐字对照" not in then and "原文有误" not in then


def test_a_company_of_a_past_day(client: FlaskClient, publisher: Publisher) -> None:
    publisher.penalty(FIFTH, party_uscc=USCC)
    assert "行政处罚" in checked(client, f"/entities/{USCC}").text("//ol")
    then = checked(client, f"/entities/{USCC}?as_of=2026-11-03").text("//main")
    assert "没有公开的记录" in then and "2026年11月3日结束时" in then
