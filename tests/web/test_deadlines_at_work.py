"""Deadlines in the running product: the ladder that nobody can stop, dates that move, a feed of them."""

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from icalendar import Calendar
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from core.accounts.models import User
from core.audit import AuditEvent
from core.database import Database, unit_of_work
from core.outbox import OutboxJob
from intake.case_models import CaseRung
from intake.models import Deadline, Report
from tests.conftest import TestClock
from tests.support.officer import Officer
from tests.support.reporter import file_directly

Works = Callable[[], int]


def rungs(database: Database) -> list[str]:
    with database.read() as session:
        return sorted(session.scalars(select(CaseRung.rung)))


@pytest.fixture
def filed(app: Flask, people: dict[str, User]) -> Report:
    """Filed on Monday 2026-11-23; to be accepted by 2026-12-08: eleven working days."""
    return file_directly(app)


def test_the_sweep_climbs_each_rung_once_however_often_it_runs(
    filed: Report, run_jobs: Works, database: Database, clock: TestClock
) -> None:
    clock.moves_on(days=15)
    for _hour in range(3):
        run_jobs()
        clock.moves_on(hours=1)
    assert rungs(database) == ["due", "half", "most"]


def test_a_sweep_that_was_off_for_three_days_misses_no_rung_and_doubles_none(
    filed: Report, run_jobs: Works, database: Database, clock: TestClock
) -> None:
    clock.moves_on(days=14)
    run_jobs()
    assert rungs(database) == ["half", "most"]
    clock.moves_on(days=3)  # off over the last day
    run_jobs()
    assert rungs(database) == ["due", "half", "late1", "most"]
    run_jobs()
    with database.read() as session:
        told = [
            job.payload for job in session.scalars(select(OutboxJob)) if "ladder" in job.payload.get("template", "")
        ]
    assert {(one["template"], one["role"]) for one in told} == {
        ("ladder_warning", "officer"),
        ("ladder_warning", "head"),
        ("ladder_supervision", "officer"),
        ("ladder_supervision", "head"),
        ("ladder_supervision", "supervisor"),
    }
    assert len(told) == 5, "one notice a department, measure and role; of the rungs missed the highest alone"
    assert all(set(one) == {"template", "department", "role"} for one in told), "a notice names no case"


def test_who_is_told_late_still_stands_on_the_list_after_handing_over_or_finishing(
    app: Flask, filed: Report, run_jobs: Works, database: Database, clock: TestClock
) -> None:
    clock.moves_on(days=16)
    run_jobs()
    officer = Officer(app, "county_officer")
    officer.step(filed.case_number, "note", text="已经在办")
    officer.step(filed.case_number, "accept")
    run_jobs()
    assert "late1" in rungs(database)


def test_nobody_takes_a_rung_back_not_even_in_the_database(
    filed: Report, run_jobs: Works, database: Database, clock: TestClock
) -> None:
    clock.moves_on(days=16)
    run_jobs()
    for statement in ("DELETE FROM case_rung", "UPDATE case_rung SET measure = 'reminder'"):
        with pytest.raises(DBAPIError), unit_of_work(database) as session:
            session.execute(text(statement))


def test_what_was_met_in_time_climbs_no_further_and_a_granted_extension_begins_anew(
    app: Flask, filed: Report, run_jobs: Works, database: Database, clock: TestClock
) -> None:
    officer = Officer(app, "county_officer")
    officer.step(filed.case_number, "accept")
    clock.moves_on(days=55)
    run_jobs()
    assert rungs(database) == ["half", "most"], "the deadline of acceptance was met, the one of handling runs"
    Officer(app, "county_officer").step(filed.case_number, "ask_extension", days="30", text="等待鉴定")
    Officer(app, "county_head").step(filed.case_number, "decide_extension", granted="yes", text="同意")
    clock.moves_on(hours=1)
    run_jobs()
    with database.read() as session:
        rounds = sorted((one.round, one.rung) for one in session.scalars(select(CaseRung)))
    assert rounds == [(1, "half"), (1, "most"), (2, "half")]


def test_the_audit_names_rung_and_step_and_nothing_of_the_matter(
    filed: Report, run_jobs: Works, database: Database, clock: TestClock
) -> None:
    clock.moves_on(days=16)
    run_jobs()
    with database.read() as session:
        lines = session.scalars(select(AuditEvent).where(AuditEvent.action.like("ladder.%"))).all()
    assert {line.action for line in lines} == {"ladder.reminder", "ladder.warning", "ladder.supervision"}
    assert all(set(line.detail) == {"step", "rung", "due_on"} for line in lines)


