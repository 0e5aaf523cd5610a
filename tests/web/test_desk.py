"""The desk: a department sees its own cases and nobody else's, takes legal steps only, and leaves a trace of each."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from core.accounts.models import User
from core.audit import AuditEvent
from core.database import Database
from intake.models import Deadline, Report
from tests.conftest import TestClock
from tests.support.officer import WORDS, Officer, Reporter

FIELDS = {
    **{"text": "理由", "reason": "test", "on": "2026-11-23", "place": "厂区", "investigators": "甲、乙"},
}


@pytest.fixture
def filed(app: Flask, people: dict[str, User]) -> tuple[str, str]:
    """A report about water in 长葛: the county's ecology branch is responsible."""
    reporter = Reporter(app)
    reporter.answer("category", channel="12369")
    reporter.answer("what", subject="water")
    for step in ("where", "who", "when", "words", "files", "you"):
        reporter.answer(step, **({"county": "411082"} if step == "where" else {}))
    return reporter.send()


@pytest.fixture
def officer(app: Flask, filed: tuple[str, str]) -> Officer:
    return Officer(app, "county_officer")


def test_a_department_sees_its_own_cases_only(app: Flask, filed: tuple[str, str], officer: Officer) -> None:
    number = filed[0]
    assert officer.queue() == [number]
    for name in ("market_officer", "discipline_officer", "officer"):
        other = Officer(app, name)
        assert number not in other.queue()
        assert other.get(f"/desk/{number}").status == 404
        assert other.client.post(f"/desk/{number}/open").status_code in (400, 404)
    for name in ("editor", "administrator"):
        assert Officer(app, name).get(f"/desk/{number}").status == 403


def test_a_supervisor_sees_every_deadline_and_no_content(app: Flask, filed: tuple[str, str]) -> None:
    supervisor = Officer(app, "supervisor")
    assert supervisor.queue() == [filed[0]]
    page = supervisor.get(f"/desk/{filed[0]}")
    assert page.status == 200
    assert "打开举报内容" not in page.find("//main")[0].xpath("string(.//form)")
    assert supervisor.step(filed[0], "open").status == 403


def test_the_case_says_why_it_came_here_and_keeps_its_content_shut(officer: Officer, filed: tuple[str, str]) -> None:
    page = officer.get(f"/desk/{filed[0]}")
    assert "为什么分派到这里" in page.text()
    assert "环保举报热线工作管理办法" in page.text()
    assert WORDS not in page.html


def test_opening_is_on_record_without_the_words(officer: Officer, filed: tuple[str, str], database: Database) -> None:
    assert WORDS in officer.step(filed[0], "open").text()
    assert "打开封存内容" in officer.get(f"/desk/{filed[0]}").text()
    with database.read() as session:
        events = session.scalars(select(AuditEvent).where(AuditEvent.action == "case.open_sealed")).all()
        everything = "".join(str(vars(one)) for one in session.scalars(select(AuditEvent)))
    assert len(events) == 1
    assert WORDS not in everything


def test_from_acceptance_to_closure_every_step_stands_in_the_timeline(
    app: Flask, officer: Officer, filed: tuple[str, str], database: Database
) -> None:
    number, code = filed
    officer.step(number, "accept")
    officer.step(number, "investigate")
    officer.step(number, "note", text="内部：先查排口台账")
    officer.step(number, "reply", text="已责令停产整改，罚款已立案。")
    officer.step(number, "close")
    page = officer.get(f"/desk/{number}")
    for title in ("收到举报", "受理", "开始调查", "内部记录", "答复", "办结"):
        assert title in page.text("//ol[contains(@class,'timeline')]"), title
    seen = Reporter(app).track(code).text()
    assert "已责令停产整改" in seen and "已办结" in seen
    assert "台账" not in seen
    assert officer.queue() == []
    with database.read() as session:
        assert all(one.met_on is not None for one in session.scalars(select(Deadline)))


@pytest.mark.parametrize("step", ["reply", "close", "investigate", "reopen", "visit", "pause"])
def test_a_step_that_is_not_due_is_refused_in_words(officer: Officer, filed: tuple[str, str], step: str) -> None:
    page = officer.step(filed[0], step, **FIELDS)
    assert page.status in ((409,) if step != "pause" else (409, 422))
    assert step == "pause" or "当前状态下不能进行这一步" in page.text()
    assert "已收到，待受理" in officer.get(f"/desk/{filed[0]}").text()


