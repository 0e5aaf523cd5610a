"""A code that an operator read out is void after the caller's first visit, and another one counts."""

import pytest
from flask import Flask
from sqlalchemy import select

from core.accounts.models import User
from core.database import Database
from intake.models import Report
from tests.support.officer import Officer
from tests.support.reporter import Reporter, everything_stored
from tests.web.test_record_report import WORDS, Operator, operator

__all__ = ["operator"]
FIRST = "请换一个新的查询码"
REFUSED = ["没有找到。请核对 20 位数字；没提交的举报过 7 天会删除。我们没有办法替您找回查询码。"]


@pytest.fixture
def told(operator: Operator) -> tuple[str, str]:
    """Case number and code, as they were read out on the telephone."""
    return operator.takes_down()


def somebody(app: Flask) -> Reporter:
    return Reporter(app.test_client())


def new_code(reporter: Reporter) -> str:
    return reporter.page.text("//*[@id='receipt']").replace(" ", "")


def exchanged(app: Flask, code: str) -> str:
    caller = somebody(app)
    caller.looks_up(code)
    another = new_code(caller)
    caller.presses("/new-code")
    return another


def test_the_first_visit_gives_another_code_and_ends_the_one_that_was_read_out(
    app: Flask, told: tuple[str, str]
) -> None:
    number, code = told
    caller = somebody(app)
    assert FIRST in caller.looks_up(code).text()
    another = new_code(caller)
    assert another != code.replace(" ", "")
    page = caller.presses("/new-code")
    assert page.url == "/track/case" and number in page.text()
    assert "换了新的查询码" in page.text()
    late = somebody(app)
    late.looks_up(code)
    assert late.problems() == REFUSED
    assert somebody(app).looks_up(another).url == "/track/case"


def test_nothing_of_the_case_is_shown_or_taken_before_the_code_is_exchanged(app: Flask, told: tuple[str, str]) -> None:
    caller = somebody(app)
    caller.looks_up(told[1])
    assert WORDS not in caller.page.html
    for address in ("/track/case", "/track/withdraw", "/track/reward"):
        assert FIRST in caller.opens(address).text() or caller.page.url == "/track", address
        assert WORDS not in caller.page.html


def test_who_leaves_before_noting_the_new_code_has_lost_nothing(app: Flask, told: tuple[str, str]) -> None:
    hasty = somebody(app)
    hasty.looks_up(told[1])
    shown = new_code(hasty)
    assert new_code_again(hasty) == shown, "the same as long as this visit lasts"
    again = somebody(app)
    again.looks_up(told[1])
    assert FIRST in again.page.text() and new_code(again) != shown
    unused = somebody(app)
    unused.looks_up(shown)
    assert unused.problems() == REFUSED


def new_code_again(reporter: Reporter) -> str:
    reporter.opens("/track/new-code")
    return new_code(reporter)


def test_of_two_who_come_with_the_code_the_second_is_turned_away(app: Flask, told: tuple[str, str]) -> None:
    """An operator who went in themselves, say: whoever comes second sees that somebody was there."""
    operator, caller = somebody(app), somebody(app)
    operator.looks_up(told[1])
    caller.looks_up(told[1])
    caller.presses("/new-code")
    token = operator.page.hidden_fields()["csrf_token"]
    response = operator.client.post("/track/new-code", data={"csrf_token": token}, follow_redirects=True)
    assert response.request.path == "/track"
    operator.opens("/track/case")
    assert operator.page.url == "/track" and WORDS not in operator.page.html


def test_answers_files_and_department_go_on_as_before(
    app: Flask, told: tuple[str, str], people: dict[str, User]
) -> None:
    number, code = told
    another = exchanged(app, code)
    officer = Officer(app, "county_officer")
    assert WORDS in officer.step(number, "open").text()
    officer.step(number, "accept")
    officer.step(number, "reply", text="已到现场核实，责令改正。")
    caller = somebody(app)
    assert "责令改正" in caller.looks_up(another).text()
    assert "谢谢，又排了" in caller.adds("谢谢，又排了").text()


def test_a_caller_adds_by_telephone_with_the_new_code_and_no_longer_with_the_old(
    operator: Operator, app: Flask, told: tuple[str, str]
) -> None:
    number, code = told
    another = exchanged(app, code)
    operator.opens("/desk/new/again")
    operator.answers(case_number=number, code=code, text="今天又排了")
    assert operator.problems() == ["没有找到。请和对方逐位核对受理编号和查询码。"]
    operator.answers(case_number=number, code=another, text="今天又排了")
    assert f"已补充到 {number}" in operator.page.text()


def test_neither_code_lies_anywhere(app: Flask, told: tuple[str, str]) -> None:
    another = exchanged(app, told[1])
    stored = everything_stored(app)
    for code in (told[1].replace(" ", ""), another):
        assert code.encode() not in stored


def test_who_filed_without_a_listener_keeps_their_code(app: Flask, people: dict[str, User], database: Database) -> None:
    reporter = somebody(app)
    receipt = reporter.reports()
    assert reporter.looks_up(receipt.code).url == "/track/case"
    assert reporter.opens("/track/new-code").url == "/track/case"
    with database.read() as session:
        assert session.scalars(select(Report.is_code_dictated)).one() is False
