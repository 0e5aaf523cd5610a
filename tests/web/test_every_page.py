"""Follow every link of the demo city as a visitor, and as each kind of staff: no dead end, no broken page."""

import logging
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core.config import Settings
from core.web.current import EXTENSION
from portal import demo, setup
from tests.support.ledger import Audit
from tests.support.page import Page, check, checked

MOST_PAGES = 250
STARTS = ("/", "/search?q=检测", "/report/category")
# What staff alone see. The editor's walk goes through the public pages too, which are the same for all who signed in.
OWN = ("/desk", "/editorial", "/admin", "/account")
WALKS_EVERYWHERE = "editor"


@pytest.fixture
def settings(demo_settings: Settings) -> Settings:
    return demo_settings


@pytest.fixture
def city(app: Flask, run_jobs: Callable[[], int]) -> FlaskClient:
    setup.prepare(app.extensions[EXTENSION])
    demo.fill_if_empty(app.extensions[EXTENSION])
    run_jobs()
    return app.test_client()


def crawl(client: FlaskClient, starts: tuple[str, ...], below: tuple[str, ...] = ("/",)) -> dict[str, Page | None]:
    """Every address reached from `starts`, once for each path and set of question names; pages are checked.

    Links that do not begin with one of `below` are not followed.
    """
    seen: dict[str, Page | None] = {}
    kinds: set[str] = set()
    waiting = list(starts)
    while waiting and len(seen) < MOST_PAGES:
        url = waiting.pop(0)
        if url in seen or _kind(url) in kinds:
            continue
        kinds.add(_kind(url))
        seen[url] = _opened(client, url)
        page = seen[url]
        waiting += [_local(link) for link in page.links() if _local(link).startswith(below)] if page else []
    return seen


def _opened(client: FlaskClient, url: str) -> Page | None:
    with client.get(url, follow_redirects=True) as response:
        assert response.status_code == 200, f"{url}: {response.status_code}"
        if response.mimetype != "text/html":
            return None
        page = check(Page(response.request.path, 200, response.get_data(as_text=True)))
    for twin in page.find("//head/link[@type='application/json']/@href"):
        with client.get(str(twin)) as machine:
            assert (machine.status_code, machine.mimetype) == (200, "application/json"), f"{url}: {twin}"
    return page


def _local(link: str) -> str:
    parts = urlsplit(link)
    if parts.scheme or parts.netloc or not parts.path or parts.path.startswith("/language/"):
        return ""
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _kind(url: str) -> str:
    """Records are all opened; of the questions to one page, one with each set of names."""
    parts = urlsplit(url)
    names = sorted(pair.split("=")[0] for pair in parts.query.split("&")) if parts.query else []
    return f"{parts.path}?{'&'.join(names)}"


def test_a_visitor_meets_no_broken_page(city: FlaskClient, audit: Audit, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    pages = crawl(city, STARTS)
    reached = {urlsplit(url).path for url in pages}
    assert {"/air/standards", "/feeds/all.rss", "/report/category", "/sign-in"} <= reached
    assert sum(path.startswith("/penalties/") for path in reached) > 20
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert audit() == [], "the city's own ledger must stand the audit that it offers"


def test_a_visitor_who_reads_english_meets_no_broken_page(city: FlaskClient) -> None:
    city.get("/language/en")
    page = checked(city, "/")
    assert page.find("//html/@lang") == ["en"]
    pages = crawl(city, STARTS)
    assert len(pages) > 50


@pytest.mark.parametrize("name", ["editor", "approver", "changge", "duty", "supervisor", "weather", "admin"])
def test_staff_meet_no_broken_page(city: FlaskClient, name: str) -> None:
    page = checked(city, "/sign-in")
    fields = {**page.hidden_fields(), "sign_in_name": name, "password": demo.PASSWORD}
    assert city.post("/sign-in", data=fields).status_code == 302
    home = checked(city, "/")
    starts = tuple(link for link in home.find("//div[contains(@class,'staff-bar')]//a/@href"))
    assert starts
    pages = crawl(city, starts, ("/",) if name == WALKS_EVERYWHERE else OWN)
    assert any(url.startswith(("/desk/", "/editorial/")) for url in pages)