@pytest.mark.parametrize("step", ["decline", "return", "transfer", "note"])
def test_a_step_that_needs_words_gets_none_without(officer: Officer, filed: tuple[str, str], step: str) -> None:
    page = officer.step(filed[0], step, text="", to="xc-police")
    assert page.status == 422
    assert "请写明内容" in page.text()


def test_a_declined_report_tells_the_reporter_why(app: Flask, officer: Officer, filed: tuple[str, str]) -> None:
    assert "请选择不予受理的理由" in officer.step(filed[0], "decline", text="不归我们管").text()
    officer.step(filed[0], "decline", ground="not_ours", text="请向水利部门反映。")
    told = Reporter(app).track(filed[1]).text()
    assert "请向水利部门反映" in told
    assert "不属于本部门职责（市场监督管理投诉举报处理暂行办法第二十九条" in told
    assert "可以依法申请行政复议" in told, "the way to review is stated"


def test_a_transferred_case_leaves_one_desk_and_reaches_the_other(
    app: Flask, officer: Officer, filed: tuple[str, str], database: Database, clock: TestClock
) -> None:
    clock.moves_on(days=2)
    officer = Officer(app, "county_officer")
    officer.step(filed[0], "transfer", to="xc-market", text="涉及检测机构")
    assert officer.get(f"/desk/{filed[0]}").status == 404
    market = Officer(app, "market_officer")
    assert market.queue() == [filed[0]]
    assert "涉及检测机构" in market.get(f"/desk/{filed[0]}").text()
    market.step(filed[0], "return", text="不属于我们")
    assert Officer(app, "county_officer").queue() == [filed[0]]


def test_a_case_goes_to_no_department_that_is_excluded(app: Flask, people: dict[str, User], database: Database) -> None:
    accused = {"accused_kind": "department", "accused_name": "", "accused_department": "xc-ecology-changge"}
    number, _code = Reporter(app).report(who=accused)
    with database.read() as session:
        owner = session.scalars(select(Report.responsible_code)).one()
    assert owner == "xc-discipline"
    discipline = Officer(app, "discipline_officer")
    offered = discipline.get(f"/desk/{number}").find("//select[@name='to']/option/@value")
    assert not {"xc-ecology-changge", "xc-ecology"} & set(offered)
    refused = discipline.step(number, "transfer", to="xc-ecology-changge", text="转回去")
    assert refused.status in (403, 422)
    assert Officer(app, "county_officer").queue() == []


def test_an_extension_is_granted_by_another_person_and_the_reporter_is_told(
    app: Flask, officer: Officer, filed: tuple[str, str], database: Database
) -> None:
    number, code = filed
    officer.step(number, "accept")
    with database.read() as session:
        before = session.get_one(Deadline, (session.scalars(select(Report.id)).one(), "environment", "finish")).due_on
    assert "已有一个延期申请" not in officer.step(number, "ask_extension", days="10", text="等待鉴定").text()
    assert "已有一个延期申请" in officer.step(number, "ask_extension", days="10", text="再来").text()
    assert officer.step(number, "decide_extension", granted="yes", text="同意").status == 403
    head = Officer(app, "county_head")
    assert head.step(number, "decide_extension", granted="yes", text="情况复杂").status == 200
    with database.read() as session:
        after = session.get_one(Deadline, (session.scalars(select(Report.id)).one(), "environment", "finish")).due_on
    assert after >= before + timedelta(days=10)
    assert "情况复杂" in Reporter(app).track(code).text()


def test_nobody_grants_their_own_extension(app: Flask, filed: tuple[str, str]) -> None:
    head = Officer(app, "county_head")
    head.step(filed[0], "accept")
    head.step(filed[0], "ask_extension", days="10", text="等待鉴定")
    assert head.step(filed[0], "decide_extension", granted="yes", text="同意").status == 403


def test_what_is_late_is_first_and_says_so(app: Flask, filed: tuple[str, str], clock: TestClock) -> None:
    clock.moves_on(days=20)
    newer = Reporter(app)
    newer.answer("category", channel="12369")
    newer.answer("what", subject="water")
    for step in ("where", "who", "when", "words", "files", "you"):
        newer.answer(step, **({"county": "411082"} if step == "where" else {}))
    second, _code = newer.send()
    officer = Officer(app, "county_officer")
    assert officer.queue() == [filed[0], second]
    assert "已超期" in officer.get("/desk").text()
    assert "已超期" in Reporter(app).track(filed[1]).text()
