"""The work on a case through the desk: people, visits, pauses, duplicates, links, disputes, stepping back, paper."""

import re

import pytest
from flask import Flask
from sqlalchemy import select

from core.accounts.models import User
from core.audit import AuditEvent
from core.database import Database, unit_of_work
from core.outbox import OutboxJob
from core.working_calendar import WorkingCalendar
from intake.case_models import Handling
from intake.models import CaseEvent, Deadline, Report
from intake.submission import Accused, Identity
from tests.conftest import TestClock
from tests.support.officer import Officer, Reporter
from tests.support.reporter import WORDS, file_directly


@pytest.fixture
def report(app: Flask, people: dict[str, User]) -> Report:
    """Water in 长葛: the county's ecology branch has it."""
    return file_directly(app)


@pytest.fixture
def officer(app: Flask, report: Report) -> Officer:
    return Officer(app, "county_officer")


def standing(database: Database, report: Report) -> Handling:
    with database.read() as session:
        return session.get_one(Handling, report.id)


def test_a_case_is_given_to_a_person_of_the_department_and_to_nobody_else(
    officer: Officer, report: Report, people: dict[str, User], database: Database
) -> None:
    assert officer.step(report.case_number, "assign", officer=people["market_officer"].id).status == 422
    officer.step(report.case_number, "assign", officer=people["county_head"].id)
    assert standing(database, report).officer_id == people["county_head"].id
    assert "测试county_head" in officer.get("/desk").text("//tbody")
    assert officer.get("/desk?who=mine").find("//tbody//th/a") == []


def test_a_visit_needs_two_investigators_and_a_day_that_has_been(
    officer: Officer, report: Report, database: Database
) -> None:
    number = report.case_number
    officer.step(number, "accept")
    officer.step(number, "investigate")
    said = {"place": "石梁河排口", "text": "排口有黑水"}
    alone = officer.step(number, "visit", on="2026-11-23", investigators="张三\n张三", **said)
    assert alone.status == 422 and "不少于两人" in alone.text()
    assert "排口有黑水" in alone.text("//details[@open]//textarea[@name='text']")
    assert officer.step(number, "visit", on="2026-11-24", investigators="张三、李四", **said).status == 422
    assert officer.step(number, "visit", on="2026-11-22", investigators="张三、李四", **said).status == 422
    assert officer.step(number, "visit", on="2026-11-23", investigators="张三、李四", **said).status == 200
    shut = officer.get(f"/desk/{number}").text()
    assert "现场检查记录" in shut and "张三、李四" not in shut, "a record of a visit is sealed like the report"
    assert "调查人员：张三、李四" in officer.step(number, "open").text()


def test_the_third_bounce_waits_for_the_supervisor_and_what_is_appointed_stays(
    app: Flask, officer: Officer, report: Report, database: Database
) -> None:
    number = report.case_number
    officer.step(number, "transfer", to="xc-market", text="像是检测机构的事")
    market = Officer(app, "market_officer")
    market.step(number, "return", text="不属于我们")
    officer.step(number, "transfer", to="xc-market", text="再请核实")  # the second: it has been there
    assert standing(database, report).bounces == 2
    stuck = market.step(number, "return", text="还是不属于我们")
    assert "正在等待督办人员指定" in stuck.text()
    assert standing(database, report).is_disputed
    assert market.queue() == [number], "the case belongs to somebody all the time"
    assert market.step(number, "transfer", to="xc-police", text="那就转走").status == 409
    supervisor = Officer(app, "supervisor")
    assert "待指定" in supervisor.get("/desk?due=supervised").text("//tbody")
    supervisor.step(number, "appoint", to="xc-ecology-changge", text="属地生态环境分局承办")
    assert officer.queue() == [number]
    assert officer.step(number, "return", text="不归我").status == 409
    assert officer.step(number, "transfer", to="xc-police", text="转走").status == 409
    assert officer.step(number, "hand_over", text="换类别").status == 409
    assert "不能退回或者转出" in officer.get(f"/desk/{number}").text()
    with database.read() as session:
        notices = [
            job.payload for job in session.scalars(select(OutboxJob)) if job.payload.get("template") == "disputed"
        ]
        disputes = session.scalars(select(Deadline).where(Deadline.step == "dispute")).all()
    assert [one["role"] for one in notices] == ["supervisor"]
    assert all(one.met_on is not None for one in disputes)


