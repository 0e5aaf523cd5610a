"""An operator types in what a caller says; the caller gets a case number and a receipt code."""

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from core.database import Database
from intake.models import Report
from tests.support.page import Page, check

SignIn = Callable[[FlaskClient, str], None]
OpenPage = Callable[..., Page]
CALL = {
    "received_by": "phone",
    "channel": "12369",
    "subject": "water",
    "words": "来电人说河里夜里有黑水",
    "county": "411082",
    "accused_kind": "unknown",
    "identity_kind": "anonymous",
}


@pytest.fixture
def operator(client: FlaskClient, sign_in: SignIn) -> FlaskClient:
    sign_in(client, "operator")
    return client


def send(client: FlaskClient, open_page: OpenPage, **changes: str) -> Page:
    fields = {**open_page(client, "/desk/new").hidden_fields(), **CALL, **changes}
    response = client.post("/desk/new", data=fields, follow_redirects=True)
    return check(Page(response.request.path, response.status_code, response.get_data(as_text=True)))


def reports(database: Database) -> list[Report]:
    with database.read() as session:
        return list(session.scalars(select(Report)))


def test_the_caller_gets_a_number_and_a_code_that_opens_the_case(
    operator: FlaskClient, open_page: OpenPage, database: Database
) -> None:
    page = send(operator, open_page)
    (filed,) = reports(database)
    assert page.url == "/desk/new/done"
    assert page.text("//*[@id='case-number']") == filed.case_number
    assert filed.received_by == "phone"
    assert filed.responsible_code == "xc-ecology-changge"
    code = page.text("//*[@id='receipt']")
    assert re.fullmatch(r"(\d{4} ){4}\d{4}", code)
    caller = operator.application.test_client()
    fields = {**open_page(caller, "/track").hidden_fields(), "code": code}
    answer = caller.post("/track", data=fields, follow_redirects=True)
    assert filed.case_number in answer.get_data(as_text=True)


def test_pressing_twice_files_one_report(operator: FlaskClient, open_page: OpenPage, database: Database) -> None:
    fields = {**open_page(operator, "/desk/new").hidden_fields(), **CALL}
    told = [operator.post("/desk/new", data=fields, follow_redirects=True).get_data(as_text=True) for _ in range(2)]
    (filed,) = reports(database)
    assert all(filed.case_number in page for page in told)


def test_two_calls_typed_side_by_side_are_two_reports(
    operator: FlaskClient, open_page: OpenPage, database: Database
) -> None:
    sheets = [open_page(operator, "/desk/new").hidden_fields() for _ in range(2)]
    for sheet in sheets:
        operator.post("/desk/new", data={**sheet, **CALL})
    assert len(reports(database)) == 2


def test_what_is_missing_is_named_and_nothing_typed_is_lost(
    operator: FlaskClient, open_page: OpenPage, database: Database
) -> None:
    page = send(operator, open_page, county="", received_by="")
    assert "请选择县区" in page.text("//*[contains(@class,'govuk-error-summary')]")
    assert page.text("//textarea[@name='words']") == CALL["words"]
    assert reports(database) == []


def test_a_subject_of_the_other_hotline_is_refused(operator: FlaskClient, open_page: OpenPage) -> None:
    assert "这个事项不属于所选的类别" in send(operator, open_page, channel="12365").text()


def test_the_mistakes_are_listed_in_the_order_of_the_page(operator: FlaskClient, open_page: OpenPage) -> None:
    page = send(operator, open_page, received_by="", county="", identity_kind="")
    targets = page.find("//*[contains(@class,'govuk-error-summary')]//a/@href")
    assert [one.split("-")[0] for one in targets] == ["#received_by", "#county", "#identity_kind"]


def test_an_operator_opens_no_case_and_an_officer_records_none(
    client: FlaskClient, sign_in: SignIn, open_page: OpenPage
) -> None:
    sign_in(client, "operator")
    assert open_page(client, "/desk").text("//h1") == "登记举报"
    other = client.application.test_client()
    sign_in(other, "officer")
    open_page(other, "/desk/new", status=403)
