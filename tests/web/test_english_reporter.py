"""A reporter who reads English meets no stray Chinese: not in a question, an error or a date.

What stays Chinese is marked as Chinese (`lang`): the switch back, the site's name, law titles, what an office wrote.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from lxml import etree
from werkzeug.test import TestResponse

from core.accounts.models import User
from tests.conftest import TestClock
from tests.support.custodians import opened_by_two
from tests.support.officer import Officer
from tests.support.page import Page
from tests.support.reporter import PNG, Reporter

CHINESE = re.compile("[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")
SHOWN = ("alt", "title", "aria-label", "placeholder", "value", "data-done", "data-working")
NAME = "明鉴"
ANSWERS: dict[str, dict[str, Any]] = {
    "what": {"subject": "data_fraud"},
    "acts": {"acts": ["T08", "F06"]},
    "where": {"county": "411082", "place": "South end of the bridge"},
    "who": {"accused_kind": "company", "accused_name": "Blue Whale Tannery"},
    "when": {"when": "the night before"},
    "words": {"words": "At night black water runs into the river; somebody was poisoned. They took a bribe."},
    "you": {"identity_kind": "named", "name": "A. Nobody", "contact": "nobody@example.org"},
}
OF_WATER = {**ANSWERS, "what": {"subject": "water"}}


def stray(page: Page) -> list[str]:
    """The pieces of Chinese on a page that claims to be English."""
    return [text for text in _shown(page.find("/html")[0]) if CHINESE.search(text.removesuffix(NAME))]


def _shown(element: etree._Element) -> Iterator[str]:
    if element.get("lang", "").startswith("zh"):
        return
    if isinstance(element.tag, str) and element.tag not in ("script", "style"):
        yield element.text or ""
        yield from (element.get(name, "") for name in SHOWN)
        for child in element:
            yield from _shown(child)
            yield child.tail or ""


class EnglishReader(Reporter):
    """Whatever page opens is looked at."""

    def __init__(self, app: Flask, *, runs_scripts: bool = True) -> None:
        super().__init__(app.test_client(), runs_scripts=runs_scripts)
        self.client.get("/language/en")
        self.seen: set[str] = set()

    def _sees(self, response: TestResponse) -> Page:
        page = super()._sees(response)
        assert page.find("//html/@lang") == ["en"]
        assert not page.url.startswith(("/report", "/track")) or stray(page) == [], page.url
        self.seen.add(page.url)
        return page


@pytest.fixture
def reader(app: Flask, people: dict[str, User]) -> EnglishReader:
    return EnglishReader(app)


def test_no_page_of_the_wizard_shows_chinese_nor_does_a_mistake(app: Flask, reader: EnglishReader) -> None:
    for address in ("/report", "/report/elsewhere", "/report/help", "/report/category?from=check"):
        reader.opens(address)
    reader.goes_on()
    for channel in ("12365", "12369"):
        reader.opens("/report/category")
        reader.goes_on(channel=channel)
    half = {"who": {"accused_kind": "official"}, "you": {"identity_kind": "named"}}
    for step in ("what", "where", "who", "words", "you"):
        reader.tells(until=step, **ANSWERS)
        reader.goes_on(**half.get(step, {}))
        assert reader.problems(), step
    reader.tells(until="who", **ANSWERS)
    reader.answers("look_up", accused_kind="company", accused_name="Blue Whale Tannery")
    reader.answers("another", **ANSWERS["who"])
    reader.answers(name="Second Tannery")
    reader.tells(until="files", **ANSWERS)
    reader.attaches(("photo.png", PNG), ("empty.png", b""), ("program.exe", b"MZ"))
    reader.tells(**ANSWERS)
    assert "110" in reader.page.text("//*[contains(@class,'banner')]"), "English words remind of it too"
    for address in ("/report/leave", "/report/later", "/report/check"):
        reader.opens(address)
    reader.sends()
    assert {"/report/also", "/report/files", "/report/check", "/report/done", "/report/later"} <= reader.seen


def test_no_page_of_the_wait_or_of_a_draft_that_is_put_aside(
    app: Flask, reader: EnglishReader, clock: TestClock
) -> None:
    plain = EnglishReader(app, runs_scripts=False)
    plain.tells(until="when", **ANSWERS)
    plain.answers("later")
    plain.presses("/report/later")
    assert "10 more seconds" in plain.page.text("//h1")
    clock.moves_on(seconds=10)
    code = plain.presses("/report/later").text("//*[@id='receipt']")
    plain.opens("/report/leave")
    reader.looks_up("1234")
    reader.looks_up(code)
    plain.opens("/report/later")
    plain.opens("/report/when")
    plain.goes_on()


def test_no_page_of_a_case_whatever_became_of_it(app: Flask, reader: EnglishReader) -> None:
    told = reader.reports(**OF_WATER)
    steps = (
        ("county_officer", "accept", {}),
        ("county_officer", "investigate", {}),
        ("county_officer", "propose_malice", {"text": "照片是编造的", "basis": "长葛市公安局 行罚决〔2026〕12号"}),
        ("county_head", "confirm_malice", {"text": "经核对属实"}),
        ("county_officer", "reply", {"text": "已到现场核实。"}),
        ("county_officer", "close", {}),
    )
    for name, step, typed in steps:
        assert Officer(app, name).step(told.case_number, step, **typed).status == 200, step
        reader.looks_up(told.code)
    opened_by_two(app, told.case_number, "核对领奖人")
    reader.opens("/track/object")
    reader.answers(text="")
    reader.answers(text="I took the picture myself.")
    reader.adds("")
    reader.adds("One more thing", ("program.exe", b"MZ"))
    reader.adds("One more thing", ("photo.png", PNG))
    reader.presses("/track/rate")
    reader.presses("/track/rate", score="4")
    reader.opens("/track/reward")
    reader.presses("")
    assert reader.page.find("//*[@id='claim']")
    reader.opens("/track/case")


def test_no_page_of_a_case_that_is_withdrawn_or_declined(app: Flask, reader: EnglishReader) -> None:
    first = reader.reports(**OF_WATER)
    reader.looks_up(first.code)
    reader.opens("/track/withdraw")
    reader.answers(reason="moved away")
    second = reader.reports(**{**OF_WATER, "you": {"identity_kind": "anonymous"}})
    Officer(app, "county_officer").step(second.case_number, "decline", text="线索不清", ground="unclear")
    reader.looks_up(second.code)
    reader.presses("/track/leave")


def test_the_look_finds_chinese_that_is_not_marked() -> None:
    body = "<p lang=zh-CN>许昌<b>市</b></p>，<p title='水'>ok<b>）</b></p>"
    page = Page("/", 200, f"<!DOCTYPE html><html lang=en><title>x</title><body>{body}</body></html>")
    assert stray(page) == ["，", "水", "）"]
