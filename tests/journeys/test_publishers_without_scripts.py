"""An editor, an approver and an administrator at their whole work with scripts switched off."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.journeys.test_reporter import sign_in
from tests.journeys.test_staff import fill_notice

Opens = Callable[..., Page]
TITLE = "关于冬季检查结果的公告"


def presses(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def step(page: Page, name: str, label: str, **fields: str) -> None:
    """One of the folded steps of a disclosure: open it, fill it in, send it."""
    page.locator("summary", has_text=label).click()
    for field, text in fields.items():
        page.locator(f"#{name}-{field}").fill(text)
    presses(page, label)


def test_a_notice_is_written_sent_back_published_corrected_and_withdrawn(open_browser: Opens) -> None:
    editor, approver, citizen = (open_browser(scripts=False) for _ in range(3))
    sign_in(editor, "editor", "/editorial/notice/new")
    editor.get_by_label("标题").fill(TITLE)
    presses(editor, "保存草稿")
    expect(editor.locator(".govuk-error-summary")).to_be_visible()
    assert editor.get_by_label("标题").input_value() == TITLE
    fill_notice(editor)
    presses(editor, "保存草稿")
    presses(editor, "提交审核")
    expect(editor.get_by_text("待审核").first).to_be_visible()
    expect(editor.get_by_role("button", name="审核通过并公开")).to_have_count(0)
    address = editor.url

    sign_in(approver, "approver", address)
    step(approver, "return", "退回修改", reason="请写明是哪一天检查的")
    editor.goto(address)
    expect(editor.get_by_text("请写明是哪一天检查的").first).to_be_visible()
    writes(editor, "<p>11 月 20 日检查，合格率 98%。</p>")
    approver.goto(address)
    presses(approver, "审核通过并公开")
    expect(approver.get_by_text("已公开").first).to_be_visible()

    citizen.goto("/notices")
    citizen.get_by_role("link", name=TITLE).click()
    expect(citizen.get_by_text("合格率 98%")).to_be_visible()
    record = citizen.url

    editor.goto(address)
    step(editor, "correct", "更正这条记录", reason="合格率写错了")
    writes(editor, "<p>11 月 20 日检查，合格率 89%。</p>")
    citizen.goto(record)
    expect(citizen.get_by_text("合格率 98%")).to_be_visible()
    approver.goto(address)
    presses(approver, "审核通过并公开")
    citizen.goto(record)
    expect(citizen.get_by_text("合格率 89%").first).to_be_visible()
    expect(citizen.get_by_text("更正原因：合格率写错了")).to_be_visible()

    approver.goto(address)
    step(approver, "withdraw", "撤回这条记录", reason="检查程序有误", basis="政府信息公开条例第十四条")
    gone = citizen.request.get(record)
    assert gone.status == 410
    assert "检查程序有误" in gone.text() and "合格率" not in gone.text()


def writes(editor: Page, text: str) -> None:
    editor.get_by_role("button", name="修改", exact=True).or_(
        editor.get_by_role("link", name="修改", exact=True)
    ).click()
    editor.get_by_label("正文").fill(text)
    presses(editor, "保存草稿")
    presses(editor, "提交审核")


def test_an_administrator_tries_the_rules_gives_out_a_key_and_takes_it_back(
    open_browser: Opens,
) -> None:
    administrator = open_browser(scripts=False)
    sign_in(administrator, "admin", "/admin/routing")
    administrator.get_by_label("热线类别").select_option("12369")
    administrator.get_by_label("事项", exact=True).select_option("water")
    administrator.get_by_label("县区").select_option("411082")
    administrator.get_by_role("button", name="筛选").click()
    expect(administrator.get_by_role("heading", level=2).first).to_have_text("许昌市生态环境局长葛分局")

    administrator.goto("/admin/connections")
    administrator.locator("#name-12345").fill("许昌 12345")
    administrator.locator("form", has=administrator.locator("#name-12345")).get_by_role("button").click()
    expect(administrator.locator("#secret")).to_have_text(re.compile(r"[0-9a-f]{32}"))
    administrator.goto("/admin/connections")
    row = administrator.get_by_role("row").filter(has_text="许昌 12345")
    row.get_by_role("button", name="作废").click()
    expect(administrator.get_by_role("row").filter(has_text="许昌 12345")).to_contain_text("已作废")

    for address in ("/admin/calendar", "/admin/submission-keys", "/admin/subscriptions", "/admin/storage"):
        administrator.goto(address)
        expect(administrator.get_by_role("heading", level=1)).to_be_visible()
