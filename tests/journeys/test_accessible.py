"""Every page of the wizard and of tracking, looked at by axe-core in a real browser: nothing serious is wrong."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from core.tables import ROOT

Opens = Callable[..., Page]
AXE = Path(ROOT) / "node_modules" / "axe-core" / "axe.min.js"
SERIOUS = ("serious", "critical")


def complaints(page: Page) -> list[str]:
    """What axe finds serious, in one line each. The script is put in from outside, past the page's own rules."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    result: dict[str, Any] = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{page.url} {one['id']}: {one['help']} {[node['target'] for node in one['nodes']][:3]}"
        for one in result["violations"]
        if one["impact"] in SERIOUS
    ]


class Walk:
    """One reporter's way, every page looked at; English where asked for."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.found: list[str] = []
        self.seen: list[str] = []

    def sees(self) -> None:
        self.found += complaints(self.page)
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
    walk.opens("/report/when")
    walk.goes_on()
    walk.goes_on()
    walk.fills("words", "有人夜里往河里倒黑水，还有人受伤。")
    walk.goes_on()
    walk.page.locator("input[type=file]").set_input_files(
        {"name": "说明.txt", "mimeType": "text/plain", "buffer": "河边的情况".encode()}
    )
    walk.goes_on(button="upload")
    walk.goes_on(button="onward")
    walk.checks("identity_kind", "named")
    walk.goes_on()
    walk.fills("name", "某人")
    walk.fills("contact", "13900000000")
    walk.goes_on()
    walk.opens("/report/leave")
    walk.opens("/report/check")
    walk.page.locator("main form [name=submit]").click()
    walk.page.wait_for_url("**/report/done")
    walk.sees()
    return walk.page.locator("#receipt").inner_text()


@pytest.mark.parametrize(("dark", "english"), [(False, False), (True, True)], ids=["light", "dark and English"])
def test_axe_finds_nothing_serious_on_any_page_of_a_reporter(open_browser: Opens, *, dark: bool, english: bool) -> None:
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
    for address in ("/track/withdraw", "/track/case"):
        walk.opens(address)
    assert number in walk.page.content()
    assert walk.found == []
    wanted = {"report/what", "report/acts", "report/where", "report/who", "report/also", "report/words"}
    assert wanted | {"report/files", "report/you", "report/done", "track/case"} <= {
        one.split("?")[0] for one in walk.seen
    }


def test_axe_is_able_to_complain(open_browser: Opens) -> None:
    page = open_browser()
    page.goto("/report")
    page.evaluate("document.querySelector('main').insertAdjacentHTML('beforeend', '<input type=text>')")
    assert any("label" in one for one in complaints(page))
