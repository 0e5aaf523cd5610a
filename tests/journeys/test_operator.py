"""An operator with a caller on the line: hands on the keyboard from the first word to the number that is read out."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.test_reporter import look, sign_in

Opens = Callable[..., Page]
WORDS = "厂后墙有一根暗管，下雨天就往外排黑水"


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.name || document.activeElement.tagName.toLowerCase()"))


def kept(page: Page) -> None:
    expect(page.locator("[data-kept]")).to_contain_text(re.compile(r"已加密保存 \d\d:\d\d:\d\d"))


def test_a_call_is_taken_down_read_back_and_filed_without_a_mouse(open_browser: Opens) -> None:
    operator = open_browser()
    sign_in(operator, "duty", "/desk/new")
    expect(operator.get_by_role("heading", level=1)).to_have_text("登记举报")
    assert focused(operator) == "words"
    operator.keyboard.type(WORDS)
    kept(operator)
    expect(operator.get_by_text("T04")).to_be_visible()
    operator.keyboard.press("Tab")
    while "T04" not in operator.evaluate("document.activeElement.textContent"):
        operator.keyboard.press("Tab")
    operator.keyboard.press("Enter")
    assert operator.locator("input[name=acts][value=T04]").is_checked()
    operator.keyboard.press("Alt+5")
    operator.keyboard.type("01")
    operator.keyboard.press("Alt+2")
    operator.keyboard.type("宏源环境检测")
    expect(operator.locator("#companies option")).to_have_count(1)
    operator.keyboard.press("Enter")
    operator.keyboard.press("Alt+3")
    operator.keyboard.type("06")
    operator.keyboard.press("Tab")
    operator.keyboard.type("厂后墙")
    kept(operator)
    operator.wait_for_timeout(1000)
    operator.reload()
    assert operator.get_by_label("对方说了什么").input_value() == WORDS
    assert operator.locator("#place").input_value() == "厂后墙"
    operator.keyboard.press("Alt+0")
    expect(operator.get_by_role("heading", level=1)).to_have_text("读给对方核对")
    for words in (WORDS, "长葛市 厂后墙", "宏源环境检测", "监测数据造假", "您不留姓名"):
        expect(operator.locator(".spoken")).to_contain_text(words)
    operator.keyboard.press("Alt+0")
    expect(operator.get_by_role("heading", level=1)).to_have_text("已登记，请读给对方")
    code = "".join(operator.locator(".dictated__group .code").all_inner_texts()[4:])
    assert re.fullmatch(r"\d{20}", code)
    caller = open_browser(phone=True)
    look(caller, code)
    expect(caller.get_by_role("heading", level=1)).to_have_text("请换一个新的查询码")
    another = caller.locator("#receipt").inner_text().replace(" ", "")
    assert another != code
    caller.get_by_role("button", name="我已记好，换成这个").click()
    expect(caller.get_by_text("已收到，待受理")).to_be_visible()
    operator.keyboard.press("Alt+0")
    expect(operator.get_by_label("对方说了什么")).to_have_value("")


def test_tab_walks_through_the_sheet_in_the_order_of_a_conversation_and_out_of_it(open_browser: Opens) -> None:
    operator = open_browser()
    sign_in(operator, "duty", "/desk/new")
    expect(operator.get_by_label("对方说了什么")).to_be_focused()
    order = []
    while not order or order[-1] not in ("body", "a", "drop"):
        order.append(focused(operator))
        operator.keyboard.press("Tab")
        assert len(order) < 30, order
    named = list(dict.fromkeys(order))
    assert named[:8] == [
        "words",
        "accused_name",
        "look_up",
        "accused_kind",
        "accused_department",
        "county",
        "place",
        "when",
    ]
    assert named[8:16] == ["matter", "received_by", "summary", "identity_kind", "name", "contact", "read", "keep"]
    operator.keyboard.press("Shift+Tab")
    operator.keyboard.press("Shift+Tab")
    assert focused(operator) in named


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_call_outlasts_a_sign_out(open_browser: Opens, *, scripts: bool) -> None:
    operator = open_browser(scripts=scripts)
    sign_in(operator, "duty", "/desk/new")
    operator.get_by_label("对方说了什么").fill(WORDS)
    if scripts:
        kept(operator)
    else:
        operator.get_by_role("button", name="先存着 9").click()
    operator.get_by_role("button", name="退出登录").click()
    sign_in(operator, "duty", "/desk/new")
    operator.get_by_text("件没登记完").click()
    operator.get_by_role("link", name="厂后墙有一根暗管").click()
    expect(operator.get_by_label("对方说了什么")).to_have_value(WORDS)
    if not scripts:
        operator.get_by_role("button", name="T04").click()
        operator.locator("#matter").select_option("12369-data_fraud")
        operator.locator("#county").select_option("411082")
        operator.get_by_role("button", name="读给对方核对").click()
        operator.get_by_role("button", name="对方说没错").click()
        expect(operator.get_by_role("heading", level=1)).to_have_text("已登记，请读给对方")
