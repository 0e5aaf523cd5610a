"""An operator types in what a caller says, reads it back and files it; the caller gets a case number and a code."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from core.accounts.models import User
from core.database import Database, unit_of_work
from core.outbox import Job
from intake.calls.drafts import CallDraft, forget_old
from intake.models import Report
from tests.conftest import TestClock
from tests.support.page import Page, check
from tests.support.reporter import Reporter, as_stored, everything_stored

SignIn = Callable[[FlaskClient, str], None]
WORDS = "来电人说河里夜里有黑水，从暗管里出来"
CALL = {
    "received_by": "phone",
    "matter": "12369-water",
    "words": WORDS,
    "county": "411082",
    "accused_kind": "unknown",
    "identity_kind": "anonymous",
}


class Operator(Reporter):
    """At the sheet of a call."""

    def begins(self) -> str:
        """A new sheet; its address."""
        self.opens("/desk/new")
        return self.address

    def types(self, button: str = "read", **changes: str) -> Page:
        return self.answers(button, **{**CALL, **changes})

    def takes_down(self, **changes: str) -> tuple[str, str]:
        """From the empty sheet to number and code."""
        self.begins()
        self.types(**changes)
        self.presses("/file")
        assert self.page.url == "/desk/new/done", self.page.text()
        return self.told()

    def told(self) -> tuple[str, str]:
        return self.page.text("//*[@id='case-number']"), self.page.text("//*[@id='receipt']")

    def asks(self, address: str, **fields: str) -> TestResponse:
        """What the page's script sends while somebody types."""
        return self.client.post(address, data={"csrf_token": self.token(), **fields})

    def token(self) -> str:
        return str(self.page.find("//input[@name='csrf_token']/@value")[0])


@pytest.fixture
def operator(client: FlaskClient, sign_in: SignIn) -> Operator:
    sign_in(client, "operator")
    return Operator(client)


def reports(database: Database) -> list[Report]:
    with database.read() as session:
        return list(session.scalars(select(Report)))


def drafts(database: Database) -> list[CallDraft]:
    with database.read() as session:
        return list(session.scalars(select(CallDraft)))


def test_the_caller_gets_a_number_and_a_code_that_opens_the_case(operator: Operator, database: Database) -> None:
    number, code = operator.takes_down()
    (filed,) = reports(database)
    assert number == filed.case_number
    assert filed.received_by == "phone"
    assert filed.responsible_code == "xc-ecology-changge"
    assert re.fullmatch(r"(\d{4} ){4}\d{4}", code)
    caller = Reporter(operator.client.application.test_client())
    assert number in caller.looks_up(code).text()
    assert caller.page.url == "/track/new-code"
    assert drafts(database) == []


def test_number_and_code_stand_in_groups_with_their_reading(operator: Operator) -> None:
    number, code = operator.takes_down()
    shown = operator.page.find("//*[@class='dictated__group']/span[1]/text()")
    assert shown == [*[number.replace("-", "")[a:b] for a, b in ((0, 2), (2, 6), (6, 9), (9, 12))], *code.split()]
    assert operator.page.find("//*[@class='dictated__reading']/text()")[1] == "二 零 二 六"


def test_the_caller_hears_everything_before_it_is_filed(operator: Operator, database: Database) -> None:
    operator.begins()
    page = operator.types(
        accused_kind="department",
        accused_department="xc-ecology-changge",
        identity_kind="named",
        name="欧阳听筒",
        contact="13900001111",
    )
    assert page.url.endswith("/read")
    for words in (WORDS, "长葛市", "污水", "长葛分局（它和它的上下级都不会收到）", "没有说", "欧阳听筒", "13900001111"):
        assert words in page.text(), words
    assert reports(database) == []


def test_pressing_twice_files_one_report(operator: Operator, database: Database) -> None:
    operator.begins()
    reading = operator.types()
    pages = []
    for _press in range(2):
        operator.page = reading
        pages.append(operator.presses("/file"))
    (filed,) = reports(database)
    assert all(filed.case_number in page.text() for page in pages)


def test_two_calls_typed_side_by_side_are_two_reports(operator: Operator, database: Database) -> None:
    for words in ("第一个电话", "第二个电话"):
        operator.takes_down(words=words)
    assert len(reports(database)) == 2


def test_what_is_missing_is_named_and_nothing_typed_is_lost(operator: Operator, database: Database) -> None:
    sheet = operator.begins()
    operator.types(county="", matter="")
    assert operator.problems() == ["请选择县区；不清楚就选“不知道”。", "请选最接近的一项。"]
    assert operator.kept("words") == WORDS
    operator.opens(sheet)
    assert operator.kept("words") == WORDS
    assert reports(database) == []


def test_a_call_that_lacks_something_is_neither_read_back_nor_filed(operator: Operator, database: Database) -> None:
    sheet = operator.begins()
    operator.types("keep", county="")
    assert operator.opens(f"{sheet}/read").url == sheet
    operator.asks(f"{sheet}/file")
    assert reports(database) == []


def test_what_is_typed_outlasts_a_reload_and_a_sign_out(operator: Operator, sign_in: SignIn) -> None:
    sheet = operator.begins()
    answer = operator.asks(f"{sheet}/keep", words=WORDS, place="石梁河大桥南头")
    assert answer.get_json()["saved_at"]
    operator.opens(sheet)
    assert (operator.kept("words"), operator.kept("place")) == (WORDS, "石梁河大桥南头")
    operator.presses("/sign-out")
    sign_in(operator.client, "operator")
    operator.begins()
    assert "还有 1 件没登记完" in operator.page.text()
    operator.opens(operator.page.find("//a[starts-with(., '来电人说')]/@href")[0])
    assert operator.kept("words") == WORDS


