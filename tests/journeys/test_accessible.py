"""Every page of the wizard and of tracking in a real browser: axe-core finds nothing serious, nothing scrolls sideways.

At 320 px, as wide as a small phone, or a window at 400 %.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from core.tables import ROOT
from portal.demo import PASSWORD
from tests.support.officer import Officer

Opens = Callable[..., Page]
AXE = Path(ROOT) / "node_modules" / "axe-core" / "axe.min.js"
SERIOUS = ("serious", "critical")
NARROW = 320
LONG = "许昌宏源环境检测技术有限公司" + "x" * 80


def complaints(page: Page) -> list[str]:
    """What axe finds serious, in one line each. The script is put in from outside, past the page's own rules."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    result: dict[str, Any] = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{page.url} {one['id']}: {one['help']} {[node['target'] for node in one['nodes']][:3]}"
        for one in result["violations"]
        if one["impact"] in SERIOUS
    ]


def wider_than_the_screen(page: Page) -> list[str]:
    """What makes the page scroll sideways."""
    if page.evaluate("document.documentElement.scrollWidth") <= NARROW:
        return []
    beyond = """[...document.querySelectorAll('body *')].filter((one) => one.getBoundingClientRect().right > innerWidth)
        .map((one) => `${one.tagName}.${one.className}`)"""
    return [f"{page.url} scrolls sideways: {page.evaluate(beyond)[:5]}"]


class Walk:
    """One reporter's way, every page looked at; English where asked for."""

    def __init__(self, page: Page) -> None:
        page.set_viewport_size({"width": NARROW, "height": 640})
        self.page = page
        self.found: list[str] = []
        self.seen: list[str] = []

    def sees(self) -> None:
        self.found += complaints(self.page) + wider_than_the_screen(self.page)
        self.seen.append(self.page.url.split("//", 1)[1].split("/", 1)[1])

    def opens(self, address: str) -> None:
        self.page.goto(address)
        self.sees()

    def goes_on(self, *, button: str = "submit") -> None:
        """With a mistake first where the page allows one, so that its error is looked at as well."""
        self.page.locator(f"main form [name={button}]").last.click()
        self.sees()

    def checks(self, name: str, value: str) -> None:
        self.page.locator(f"input[name={name}][value='{value}']").check()

    def fills(self, name: str, text: str) -> None:
        self.page.locator(f"[name={name}]").fill(text)


def wizard(walk: Walk) -> str:
    for address in ("/report", "/report/elsewhere", "/report/help", "/report/category"):
        walk.opens(address)
    walk.goes_on()
    walk.checks("channel", "12369")
    walk.goes_on()
    walk.checks("subject", "data_fraud")
    walk.goes_on()
    walk.goes_on()
    walk.goes_on()
    walk.page.locator("[name=county]").select_option("411082")
    walk.goes_on()
    walk.checks("accused_kind", "company")
    walk.fills("accused_name", "宏源检测")
    walk.goes_on(button="look_up")
    walk.goes_on(button="another")
    walk.fills("name", LONG)
    walk.goes_on()
    walk.opens("/report/when")
    walk.goes_on()
    walk.goes_on()
    walk.fills("words", f"有人夜里往河里倒黑水，还有人中毒。{LONG}")
    walk.goes_on()
    walk.page.locator("input[type=file]").set_input_files(
        {"name": f"{LONG}.txt", "mimeType": "text/plain", "buffer": "河边的情况".encode()}
    )
    walk.goes_on(button="upload")
    walk.goes_on(button="onward")
    walk.checks("identity_kind", "named")
    walk.goes_on()
    walk.fills("name", "某人")
    walk.fills("contact", "13900000000")
    walk.goes_on()
    puts_aside(walk)
    walk.opens("/report/leave")
    walk.opens("/report/check")
    walk.page.locator("main form [name=submit]").click()
    walk.page.wait_for_url("**/report/done")
    walk.sees()
    return walk.page.locator("#receipt").inner_text()


def puts_aside(walk: Walk) -> None:
    """First as a browser that did no work and so has to wait, then as one that did."""
    walk.opens("/report/later")
    expect(walk.page.locator("[name=answer]")).not_to_have_value("")
    walk.page.evaluate("document.querySelector('[name=answer]').value = ''")
    walk.page.locator("main form [name=submit]").click()
    walk.page.wait_for_selector("main form:not([data-work]) [name=submit]")
    walk.sees()
    walk.opens("/report/later")
    walk.page.locator("main form [name=submit]").click()
    walk.page.wait_for_selector("#receipt")
    walk.sees()


def is_answered_and_called_malicious(app: Flask, number: str) -> None:
    officer, head = (Officer(app, name, PASSWORD) for name in ("officer", "head"))
    for who, step, typed in (
        (officer, "accept", {}),
        (officer, "propose_malice", {"text": "照片是编造的", "basis": "许昌市公安局 行罚决〔2026〕12号"}),
        (head, "confirm_malice", {"text": "经核对属实"}),
        (officer, "reply", {"text": f"已到现场核实。{LONG}"}),
    ):
        assert who.step(number, step, **typed).status == 200, step


@pytest.mark.parametrize(
    ("dark", "english"),
    [
        pytest.param(False, False, id="light"),
        pytest.param(True, True, id="dark and English", marks=pytest.mark.nightly),
    ],
)
def test_axe_finds_nothing_serious_on_any_page_of_a_reporter(
    app: Flask, open_browser: Opens, *, dark: bool, english: bool
) -> None:
    walk = Walk(open_browser(phone=True, dark=dark))
    if english:
        walk.page.goto("/report")
        walk.page.get_by_role("link", name="English").click()
    code = wizard(walk)
    number = walk.page.locator("#case-number").inner_text()
    assert AXE.exists()
    walk.opens("/track")
    walk.fills("code", "1234")
    walk.goes_on()
    walk.fills("code", code)
    walk.goes_on()
    walk.goes_on()
    walk.opens("/track/withdraw")
    is_answered_and_called_malicious(app, number)
    walk.opens("/track/object")
    walk.goes_on()
    walk.fills("text", f"照片是我拍的。{LONG}")
    walk.goes_on()
    walk.opens("/track/reward")
    walk.page.locator("main form button").click()
    walk.page.wait_for_selector("#claim")
    walk.sees()
    walk.opens("/track/case")
    assert number in walk.page.content()
    assert walk.found == []
    afterwards = {"report/later", "track/object", "track/reward", "track/withdraw", "track/case"}
    wanted = {"report/what", "report/acts", "report/where", "report/who", "report/also", "report/words"}
    assert wanted | afterwards | {"report/files", "report/you", "report/done"} <= {
        one.split("?")[0] for one in walk.seen
    }


def test_axe_and_the_rule_are_able_to_complain(open_browser: Opens) -> None:
    walk = Walk(open_browser())
    walk.opens("/report")
    assert walk.found == []
    wide = "<input type=text><p>" + "x" * 100 + "</p>"
    walk.page.evaluate(f"document.querySelector('main').insertAdjacentHTML('beforeend', '{wide}')")
    walk.page.evaluate("document.querySelector('main').style.overflowWrap = 'normal'")
    walk.sees()
    assert any("label" in one for one in walk.found)
    assert any("scrolls sideways" in one for one in walk.found)
