"""Somebody who saw something and is afraid: from the first page to the answer."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from portal.demo import PASSWORD
from portal.demo.receipts import ANSWERED, CLOSED
from tests.conftest import TestClock

Opens = Callable[..., Page]
WORDS = "他们没有来采样，第二天就出了报告"
PHOTO = {"name": "现场.png", "mimeType": "image/png", "buffer": b"\x89PNG\r\n\x1a\n" + b"\0" * 400}


def go_on(page: Page) -> None:
    page.get_by_role("button", name="继续").click()


def tell(page: Page, waits: Callable[[], None] | None = None) -> str:
    """The whole way, with one forgotten answer; the receipt code. Without scripts one `waits` before it goes."""
    page.goto("/report")
    page.get_by_role("link", name="开始举报").or_(page.get_by_role("button", name="开始举报")).click()
    page.get_by_label("质量监督").check()
    go_on(page)
    page.get_by_label("检测机构出假报告").check()
    go_on(page)
    page.get_by_label("没采样、没化验就出数据").check()
    go_on(page)
    go_on(page)
    expect(page.get_by_text("请选择县区").first).to_be_visible()
    page.get_by_label("在哪个县区").select_option("411002")
    go_on(page)
    page.get_by_label("检测机构").check()
    page.get_by_label("名称（知道多少写多少）").fill("宏源检测")
    page.get_by_role("button", name="查找企业").click()
    page.get_by_label("许昌宏源环境检测技术有限公司").check()
    go_on(page)
    go_on(page)
    page.get_by_label("请把您看到的").fill(WORDS)
    go_on(page)
    page.locator("input[type=file]").set_input_files(PHOTO)
    page.get_by_role("button", name="上传").click()
    expect(page.get_by_text("现场.png")).to_be_visible()
    go_on(page)
    go_on(page)
    expect(page.get_by_text(WORDS)).to_be_visible()
    page.get_by_role("button", name="确认并提交举报").click()
    if waits is not None:
        expect(page.get_by_role("heading", level=1)).to_have_text("请再等 10 秒，然后按下面的按钮")
        waits()
        page.get_by_role("button", name="确认并提交举报").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("举报已收到")
    code = page.locator("#receipt").inner_text()
    assert re.fullmatch(r"(\d{4} ){4}\d{4}", code)
    return code


def look(page: Page, code: str) -> None:
    page.goto("/track")
    page.get_by_label("查询码").fill(code)
    page.get_by_role("button", name="查看进度").click()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_report_goes_in_and_the_receipt_opens_it_on_another_day_where_it_can_be_withdrawn(
    open_browser: Opens, clock: TestClock, *, scripts: bool
) -> None:
    code = tell(open_browser(phone=True, scripts=scripts), None if scripts else lambda: clock.moves_on(seconds=10))
    another_day = open_browser(phone=True, scripts=scripts)
    look(another_day, code.replace(" ", ""))
    expect(another_day.get_by_role("heading", level=1)).to_contain_text("举报")
    expect(another_day.get_by_text("已收到，待受理")).to_be_visible()
    another_day.get_by_role("link", name="不想继续了").click()
    another_day.get_by_role("link", name="不撤回，回去").click()
    another_day.get_by_role("link", name="不想继续了").click()
    another_day.get_by_role("button", name="撤回这件举报").click()
    expect(another_day.get_by_text("已经撤回，办理部门会看到")).to_be_visible()
    expect(another_day.get_by_role("link", name="不想继续了")).to_have_count(0)


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_report_that_is_put_aside_goes_on_on_another_device(
    open_browser: Opens, clock: TestClock, *, scripts: bool
) -> None:
    page = open_browser(phone=True, scripts=scripts)
    page.goto("/report/category")
    page.get_by_label("环境（12369）").check()
    go_on(page)
    page.get_by_label("水").first.check()
    go_on(page)
    page.get_by_label("在哪个县区").select_option("411002")
    page.get_by_label("具体位置").fill("石梁河大桥南头")
    page.get_by_role("button", name="以后再写").click()
    page.get_by_role("button", name="保存，给我查询码").click()
    if not scripts:
        clock.moves_on(seconds=10)
        page.get_by_role("button", name="保存，给我查询码").click()
    code = page.locator("#receipt").inner_text()
    page.get_by_role("button", name="我已记好").click()
    page.wait_for_url("**/")
    other = open_browser(scripts=scripts)
    look(other, code)
    expect(other.get_by_role("heading", level=1)).to_have_text("是谁做的？")
    other.get_by_role("link", name="返回上一步").click()
    expect(other.get_by_label("具体位置")).to_have_value("石梁河大桥南头")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_pressing_back_all_the_way_loses_no_answer(open_browser: Opens, *, scripts: bool) -> None:
    page = open_browser(phone=True, scripts=scripts)
    page.goto("/report/category")
    page.get_by_label("环境（12369）").check()
    go_on(page)
    page.get_by_label("污水").check()
    go_on(page)
    page.get_by_label("在哪个县区").select_option("411002")
    page.get_by_label("具体位置").fill("石梁河大桥南头")
    go_on(page)
    page.get_by_label("不知道").check()
    go_on(page)
    page.get_by_label("什么时候发生的").fill("冬至前一夜")
    go_on(page)
    page.get_by_label("请把您看到的").fill(WORDS)
    go_on(page)
    expect(page.get_by_role("heading", level=1)).to_contain_text("有照片、视频")
    page.go_back()
    expect(page.get_by_label("请把您看到的")).to_have_value(WORDS)
    page.go_back()
    expect(page.get_by_label("什么时候发生的")).to_have_value("冬至前一夜")
    page.go_back()
    expect(page.get_by_label("不知道")).to_be_checked()
    page.go_back()
    expect(page.get_by_label("具体位置")).to_have_value("石梁河大桥南头")
    page.get_by_label("具体位置").fill("石梁河大桥北头")
    go_on(page)
    page.goto("/report/check")
    expect(page.get_by_text("石梁河大桥北头")).to_be_visible()
    expect(page.get_by_text(WORDS)).to_be_visible()


def test_who_lost_the_receipt_reads_what_can_be_done_and_goes_on(open_browser: Opens) -> None:
    page = open_browser(phone=True, scripts=False)
    page.goto("/report")
    page.get_by_role("link", name="凭查询码看进度").click()
    help_text = page.get_by_text("您的举报照样在办")
    expect(help_text).to_be_hidden()
    page.get_by_text("查询码丢了，怎么办？").click()
    expect(help_text).to_be_visible()
    look(page, "1234 5678 9012 3456 7890")
    expect(page.get_by_text("没有办法替您找回").first).to_be_visible()
    expect(help_text).to_be_visible()
    page.get_by_role("link", name="再举报一次").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("我要举报")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_on_another_day_the_reporter_rates_adds_a_file_and_takes_the_claim_code(
    open_browser: Opens, *, scripts: bool
) -> None:
    page = open_browser(phone=True, scripts=scripts)
    look(page, CLOSED)
    page.get_by_role("button", name="提交评价").click()
    expect(page.get_by_text("还没有选评价")).to_be_visible()
    page.get_by_label("满意", exact=True).check()
    page.get_by_role("button", name="提交评价").click()
    expect(page.get_by_text("您的评价已经记下")).to_be_visible()
    expect(page.get_by_label("满意", exact=True)).to_be_checked()
    page.get_by_label("补充说明").fill("昨天夜里又响了")
    page.locator("input[type=file]").set_input_files(PHOTO)
    page.get_by_role("button", name="发送补充").click()
    expect(page.get_by_text("补充已经收到")).to_be_visible()
    expect(page.get_by_text("附件 1 个")).to_be_visible()
    expect(page.get_by_text("昨天夜里又响了")).to_be_visible()
    page.get_by_role("link", name="申请举报奖励").click()
    page.get_by_role("button", name="取领奖码").click()
    claim = page.locator("#claim").inner_text()
    assert re.fullmatch(r"(\d{4} ){4}\d{4}", claim) and claim.replace(" ", "") != CLOSED
    page.get_by_role("link", name="返回上一步").click()
    page.get_by_role("button", name="离开并清除本机痕迹").click()
    page.wait_for_url("**/")
    page.go_back()
    assert "昨天夜里又响了" not in page.content()
    look(page, CLOSED)
    expect(page.get_by_role("link", name="申请举报奖励")).to_have_count(0)


def test_a_refused_file_costs_none_of_the_words(open_browser: Opens) -> None:
    page = open_browser(phone=True)
    look(page, ANSWERED)
    page.get_by_label("补充说明").fill("又看见冒黑烟")
    page.locator("input[type=file]").set_input_files({**PHOTO, "name": "视频.exe"})
    page.get_by_role("button", name="发送补充").click()
    expect(page.get_by_text("不接收“视频.exe”这种文件").first).to_be_visible()
    expect(page.get_by_label("补充说明")).to_have_value("又看见冒黑烟")


def test_pressing_back_after_sending_shows_nothing_of_the_report(open_browser: Opens) -> None:
    page = open_browser(phone=True)
    tell(page)
    page.get_by_role("button", name="我已记好").click()
    page.wait_for_url("**/")
    page.go_back()
    assert WORDS not in page.content()
    page.goto("/report/words")
    assert WORDS not in page.content()


def test_the_way_out_leaves_the_page_at_once(open_browser: Opens) -> None:
    page = open_browser(phone=True)
    page.goto("/report")
    asked = []
    page.route("https://www.baidu.com/**", lambda route: (asked.append(route.request), route.fulfill(body="weather")))
    page.get_by_role("link", name="马上离开").click()
    page.wait_for_url("https://www.baidu.com/**")
    assert "referer" not in asked[0].headers


def test_the_department_answers_and_the_reporter_reads_it(open_browser: Opens) -> None:
    reporter = open_browser(phone=True)
    code = tell(reporter)
    number = reporter.locator("#case-number").inner_text()
    officer = open_browser()
    sign_in(officer, "market", "/desk")
    officer.get_by_role("link", name=number).click()
    assert WORDS not in officer.content()
    officer.get_by_role("button", name="打开举报内容").click()
    expect(officer.get_by_text(WORDS)).to_be_visible()
    officer.get_by_role("button", name="受理", exact=True).click()
    officer.locator("summary", has_text="答复").first.click()
    officer.get_by_label("答复内容").fill("已到现场核实，情况属实，立案处理。")
    officer.get_by_role("button", name="答复", exact=True).click()
    look(reporter, code)
    expect(reporter.get_by_text("情况属实，立案处理")).to_be_visible()


def sign_in(page: Page, name: str, target: str) -> None:
    page.goto(target)
    page.get_by_label("登录名").fill(name)
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
