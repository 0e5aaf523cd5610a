"""有奖举报: claimed under the receipt, paid once to whoever holds the claim code, and no name anywhere."""

import pytest
from flask import Flask
from sqlalchemy import select

from core.accounts.models import User
from core.database import Database
from intake.models import CaseEvent
from tests.support.officer import Officer, Reporter

REFUSED = "受理编号和领奖码对不上，或者已经领过。"


@pytest.fixture
def answered(app: Flask, people: dict[str, User]) -> tuple[str, str]:
    """A report about water in 长葛 that its department has answered; the case number and the receipt."""
    reporter = Reporter(app)
    reporter.answer("category", channel="12369")
    reporter.answer("what", subject="water")
    for step in ("where", "who", "when", "words", "files", "you"):
        reporter.answer(step, **({"county": "411082"} if step == "where" else {}))
    number, code = reporter.send()
    officer = Officer(app, "county_officer")
    officer.step(number, "accept")
    officer.step(number, "reply", text="已处罚")
    return number, code


def claimed(app: Flask, code: str) -> tuple[Reporter, str]:
    reporter = Reporter(app)
    reporter.track(code)
    return reporter, reporter.post("/track/reward").text("//*[@id='claim']")


def test_a_reward_is_paid_once_to_the_claim_code_and_the_reporter_reads_of_it(
    app: Flask, answered: tuple[str, str], database: Database
) -> None:
    number, code = answered
    reporter, claim = claimed(app, code)
    assert len(claim.replace(" ", "")) == 20 and claim != code
    custodian = Officer(app, "custodian")
    page = custodian.post("/desk/reward", case_number=f" {number.lower()}", code=claim)
    assert "已登记发放" in page.text()
    assert "奖励已发放" in reporter.track(code).text()
    assert REFUSED in custodian.post("/desk/reward", case_number=number, code=claim).text()
    with database.read() as session:
        stored = str([(one.detail, one.actor_name) for one in session.scalars(select(CaseEvent))])
    assert claim.replace(" ", "") not in stored and code.replace(" ", "") not in stored


def test_a_wrong_code_an_unclaimed_reward_and_an_unknown_case_get_one_sentence(
    app: Flask, answered: tuple[str, str]
) -> None:
    number, code = answered
    custodian = Officer(app, "custodian")
    assert REFUSED in custodian.post("/desk/reward", case_number=number, code=code).text()
    _reporter, claim = claimed(app, code)
    for case, typed in ((number, code), (number, "1"), ("XC-2026-AAAAAA", claim)):
        assert REFUSED in custodian.post("/desk/reward", case_number=case, code=typed).text()


def test_a_code_is_drawn_once_after_the_answer_and_opens_no_report(app: Flask, people: dict[str, User]) -> None:
    reporter = Reporter(app)
    _number, code = reporter.report()
    assert "申请举报奖励" not in reporter.track(code).text()
    assert reporter.post("/track/reward", at="/track/case").status == 409


def test_the_claim_code_is_no_receipt_and_is_not_told_twice(app: Flask, answered: tuple[str, str]) -> None:
    reporter, claim = claimed(app, answered[1])
    assert claim in reporter.get("/track/reward").text()
    assert reporter.post("/track/reward", at="/track/case").status == 409
    again = Reporter(app)
    assert again.track(claim).url == "/track"
    again.track(answered[1])
    assert again.get("/track/reward").url == "/track/case"


def test_only_custodians_pay(app: Flask, answered: tuple[str, str]) -> None:
    for name in ("county_officer", "county_head", "supervisor", "administrator"):
        assert Officer(app, name).get("/desk/reward").status == 403, name
