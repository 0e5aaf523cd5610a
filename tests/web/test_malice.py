"""恶意举报: two persons with reasons, the reporter reads them and objects, a third settles it; no identity opens."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from core.accounts.models import User
from core.audit import AuditEvent
from core.clock import local_date
from core.database import Database
from intake.case_models import MaliceMark
from intake.key_models import ReportWrap
from intake.models import Report
from intake.statistics import cases_received
from tests.conftest import TestClock
from tests.support.officer import Officer, Reporter

WHY, BASIS = "同一人编造现场照片", "长葛市公安局 行罚决〔2026〕12号"
CONFIRMED, OBJECTION = "经核对决定书，照片系编造。", "照片是我亲手拍的，可以提供原件。"
REASONS = {"propose_malice": {"text": WHY, "basis": BASIS}, "confirm_malice": {"text": CONFIRMED}}


@pytest.fixture
def filed(app: Flask, people: dict[str, User]) -> tuple[str, str]:
    reporter = Reporter(app)
    reporter.answer("category", channel="12369")
    reporter.answer("what", subject="water")
    for step in ("where", "who", "when", "words", "files", "you"):
        reporter.answer(step, **({"county": "411082"} if step == "where" else {}))
    return reporter.send()


@pytest.fixture
def marked(app: Flask, filed: tuple[str, str]) -> tuple[str, str]:
    """Proposed by the county's officer, confirmed by its head."""
    for name, step in (("county_officer", "propose_malice"), ("county_head", "confirm_malice")):
        assert Officer(app, name).step(filed[0], step, **REASONS[step]).status == 200
    return filed


def counted(database: Database, today: date) -> int:
    with database.read() as session:
        return len(cases_received(session, date(2026, 1, 1), date(2027, 1, 1), today))


def envelopes(database: Database) -> list[tuple[str, ...]]:
    with database.read() as session:
        return [(one.purpose, one.recipient, one.wrapped.hex()) for one in session.scalars(select(ReportWrap))]


def test_a_proposal_is_hidden_from_the_reporter_and_counts_for_nothing(
    app: Flask, filed: tuple[str, str], database: Database, clock: TestClock
) -> None:
    page = Officer(app, "county_officer").step(filed[0], "propose_malice", **REASONS["propose_malice"])
    assert "等待另一个人决定" in page.text()
    told = Reporter(app).track(filed[1]).text()
    assert "恶意" not in told and WHY not in told
    assert counted(database, local_date(clock.now())) == 1


def test_without_another_organs_paper_nothing_is_proposed(
    app: Flask, filed: tuple[str, str], database: Database
) -> None:
    page = Officer(app, "county_officer").step(filed[0], "propose_malice", text=WHY, basis="")
    assert page.status == 422
    assert "只是没有查实的，不能认定为恶意举报" in page.text()
    with database.read() as session:
        assert session.scalars(select(MaliceMark)).all() == []


@pytest.mark.parametrize("step", ["confirm_malice", "refuse_malice"])
def test_who_proposed_decides_nothing(app: Flask, filed: tuple[str, str], database: Database, step: str) -> None:
    head = Officer(app, "county_head")
    page = head.step(filed[0], "propose_malice", **REASONS["propose_malice"])
    assert not page.find(f"//form[contains(@action,'{step}')]")
    assert head.step(filed[0], step, text=CONFIRMED).status == 403
    with database.read() as session:
        assert session.scalars(select(MaliceMark.decided_by)).all() == [None]


def test_an_officer_without_the_heads_right_confirms_nothing(app: Flask, filed: tuple[str, str]) -> None:
    Officer(app, "county_head").step(filed[0], "propose_malice", **REASONS["propose_malice"])
    assert Officer(app, "county_officer").step(filed[0], "confirm_malice", text=CONFIRMED).status == 403


def test_the_reporter_reads_why_and_how_to_object(app: Flask, marked: tuple[str, str]) -> None:
    page = Reporter(app).track(marked[1])
    assert "这件被认定为恶意举报" in page.text() and CONFIRMED in page.text()
    assert "/track/object" in page.find("//main//a/@href")


def test_the_mark_leaves_the_public_figures_and_opens_no_identity(
    app: Flask, filed: tuple[str, str], database: Database, clock: TestClock
) -> None:
    before = envelopes(database)
    for name, step in (("county_officer", "propose_malice"), ("county_head", "confirm_malice")):
        Officer(app, name).step(filed[0], step, **REASONS[step])
    assert counted(database, local_date(clock.now())) == 0
    assert envelopes(database) == before
    with database.read() as session:
        actions = session.execute(select(AuditEvent.action, AuditEvent.actor_name)).all()
        written = str([vars(one) for one in session.scalars(select(AuditEvent))])
    assert {("case.propose_malice", "测试county_officer"), ("case.confirm_malice", "测试county_head")} <= {
        tuple(one) for one in actions
    }
    assert not [one for one in actions if one[0] == "case.open_identity"]
    assert WHY not in written and CONFIRMED not in written


def test_an_objection_is_settled_by_a_third_and_a_lifted_mark_counts_again(
    app: Flask, marked: tuple[str, str], database: Database, clock: TestClock
) -> None:
    reporter = Reporter(app)
    reporter.track(marked[1])
    assert "请写明理由" in reporter.post("/track/object", text="").text()
    assert "您的异议已经收到" in reporter.post("/track/object", text=OBJECTION).text()
    assert reporter.get("/track/object").url == "/track/case", "once"
    assert OBJECTION in Officer(app, "county_head").get(f"/desk/{marked[0]}").text()
    supervisor = Officer(app, "supervisor")
    assert supervisor.step(marked[0], "lift_malice", text="原件属实，撤销。").status == 200
    told = reporter.get("/track/case").text()
    assert "这件被认定为恶意举报" not in told and "原件属实，撤销。" in told
    assert counted(database, local_date(clock.now())) == 1


def test_an_upheld_mark_stays_and_says_why(app: Flask, marked: tuple[str, str]) -> None:
    reporter = Reporter(app)
    reporter.track(marked[1])
    reporter.post("/track/object", text=OBJECTION)
    Officer(app, "supervisor").step(marked[0], "uphold_malice", text="决定书已生效，维持。")
    told = reporter.get("/track/case").text()
    assert "异议已由没有参与认定的人处理" in told and "决定书已生效，维持。" in told


def test_nothing_is_settled_before_somebody_objects(app: Flask, marked: tuple[str, str]) -> None:
    assert Officer(app, "supervisor").step(marked[0], "lift_malice", text="撤销").status == 409


@pytest.mark.parametrize("rows", [{"decided_by": "proposed_by"}, {"settled_by": "decided_by"}])
def test_the_database_holds_two_and_a_third_apart(
    marked: tuple[str, str], database: Database, rows: dict[str, str]
) -> None:
    (column, other), *_none = rows.items()
    with pytest.raises(IntegrityError), database.engine.begin() as connection:
        connection.execute(text(f"UPDATE case_malice_mark SET {column} = {other}"))


def test_the_case_goes_its_way(app: Flask, marked: tuple[str, str], database: Database) -> None:
    officer = Officer(app, "county_officer")
    officer.step(marked[0], "accept")
    officer.step(marked[0], "reply", text="已到现场核实。")
    with database.read() as session:
        assert session.scalars(select(Report.state)).all() == ["replied"]
