"""Somebody who wants to know: about the air, about a company, and to hear of what is new."""

from collections.abc import Callable

import feedparser
from playwright.sync_api import Page, expect

Opens = Callable[..., Page]


def test_a_citizen_looks_up_a_company_and_reads_its_record_on_a_phone(open_browser: Opens) -> None:
    page = open_browser(phone=True)
    page.goto("/")
    page.get_by_label("企业名称（几个字就行）").fill("宏源检测")
    page.get_by_role("button", name="查询").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("宏源检测")
    page.locator(".record-list a").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("许昌宏源环境检测技术有限公司")
    expect(page.get_by_role("heading", name="这条记录的历史")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_going_back_from_a_record_finds_the_same_filtered_list(open_browser: Opens) -> None:
    page = open_browser()
    page.goto("/penalties")
    page.get_by_label("年份").select_option("2024")
    page.get_by_role("button", name="筛选").click()
    first = page.locator(".record-list a").first.inner_text()
    page.locator(".record-list a").first.click()
    page.go_back()
    assert page.locator(".record-list a").first.inner_text() == first
    assert page.get_by_label("年份").input_value() == "2024"


def test_a_journalist_finds_the_feed_in_the_page_and_a_reader_understands_it(open_browser: Opens, city: str) -> None:
    page = open_browser()
    page.goto("/penalties")
    address = page.locator("link[type='application/rss+xml']").first.get_attribute("href")
    feed = feedparser.parse(page.request.get(str(address)).text())
    assert not feed.bozo
    assert feed.entries[0].link.startswith("http")


def test_a_citizen_reads_the_air_as_chart_and_as_table(open_browser: Opens) -> None:
    page = open_browser(dark=True)
    page.goto("/air")
    page.get_by_role("link", name="西湖公园").first.click()
    expect(page.locator("canvas, main svg").first).to_be_visible()
    assert page.locator("table tbody tr").count() >= 24


def test_the_english_switch_stays_on(open_browser: Opens) -> None:
    page = open_browser()
    page.goto("/penalties")
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Penalties")
    page.goto("/air")
    expect(page.locator("html")).to_have_attribute("lang", "en")