def test_an_objection_after_its_five_working_days_is_refused(app: Flask, report: Report, clock: TestClock) -> None:
    officer = Officer(app, "county_officer")
    assert "职责异议要在 2026年11月30日 前提出" in officer.get(f"/desk/{report.case_number}").text()
    clock.moves_on(days=8)
    late = Officer(app, "county_officer").step(report.case_number, "return", text="不归我们")
    assert late.status == 409
    assert "期限已过" in late.text()


def test_a_clock_is_not_stopped_by_the_handler(app: Flask, people: dict[str, User]) -> None:
    product = file_directly(app, category_channel="12365", subject="product_quality", county=None)
    market = Officer(app, "market_officer")
    market.step(product.case_number, "accept")
    assert market.step(product.case_number, "pause", reason="test", text="送检").status == 403


def test_the_days_of_a_test_are_given_back_and_the_reporter_is_told(
    app: Flask, people: dict[str, User], database: Database, clock: TestClock
) -> None:
    with unit_of_work(database) as session:
        session.get_one(User, people["market_officer"].id).roles = ["head"]
    product = file_directly(app, category_channel="12365", subject="product_quality", county=None)
    number = product.case_number
    head = Officer(app, "market_officer")
    head.step(number, "accept")
    key = (product.id, "market_complaint", "finish")
    with database.read() as session:
        before = session.get_one(Deadline, key).due_on
    assert head.step(number, "pause", reason="reporter_answer", text="等举报人").status == 422
    assert head.step(number, "pause", reason="test", text="样品送检").status == 200
    assert "已暂停计算" in head.get(f"/desk/{number}").text()
    clock.moves_on(days=14)
    head = Officer(app, "market_officer")
    assert number in head.get("/desk?due=paused").text("//tbody")
    head.step(number, "resume", text="检测报告已出")
    with database.read() as session:
        after = session.get_one(Deadline, key)
        moved = WorkingCalendar().workdays_between(before, after.due_on)
    assert not after.is_paused
    assert moved == 9, "24 November to 4 December; the day of acceptance never counted"
    assert "暂停，不计" in head.get(f"/desk/{number}").text()


def test_a_clock_that_no_rule_lets_stop_offers_no_pause(app: Flask, report: Report) -> None:
    head = Officer(app, "county_head")
    head.step(report.case_number, "accept")
    assert "暂停计算期限" not in head.get(f"/desk/{report.case_number}").text()
    refused = head.step(report.case_number, "pause", reason="test", text="送检")
    assert refused.status == 422


def test_a_merged_report_keeps_its_receipt_and_reads_the_answer(app: Flask, people: dict[str, User]) -> None:
    answers = {"category": {"channel": "12369"}, "what": {"subject": "water"}}
    found = []
    for _time in range(2):
        reporter = Reporter(app)
        for step in ("category", "what", "where", "who", "when", "words", "files", "you"):
            reporter.answer(step, **answers.get(step, {"county": "411082"} if step == "where" else {}))
        found.append(reporter.send())
    (first, first_code), (second, second_code) = found
    officer = Officer(app, "county_officer")
    assert officer.step(second, "merge", into=second, text="同一件事").status == 422
    assert officer.step(second, "merge", into="XC-2026-ZZZZZZ", text="同一件事").status == 422
    officer.step(second, "merge", into=first, text="同一排口")
    assert officer.queue() == [first]
    assert second in officer.get(f"/desk/{first}").text()
    officer.step(first, "accept")
    officer.step(first, "reply", text="排口已封堵。")
    for code in (first_code, second_code):
        assert "排口已封堵" in Reporter(app).track(code).text()
    assert "已并案办理" in Reporter(app).track(second_code).text()
    officer.step(second, "reopen", text="不是同一排口")
    assert second in officer.queue()