def test_a_provisional_date_moves_when_an_administrator_enters_the_year(
    app: Flask, people: dict[str, User], run_jobs: Works, database: Database, clock: TestClock
) -> None:
    clock.moves_on(days=28)  # 2026-12-21
    file_directly(app)
    due = select(Deadline.due_on, Deadline.provisional)
    with database.read() as session:
        assert session.execute(due).one() == (date(2027, 1, 5), True)
    administrator = Officer(app, "administrator")
    page = administrator.get("/admin/calendar")
    assert "现在有 1 个期限是暂定的" in page.text()
    wrong = administrator.post("/admin/calendar", year="2027", source="国办发明电〔2026〕9号", off="元旦", at_work="")
    assert wrong.status == 422 and "看不懂“元旦”" in wrong.text()
    saved = administrator.post(
        "/admin/calendar", year="2027", source="国办发明电〔2026〕9号", off="1月1日至1月5日", at_work="1月9日"
    )
    assert "正在重新计算" in saved.text()
    run_jobs()
    with database.read() as session:
        assert session.execute(due).one() == (date(2027, 1, 6), False)
        recounted = session.scalars(select(AuditEvent).where(AuditEvent.action == "case.recount")).one()
    assert recounted.detail == {"step": "accept", "before": "2027-01-05", "due_on": "2027-01-06"}


def test_a_weekday_cannot_be_made_up_and_nothing_typed_is_lost(app: Flask, people: dict[str, User]) -> None:
    page = Officer(app, "administrator").post(
        "/admin/calendar", year="2027", source="国办发明电", off="1月1日", at_work="1月4日"
    )
    assert page.status == 422
    assert "应当是周六或周日" in page.text()
    assert page.find("//textarea[@name='at_work']")[0].text.strip() == "1月4日"


@pytest.mark.parametrize("name", ["officer", "head", "supervisor", "editor"])
def test_only_an_administrator_changes_the_calendar(app: Flask, people: dict[str, User], name: str) -> None:
    assert Officer(app, name).get("/admin/calendar").status == 403


def test_the_case_explains_how_its_date_was_counted(app: Flask, filed: Report, clock: TestClock) -> None:
    text_ = Officer(app, "county_officer").get(f"/desk/{filed.case_number}").text()
    assert "怎样算出来的" in text_
    assert "从 2026年11月23日 的次日起，数 15 天（节假日也算）" in text_


def test_a_calendar_shows_number_and_step_and_not_what_it_is_about(
    app: Flask, filed: Report, database: Database
) -> None:
    officer = Officer(app, "county_officer")
    address = officer.post("/desk/calendar/open", at="/desk/calendar").text("//*[@id='feed-address']")
    path = address.removeprefix("http://127.0.0.1:8000")
    answer = app.test_client().get(path)
    assert answer.mimetype == "text/calendar"
    assert answer.headers["Cache-Control"] == "no-store"
    entries = Calendar.from_ical(answer.data).walk("VEVENT")
    assert [str(one["summary"]) for one in entries] == [f"{filed.case_number} 告知是否受理"]
    assert entries[0]["dtstart"].dt == date(2026, 12, 8)
    assert not {"water", "水", "411082", "长葛"} & set(answer.get_data(as_text=True))
    assert Officer(app, "county_head").get("/desk/calendar").text().count("还没有日历地址") == 1


def test_a_new_address_ends_the_old_one_and_a_closed_account_has_none(
    app: Flask, filed: Report, database: Database
) -> None:
    officer = Officer(app, "county_officer")
    first, second = (
        officer.post("/desk/calendar/open", at="/desk/calendar").text("//*[@id='feed-address']").rsplit("/", 1)[-1]
        for _time in range(2)
    )
    client = app.test_client()
    assert client.get(f"/desk/calendar/{first}").status_code == 404
    assert client.get(f"/desk/calendar/{second}").status_code == 200
    with unit_of_work(database) as session:
        session.execute(text("UPDATE user_account SET is_active = false WHERE sign_in_name = 'county_officer'"))
    assert client.get(f"/desk/calendar/{second}").status_code == 404
    assert client.get("/desk/calendar/x.ics").status_code == 404


def test_the_address_itself_is_nowhere_in_the_database(app: Flask, filed: Report, database: Database) -> None:
    address = (
        Officer(app, "county_officer").post("/desk/calendar/open", at="/desk/calendar").text("//*[@id='feed-address']")
    )
    token = address.rsplit("/", 1)[-1].removesuffix(".ics")
    with database.read() as session:
        stored = session.execute(text("SELECT token_hash FROM calendar_feed")).scalar_one()
    assert token.encode() not in bytes(stored)


def test_a_work_order_of_12345_runs_under_two_clocks_and_the_shorter_leads(
    app: Flask, people: dict[str, User], database: Database
) -> None:
    report = file_directly(app, received_by="12345_transfer")
    officer = Officer(app, "county_officer")
    officer.step(report.case_number, "accept")
    with database.read() as session:
        clocks = session.execute(
            select(Deadline.regime, Deadline.due_on).where(Deadline.met_on.is_(None)).order_by(Deadline.due_on)
        ).all()
    assert [one.regime for one in clocks] == ["hotline_12345", "environment"]
    assert "回复 12345" in officer.get("/desk").text("//tbody")
