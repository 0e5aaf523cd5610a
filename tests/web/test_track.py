"""Coming back with the receipt, from anywhere, as it is remembered."""

import pytest
from flask import Flask

from core.accounts.models import User
from intake import receipt
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


def test_every_code_costs_one_derivation_and_every_wrong_one_gets_the_same_page(
    app: Flask, filed: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The derivation is what takes the time; so the time tells nothing either."""
    derived: list[str] = []
    real = receipt.master_key
    monkeypatch.setattr(receipt, "master_key", lambda code, pepper: derived.append(code) or real(code, pepper))
    wrong = ["1", "abc", filed[1][:-1] + str((int(filed[1][-1]) + 1) % 10), receipt.new_code(), receipt.new_code()]
    pages = []
    for number, typed in enumerate(wrong, start=1):
        pages.append(Reporter(app).track(typed).text())
        assert len(derived) == number, typed
    assert len(set(pages)) == 1
    assert Reporter(app).track(filed[1]).url == "/track/case"
    assert len(derived) == len(wrong) + 1


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


def test_a_reporter_withdraws_once_and_the_department_reads_why(app: Flask, filed: tuple[str, str]) -> None:
    number, code = filed
    reporter = Reporter(app)
    assert "撤回这件举报" in reporter.track(code).text()
    page = reporter.get("/track/withdraw")
    assert "仍会依法处理" in page.text()
    page = reporter.post("/track/withdraw", reason="对方已经停工")
    assert page.url == "/track/case"
    assert "举报人撤回" in page.text() and "对方已经停工" in page.text()
    assert "撤回这件举报" not in page.text()
    assert "已收到，待受理" in page.text(), "the department decides what becomes of it"
    again = reporter.post("/track/withdraw", reason="")
    assert (again.status, "已经撤回" in again.text()) == (409, True)
    officer = Officer(app, "supervisor")
    assert "举报人撤回" in officer.get(f"/desk/{number}").text()


def test_nobody_without_the_code_withdraws(app: Flask, filed: tuple[str, str]) -> None:
    assert Reporter(app).get("/track/withdraw").url == "/track"