def test_what_a_case_is_linked_to_is_sealed(officer: Officer, report: Report, database: Database) -> None:
    officer.step(report.case_number, "link", kind="penalty", text="豫1000环罚决字〔2026〕12号")
    assert "豫1000环罚决字" not in officer.get(f"/desk/{report.case_number}").text()
    assert "豫1000环罚决字" in officer.step(report.case_number, "open").text()
    with database.read() as session:
        event = session.scalars(select(CaseEvent).where(CaseEvent.action == "link")).one()
    assert event.detail == {"kind": "penalty"}


def test_a_department_that_was_asked_contributes_and_takes_no_other_step(
    app: Flask, officer: Officer, report: Report
) -> None:
    number = report.case_number
    market = Officer(app, "market_officer")
    assert market.get(f"/desk/{number}").status == 404
    officer.step(number, "invite", to="xc-market", text="请核查检测报告")
    assert "协办" in market.get("/desk").text("//tbody")
    assert market.step(number, "accept").status == 403
    assert WORDS in market.step(number, "open").text(), "the key went with the request"
    market.step(number, "contribute", text="报告编号对不上")
    assert "报告编号对不上" in officer.get(f"/desk/{number}").text()
    assert officer.step(number, "contribute", text="自己").status == 403


def test_no_department_of_the_accused_is_asked_to_help(app: Flask, people: dict[str, User]) -> None:
    report = file_directly(app, accused=Accused("department", "", department_code="xc-ecology-changge"))
    discipline = Officer(app, "discipline_officer")
    offered = discipline.get(f"/desk/{report.case_number}").find("//select[@id='invite-to']/option/@value")
    assert not {"xc-ecology-changge", "xc-ecology"} & set(offered)
    assert discipline.step(report.case_number, "invite", to="xc-ecology", text="请协助").status in (403, 422)


def test_who_steps_back_no_longer_sees_the_case_and_is_not_given_it(
    app: Flask, officer: Officer, report: Report, people: dict[str, User], database: Database
) -> None:
    number, person = report.case_number, people["county_officer"].id
    officer.step(number, "assign", officer=person)
    assert officer.step(number, "recuse", officer=people["county_head"].id, text="他是亲戚").status == 403
    gone = officer.step(number, "recuse", officer=person, text="厂长是我亲戚")
    assert gone.url == "/desk"
    assert officer.queue() == []
    assert officer.get(f"/desk/{number}").status == 404
    head = Officer(app, "county_head")
    assert standing(database, report).officer_id is None
    assert person not in head.get(f"/desk/{number}").find("//select[@id='assign-officer']/option/@value")
    assert head.step(number, "assign", officer=person).status == 422


def test_the_head_keeps_somebody_of_the_department_away(
    app: Flask, officer: Officer, report: Report, people: dict[str, User]
) -> None:
    head = Officer(app, "county_head")
    head.step(report.case_number, "recuse", officer=people["county_officer"].id, text="有利害关系")
    assert officer.get(f"/desk/{report.case_number}").status == 404
    assert head.get(f"/desk/{report.case_number}").status == 200


def test_many_cases_are_accepted_and_assigned_at_once_and_what_cannot_is_named(
    app: Flask, report: Report, people: dict[str, User], database: Database
) -> None:
    more = [file_directly(app) for _one in range(2)]
    officer = Officer(app, "county_officer")
    officer.step(more[1].case_number, "accept")
    numbers = [report.case_number, more[0].case_number, more[1].case_number]
    page = officer.post("/desk/bulk", at="/desk", case=numbers, action="accept")
    assert "已处理 2 件" in page.text()
    assert f"这些没有变动：{numbers[2]}" in page.text()
    officer.post("/desk/bulk", at="/desk", case=numbers, action="assign", officer=people["county_officer"].id)
    assert len(officer.get("/desk?who=mine").find("//tbody/tr")) == 3
    assert "请先勾选案件" in officer.post("/desk/bulk", at="/desk", action="accept").text()


