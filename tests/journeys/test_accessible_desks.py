"""Every page of the staff, looked at by axe-core in a real browser: light and wide, dark on a phone and in English.

A page without arguments that nobody walks past fails the test, so that a new one is looked at as well.
"""

from collections.abc import Callable
from http import HTTPStatus

import pytest
from flask import Flask
from playwright.sync_api import Page, Route

from core.accounts.actor import ANONYMOUS
from core.errors import DomainError
from core.web import access
from portal.demo import PASSWORD
from tests.journeys.test_accessible import Walk

Opens = Callable[..., Page]
# A file, and pages that stand after something else alone.
NO_PAGES = {"/desk/12345/acknowledgement.csv", "/desk/12345/done", "/desk/new"}
MODES = pytest.mark.parametrize(
    ("phone", "dark", "english"),
    [
        pytest.param(False, False, False, id="light"),
        pytest.param(True, True, True, id="dark phone in English", marks=pytest.mark.nightly),
    ],
)


def walk_as(page: Page, name: str, *, english: bool) -> Walk:
    page.goto("/sign-in")
    if english:
        page.get_by_role("link", name="English").click()
    page.locator("[name=sign_in_name]").fill(name)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("[name=password]").press("Enter")
    page.wait_for_url(lambda url: "sign-in" not in url)
    return Walk(page)


def opens_all_details(walk: Walk) -> None:
    """What is folded is looked at as well."""
    walk.page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    walk.sees()


def sees_the_refusal(walk: Walk, step: str) -> None:
    """Send a step's form as it stands. The browser would complain on its console of the 422 that is looked at here."""

    def answered(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(
            response=answer, status=200 if answer.status == HTTPStatus.UNPROCESSABLE_ENTITY else answer.status
        )

    address = f"**/{step}"
    walk.page.route(address, answered)
    with walk.page.expect_response(address):
        walk.page.locator(f"form[action$='/{step}'] button").first.click()
    walk.page.wait_for_load_state()
    walk.sees()


def officer(walk: Walk) -> None:
    for address in ("/desk", "/desk?done=1", "/desk/search", "/desk/calendar", "/account/password"):
        walk.opens(address)
    walk.opens("/desk")
    walk.page.locator("tbody th a").first.click()
    opens_all_details(walk)
    walk.page.locator("form[action$='/open'] button").click()
    opens_all_details(walk)
    sees_the_refusal(walk, "decline" if walk.page.locator("form[action$='/decline']").count() else "reply")
    walk.page.goto(walk.page.url.rsplit("/", 1)[0])
    walk.page.locator("form[action$='/print'] button").click()
    walk.sees()


def supervisor(walk: Walk) -> None:
    for address in ("/desk/board", "/desk"):
        walk.opens(address)
    walk.page.locator("tbody th a").first.click()
    opens_all_details(walk)


def operator(walk: Walk) -> None:
    """Also the sheet with its mistakes, the reading back, and the number that is dictated."""
    for address in ("/desk/new/again", "/desk/12345", "/desk/new"):
        walk.opens(address)
    walk.goes_on(button="read")
    walk.fills("words", "厂后墙有一根暗管，下雨天往外排黑水。")
    for name, place in (("county", 1), ("accused_kind", 1), ("matter", 1), ("received_by", 1)):
        walk.page.locator(f"select[name={name}]").select_option(index=place)
    walk.page.locator("[name=identity_kind]").first.check()
    walk.goes_on(button="read")
    walk.page.locator("form[action$='/file'] button").click()
    walk.page.wait_for_url("**/desk/new/done")
    walk.sees()


def custodian(walk: Walk) -> None:
    for address in ("/desk/reward", "/desk/identity"):
        walk.opens(address)
    walk.page.locator("form[action='/desk/identity'] [type=submit]").click()
    walk.sees()
    opens_all_details(walk)
    sees_the_refusal(walk, "refuse")


def editor(walk: Walk) -> None:
    for kind in ("penalty", "blacklist", "notice"):
        walk.opens(f"/editorial/{kind}/new")
    walk.goes_on()
    for address in ("manifests", "agreements", "agreements/new", "releases"):
        walk.opens(f"/editorial/{address}")
    walk.opens("/editorial?state=draft")
    walk.page.locator(".record-list a, tbody a").first.click()
    opens_all_details(walk)
    address = walk.page.url
    for page in ("edit", "redact", "withhold"):
        walk.opens(f"{address}/{page}")


def consulted(walk: Walk) -> None:
    walk.opens("/editorial/consultations")
    walk.page.locator("main .record-list a, main tbody a").first.click()
    walk.sees()


def approver(walk: Walk) -> None:
    walk.opens("/editorial")
    walk.opens("/editorial?state=in_review")
    walk.page.locator(".record-list a, tbody a").first.click()
    opens_all_details(walk)


def administrator(walk: Walk) -> None:
    for address in ("calendar", "routing", "routing?channel=12369&subject=water", "connections"):
        walk.opens(f"/admin/{address}")
    for address in ("submission-keys", "subscriptions", "storage"):
        walk.opens(f"/admin/{address}")


WALKS: dict[str, tuple[str, Callable[[Walk], None]]] = {
    "officer": ("market", officer),
    "supervisor": ("supervisor", supervisor),
    "operator": ("duty", operator),
    "custodian": ("custodian", custodian),
    "editor": ("editor", editor),
    "consulted": ("weather", consulted),
    "approver": ("approver", approver),
    "administrator": ("admin", administrator),
}


@MODES
def test_axe_finds_nothing_serious_on_any_page_of_the_staff(
    open_browser: Opens, app: Flask, *, phone: bool, dark: bool, english: bool
) -> None:
    found: list[str] = []
    seen: set[str] = set()
    for name, walked in WALKS.values():
        walk = walk_as(open_browser(phone=phone, dark=dark), name, english=english)
        walked(walk)
        assert walk.page.locator("html").get_attribute("lang") == ("en" if english else "zh-CN")
        found += walk.found
        seen |= {f"/{one.split('?')[0].split('#')[0]}" for one in walk.seen}
    assert found == []
    assert staff_pages(app) - seen == set()


def staff_pages(app: Flask) -> set[str]:
    """The addresses without arguments that somebody who is not signed in may not open."""
    return {
        rule.rule
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ())
        and not rule.arguments
        and rule.rule not in NO_PAGES
        and not _open_to_all(app, rule.endpoint)
    }


def _open_to_all(app: Flask, endpoint: str) -> bool:
    rule = access.rule_of(app.view_functions[endpoint])
    try:
        if rule is not None:
            rule(ANONYMOUS)
    except DomainError:
        return False
    return True
