"""The search page: what is public is found at once, what is withdrawn is gone, and every question has an address."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.conftest import TestClock
from tests.support.disclosures import COMPANY, Publisher
from tests.support.page import Page

OpenPage = Callable[..., Page]
Runs = Callable[[], int]


def found(page: Page) -> list[str]:
    return [str(one) for one in page.find("//*[@class='record-list']//a/@href")]


def test_published_is_found_corrected_is_changed_withdrawn_is_gone(
    client: FlaskClient, open_page: OpenPage, publisher: Publisher, run_jobs: Runs, clock: TestClock
) -> None:
    record = publisher.penalty(clock.now())
    run_jobs()
    assert found(open_page(client, "/search?q=宏源检测")) == [f"/penalties/{record}"]
    publisher.correct(record, clock.now(), violation_facts="该单位堵塞采样口。")
    run_jobs()
    assert found(open_page(client, "/search?q=堵塞采样口")) == [f"/penalties/{record}"]
    assert found(open_page(client, '/search?q="稀释样品"')) == []
    publisher.withdraw(record, clock.now())
    run_jobs()
    page = open_page(client, "/search?q=宏源检测")
    assert found(page) == []
    assert "没有记录不等于没有问题" in page.text()


def test_what_matched_is_marked_and_markup_is_text(
    client: FlaskClient, open_page: OpenPage, publisher: Publisher, run_jobs: Runs, clock: TestClock
) -> None:
    publisher.penalty(clock.now(), violation_facts="稀释<script>alert(1)</script>样品")
    run_jobs()
    page = open_page(client, "/search?q=宏源")
    assert "宏源" in [one.text for one in page.find("//mark")]
    page = open_page(client, "/search?q=alert")
    assert not page.find("//main//script")


def test_facets_lead_to_the_narrower_question_and_back(
    client: FlaskClient, open_page: OpenPage, publisher: Publisher, run_jobs: Runs, clock: TestClock
) -> None:
    publisher.penalty(clock.now())
    publisher.blacklist(clock.now())
    run_jobs()
    page = open_page(client, "/search?q=宏源检测")
    narrower = page.find("//aside//a[contains(., '失信名单')]/@href")[0]
    page = open_page(client, str(narrower))
    assert [one.split("/")[1] for one in found(page)] == ["blacklist"]
    wider = page.find("//aside//a[contains(., '取消')]/@href")[0]
    assert len(found(open_page(client, str(wider)))) == 2


def test_pages_follow_each_other(
    client: FlaskClient, open_page: OpenPage, publisher: Publisher, run_jobs: Runs, clock: TestClock
) -> None:
    for number in range(25):
        publisher.penalty(clock.now(), decision_no=f"许环罚〔2026〕{number}号")
    run_jobs()
    first = open_page(client, "/search?q=宏源&sort=date")
    second = open_page(client, str(first.find("//a[@rel='next']/@href")[0]))
    assert len(set(found(first)) | set(found(second))) == 25
    assert second.find("//a[@rel='prev']")


@pytest.mark.parametrize(
    "question",
    [
        "q=<script>alert(1)</script>",
        "q=" + "(" * 500,
        "q=%0B%E2%80%AE",
        "q=a&from=2026-99-99",
        "q=a&offset=-5",
        "q=a&offset=x",
    ],
)
def test_nothing_in_the_address_breaks_the_page(client: FlaskClient, open_page: OpenPage, question: str) -> None:
    page = open_page(client, f"/search?{question}")
    assert not page.find("//main//script")


def test_reindex_builds_anew_what_is_public(
    app: Flask, client: FlaskClient, open_page: OpenPage, publisher: Publisher, clock: TestClock
) -> None:
    record = publisher.penalty(clock.now())
    gone = publisher.penalty(clock.now(), decision_no="许环罚〔2026〕9号")
    publisher.withdraw(gone, clock.now())
    result = app.test_cli_runner().invoke(args=["reindex"])
    assert result.exit_code == 0, result.output
    assert "共 1 条" in result.output
    assert found(open_page(client, f"/search?q={COMPANY}")) == [f"/penalties/{record}"]
