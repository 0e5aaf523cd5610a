"""Who the reporter is: opened by a custodian alone, for a written purpose, and the reporter reads of it."""

import pytest
from flask import Flask
from sqlalchemy import select

from core.accounts.models import User
from core.audit import AuditEvent
from core.database import Database
from tests.support.officer import Officer, Reporter

NAME, CONTACT, PURPOSE = "欧阳不具名", "13912345678", "承办人要约定现场取证的时间"
NAMED = {"identity_kind": "named", "name": NAME, "contact": CONTACT}


@pytest.fixture
def filed(app: Flask, people: dict[str, User]) -> tuple[str, str]:
    """A named report about water in 长葛, where the county's branch is responsible."""
    reporter = Reporter(app)
    reporter.answer("category", channel="12369")
    reporter.answer("what", subject="water")
    for step in ("where", "who", "when", "words", "files", "you"):
        reporter.answer(step, **{"where": {"county": "411082"}, "you": NAMED}.get(step, {}))
    return reporter.send()


def test_a_custodian_opens_it_for_a_purpose_that_the_reporter_reads(
    app: Flask, filed: tuple[str, str], database: Database
) -> None:
    custodian = Officer(app, "custodian")
    page = custodian.post("/desk/identity", case_number=f" {filed[0].lower()} ", purpose=PURPOSE)
    assert NAME in page.text() and CONTACT in page.text()
    told = Reporter(app).track(filed[1]).text()
    assert "打开举报人身份" in told and PURPOSE in told
    with database.read() as session:
        events = session.scalars(select(AuditEvent).where(AuditEvent.action == "case.open_identity")).all()
    assert [event.actor_name for event in events] == ["测试custodian"]
    assert NAME not in str([vars(event) for event in events])


def test_without_a_purpose_nothing_opens(app: Flask, filed: tuple[str, str]) -> None:
    for purpose, said in (("", "请写明用途"), ("看看", "用途要写 5 到 1000 个字")):
        page = Officer(app, "custodian").post("/desk/identity", case_number=filed[0], purpose=purpose)
        assert said in page.text() and NAME not in page.html


def test_nobody_else_opens_it(app: Flask, filed: tuple[str, str]) -> None:
    for name in ("officer", "county_head", "supervisor", "administrator", "duty_officer", "discipline_officer"):
        assert Officer(app, name).get("/desk/identity").status == 403, name
    page = Officer(app, "county_officer").step(filed[0], "open")
    assert NAME not in page.html and CONTACT not in page.html
    assert "举报人是实名" in page.text()


def test_an_anonymous_report_says_so_and_an_unknown_number_is_told_apart_from_nothing(
    app: Flask, people: dict[str, User]
) -> None:
    number, _code = Reporter(app).report()
    custodian = Officer(app, "custodian")
    assert "是匿名的" in custodian.post("/desk/identity", case_number=number, purpose=PURPOSE).text()
    page = custodian.post("/desk/identity", case_number="XC-2026-AAAAAA", purpose=PURPOSE)
    assert "没有这件举报，或者它的身份不由您保管" in page.text()


def test_a_custodian_of_an_excluded_department_is_told_of_no_such_report(app: Flask, people: dict[str, User]) -> None:
    accused = {"accused_kind": "department", "accused_name": "", "accused_department": "xc-ecology"}
    number, _code = Reporter(app).report(who=accused, you=NAMED)
    page = Officer(app, "custodian").post("/desk/identity", case_number=number, purpose=PURPOSE)
    assert "没有这件举报，或者它的身份不由您保管" in page.text()
    assert NAME not in page.html