def test_nothing_of_another_department_is_taken_in_bulk(app: Flask, report: Report, database: Database) -> None:
    market = Officer(app, "market_officer")
    other = file_directly(app, category_channel="12365", subject="instrument", county=None)
    page = market.post("/desk/bulk", at="/desk", case=[report.case_number, other.case_number], action="accept")
    assert "已处理 1 件" in page.text()
    with database.read() as session:
        assert session.get_one(Report, report.id).state == "received"


def test_paper_bears_the_reader_and_never_the_reporter(app: Flask, people: dict[str, User], database: Database) -> None:
    report = file_directly(app, identity=Identity("欧阳不具名", "13912345678"))
    officer = Officer(app, "county_officer")
    page = officer.post(f"/desk/{report.case_number}/print", at=f"/desk/{report.case_number}")
    assert WORDS in page.text()
    assert "欧阳不具名" not in page.html and "13912345678" not in page.html
    mark = page.text("//p[@class='watermark']")
    assert "许昌市生态环境局长葛分局 测试county_officer" in mark
    number = re.search(r"[0-9A-F]{8}", mark)
    with database.read() as session:
        printed = [one for one in session.scalars(select(CaseEvent)) if one.detail.get("part") == "print"]
        audited = session.scalars(select(AuditEvent).where(AuditEvent.action == "case.open_sealed")).all()
    assert number and [one.detail["number"] for one in printed] == [number[0]]
    assert len(audited) == 1


def test_a_matter_of_the_other_line_goes_there_by_the_rules(app: Flask, report: Report, database: Database) -> None:
    officer = Officer(app, "county_officer")
    officer.step(report.case_number, "hand_over", text="其实是产品质量")
    with database.read() as session:
        moved = session.get_one(Report, report.id)
    assert (moved.category_channel, moved.subject) == ("12365", "other")
    assert moved.responsible_code == "xc-duty"


def test_a_reply_is_begun_from_a_common_one(app: Flask, people: dict[str, User]) -> None:
    report = file_directly(app)
    officer = Officer(app, "county_officer")
    officer.step(report.case_number, "accept")
    begun = officer.get(f"/desk/{report.case_number}?template=not_found")
    assert "不表示您反映得不对" in begun.text("//textarea[@id='reply-text']")


def test_the_filters_of_the_queue_find_what_is_late_and_a_number(app: Flask, report: Report, clock: TestClock) -> None:
    clock.moves_on(days=20)
    fresh = file_directly(app)
    officer = Officer(app, "county_officer")

    def found(query: str) -> list[str]:
        return [str(one) for one in officer.get(f"/desk?{query}").find("//tbody//th/a/text()")]

    assert found("due=overdue") == [report.case_number]
    assert found(f"number={fresh.case_number[-4:].lower()}") == [fresh.case_number]
    assert found("due=week") == [report.case_number]
    assert found("channel=12365") == []
    assert "没有符合条件的案件" in officer.get("/desk?channel=12365").text()


def test_the_filters_of_the_queue_find_by_state_county_person_and_what_is_done(
    app: Flask, report: Report, people: dict[str, User]
) -> None:
    officer = Officer(app, "county_officer")
    mine, closed = file_directly(app), file_directly(app, county=None, place="长葛市某处")
    officer.step(mine.case_number, "accept")
    officer.step(mine.case_number, "assign", officer=people["county_officer"].id)

    def found(query: str) -> set[str]:
        return {str(one) for one in officer.get(f"/desk?{query}").find("//tbody//th/a/text()")}

    assert found("state=accepted") == {mine.case_number} == found("who=mine")
    assert mine.case_number not in found("who=nobody") and report.case_number in found("who=nobody")
    assert {report.case_number, mine.case_number} <= found("county=411082")
    assert found("county=411081") == set() and closed.case_number not in found("county=411082")
    officer.step(report.case_number, "accept")
    officer.step(report.case_number, "reply", text="已处理完毕，感谢监督。")
    assert found("done=1") == {report.case_number} and report.case_number not in found("state=accepted")
