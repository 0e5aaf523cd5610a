"""A report on the air: written, put to the weather bureau, approved, set for later, published by the worker."""

import re
from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import Page, expect

from core.clock import CHINA
from tests.conftest import TestClock
from tests.journeys.test_reporter import sign_in

Opens = Callable[..., Page]
TITLE = "十一月上旬空气质量情况"


def test_a_quality_notice_passes_every_hand_and_the_clock_publishes_it(open_browser: Opens, clock: TestClock) -> None:
    editor = open_browser()
    sign_in(editor, "editor", "/editorial/notice/new")
    editor.get_by_label("标题").fill(TITLE)
    editor.get_by_label("公告类型").select_option(label="通知公告")
    editor.get_by_label("正文").fill("<p>优良天数 8 天。</p>")
    editor.get_by_label("发布机关").fill("许昌市生态环境局")
    editor.get_by_label("发布日期").fill("2026-11-20")
    editor.get_by_role("button", name="保存草稿").click()
    editor.get_by_role("button", name="提交审核").click()
    address = editor.url

    approver = open_browser()
    sign_in(approver, "approver", address)
    expect(approver.get_by_text("还不能审核通过：须先征求市气象局的意见。")).to_be_visible()
    expect(approver.get_by_role("button", name="审核通过并公开")).to_have_count(0)
    approver.get_by_label("想请对方看什么").fill("请看降水的说法")
    approver.get_by_role("button", name="发出征求意见").click()
    expect(approver.get_by_text("市气象局还没有答复")).to_be_visible()

    weather = open_browser(phone=True)
    sign_in(weather, "weather", "/editorial/consultations")
    weather.get_by_role("link", name=TITLE).click()
    expect(weather.get_by_text("请看降水的说法")).to_be_visible()
    weather.get_by_label("同意，有意见").check()
    weather.get_by_label("意见或理由").fill("建议补充降水量")
    weather.get_by_role("button", name="答复").click()
    expect(weather.get_by_text("已答复，起草部门会收到通知。")).to_be_visible()

    approver.reload()
    expect(approver.get_by_text("建议补充降水量")).to_be_visible()
    approver.get_by_role("button", name="审核通过，先不公开").click()
    approver.get_by_text("定时公开", exact=True).first.click()
    morning = clock.now() + timedelta(hours=3)
    approver.get_by_label("公开时间").fill(f"{morning.astimezone(CHINA):%Y-%m-%dT%H:%M}")
    approver.get_by_role("button", name="定时公开").click()
    expect(approver.get_by_text("已定时，到时自动公开。")).to_be_visible()

    citizen = open_browser(phone=True)
    citizen.goto("/notices")
    expect(citizen.get_by_role("link", name=TITLE)).to_have_count(0)
    clock.at = morning + timedelta(seconds=31)
    expect_soon(citizen, TITLE)
    citizen.get_by_role("link", name=TITLE).click()
    expect(citizen.get_by_role("heading", level=1)).to_have_text(TITLE)


def expect_soon(page: Page, title: str) -> None:
    for _again in range(40):
        page.goto("/notices")
        if page.get_by_role("link", name=title).count():
            return
        page.wait_for_timeout(250)
    raise AssertionError("the worker has not published it")


def test_the_board_is_worked_with_the_keyboard_on_a_phone(open_browser: Opens) -> None:
    page = open_browser(phone=True)
    sign_in(page, "approver", "/editorial")
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 390, "nothing hangs over the edge"
    page.get_by_role("link", name="征求意见 3").focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("state=consultation$"))
    expect(page.locator("td .tag", has_text="逾期").first).to_be_visible()
    page.goto("/editorial?state=in_review")
    box = page.get_by_role("checkbox").first
    box.focus()
    page.keyboard.press("Space")
    expect(box).to_be_checked()
    page.get_by_role("button", name="公开选中的内容").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("已公开 1 条。")).to_be_visible()