def test_nothing_of_a_call_lies_in_the_clear(app: Flask, operator: Operator) -> None:
    operator.begins()
    operator.types("keep", name="欧阳听筒", contact="13900001111", accused_name="蓝鲸制革厂")
    stored = everything_stored(app)
    for words in (WORDS, "欧阳听筒", "13900001111", "蓝鲸制革厂"):
        assert not [shape for shape in as_stored(words) if shape in stored], words


def test_a_colleague_neither_reads_nor_overwrites_nor_drops_a_call(
    app: Flask, operator: Operator, sign_in: SignIn, people: dict[str, User], database: Database
) -> None:
    sheet = operator.begins()
    operator.types("keep")
    with unit_of_work(database) as session:
        session.get_one(User, people["duty_officer"].id).roles = ["officer", "operator"]
    colleague = Operator(app.test_client())
    sign_in(colleague.client, "duty_officer")
    colleague.opens(sheet)
    assert colleague.kept("words") == ""
    assert "没登记完" not in colleague.page.text()
    assert colleague.asks(f"{sheet}/keep", words="别的").status_code == 404
    colleague.asks(f"{sheet}/drop")
    operator.opens(sheet)
    assert operator.kept("words") == WORDS


def test_a_call_is_thrown_away_when_its_operator_says_so_or_after_a_week(
    operator: Operator, database: Database, clock: TestClock
) -> None:
    operator.begins()
    operator.types("keep")
    operator.presses("/drop")
    assert drafts(database) == []
    operator.begins()
    operator.types("keep")
    for days, left in ((6, 1), (2, 0)):
        clock.moves_on(days=days)
        with unit_of_work(database) as session:
            forget_old(Job(0, session, {}, clock.now(), None, {}))  # type: ignore[arg-type]
        assert len(drafts(database)) == left


def test_a_company_is_found_with_a_press_or_while_typing(
    operator: Operator, publisher: object, clock: TestClock, run_jobs: Callable[[], int], database: Database
) -> None:
    publisher.penalty(clock.now(), party_name="许昌蓝鲸制革有限公司")  # type: ignore[attr-defined]
    while run_jobs():
        pass
    sheet = operator.begins()
    operator.types("look_up", accused_name="蓝鲸制革")
    (value, label) = next(iter(operator.chooses_from("chosen").items()))
    assert "许昌蓝鲸制革有限公司" in label
    assert operator.asks(f"{sheet}/companies", q="蓝鲸制").get_json() == [label]
    operator.types(accused_name="蓝鲸制革", chosen=value)
    assert label.partition("（")[0] in operator.page.text()
    assert "企业" in operator.page.text()
    operator.presses("/file")
    assert len(reports(database)) == 1


def test_the_matter_and_the_act_are_suggested_and_taken_only_when_pressed(operator: Operator) -> None:
    operator.begins()
    operator.types("keep", matter="")
    hints = operator.page.find("//button[@name='choose']/@value")
    assert "acts:T04" in hints
    assert operator.kept("acts") is None
    operator.answers("choose", choose="matter:12369-data_fraud")
    operator.answers("choose", choose="acts:T04")
    assert (operator.kept("matter"), operator.kept("acts")) == ("12369-data_fraud", "T04")
    assert "绕开自动监控排放" in operator.answers("read", county="411082").text()


def test_an_emergency_is_told_at_once(operator: Operator) -> None:
    sheet = operator.begins()
    hints = operator.asks(f"{sheet}/keep", words="厂里着火了，有人中毒").get_json()["hints"]
    assert "119" in hints


def test_a_caller_who_calls_again_adds_to_their_case(operator: Operator, app: Flask) -> None:
    number, code = operator.takes_down()
    operator.opens("/desk/new/again")
    operator.answers(case_number=number.lower().replace("-", " "), code=code, text="今天又排了一次")
    assert f"已补充到 {number}" in operator.page.text()
    caller = Reporter(app.test_client())
    caller.looks_up(code)
    assert "今天又排了一次" in caller.presses("/new-code").text()


@pytest.mark.parametrize("wrong", ["number", "code"])
def test_a_wrong_number_or_code_gets_the_same_answer_and_keeps_the_words(operator: Operator, wrong: str) -> None:
    number, code = operator.takes_down()
    told = {"case_number": number, "code": code, "text": "今天又排了一次"}
    told.update({"case_number": "XC-2026-AAAAAA"} if wrong == "number" else {"code": "1" * 20})
    operator.opens("/desk/new/again")
    operator.answers(**told)
    assert operator.problems() == ["没有找到。请和对方逐位核对受理编号和查询码。"]
    assert operator.kept("text") == "今天又排了一次"


def test_an_operator_opens_no_case_and_an_officer_records_none(
    client: FlaskClient, sign_in: SignIn, open_page: Callable[..., Page]
) -> None:
    sign_in(client, "operator")
    response = client.get("/desk", follow_redirects=True)
    page = check(Page(response.request.path, response.status_code, response.get_data(as_text=True)))
    assert page.text("//h1") == "登记举报"
    other = client.application.test_client()
    sign_in(other, "officer")
    open_page(other, "/desk/new", status=403)
