"""Coming back with the receipt, from anywhere, as it is remembered."""

import pytest
from flask import Flask

from core.accounts.models import User
from tests.support.officer import WORDS, Officer, Reporter


@pytest.fixture
def filed(app: Flask, people: dict[str, User]) -> tuple[str, str]:
    return Reporter(app).report()


@pytest.mark.parametrize(
    "typed",
    [
        lambda code: code,
        lambda code: code.replace(" ", ""),
        lambda code: f"  {code} ",
        lambda code: code.replace(" ", "-"),
        lambda code: code.translate(str.maketrans("0123456789 ", "０１２３４５６７８９　")),
    ],
)
def test_the_code_is_read_as_people_type_it(app: Flask, filed: tuple[str, str], typed) -> None:  # type: ignore[no-untyped-def]
    number, code = filed
    page = Reporter(app).track(typed(code))
    assert page.url == "/track/case"
    assert number in page.text()
    assert "已收到，待受理" in page.text()


@pytest.mark.parametrize("typed", ["", "1", "0000 0000 0000 0000 0000", "12345678901234567890", "abc", "9" * 61])
def test_a_wrong_code_gets_a_sentence_and_no_hint(app: Flask, filed: tuple[str, str], typed: str) -> None:
    page = Reporter(app).track(typed)
    assert page.url == "/track"
    assert page.find("//*[contains(@class,'error-summary')]")
    assert "XC-" not in page.html


def test_what_the_department_answers_is_read_here(app: Flask, filed: tuple[str, str]) -> None:
    number, code = filed
    officer = Officer(app, "market_officer")
    assert officer.queue() == []
    owner = Officer(app, "duty_officer")
    assert number not in owner.queue()
    page = Reporter(app).track(code)
    assert "魏都区市场监督管理局" in page.text()


def test_the_reporter_adds_words_and_a_file_and_reads_them_again(app: Flask, filed: tuple[str, str]) -> None:
    reporter = Reporter(app)
    reporter.track(filed[1])
    page = reporter.post("/track/add", at="/track/case", text="昨天又来了一次")
    assert "昨天又来了一次" in page.text()
    assert WORDS not in page.text()
    empty = reporter.post("/track/add", at="/track/case", text="")
    assert "请写下要补充的内容" in empty.text()


def test_leaving_forgets_the_case(app: Flask, filed: tuple[str, str]) -> None:
    reporter = Reporter(app)
    reporter.track(filed[1])
    reporter.post("/track/leave", at="/track/case")
    assert reporter.get("/track/case").url == "/track"
