"""A form that comes too late, because its session is over: what was typed is given back, never lost in silence."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from tests.support.page import Page, check
from tests.support.reporter import ANSWERS, WORDS, Reporter


@pytest.fixture
def reporter(people: object, client: FlaskClient) -> Reporter:
    return Reporter(client)


def test_a_report_written_for_too_long_is_sent_again_with_one_press(reporter: Reporter, clock) -> None:  # type: ignore[no-untyped-def]
    reporter.tells(until="words")
    clock.moves_on(hours=13)
    page = reporter.goes_on(words=WORDS)
    assert page.status == 400
    assert "没有丢" in page.text()
    assert WORDS in page.text("//textarea")
    assert page.find("//*[@data-quick-exit]"), "still a page of the wizard: a way out, no search of the portal"
    assert not page.find("//*[@class='masthead__search']")

    reporter.presses("/report/words")
    assert reporter.step == "category"
    assert "已经留下" in reporter.page.text()
    for step in ("category", "what", "where", "who"):
        reporter.goes_on(**ANSWERS[step])
    assert reporter.step == "when"
    reporter.goes_on()
    assert reporter.kept("words") == WORDS
    reporter.goes_on()
    reporter.goes_on()
    reporter.goes_on()
    assert reporter.sends().code


def test_an_addition_to_a_case_that_came_too_late_can_be_copied(reporter: Reporter, clock) -> None:  # type: ignore[no-untyped-def]
    receipt = reporter.reports()
    reporter.looks_up(receipt.code)
    clock.moves_on(hours=13)
    page = reporter.adds("第二天我又看见他们倒水，时间是夜里两点。")
    assert page.status == 400
    assert "夜里两点" in page.text("//textarea")


def test_staff_whose_session_is_over_get_their_text_back_but_never_a_password(
    client: FlaskClient, sign_in: Callable[..., None], open_page: Callable[..., Page], clock
) -> None:  # type: ignore[no-untyped-def]
    sign_in(client, "editor")
    form = open_page(client, "/editorial/notice/new").hidden_fields()
    clock.moves_on(hours=13)
    typed = "这一段公告写了半个小时。"
    response = client.post("/editorial/notice/new", data={**form, "title": "公告", "text": typed, "password": "p" * 40})
    assert response.status_code == 400
    page = check(Page("/editorial/notice/new", 400, response.get_data(as_text=True)))
    assert typed in page.text("//textarea")
    assert "p" * 40 not in page.html
    assert page.find("//main//a[@href='/sign-in']")


def test_markup_in_a_late_form_is_text(reporter: Reporter, clock) -> None:  # type: ignore[no-untyped-def]
    reporter.tells(until="words")
    clock.moves_on(hours=13)
    page = reporter.goes_on(words='"><script>alert(1)</script></textarea><b>x')
    assert not page.find("//main//script | //main//b")
    assert "<script>" in page.text("//textarea")


def test_nothing_is_cleared_without_asking(reporter: Reporter) -> None:
    reporter.tells()
    page = reporter.opens("/report/leave")
    assert "找不回来" in page.text()
    assert page.find("//main//a[@href='/report/check']")
    assert reporter.opens("/report/check").url == "/report/check", "looking at the question clears nothing"
    assert reporter.opens("/report").find("//main//a[@href='/report/check']"), "and the way in offers to go on"
    reporter.opens("/report/leave")
    reporter.leaves()
    assert not reporter.opens("/report").find("//main//a[@href='/report/check']")
