"""An editor drafts, another person publishes, a citizen finds it within a second, a reader of feeds as well."""

import time
from collections.abc import Callable

from flask import Flask
from playwright.sync_api import Page, expect

from tests.journeys.test_reporter import sign_in
from tests.support.reporter import file_directly

Opens = Callable[..., Page]
TITLE = "关于夏季臭氧监测比对结果的公告"


def test_what_one_writes_and_another_approves_is_found_within_a_second(open_browser: Opens) -> None:
    editor = open_browser()
    sign_in(editor, "editor", "/editorial/notice/new")
    editor.get_by_label("标题").fill(TITLE)
    editor.get_by_role("button", name="保存草稿").click()
    expect(editor.locator(".govuk-error-summary")).to_be_visible()
    assert editor.get_by_label("标题").input_value() == TITLE
    fill_notice(editor)
    editor.get_by_role("button", name="保存草稿").click()
    editor.get_by_role("button", name="提交审核").click()
    expect(editor.get_by_text("待审核").first).to_be_visible()
    address = editor.url

    approver = open_browser()
    sign_in(approver, "approver", address)
    approver.get_by_role("button", name="审核通过并公开").click()
    published = time.monotonic()
    citizen = open_browser(phone=True)
    while time.monotonic() - published < 1:
        citizen.goto("/search?q=臭氧监测比对")
        if citizen.get_by_role("link", name=TITLE).count():
            break
    citizen.get_by_role("link", name=TITLE).click()
    expect(citizen.get_by_role("heading", level=1)).to_have_text(TITLE)


def fill_notice(page: Page) -> None:
    page.get_by_label("公告类型").select_option(label="检查结果")
    page.get_by_label("正文").fill("<p>比对合格率 98%。</p>")
    page.get_by_label("发布机关").fill("许昌市生态环境局")
    page.get_by_label("发布日期").fill("2026-11-20")


def test_an_officer_walks_the_queue_by_keyboard(open_browser: Opens, app: Flask) -> None:
    for _one in range(2):
        file_directly(app)
    officer = open_browser()
    sign_in(officer, "changge", "/desk")
    expect(officer.locator("[data-keys-hint]")).to_be_visible()
    rows = officer.locator("tbody th a").all_inner_texts()
    assert len(rows) >= 2
    for key in ("j", "j", "k", "j", "x"):
        officer.keyboard.press(key)
    assert officer.locator("input[name=case]:checked").get_attribute("value") == rows[1]
    officer.keyboard.press("Enter")
    expect(officer.get_by_role("heading", level=1)).to_have_text(rows[1])
